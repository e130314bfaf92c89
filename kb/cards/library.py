"""All written knowledge of a folder: guides/, duties/, penalties/, signals/, terms/, sheets/."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kb.cards.guides import Guide, read_guides
from kb.cards.records import Duty, Penalty, Sheet, Signal, Term
from kb.cards.strict import Record, load, read_text
from kb.errors import IngestError

AnyRecord = Duty | Penalty | Signal | Term | Sheet
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

    record: AnyRecord
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
        for record in parse_records(kind, read_text(path), str(path)).records
    )
    _refuse_twins(placed)
    return Library(guides, placed)


@dataclass(frozen=True, slots=True)
class CardFile:
    """What one YAML file holds."""

    title: str
    records: tuple[AnyRecord, ...]


def kind_of(path: Path) -> type[Record] | None:
    """Return what a file holds by the name of its folder, or None if it is no file of records.

    >>> kind_of(Path("starter/terms/law.yaml")), kind_of(Path("starter/triage.yaml"))
    (<class 'kb.cards.records.Term'>, None)
    """
    return FOLDERS.get(path.parent.name) if path.suffix == ".yaml" else None


def parse_records(kind: type[Record], text: str, source: str) -> CardFile:
    """Return what a file's text holds: a sheet, or a title and a list of records of another kind.

    Raises:
        IngestError: if it is malformed; says which line.
    """
    if kind is Sheet:
        sheet = load(Sheet, text, source)
        return CardFile(sheet.title, (sheet,))
    listed = load(_LISTS[kind], text, source)
    return CardFile(listed.title, listed.items)


class _Duties(Record):
    title: str
    items: tuple[Duty, ...]


class _Penalties(Record):
    title: str
    items: tuple[Penalty, ...]


class _Signals(Record):
    title: str
    items: tuple[Signal, ...]


class _Terms(Record):
    title: str
    items: tuple[Term, ...]


_LISTS: dict[type[Record], type[_Duties | _Penalties | _Signals | _Terms]] = {
    Duty: _Duties,
    Penalty: _Penalties,
    Signal: _Signals,
    Term: _Terms,
}


def _refuse_twins(placed: tuple[Placed, ...]) -> None:
    seen: dict[tuple[type, str], Path] = {}
    for item in placed:
        key = (type(item.record), item.record.id)
        if key in seen:
            raise IngestError(f"{item.path}：id“{item.record.id}”在 {seen[key].name} 里用过了。请换一个。")
        seen[key] = item.path
