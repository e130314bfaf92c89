"""All written knowledge of a folder: guides/, duties/, penalties/, signals/, terms/, sheets/."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kb.cards.guides import Guide, read_guides
from kb.cards.records import Duty, Penalty, Sheet, Signal, Term
from kb.cards.strict import Record, read
from kb.errors import IngestError

FOLDERS: dict[str, type[Record]] = {
    "duties": Duty,
    "penalties": Penalty,
    "signals": Signal,
    "terms": Term,
    "sheets": Sheet,
}

T = TypeVar("T", bound=Record)


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and the file it came from."""

    record: Duty | Penalty | Signal | Term | Sheet
    path: Path


@dataclass(frozen=True, slots=True)
class Library:
    """The written knowledge; each kind ordered by file, then as written."""

    guides: tuple[Guide, ...]
    placed: tuple[Placed, ...]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """Return the records of one kind."""
        return tuple(item.record for item in self.placed if isinstance(item.record, kind))


def read_library(folder: Path) -> Library:
    """Return the written knowledge under a folder; a missing sub-folder holds nothing.

    Raises:
        IngestError: if a file is malformed, or an id is used twice; says which file and line.
    """
    guides = read_guides(folder / "guides") if (folder / "guides").is_dir() else ()
    placed = tuple(
        Placed(record, path)
        for name, kind in FOLDERS.items()
        for path in sorted((folder / name).glob("*.yaml"))
        for record in read_records(kind, path)
    )
    _refuse_twins(placed)
    return Library(guides, placed)


def read_records(kind: type[Record], path: Path) -> Iterator[Duty | Penalty | Signal | Term | Sheet]:
    """Yield the records of a file: one sheet, or a list of the other kinds."""
    if kind is Sheet:
        yield read(Sheet, path)
    else:
        yield from read(tuple[kind, ...], path)  # type: ignore[valid-type]


def _refuse_twins(placed: tuple[Placed, ...]) -> None:
    seen: dict[tuple[type, str], Path] = {}
    for item in placed:
        key = (type(item.record), item.record.id)
        if key in seen:
            raise IngestError(f"{item.path}：id“{item.record.id}”在 {seen[key].name} 里用过了。请换一个。")
        seen[key] = item.path
