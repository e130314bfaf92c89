"""A cross-encoder that reads question and passage together and orders the best hits anew, if one is configured.

Any sentence-transformers cross-encoder (bge-reranker and others) from a folder or the hub, on the CPU.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.datatypes import Hit
from kb.embed.hub import load_pretrained

DEPTH = 30  # hits it reads: on two cores a base-size model takes some seconds for them
_REMEDY = (
    "请检查 reranker_model 设置：填模型文件夹的路径，或先在联网的机器上下载该模型；留空则不用交叉编码器。"
)
_CHARACTERS = 1_500  # of a passage: more than the usual 512 tokens hold


class CrossEncoderReranker:
    """Orders hits by how well each answers the question, as the model judges."""

    def __init__(self, model: str) -> None:
        """Load a model; code that comes with a model is never run.

        Args:
            model: a folder, or a name on the hub.

        Raises:
            SettingsError: if it cannot be loaded.
        """
        self._model = load_pretrained("CrossEncoder", model, _REMEDY)

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Return the hits, those looked up first, the rest by the model's score in (0, 1), equal ones by chunk id."""
        named = [hit for hit in hits if hit.looked_up]
        others = [hit for hit in hits if not hit.looked_up]
        if not others:
            return tuple(named)
        pairs = [
            (question, f"{hit.chunk.law} {hit.chunk.label} {hit.chunk.text[:_CHARACTERS]}") for hit in others
        ]
        logits = np.asarray(
            self._model.predict(pairs, activation_fn=None, show_progress_bar=False), np.float64
        )
        scores = logits.reshape(len(pairs), -1)[:, -1]
        judged = [
            replace(hit, score=float(score), why=(*hit.why, f"精排{score:.2f}"))
            for hit, score in zip(others, scores, strict=True)
        ]
        return (*named, *sorted(judged, key=lambda hit: (-hit.score, hit.chunk.chunk_id)))
