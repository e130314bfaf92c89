"""Work out the links of documents from their texts."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kb.datatypes import Chunk, Document
from kb.intent import is_penalty
from kb.links import Link, Relation
from kb.links.likeness import contained, cosines, counts
from kb.links.references import liabilities
from kb.normalise import law_name
from kb.numerals import NUMERAL, article_label, is_article
from kb.versions import start

_LIABILITY = re.compile(r"法律责任|罚则|处罚|奖惩")
_BASED_ON = re.compile(r"(?:根据|依据|依照|按照)[^。]{0,160}")
_NAMED = re.compile(r"《([^《》]{2,60})》")
_LABEL = re.compile(rf"第{NUMERAL}+条(?:之[一二三四五六七八九十]+)?")
_CITED = re.compile(
    rf"《([^《》]{{2,60}})》((?:[、和及与]?第{NUMERAL}+(?:条(?:之[一二三四五六七八九十]+)?|款|项))+)"
)
_ENTERS_INTO_FORCE = re.compile(r"^本.{1,4}自.{4,20}起(?:施行|实施|执行)")
# What a penalty does, as against the breach it punishes.
_SANCTION = re.compile(
    r"违反本(?:法|条例|规定|办法)[^，。；]{0,80}?(?:规定|之一)[^，；。]{0,3}[，,]?|责令[^，。；]*|并?处[^，。；]*罚款|构成犯罪[^。]*"
    r"|依照[^，。；]*|[^。；，]*下列(?:行为|情形)(?:之一)?[^，。；：]*[，：]?|给予[^，。；]*处分|吊销[^，。；]*|没收[^，。；]*|可以[^，。；]*罚款"
    r"|逾期[^，。；]*|造成[^，。；]*|情节严重[^。；]*|对[^，。；]{0,30}(?:处|给予)[^，。；]*|[^。；]*行政处罚，由[^。；]*"
)
_OMITTED = re.compile(r"(?:未|不|没有)(?:按照?|依照?|依法)?(?:国家|本法|本条例)?(?:有关)?(?:规定)?")
_SHORTEST_BREACH = 10  # characters
_BREACH_SHARE, _BREACH_MARGIN = 0.6, 0.1  # measured, see docs/measurements.md
_SAME_MATTER = 0.35  # cosine from which a lower rule's article carries out a higher one's
_SAME_ARTICLE = 0.5  # cosine from which an article of the next version is the old one
_SAME_NUMBER = 0.3  # the same for an article that kept its number
_KEPT = 64  # documents whose counts are held

Read = Callable[[str], Sequence[Chunk]]


class Derivation:
    """The links of a set of documents; reads each document's chunks when it needs them."""

    def __init__(self, documents: Sequence[Document], read: Read) -> None:
        """Take all documents of a knowledge base and how to read the chunks of one."""
        self._documents = {document.doc_id: document for document in documents}
        self._versions: dict[tuple[str, str], list[Document]] = {}
        for document in sorted(documents, key=start):
            self._versions.setdefault((document.name, document.part), []).append(document)
        self._read = read
        self.articles = lru_cache(maxsize=_KEPT)(self._articles)

    def affected(self, names: Set[str]) -> list[str]:
        """Return the documents whose links depend on these laws, in the order of their ids.

        They are all versions of the laws, and the rules made under them.
        """
        same = {doc_id for doc_id, document in self._documents.items() if document.name in names}
        lower = {doc_id for doc_id in self._documents if not names.isdisjoint(self.based_on(doc_id))}
        return sorted(same | lower)

    def based_on(self, doc_id: str) -> tuple[str, ...]:
        """Return the names of the laws that a text's opening article says it is made under."""
        chunks = self._read(doc_id)
        found = _BASED_ON.search(chunks[0].text) if chunks else None
        return tuple(law_name(name) for name in _NAMED.findall(found[0])) if found else ()

    def links(self, doc_id: str) -> Iterator[Link]:
        """Yield the links whose source stands in a document."""
        chunks, _ = self.articles(doc_id)
        yield from _penalties(chunks)
        yield from (link for chunk in self._read(doc_id) for link in _citations(chunk))
        yield from self._higher(doc_id)
        yield from self._successors(doc_id)

    def _articles(self, doc_id: str) -> tuple[tuple[Chunk, ...], sparse.csr_matrix]:
        chunks = tuple(chunk for chunk in self._read(doc_id) if is_article(chunk.label))
        return chunks, counts([chunk.text for chunk in chunks])

    def _higher(self, doc_id: str) -> Iterator[Link]:
        own, rows = self.articles(doc_id)
        for name in self.based_on(doc_id):
            for document in self._versions.get((name, ""), ()):
                theirs, others = self.articles(document.doc_id)
                if document.doc_id == doc_id or not own or not theirs:
                    continue
                for place, best, likeness in _best(cosines(rows, others)):
                    plain = not _ENTERS_INTO_FORCE.match(own[place].text) and own[place].position > 0
                    if likeness >= _SAME_MATTER and plain:
                        yield Link(own[place].chunk_id, theirs[best].chunk_id, Relation.HIGHER, likeness)

    def _successors(self, doc_id: str) -> Iterator[Link]:
        document = self._documents[doc_id]
        versions = self._versions[document.name, document.part]
        place = versions.index(document)
        later = next((d for d in versions[place + 1 :] if start(d) > start(document)), None)
        if later is None:
            return
        old, rows = self.articles(doc_id)
        new, others = self.articles(later.doc_id)
        if not old or not new:
            return
        alike = cosines(rows, others)
        places = {chunk.label: place for place, chunk in enumerate(new)}
        for place, best, likeness in _best(alike):
            same = places.get(old[place].label)
            if likeness >= _SAME_ARTICLE:
                yield Link(old[place].chunk_id, new[best].chunk_id, Relation.SUCCESSOR, likeness)
            elif same is not None and alike[place, same] >= _SAME_NUMBER:
                yield Link(
                    old[place].chunk_id, new[same].chunk_id, Relation.SUCCESSOR, float(alike[place, same])
                )


