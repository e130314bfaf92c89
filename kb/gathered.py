"""What the searches brought for one question, before anything is put in its final order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.bank.index import Match
from kb.datatypes import Signals
from kb.rerank import features
from kb.search import Fused
from kb.tokens import bigrams

FloatMatrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the searches brought for one question."""

    region: str | None  # where the asker is, or the region the question names
    lexical: Mapping[str, float]  # chunk_id -> BM25
    dense: Mapping[str, float]  # chunk_id -> cosine
    fused: tuple[Fused, ...]  # both, merged, best first
    matches: Mapping[str, Match]  # chunk_id -> nearest question of the bank

    @property
    def best_cosine(self) -> float:
        """How near the bank's nearest question is; 0 without a bank."""
        return max((match.cosine for match in self.matches.values()), default=0.0)

    def signals(self, question: str, rows: FloatMatrix, scores: NDArray[np.float32]) -> Signals:
        """Return how strong the evidence is as a whole.

        Args:
            question: as asked.
            rows: the candidates' features, (n, len(kb.rerank.features.NAMES)).
            scores: what the reranker made of them, (n,).
        """
        terms = max(1, len(set(bigrams(question))))
        best = np.argsort(-scores, kind="stable")
        return Signals(
            dense=max(self.dense.values(), default=0.0),
            lexical=max(self.lexical.values(), default=0.0) / terms,
            bank=self.best_cosine,
            bank_lexical=max((match.lexical for match in self.matches.values()), default=0.0) / terms,
            coverage=float(rows[best[0], features.COVERAGE]) if len(best) else 0.0,
            margin=float(scores[best[0]] - scores[best[1]]) if len(best) > 1 else 0.0,
        )
