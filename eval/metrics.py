"""How good one ranking is: arithmetic only.

A ranking is a sequence of names, best first; `relevant` is the set of names that answer the question and must
not be empty. Relevance is binary. A name listed twice counts once, at its first place.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from math import log2


def hit_at_k(ranked: Sequence[str], relevant: AbstractSet[str], k: int, *, need_all: bool = False) -> float:
    """1.0 if the first k show a relevant name (every one of them with `need_all`), else 0.0.

    Formula: hit@k = [ |top_k ∩ R| >= 1 ], or [ R ⊆ top_k ].

    Source: top-k accuracy of Karpukhin et al., EMNLP 2020, doi:10.18653/v1/2020.emnlp-main.550.

    >>> hit_at_k(["x", "a"], {"a", "b"}, k=2), hit_at_k(["x", "a"], {"a", "b"}, k=2, need_all=True)
    (1.0, 0.0)
    """
    found = relevant & set(ranked[:k])
    return float(found == relevant if need_all else bool(found))


def recall_at_k(ranked: Sequence[str], relevant: AbstractSet[str], k: int) -> float:
    """Share of the relevant names shown in the first k, in [0, 1].

    Formula: recall@k = |top_k ∩ R| / |R|.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval, ch. 8,
    doi:10.1017/CBO9780511809071.

    >>> recall_at_k(["a", "x", "b"], {"a", "b"}, k=2)
    0.5
    """
    return len(relevant & set(ranked[:k])) / len(relevant)


def mrr_at_k(ranked: Sequence[str], relevant: AbstractSet[str], k: int) -> float:
    """Reciprocal rank of the first relevant name within the first k, 0.0 if there is none.

    Formula: RR@k = 1 / min { i <= k : ranked_i ∈ R }; its mean over the questions is MRR@k.

    Source: Voorhees and Tice, SIGIR 2000, doi:10.1145/345508.345577.

    >>> mrr_at_k(["x", "a", "b"], {"a", "b"}, k=10)
    0.5
    """
    for rank, name in enumerate(ranked[:k], start=1):
        if name in relevant:
            return 1 / rank
    return 0.0


def ndcg_at_k(ranked: Sequence[str], relevant: AbstractSet[str], k: int) -> float:
    """Discounted gain of the first k beside the best possible one, in [0, 1].

    Formula: nDCG@k = Σ_{i<=k} [ranked_i ∈ R] / log2(i + 1), divided by Σ_{i<=min(k, |R|)} 1 / log2(i + 1).

    Source: Järvelin and Kekäläinen, TOIS 20(4), 2002, doi:10.1145/582415.582418.

    >>> round(ndcg_at_k(["x", "a", "b"], {"a", "b"}, k=10), 4)
    0.6934
    """
    first_places = {name: rank for rank, name in reversed([*enumerate(ranked[:k], start=1)])}
    gained = sum(1 / log2(rank + 1) for name, rank in first_places.items() if name in relevant)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gained / best


def percentile(values: Sequence[float], share: float) -> float:
    """Value below which `share` (in [0, 1]) of the values lie, interpolated between neighbours.

    Formula: with the n values sorted, the value at place (n - 1) * share counted from 0.

    Source: definition 7 of Hyndman and Fan, The American Statistician 50(4), 1996, doi:10.2307/2684934.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 0.5), percentile([1.0, 2.0], 0.95)
    (2.5, 1.95)
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
