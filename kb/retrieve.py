"""From a question to hits: lookup first, then hybrid search over what is in force where the asker is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from kb import regions
from kb.catalogue import Catalogue
from kb.datatypes import Document, Found, Hit, Status
from kb.dense import DenseIndex
from kb.embed import Embedder
from kb.intent import asks_penalty, is_penalty
from kb.lexical import LexicalIndex
from kb.lookup import Lookup
from kb.numerals import article_label
from kb.search import Fused, Scored, demote, filtered, fuse
from kb.titles import Titles
from kb.versions import statuses

Mode = Literal["hybrid", "lexical", "dense"]

DEPTH = 200  # candidates taken from each side before fusion
_DENSE_SHARE = {"hybrid": 0.4, "lexical": 0.0, "dense": 1.0}
_LOCAL_UNASKED = 0.7  # score factor for local rules when nobody has said where they are
_PENALTY_ASKED = 1.5  # score factor for passages with a penalty when one is asked for
_LOOKED_AT_FOR_PENALTY = 60  # passages among which penalties are raised


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the circumstances that decide which rules count."""

    question: str
    k: int
    on: date
    region: str | None = None
    mode: Mode = "hybrid"


class Retriever:
    """Everything read from one generation of a knowledge base; never changed, only replaced."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder) -> None:
        """Read the documents and open both indexes.

        Raises:
            KnowledgeBaseError: if an index cannot be opened.
        """
        documents = catalogue.documents()
        self.documents: Mapping[str, Document] = {document.doc_id: document for document in documents}
        self._catalogue = catalogue
        self._embedder = embedder
        self._titles = Titles(documents)
        self._lookup = Lookup(documents, self._titles, catalogue.chunks_by_id, catalogue.chunks)
        self._lexical = LexicalIndex(catalogue.index_folder())
        self._dense = DenseIndex(catalogue.index_folder())
        self.statuses = lru_cache(maxsize=32)(self._statuses)
        self._factors = lru_cache(maxsize=64)(self._work_out_factors)

    def close(self) -> None:
        """Let go of the index files."""
        self._lexical.close()
        self._dense.close()

    def find(self, query: Query) -> Found:
        """Return the hits for a question: the articles named, then what hybrid search finds."""
        status = self.statuses(query.on)
        looked_up = self._lookup.find(query.question, status)
        found = self._search(query, looked_up.hits if looked_up else ())
        if looked_up is None:
            return found
        hits = (looked_up.hits + found.hits)[: query.k]
        return replace(found, hits=hits, exact=True, notice=looked_up.notice)

    def article(self, law: str, article: str, on: date) -> Found:
        """Return one article in the version in force on a day, or a notice of what is here instead."""
        return self._lookup.article(self._titles.resolve(law), article_label(article), self.statuses(on))

    def _statuses(self, on: date) -> dict[str, Status]:
        return statuses(self.documents.values(), on)

    def _work_out_factors(self, on: date, region: str | None) -> dict[str, float]:
        """Return {doc_id: score factor} of the documents that may answer; the rest are left out."""
        status = self.statuses(on)
        factors: dict[str, float] = {}
        for document in self.documents.values():
            if status[document.doc_id] is not Status.IN_FORCE:
                continue
            if document.region == regions.NATIONWIDE or (region and regions.covers(document.region, region)):
                factors[document.doc_id] = 1.0
            elif region is None or regions.covers(region, document.region):
                factors[document.doc_id] = _LOCAL_UNASKED
        return factors

    def _search(self, query: Query, named: Sequence[Hit]) -> Found:
        factors = self._factors(query.on, regions.find(query.question) or query.region)
        lexical, dense = self._candidates(query, factors)
        ranked = demote(fuse(lexical, dense, _DENSE_SHARE[query.mode]), factors, _doc_id)
        already = {hit.chunk.chunk_id for hit in named}
        ranked = [fused for fused in ranked if fused.chunk_id not in already]
        if query.mode == "hybrid" and asks_penalty(query.question):
            hits = _penalties_first(self._hits(ranked[: max(query.k, _LOOKED_AT_FOR_PENALTY)], query.on))
        else:
            hits = self._hits(ranked[: query.k], query.on)
        return Found(
            tuple(hits[: query.k]),
            lexical_score=lexical[0][1] if lexical else 0.0,
            dense_score=dense[0][1] if dense else 0.0,
        )

    def _candidates(self, query: Query, factors: Mapping[str, float]) -> tuple[Scored, Scored]:
        def keep(chunk_id: str) -> bool:
            return _doc_id(chunk_id) in factors

        lexical: Scored = ()
        dense: Scored = ()
        depth = max(DEPTH, query.k)
        if query.mode != "dense":
            lexical = filtered(lambda k: self._lexical.search(query.question, k), depth, keep)
        if query.mode != "lexical":
            vector = self._embedder.embed_query(query.question)
            dense = filtered(lambda k: self._dense.search(vector, k), depth, keep)
        return lexical, dense

    def _hits(self, ranked: Sequence[Fused], on: date) -> list[Hit]:
        status = self.statuses(on)
        chunks = self._catalogue.chunks_by_id([fused.chunk_id for fused in ranked])
        return [
            Hit(chunk, self.documents[chunk.doc_id], status[chunk.doc_id], fused.score, fused.why())
            for fused in ranked
            if (chunk := chunks.get(fused.chunk_id))  # a writer may have removed it since the index was read
        ]


def _doc_id(chunk_id: str) -> str:
    return chunk_id.partition("#")[0]


def _penalties_first(hits: Sequence[Hit]) -> list[Hit]:
    raised = [
        replace(hit, score=hit.score * _PENALTY_ASKED, why=(*hit.why, "含罚则"))
        if is_penalty(hit.chunk)
        else hit
        for hit in hits
    ]
    return sorted(raised, key=lambda hit: (-hit.score, hit.chunk.chunk_id))
