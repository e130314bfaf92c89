"""Searches the bank's questions for those like the one asked: each points to the article that answered it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tantivy
from numpy.typing import NDArray

from kb.bank import BankQuestion
from kb.embed import Embedder
from kb.tokens import bigrams, words

_HEAP = 50_000_000  # bytes
_FIELDS = (("bigrams", bigrams, 1.0), ("words", words, 0.7))


@dataclass(frozen=True, slots=True)
class Match:
    """How near the bank comes to a question, for one article."""

    question: str  # the nearest of the article's questions
    lexical: float  # best BM25 over the article's questions
    cosine: float  # best cosine over the article's questions


class BankIndex:
    """The questions of the bank, in memory: BM25 and exact cosine."""

    def __init__(self, questions: Sequence[BankQuestion], embedder: Embedder) -> None:
        """Index the questions (12,000 take about a second)."""
        self._questions = questions
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("place", stored=True, indexed=False)
        for name, _, _ in _FIELDS:
            schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(_HEAP, num_threads=1)
        for place, question in enumerate(questions):
            fields = {name: " ".join(cut(question.question)) for name, cut, _ in _FIELDS}
            writer.add_document(tantivy.Document(place=place, **fields))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._vectors = embedder.embed_documents([question.question for question in questions])

    def search(
        self, question: str, vector: NDArray[np.float32], k: int, leave_out: str = ""
    ) -> dict[str, Match]:
        """Return {chunk_id: match} of the articles behind the k nearest questions of either search.

        Args:
            question: as asked.
            vector: its embedding, (d,) float32.
            k: questions taken from each search.
            leave_out: a bank question that must not match itself (when learning from the bank).
        """
        cosines = self._vectors @ vector
        lexical = self._lexical(question, k)
        nearest = np.argpartition(-cosines, min(k, len(cosines) - 1))[:k]
        best: dict[str, Match] = {}
        for place in {*lexical, *(int(p) for p in nearest)}:
            found = self._questions[place]
            if found.question == leave_out:
                continue
            score, cosine = lexical.get(place, 0.0), float(cosines[place])
            old = best.get(found.chunk_id, Match("", 0.0, -1.0))
            shown = found.question if cosine > old.cosine else old.question
            best[found.chunk_id] = Match(shown, max(score, old.lexical), max(cosine, old.cosine))
        return best

    def _lexical(self, question: str, k: int) -> dict[int, float]:
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._index.schema, name, term, "freq"), weight
                ),
            )
            for name, cut, weight in _FIELDS
            for term in sorted(set(cut(question)))
        ]
        if not terms:
            return {}
        hits = self._searcher.search(tantivy.Query.boolean_query(terms), k, count=False).hits
        return {self._searcher.doc(address)["place"][0]: score for score, address in hits}
