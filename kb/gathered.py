"""What the searches brought for one question, before anything is put in its final order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.bank.index import Match
from kb.search import Fused

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
