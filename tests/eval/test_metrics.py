"""The formulas, by hand and against ir_measures (trec_eval) and numpy."""

import random
from math import log2

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, Success, nDCG

from eval.metrics import hit_at_k, mrr_at_k, ndcg_at_k, percentile, recall_at_k

RANKED = ["x", "a", "y", "b"]


def test_arithmetic_by_hand() -> None:
    relevant = {"a", "b", "c"}
    assert [hit_at_k(RANKED, relevant, k) for k in (1, 2, 4)] == [0.0, 1.0, 1.0]
    assert [hit_at_k(RANKED, {"a", "b"}, k, need_all=True) for k in (2, 3, 4)] == [0.0, 0.0, 1.0]
    assert hit_at_k(RANKED, relevant, 4, need_all=True) == 0.0
    assert recall_at_k(RANKED, relevant, 4) == pytest.approx(2 / 3)
    assert mrr_at_k(RANKED, relevant, 4) == 1 / 2
    assert mrr_at_k(RANKED, {"b"}, 3) == 0.0
    best = 1 + 1 / log2(3) + 1 / log2(4)
    assert ndcg_at_k(RANKED, relevant, 10) == pytest.approx((1 / log2(3) + 1 / log2(5)) / best)


@pytest.mark.parametrize("metric", [hit_at_k, recall_at_k, mrr_at_k, ndcg_at_k])
def test_bounds(metric) -> None:
    assert metric([], {"a"}, 10) == 0.0
    assert metric(["x", "y"], {"a"}, 10) == 0.0
    assert metric(["a", "b"], {"a", "b"}, 10) == 1.0


def test_a_name_listed_twice_counts_once() -> None:
    assert recall_at_k(["a", "a"], {"a", "b"}, 2) == 0.5
    assert ndcg_at_k(["a", "a"], {"a", "b"}, 10) == ndcg_at_k(["a", "x"], {"a", "b"}, 10)


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_trec_eval(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"d{i}" for i in range(30)]
    ranked = chance.sample(names, chance.randint(1, 25))
    relevant = set(chance.sample(names, chance.randint(1, 12)))
    k = chance.choice([1, 5, 10])
    oracle = ir_measures.calc_aggregate(
        [Success @ k, R @ k, RR @ k, nDCG @ k],
        {"q": dict.fromkeys(relevant, 1)},
        {"q": {name: float(len(ranked) - place) for place, name in enumerate(ranked)}},
    )
    ours = [metric(ranked, relevant, k) for metric in (hit_at_k, recall_at_k, mrr_at_k, ndcg_at_k)]
    assert ours == pytest.approx([oracle[m] for m in (Success @ k, R @ k, RR @ k, nDCG @ k)], abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_percentile_agrees_with_numpy(seed: int) -> None:
    chance = random.Random(seed)
    values = [chance.expovariate(1) for _ in range(chance.randint(1, 40))]
    for share in (0.0, 0.5, 0.95, 1.0):
        assert percentile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-12)