def _citations(chunk: Chunk) -> Iterator[Link]:
    """Yield chunk -> article of another text that it names, in whatever version is in force when read."""
    for law, articles in _CITED.findall(chunk.text):
        for article in _LABEL.findall(articles):
            target = f"{law_name(law)}#{article_label(article)}"
            yield Link(chunk.chunk_id, target, Relation.CITES, 1.0)


def _penalties(chunks: Sequence[Chunk]) -> Iterator[Link]:
    """Yield duty -> penalty within one text: as the penalty states it, else by what it describes."""
    ids = {chunk.label: chunk.chunk_id for chunk in chunks}
    stated = liabilities(chunks)
    for duty, labels in stated.items():
        if duty in ids:
            yield from (Link(ids[duty], ids[label], Relation.PENALTY, 1.0) for label in labels)
    telling = {label for labels in stated.values() for label in labels}
    liable = [chunk for chunk in chunks if any(_LIABILITY.search(part) for part in chunk.path)]
    silent = [chunk for chunk in liable if chunk.label not in telling and is_penalty(chunk)]
    duties = [chunk for chunk in chunks if chunk not in liable]
    if silent and duties:
        yield from _described(silent, duties)


def _described(penalties: Sequence[Chunk], duties: Sequence[Chunk]) -> Iterator[Link]:
    breaches = [(chunk, breach) for chunk in penalties for breach in _breaches(chunk.text)]
    if not breaches:
        return
    shares = contained(counts([breach for _, breach in breaches]), counts([duty.text for duty in duties]))
    found: dict[tuple[str, str], float] = {}
    for (chunk, _), row in zip(breaches, shares, strict=True):
        first, second = _two_best(row)
        if row[first] >= _BREACH_SHARE and row[first] - second >= _BREACH_MARGIN:
            pair = (duties[first].chunk_id, chunk.chunk_id)
            found[pair] = max(found.get(pair, 0.0), float(row[first]))
    for (duty, penalty), share in found.items():
        yield Link(duty, penalty, Relation.PENALTY, min(share, 0.99))


def _breaches(text: str) -> list[str]:
    """Return what a penalty punishes, its sanctions taken out.

    >>> _breaches("有下列行为之一的，责令改正：\\n（一）未按照规定组织全体员工应急预案演练的；\\n（二）其他。")
    ['组织全体员工应急预案演练']
    """
    parts = re.split(r"[\n；。]|或者(?=未|不)", text)
    bare = (
        _OMITTED.sub("", _SANCTION.sub("", part)).strip("，（）一二三四五六七八九十的 ") for part in parts
    )
    return [part for part in bare if len(part) >= _SHORTEST_BREACH]


def _best(alike: NDArray[np.float32]) -> Iterator[tuple[int, int, float]]:
    """Yield (row, its best column, likeness below 1: only a text's own word counts as certain)."""
    for row, column in enumerate(alike.argmax(axis=1)):
        yield row, int(column), min(float(alike[row, column]), 0.99)


def _two_best(row: NDArray[np.float32]) -> tuple[int, float]:
    first = int(row.argmax())
    return first, float(np.delete(row, first).max(initial=0.0))
