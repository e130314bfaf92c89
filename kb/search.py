"""Hybrid search: what the words find and what the meaning finds, made into one ranking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Scored = Sequence[tuple[str, float]]  # (chunk_id, score), best first


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk's place after fusion. Score in [0, 1]; ranks counted from 1, None if that side missed it."""

    chunk_id: str
    score: float
    lexical_rank: int | None
    dense_rank: int | None

    def why(self) -> tuple[str, ...]:
        """Return the reasons in Chinese."""
        reasons = (("关键词", self.lexical_rank), ("语义", self.dense_rank))
        return tuple(f"{name}第{rank}" for name, rank in reasons if rank)


LEXICAL_FLOOR = 0.0  # BM25 of a passage that shares no word
DENSE_FLOOR = 0.2  # cosine two unrelated passages commonly have


def fuse(lexical: Scored, dense: Scored, dense_share: float) -> list[Fused]:
    """Merge two rankings by a weighted sum of their scores, each scaled from its floor (0) to its best (1).

    Fixed floors, unlike the worst score found, do not depend on how many candidates were taken. Measured
    against min-max scaling and reciprocal rank fusion, see docs/measurements.md. Equal scores are ordered
    by chunk id, so the same question gives the same answer.

    Source: Bruch, Gai and Ingber, ACM TOIS 42(1), 2023, doi:10.1145/3596512.

    >>> [(f.chunk_id, f.score) for f in fuse([("a", 8.0), ("b", 4.0)], [("b", 0.7), ("c", 0.1)], 0.5)]
    [('b', 0.75), ('a', 0.5), ('c', 0.0)]
    """
    sides = (
        (_scaled(lexical, LEXICAL_FLOOR), 1 - dense_share),
        (_scaled(dense, DENSE_FLOOR), dense_share),
    )
    ranks = [{chunk_id: rank for rank, (chunk_id, _) in enumerate(side, 1)} for side in (lexical, dense)]
    scores: dict[str, float] = {}
    for scaled, share in sides:
        for chunk_id, score in scaled.items():
            scores[chunk_id] = scores.get(chunk_id, 0.0) + share * score
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [Fused(name, score, ranks[0].get(name), ranks[1].get(name)) for name, score in ranked]


def filtered(
    search: Callable[[int], Scored], depth: int, keep: Callable[[str], bool]
) -> list[tuple[str, float]]:
    """Return `depth` results that `keep` allows, asking `search` for more until enough or all are seen.

    Superseded versions and other regions are dropped here: a filter inside Chroma costs ten times the query.
    """
    wanted = depth + depth // 2  # most are allowed: one search is nearly always enough
    while True:
        found = search(wanted)
        kept = [(chunk_id, score) for chunk_id, score in found if keep(chunk_id)]
        if len(kept) >= depth or len(found) < wanted:
            return kept[:depth]
        wanted *= 4


def demote(
    fused: Sequence[Fused], factors: Mapping[str, float], doc_id_of: Callable[[str], str]
) -> list[Fused]:
    """Return the ranking with each score multiplied by its document's factor (1.0 where none is given)."""
    changed = [
        Fused(f.chunk_id, f.score * factors.get(doc_id_of(f.chunk_id), 1.0), f.lexical_rank, f.dense_rank)
        for f in fused
    ]
    return sorted(changed, key=lambda f: (-f.score, f.chunk_id))


def _scaled(results: Scored, floor: float) -> dict[str, float]:
    best = max((score for _, score in results), default=floor)
    if best <= floor:
        return dict.fromkeys((chunk_id for chunk_id, _ in results), 0.0)
    return {chunk_id: max(0.0, (score - floor) / (best - floor)) for chunk_id, score in results}
