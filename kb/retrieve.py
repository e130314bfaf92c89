"""From a question to hits: lookup first, then hybrid search over what is in force where the asker is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from kb import evidence, hits, regions, rerank, thesaurus
from kb.bank import BankQuestion, read_bank
from kb.bank.index import BankIndex, Match
from kb.cards.guides import HEADINGS, asked_phrases
from kb.catalogue import Catalogue
from kb.datatypes import CARDS, Audience, Chunk, Document, Found, Hit, Level, Signals
from kb.dense import DenseIndex
from kb.embed import Embedder
from kb.gathered import FloatMatrix, Gathered
from kb.intent import asks_penalty
from kb.lexical import LexicalIndex
from kb.lookup import Lookup
from kb.normalise import fold
from kb.numerals import article_label
from kb.rerank import features
from kb.rerank.features import Candidate
from kb.scope import Scope
from kb.search import Fused, Scored, demote, filtered, fuse
from kb.titles import Titles

Mode = Literal["hybrid", "lexical", "dense"]

DEPTH = 200  # candidates taken from each side before fusion
_DENSE_SHARE = {"hybrid": 0.5, "lexical": 0.0, "dense": 1.0}
_BANK_SHARE = 0.5  # of each of the bank's two scores, beside the fused one, when candidates are chosen
_LINKED_FROM = 20  # candidates whose penalties become candidates too
_BANK_DEPTH = 80  # questions of the bank taken from each of its searches
_RERANKED = 100  # candidates the reranker looks at
_LEGAL_WEIGHTS = (0.4, 0.25, 0.15, 0.15)  # of a lay word's legal terms, best first, beside the word itself


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

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        bank: Sequence[BankQuestion] | None = None,
        earlier: Self | None = None,
    ) -> None:
        """Read the documents and open both indexes.

        Args:
            catalogue: the documents and their chunks.
            embedder: the model the dense index was built with.
            bank: questions with known answers; the shipped bank if None.
            earlier: the one this replaces; its index of the bank serves on if the same laws are held.

        Raises:
            KnowledgeBaseError: if an index cannot be opened.
        """
        documents = catalogue.documents()
        self.documents: Mapping[str, Document] = {document.doc_id: document for document in documents}
        self._catalogue = catalogue
        self._embedder = embedder
        self._titles = Titles(documents)
        self._lookup = Lookup(
            documents, self._titles, catalogue.chunks_by_id, catalogue.chunks, catalogue.links
        )
        self._lexical = LexicalIndex(catalogue.index_folder())
        self._dense = DenseIndex(catalogue.index_folder())
        self._thesaurus = thesaurus.shipped()
        questions = read_bank() if bank is None else bank
        self._held = [question for question in questions if _doc_id(question.chunk_id) in self.documents]
        self._held += self._card_questions()
        if earlier is not None and earlier._held == self._held and "_bank" in vars(earlier):
            self._bank = earlier._bank
        self._scope = Scope(documents)
        self.statuses = self._scope.statuses

    @cached_property
    def _bank(self) -> BankIndex | None:
        """The index of the bank, made when the first question is asked: commands that ask none go without."""
        return BankIndex(self._held, self._embedder) if self._held else None

    def _card_questions(self) -> list[BankQuestion]:
        """Return what people say in the situations of the guides held, and the titles of the other cards."""
        found: list[BankQuestion] = []
        for document in self.documents.values():
            if document.level in CARDS:
                for chunk in self._catalogue.chunks(document.doc_id):
                    for phrase in asked_phrases(chunk) if document.level is Level.GUIDE else (chunk.label,):
                        label = HEADINGS[0] if document.level is Level.GUIDE else chunk.label
                        chunk_id = f"{document.doc_id}#{label}"
                        found.append(BankQuestion(chunk_id, chunk.law, label, Audience.CITIZEN, phrase))
        return found

    @cached_property
    def _reranker(self) -> rerank.LinearReranker:
        return rerank.shipped()

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
        first = (looked_up.hits + found.hits)[: query.k]
        return replace(found, hits=first, exact=True, notice=looked_up.notice)

    def article(self, law: str, article: str, on: date) -> Found:
        """Return one article in the version in force on a day, or a notice of what is here instead."""
        return self._lookup.article(self._titles.resolve(law), article_label(article), self.statuses(on))

    def chunk(self, chunk_id: str, on: date) -> tuple[Hit, ...]:
        """Return one passage by its id as a hit, or nothing."""
        chunk = self._catalogue.chunks_by_id([chunk_id]).get(chunk_id)
        document = self.documents.get(_doc_id(chunk_id))
        status = self.statuses(on)
        return (Hit(chunk, document, status[document.doc_id], 1.0),) if chunk and document else ()

    def gather(self, query: Query, leave_out: str = "") -> Gathered:
        """Return the candidates of all searches, with the ranking they have without the reranker.

        Args:
            query: the question and its circumstances.
            leave_out: a question of the bank that must not match itself (when learning from the bank).
        """
        region = regions.find(query.question) or query.region
        factors = self._scope.factors(query.on, region)
        lexical, dense, vector = self._searches(query, factors)
        fused = demote(fuse(lexical, dense, _DENSE_SHARE[query.mode]), factors, _doc_id)
        matches: dict[str, Match] = {}
        if self._bank and vector is not None and query.mode == "hybrid":
            found = self._bank.search(query.question, vector, _BANK_DEPTH, leave_out)
            matches = {chunk_id: match for chunk_id, match in found.items() if _doc_id(chunk_id) in factors}
        return Gathered(region, dict(lexical), dict(dense), tuple(fused), matches)

    def candidates(self, gathered: Gathered) -> list[Candidate]:
        """Return the candidates the reranker looks at, with their passages."""
        best = max((match.lexical for match in gathered.matches.values()), default=0.0) or 1.0
        scores = {fused.chunk_id: fused.score for fused in gathered.fused}
        for chunk_id, match in gathered.matches.items():
            near = max(0.0, match.cosine) + match.lexical / best
            scores[chunk_id] = scores.get(chunk_id, 0.0) + _BANK_SHARE * near
        names = sorted(scores, key=lambda name: (-scores[name], name))[:_RERANKED]
        linked = self._linked(names, scores)
        names += [name for name in linked if name not in scores]
        chunks = self._catalogue.chunks_by_id(names)
        return [
            Candidate(
                chunks[name],
                self.documents[chunks[name].doc_id],
                gathered.lexical.get(name, 0.0),
                gathered.dense.get(name, 0.0),
                gathered.matches.get(name),
                linked.get(name, 0.0),
            )
            for name in names
            if name in chunks  # a writer may have removed it since the index was read
        ]

    def _linked(self, names: Sequence[str], scores: Mapping[str, float]) -> dict[str, float]:
        """Return {penalty: score of the best duty it punishes, as a share of the best candidate's}."""
        best = (scores[names[0]] if names else 0.0) or 1.0
        found: dict[str, float] = {}
        for duty, penalty in self._catalogue.penalties(names[:_LINKED_FROM]):
            found[penalty] = max(found.get(penalty, 0.0), scores[duty] / best)
        return found

    def features(self, question: str, gathered: Gathered, candidates: Sequence[Candidate]) -> FloatMatrix:
        """Return the candidates' features, (n, len(kb.rerank.features.NAMES))."""
        laws = [mention.name for mention in self._titles.mentions(fold(question))]
        asked = features.asked(question, self._lexical.idf, gathered.region, laws, self._thesaurus)
        return features.matrix(asked, candidates)

    def rerank(
        self, query: Query, gathered: Gathered, candidates: Sequence[Candidate], rows: FloatMatrix
    ) -> list[Hit]:
        """Return the hits in their final order.

        Where the bank holds nothing like the question, or without candidates, fusion alone decides.

        Args:
            query: the question and its circumstances.
            gathered: what the searches brought.
            candidates: of `candidates`.
            rows: their features.
        """
        if not candidates or gathered.best_cosine < self._reranker.least_cosine:
            return self._fused(query, gathered)
        scores = self._reranker.scores(rows)
        return hits.ordered(candidates, scores, self.statuses(query.on), gathered.fused)

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """Return the passages that exist among `chunk_ids`."""
        return self._catalogue.chunks_by_id(chunk_ids)

    def signals(self, query: Query, leave_out: str = "") -> Signals:
        """Return how strong the evidence for a question is (see `gather` for `leave_out`)."""
        gathered = self.gather(query, leave_out)
        candidates = self.candidates(gathered)
        rows = self.features(query.question, gathered, candidates)
        return self._signals(query.question, gathered, candidates, rows)

    def _signals(
        self, question: str, gathered: Gathered, candidates: Sequence[Candidate], rows: FloatMatrix
    ) -> Signals:
        logits = self._reranker.logits(rows)
        return evidence.signals(question, gathered, candidates, rows, logits, self._lexical.idf)

    def _search(self, query: Query, named: Sequence[Hit]) -> Found:
        gathered = self.gather(query)
        candidates = self.candidates(gathered) if query.mode == "hybrid" else []
        rows = self.features(query.question, gathered, candidates)
        already = {hit.chunk.chunk_id for hit in named}
        found = self.rerank(replace(query, k=query.k + len(already)), gathered, candidates, rows)
        return Found(
            tuple(hit for hit in found if hit.chunk.chunk_id not in already)[: query.k],
            signals=self._signals(query.question, gathered, candidates, rows),
        )

    def _fused(self, query: Query, gathered: Gathered) -> list[Hit]:
        if query.mode == "hybrid" and asks_penalty(query.question):
            return hits.penalties_first(self._hits(gathered.fused[: max(query.k, _RERANKED)], query.on))
        return self._hits(gathered.fused[: query.k], query.on)

    def _searches(
        self, query: Query, factors: Mapping[str, float]
    ) -> tuple[Scored, Scored, NDArray[np.float32] | None]:
        def keep(chunk_id: str) -> bool:
            return _doc_id(chunk_id) in factors

        lexical: Scored = ()
        dense: Scored = ()
        vector = None
        depth = max(DEPTH, query.k)
        if query.mode != "dense":
            also = self._legal_terms(query.question) if query.mode == "hybrid" else ()
            lexical = filtered(lambda k: self._lexical.search(query.question, k, also), depth, keep)
        if query.mode != "lexical":
            vector = question_vector = self._embedder.embed_query(query.question)
            dense = filtered(lambda k: self._dense.search(question_vector, k), depth, keep)
        return lexical, dense, vector

    def _legal_terms(self, question: str) -> list[tuple[str, float]]:
        return [
            (term, weight)
            for entry in self._thesaurus.find(question)
            for term, weight in zip(entry.legal, _LEGAL_WEIGHTS, strict=False)
        ]

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
