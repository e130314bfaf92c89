"""The figures of a run, by hand."""

import json

import pytest

from eval.datasets import GoldArticle, Question
from eval.report import markdown, missing, score
from eval.runs import Outcome

LAW = "消防法"


def question(number: int, articles: str, mode: str = "any", audience: str = "citizen") -> Question:
    gold = tuple(GoldArticle(law=LAW, article=f"第{article}条") for article in articles)
    return Question(
        id=f"q{number}", question="问", gold=gold, gold_mode=mode, answerable=bool(gold), audience=audience
    )


def outcome(number: int, articles: str, refused: bool | None, seconds: float = 0.001) -> Outcome:
    return Outcome(f"q{number}", tuple(f"{LAW}#第{article}条" for article in articles), seconds, refused)


@pytest.fixture
def report():
    questions = [
        question(1, "一二"),
        question(2, "一二", mode="all"),
        question(3, "三", audience="manager"),
        question(4, "", mode="none", audience="unanswerable"),
        question(5, "", mode="none", audience="unanswerable"),
    ]
    outcomes = [
        outcome(1, "一九", False, 0.001),
        outcome(2, "二九", False, 0.002),
        outcome(3, "九八三", True, 0.003),  # a hit although refused
        outcome(4, "九", True, 0.004),
        outcome(5, "一", False, 0.005),
    ]
    return score(questions, outcomes, {f"{LAW}#第一条", f"{LAW}#第三条"}, "hybrid")


def test_ranking_figures_are_means_over_the_answerable(report) -> None:
    assert report.n == 5
    assert report.figures["hit@1"] == pytest.approx(1 / 3)
    assert report.figures["hit@5"] == pytest.approx(2 / 3)  # q2 needs both articles
    assert report.figures["recall@10"] == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)
    assert report.figures["mrr@10"] == pytest.approx((1 + 1 + 1 / 3) / 3)


def test_refusals_are_counted_on_their_own_side(report) -> None:
    assert report.figures["refusal_recall"] == 1 / 2
    assert report.figures["false_refusal"] == pytest.approx(1 / 3)


def test_each_audience_has_its_own_figures(report) -> None:
    assert {audience: figures["n"] for audience, figures in report.by.items()} == {
        "citizen": 2, "manager": 1, "unanswerable": 2,
    }  # fmt: skip
    assert report.by["manager"]["false_refusal"] == 1.0
    assert report.by["manager"]["refusal_recall"] is None
    assert report.by["unanswerable"]["hit@10"] is None
    assert report.by["unanswerable"]["refusal_recall"] == 0.5


def test_gold_not_in_the_base_is_counted_once(report) -> None:
    assert report.gold_missing == 1
    twice = [question(1, "二九"), question(2, "九二")]
    assert missing(twice, {f"{LAW}#第九条"}) == [f"{LAW}#第二条"]


def test_json_has_the_keys_of_the_contract(report) -> None:
    data = json.loads(json.dumps(report.to_json()))
    assert list(data) == [
        "n", "hit@1", "hit@5", "hit@10", "recall@10", "mrr@10", "ndcg@10", "refusal_recall", "false_refusal",
        "latency_ms", "by", "gold_missing", "mode",
    ]  # fmt: skip
    assert data["latency_ms"] == {"p50": 3.0, "p95": 4.8}


def test_unmeasured_refusals_are_null_not_zero() -> None:
    report = score([question(1, "一")], [outcome(1, "一", None)], set(), "dense")
    assert (report.figures["refusal_recall"], report.figures["false_refusal"]) == (None, None)
    assert (
        "| dense | 1 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | — | — | 1.000 | 1.000 |"
        in markdown([report])
    )


def test_tables_have_equal_columns(report) -> None:
    for block in markdown([report, report]).split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1
