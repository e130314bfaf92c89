"""Candidates become hits: what each is, how well it did, and why, in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kb.datatypes import Hit, Status
from kb.intent import is_penalty
from kb.rerank.features import Candidate
from kb.search import Fused

_PENALTY_ASKED = 1.5  # score factor for passages with a penalty when one is asked for
_WORTH_TELLING = 0.7  # cosine from which the bank's nearest question is named as a reason


def ordered(
    candidates: Sequence[Candidate],
    scores: NDArray[np.float32],
    statuses: Mapping[str, Status],
    fused: Sequence[Fused],
) -> list[Hit]:
    """Return the candidates as hits, best score first, equal ones by chunk id.

    Args:
        candidates: what the reranker looked at.
        scores: what it made of them, (n,).
        statuses: {doc_id: status on the day asked about}.
        fused: the ranking before, for the reasons.
    """
    ranks = {one.chunk_id: one for one in fused}
    hits = [
        Hit(
            candidate.chunk,
            candidate.document,
            statuses[candidate.document.doc_id],
            float(score),
            _why(candidate, ranks.get(candidate.chunk.chunk_id)),
        )
        for candidate, score in zip(candidates, scores, strict=True)
    ]
    return _sorted(hits)


def penalties_first(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits with those that lay down a penalty raised."""
    return _sorted(
        [
            replace(hit, score=hit.score * _PENALTY_ASKED, why=(*hit.why, "含罚则"))
            if is_penalty(hit.chunk)
            else hit
            for hit in hits
        ]
    )


def _sorted(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.chunk_id))


def _why(candidate: Candidate, fused: Fused | None) -> tuple[str, ...]:
    reasons = fused.why() if fused else ()
    if candidate.linked:
        reasons = (*reasons, "对应罚则")
    if candidate.match and candidate.match.cosine >= _WORTH_TELLING:
        reasons = (*reasons, f"近似问法“{candidate.match.question}”")
    return reasons
