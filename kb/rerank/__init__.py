"""Reranking (重排): candidates from all searches put in order by a linear model over explainable features.

Learned from the question bank by `python -m kb.rerank.train`; chosen over gradient-boosted trees by
measurement (docs/measurements.md) and small enough to read: one weight per feature, in `weights.json`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import SettingsError
from kb.rerank.features import NAMES

FILE = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class LinearReranker:
    """One weight per feature of `kb.rerank.features.NAMES`."""

    weights: NDArray[np.float32]  # (len(NAMES),)
    least_cosine: float  # of the bank's nearest question; below it the bank knows nothing of the matter

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weighted sums, (n,): a difference of x means e**x times the odds."""
        return np.asarray(features @ self.weights, np.float32)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how well each candidate answers, (n,) in (0, 1]; the best is 1.

        The score is twice the chance, as the model sees it, that a candidate is better than the best one.
        """
        if not len(features):
            return np.zeros(0, np.float32)
        logits = self.logits(features)
        return np.asarray(2.0 / (1.0 + np.exp(logits.max() - logits)), np.float32)


@cache
def shipped() -> LinearReranker:
    """Return the reranker that comes with the project.

    Raises:
        SettingsError: if its file is broken or was made for other features.
    """
    try:
        stored = json.loads(FILE.read_text("utf-8"))
        weights = [float(stored["weights"][name]) for name in NAMES]
        return LinearReranker(np.asarray(weights, np.float32), float(stored["least_cosine"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"重排权重 {FILE} 与程序不配套：{error}。请运行 python -m kb.rerank.train 重新训练"
        ) from error
