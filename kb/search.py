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


def fuse(lexical: Scored, dense: Scored, dense_share: float) -> list[Fused]:
    """Merge two rankings by a weighted sum of their scores, each scaled to [0, 1] by its best and worst.

    Linear fusion was measured against reciprocal rank fusion here, see docs/measurements.md.
    Equal scores are ordered by chunk id, so the same question gives the same answer.

    Source: Bruch, Gai and Ingber, ACM TOIS 42(1), 2023, doi:10.1145/3596512.

    >>> [(f.chunk_id, f.score) for f in fuse([("a", 9.0), ("b", 3.0)], [("b", 0.9), ("c", 0.5)], 0.5)]
    [('a', 0.5), ('b', 0.5), ('c', 0.0)]
    """
    sides = ((_scaled(lexical), 1 - dense_share), (_scaled(dense), dense_share))
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
    wanted = depth
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


def _scaled(results: Scored) -> dict[str, float]:
    if not results:
        return {}
    best, worst = results[0][1], results[-1][1]
    span = best - worst
    return {chunk_id: (score - worst) / span if span else 1.0 for chunk_id, score in results}
