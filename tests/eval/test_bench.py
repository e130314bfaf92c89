"""The comparison: who is asked what, and how the figures relate."""

import pytest

from eval.bench import (
    MOST_QUESTIONS,
    Bench,
    Sample,
    System,
    known_items,
    measure_ours,
    measure_peer,
    sample_questions,
)
from eval.datasets import GoldArticle, Question
from kb.errors import EvaluationError

GOLD = (GoldArticle(law="消防法", article="第二十八条"),)


def questions(count: int, answerable: bool = True) -> list[Question]:
    gold = GOLD if answerable else ()
    return [Question(id=f"q{i}", question=f"问{i}", gold=gold, answerable=answerable) for i in range(count)]


class ReversedPeer:
    """Returns the last passages first."""

    name = "reversed"
    note = "倒序"

    def __init__(self) -> None:
        self.passages: list[str] = []
        self.closed = False

    def index(self, passages) -> None:
        self.passages = list(passages)

    def search(self, question: str, k: int) -> list[int]:
        return list(range(len(self.passages)))[::-1][:k]

    def close(self) -> None:
        self.closed = True


def test_at_most_so_many_answerable_questions_the_same_each_time() -> None:
    pool = questions(300) + [q.model_copy(update={"id": f"u{q.id}"}) for q in questions(50, answerable=False)]
    sample = sample_questions(pool)
    assert len(sample.questions) == MOST_QUESTIONS == len({q.id for q in sample.questions})
    assert all(q.answerable for q in sample.questions)
    assert sample == sample_questions(pool)
    with pytest.raises(EvaluationError, match="没有可答的题"):
        sample_questions(questions(3, answerable=False))


def test_known_items_are_clauses_of_their_own_article(library) -> None:
    chunks = library.chunks("消防法@2021-04-29")
    sample = known_items(chunks)
    texts = {f"消防法#{chunk.label}": chunk.text for chunk in chunks}
    assert len(sample.questions) == 2
    assert all(question.question in texts[min(question.gold_keys)] for question in sample.questions)
    with pytest.raises(EvaluationError, match="没有可作题目"):
        known_items([])


def test_a_peer_is_given_law_label_and_text_scored_and_closed(make_chunk) -> None:
    chunks = [make_chunk("消防法@2021", "第二十八条", "甲"), make_chunk("燃气条例@2016", "第一条", "乙")]
    peer = ReversedPeer()
    system = measure_peer(peer, chunks, Sample(tuple(questions(4)), ""))
    assert peer.passages == ["消防法 第二十八条 甲", "燃气条例 第一条 乙"]
    assert peer.closed
    assert (system.measures["hit@1"], system.measures["hit@5"], system.measures["mrr@10"]) == (0.0, 1.0, 0.5)
    assert system.measures["index_seconds"] is not None


def test_a_peer_that_fails_is_closed_too(make_chunk) -> None:
    peer = ReversedPeer()
    peer.search = lambda question, k: [99]  # type: ignore[method-assign]
    with pytest.raises(IndexError):
        measure_peer(peer, [make_chunk("消防法@2021", "第一条")], Sample(tuple(questions(1)), ""))
    assert peer.closed


def test_ours_is_scored_by_the_version_in_force(library) -> None:
    question = Question(id="q", question="占用疏散通道不得", gold=GOLD)
    system = measure_ours(library, Sample((question,), ""), 1.5)
    assert system.measures["index_seconds"] == 1.5
    assert system.measures["hit@10"] == 1.0


def test_ratios_are_peer_divided_by_ours() -> None:
    names = [
        "index_seconds",
        "query_p50_ms",
        "query_p95_ms",
        "hit@1",
        "hit@5",
        "hit@10",
        "recall@10",
        "mrr@10",
    ]
    ours = System("安问", "", dict(zip(names, [None, 2.0, 4.0, 0.0, 0.5, 0.5, 0.5, 0.5], strict=True)))
    peer = System("甲", "设置", dict(zip(names, [9.0, 8.0, 8.0, 0.2, 0.25, 0.5, 0.6, 0.4], strict=True)))
    ratios = peer.ratios_to(ours)
    assert [ratios[name] for name in names] == [None, 4.0, 2.0, None, 0.5, 1.0, 1.2, 0.8]
    result = Bench(7, Sample(tuple(questions(2)), "某处"), (ours, peer))
    assert result.to_json()["ratios"] == {"甲": ratios}
    assert (result.to_json()["n"], result.to_json()["articles"]) == (2, 7)
    assert "| 甲 | — | 4.000 | 2.000 | — | 0.500 | 1.000 | 1.200 | 0.800 |" in result.markdown()
