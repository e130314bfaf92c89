"""Change radar (法规变动): what a newly parsed version changes, and what of ours rests on what it changes."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.radar.changes import Changes, changes
from kb.datatypes import CARDS, Chunk, Document, Level
from kb.links import Link, Relation
from kb.normalise import fold
from kb.numerals import NUMERAL, article_label
from kb.titles import Titles
from kb.versions import start

_ENDS_PER_QUERY = 200
_ARTICLE = re.compile(rf"第{NUMERAL}+条(?:之[一二三四五六七八九十]+)?")
_BASIS = "依据："
_BASIS_LINE = re.compile(r"^(?:义务|处罚)?依据：.*", re.M)


@dataclass(frozen=True, slots=True)
class TouchedCard:
    """A card of ours that rests on what changed."""

    title: str  # of its file: "职责清单·矿山", a guide's title
    level: Level
    label: str  # of the record: "重大危险源要建档"; "" for a guide as a whole
    articles: tuple[str, ...]  # old numbers it names; () where it names only the law


@dataclass(frozen=True, slots=True)
class TouchedLink:
    """A passage of another law that stands in a relation to what changed."""

    chunk_id: str
    relation: Relation
    article: str  # old number


@dataclass(frozen=True, slots=True)
class Touched:
    """What must be looked at again."""

    cards: tuple[TouchedCard, ...] = ()
    links: tuple[TouchedLink, ...] = ()
    citations: Mapping[str, int] | None = None  # {old chunk_id: past answers citing it}; None: not looked up


@dataclass(frozen=True, slots=True)
class Report:
    """A newly parsed document beside the version held. `old` is None where none is held that came before."""

    old: Document | None
    new: Document
    changes: Changes
    touched: Touched


class Held(Protocol):
    """What is read of a knowledge base; `kb.catalogue.Catalogue` has it."""

    def documents(self) -> tuple[Document, ...]:
        """Return every document."""
        ...

    def chunks(self, doc_id: str) -> list[Chunk]:
        """Return a document's chunks in their order."""
        ...

    def links(self, *ends: str) -> list[Link]:
        """Return the links from and to the ends."""
        ...


Cited = Callable[[Sequence[str]], Mapping[str, int]]  # chunk ids -> {chunk_id: past answers citing it}


def compare(document: Document, chunks: Sequence[Chunk], held: Held, cited: Cited | None = None) -> Report:
    """Return what a newly parsed document changes in the knowledge base; nothing is written."""
    old = before(document, held.documents())
    found = changes(held.chunks(old.doc_id) if old else (), chunks)
    return Report(old, document, found, touched(found, held, cited) if old else Touched())


def before(document: Document, documents: Iterable[Document]) -> Document | None:
    """Return the version that a document takes the place of: the same text read anew, else the newest earlier one."""
    family = [
        d for d in documents if (d.name, d.part) == (document.name, document.part) and d.level not in CARDS
    ]
    same = next((d for d in family if d.doc_id == document.doc_id), None)
    earlier = [d for d in family if start(d) <= start(document)]
    return same or max(earlier, key=lambda d: (start(d), d.doc_id), default=None)


def touched(found: Changes, held: Held, cited: Cited | None = None) -> Touched:
    """Return what rests on the articles that changed, went or got another number.

    Args:
        found: the changes; their old passages stand in `held`.
        held: the knowledge base.
        cited: how often past answers cited which passages, where that is kept.
    """
    old = [change.old for change in found.items if change.old]
    if not old:
        return Touched(citations={} if cited else None)
    documents = {document.doc_id: document for document in held.documents()}
    pointing = list(_pointing(old, held, documents))
    named: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    links: dict[TouchedLink, None] = {}
    for source, relation, article in pointing:
        doc_id, _, label = source.partition("#")
        if documents[doc_id].level in CARDS:
            named[doc_id, label][article] = None
        else:
            links[TouchedLink(source, relation, article)] = None
    for key, articles in _by_name(old, held, documents):
        named[key].update(dict.fromkeys(articles))
    cards = [
        TouchedCard(documents[doc_id].title, documents[doc_id].level, label, tuple(articles))
        for (doc_id, label), articles in sorted(named.items(), key=lambda item: (not item[1], item[0]))
    ]
    return Touched(tuple(cards), tuple(links), cited([chunk.chunk_id for chunk in old]) if cited else None)


def _pointing(
    old: Sequence[Chunk], held: Held, documents: Mapping[str, Document]
) -> Iterator[tuple[str, Relation, str]]:
    """Yield (chunk_id, relation, article) of the passages of other texts linked to what changed."""
    ends = {chunk.chunk_id: chunk.label for chunk in old} | {f"{c.law}#{c.label}": c.label for c in old}
    law, keys = old[0].law, list(ends)
    for first in range(0, len(keys), _ENDS_PER_QUERY):
        for link in held.links(*keys[first : first + _ENDS_PER_QUERY]):
            outer = documents.get(link.source.partition("#")[0])
            if link.target in ends and outer and outer.name != law:
                yield link.source, link.relation, ends[link.target]


def _by_name(
    old: Sequence[Chunk], held: Held, documents: Mapping[str, Document]
) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Yield ((doc_id, label), old numbers named) of the cards whose basis names the law in plain words."""
    law, labels = old[0].law, {chunk.label for chunk in old}
    titles = Titles(documents.values())
    for document in documents.values():
        if document.level not in CARDS:
            continue
        said = [(note.removeprefix(_BASIS), "") for note in document.notes if note.startswith(_BASIS)]
        for chunk in held.chunks(document.doc_id) if document.level is not Level.GUIDE else ():
            said += [(line.partition("：")[2], chunk.label) for line in _BASIS_LINE.findall(chunk.text)]
        for text, label in said:
            folded = fold(text)
            if fold(law) not in folded or all(mention.name != law for mention in titles.mentions(folded)):
                continue
            articles = [article_label(found) for found in _ARTICLE.findall(folded)]
            if not articles or not labels.isdisjoint(articles):
                yield (document.doc_id, label), [article for article in articles if article in labels]
