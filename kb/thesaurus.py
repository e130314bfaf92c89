"""Lay words and the legal terms they stand for (口语词表), used to widen a question's search terms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.errors import SettingsError
from kb.normalise import fold

FILE = Path(__file__).with_name("thesaurus.tsv")
KINDS = frozenset({"person", "thing", "act", "sanction", "place", "document", "time"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One lay word."""

    lay: str
    legal: tuple[str, ...]  # best first
    kind: str


class Thesaurus:
    """Finds lay words in a question, longest first."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries; a word listed twice keeps its first meaning."""
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self._entries.setdefault(fold(entry.lay), entry)
        words = sorted(self._entries, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, words)) or r"(?!)")

    def __len__(self) -> int:
        """Return the number of lay words."""
        return len(self._entries)

    def find(self, question: str) -> list[Entry]:
        """Return the entries whose lay word stands in the question, in order, each once.

        >>> Thesaurus([Entry("电瓶车", ("电动自行车",), "thing")]).find("电瓶车能进楼吗")[0].legal
        ('电动自行车',)
        """
        found = (self._entries[match[0]] for match in self._pattern.finditer(fold(question)))
        return list(dict.fromkeys(found))


@cache
def shipped() -> Thesaurus:
    """Return the thesaurus that comes with the project."""
    return Thesaurus(read(FILE))


def read(path: Path) -> list[Entry]:
    """Return the entries of a file: lay word, tab, legal terms separated by 、, tab, kind.

    Lines that begin with # are remarks.

    Raises:
        SettingsError: if a line is malformed; names file and line.
    """
    entries: list[Entry] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        lay, *rest = (part.strip() for part in line.split("\t"))
        legal = tuple(term for term in rest[0].split("、") if term) if len(rest) == 2 else ()
        if not lay or not legal or rest[1] not in KINDS:
            raise SettingsError(
                f"口语词表 {path} 第 {number} 行格式不对，应为“口语词<制表符>法言、法言<制表符>类别”，"
                f"类别是 {'、'.join(sorted(KINDS))} 之一：{line[:60]}"
            )
        entries.append(Entry(lay, legal, rest[1]))
    return entries
