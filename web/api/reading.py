"""Texts and articles by name and version, the way the REST and the MCP doors both read them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from kb.base import KnowledgeBase
from kb.datatypes import Document, Hit, Status
from kb.errors import ArticleNotFoundError
from kb.numerals import article_label
from kb.titles import Titles
from kb.versions import rank, start
from web.clean import plain

_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text by its name: the version that counts, and how many there are."""

    shown: Document
    versions: int


def texts(kb: KnowledgeBase, statuses: Mapping[str, Status]) -> list[HeldText]:
    """Return every text held, cards too, by name, each in the version in force (see `present`)."""
    families: dict[str, list[Document]] = {}
    for document in kb.documents():
        families.setdefault(document.name, []).append(document)
    return [
        HeldText(present(sorted(versions, key=start), statuses), len(versions))
        for _, versions in sorted(families.items())
    ]


def titles(kb: KnowledgeBase) -> Titles:
    """Return what finds the names of the texts held in a question."""
    return _titles(kb.documents())


def family(kb: KnowledgeBase, law: str) -> list[Document]:
    """Return all versions of a text by any of its names, oldest first.

    Raises:
        ArticleNotFoundError: if it is not here.
    """
    documents = kb.documents()
    names = {law, _titles(documents).resolve(law)}
    found = [d for d in documents if d.name in names or d.title == law or d.doc_id == law]
    if not found:
        raise ArticleNotFoundError(f"知识库里没有《{plain(law, 60)}》。请先用 GET /api/laws 查名称")
    return sorted((d for d in documents if d.name == found[0].name), key=start)


def choose(kb: KnowledgeBase, versions: Sequence[Document], version: str, on: date | None) -> Document:
    """Return the version named (a doc_id, a date or a year), else the one in force on a day, else the last.

    Raises:
        ArticleNotFoundError: if no version is so named; tells which there are.
    """
    if version:
        named = [d for d in versions if version == d.doc_id or version in _days(d)]
        if not named:
            held = "、".join(d.doc_id for d in versions[:12])
            raise ArticleNotFoundError(f"没有版本“{plain(version, 40)}”。收录的版本：{held}")
        return named[-1]
    return present(versions, kb.statuses(on))


def present(versions: Sequence[Document], statuses: Mapping[str, Status]) -> Document:
    """Return the version in force, the strongest and newest where there are several, else the last."""
    in_force = [d for d in versions if statuses[d.doc_id] is Status.IN_FORCE]
    return min(reversed(in_force), key=rank) if in_force else versions[-1]


def article(kb: KnowledgeBase, law: str, number: str, version: str = "", on: date | None = None) -> Hit:
    """Return one article in the version named, else in the one in force on a day.

    Raises:
        ArticleNotFoundError: if the text, the version or the article is not here.
    """
    versions = family(kb, law)
    if not version:
        return kb.article(versions[-1].name, number, on=on)
    document = choose(kb, versions, version, on)
    label = article_label(number)
    chunk = next((c for c in kb.chunks(document.doc_id) if c.label == label), None)
    if chunk is None:
        raise ArticleNotFoundError(f"{document.doc_id} 里没有{plain(label, 40)}")
    return Hit(chunk, document, kb.status(document.doc_id, on), 1.0, ("条号直达",), looked_up=True)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Whether a quotation stands in the article it is said to stand in, and where else in that text."""

    places: tuple[Hit, ...]  # the article named first, versions in force first
    label: str

    @property
    def named(self) -> tuple[Hit, ...]:
        """The places that are the article named."""
        return tuple(hit for hit in self.places if hit.chunk.label == self.label)

    @property
    def stands(self) -> bool:
        """Whether some version of the article has the words."""
        return bool(self.named)

    @property
    def in_force(self) -> bool:
        """Whether the version in force has them."""
        return any(hit.status is Status.IN_FORCE for hit in self.named)

    @property
    def message(self) -> str:
        """What to tell the person."""
        if self.in_force:
            return f"属实：现行版{self.label}里有这句话。"
        if self.stands:
            first = self.named[0]
            return f"只在{_day(first.document)}版的{self.label}里有这句话，该版{first.status.value}。"
        if self.places:
            first = self.places[0]
            return f"{self.label}里没有这句话；它在{_day(first.document)}版的{first.chunk.label}（{first.status.value}）。"
        return f"这部法规收录的各版本里都没有这句话（{self.label}以外的条也找过）。请核对原文。"


def quoted(kb: KnowledgeBase, law: str, number: str, quote: str, on: date | None = None) -> Quoted:
    """Look for a quotation, word for word but for white space, in every version of a text.

    Raises:
        ArticleNotFoundError: if the text is not here.
    """
    label, words = article_label(number), _BLANK.sub("", plain(quote))
    statuses = kb.statuses(on)
    found = [
        Hit(chunk, document, statuses[document.doc_id], 1.0)
        for document in family(kb, law)
        for chunk in kb.chunks(document.doc_id)
        if words and words in _BLANK.sub("", chunk.text)
    ]
    found.sort(key=lambda hit: (hit.chunk.label != label, hit.status is not Status.IN_FORCE))
    return Quoted(tuple(found), label)


def _days(document: Document) -> set[str]:
    """Return how people name a version: its days of adoption and of entry into force, and their years."""
    days = {day.isoformat() for day in (document.published, document.effective) if day}
    return days | {day[:4] for day in days}


def _day(document: Document) -> str:
    return str(document.published or document.effective or "日期不明的")


@lru_cache(maxsize=2)
def _titles(documents: tuple[Document, ...]) -> Titles:
    return Titles(documents)
