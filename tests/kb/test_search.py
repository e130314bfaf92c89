from datetime import date

import numpy as np
import pytest

from kb.base import KnowledgeBase
from kb.datatypes import Status
from kb.dense import DenseIndex
from kb.search import filtered, fuse


def test_fusion_arithmetic() -> None:
    lexical, dense = [("a", 8.0), ("b", 6.0), ("c", 4.0)], [("c", 0.7), ("a", 0.45)]
    scores = {f.chunk_id: f.score for f in fuse(lexical, dense, dense_share=0.3)}
    assert scores == pytest.approx({"a": 0.7 + 0.3 * 0.5, "b": 0.7 * 0.75, "c": 0.7 * 0.5 + 0.3})


def test_nothing_alike_scores_nothing() -> None:
    assert [(f.chunk_id, f.score) for f in fuse([], [("a", 0.1), ("b", -0.2)], 0.3)] == [
        ("a", 0.0),
        ("b", 0.0),
    ]


def test_equal_scores_are_ordered_by_id() -> None:
    assert [f.chunk_id for f in fuse([("b", 1.0), ("a", 1.0)], [], 0.5)] == ["a", "b"]


def test_filtering_asks_for_more_until_there_is_enough() -> None:
    everything = [(f"{i:03d}", 1.0 - i / 1000) for i in range(500)]
    asked: list[int] = []

    def search(k: int) -> list[tuple[str, float]]:
        asked.append(k)
        return everything[:k]

    kept = filtered(search, 10, keep=lambda name: name >= "300")
    assert [name for name, _ in kept] == [f"{i:03d}" for i in range(300, 310)]
    assert asked == [15, 60, 240, 960]


def test_dense_search_agrees_with_exact_search(tmp_path) -> None:
    rows = np.random.default_rng(7).normal(size=(3000, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = DenseIndex(tmp_path)
    index.upsert([f"{i:04d}" for i in range(len(rows))], rows)
    found = index.search(rows[42], 20)
    exact = np.argsort(-(rows @ rows[42]))[:20]
    assert found[0][0] == "0042"
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert len({name for name, _ in found} & {f"{i:04d}" for i in exact}) >= 18
    index.close()


def test_lay_words_find_the_duty(kb: KnowledgeBase) -> None:
    hits = kb.search("放风筝把高压线弄停电了罚多少")
    assert ("风筝安全法", "第三条") in {(h.chunk.law, h.chunk.label) for h in hits[:2]}
    assert hits[0].why


def test_superseded_and_repealed_texts_stay_out(kb: KnowledgeBase) -> None:
    hits = kb.search("花园护栏多久检查一次 花盆", k=50, region="青桥市")
    assert {hit.status for hit in hits} == {Status.IN_FORCE}
    assert "青桥市阳台花盆管理规定" not in {hit.chunk.law for hit in hits}
    old = kb.search("花园护栏多久检查一次", k=5, on=date(2020, 1, 1))
    assert {h.chunk.doc_id for h in old if "花园" in h.chunk.law} == {"青桥市屋顶花园安全条例@2019-03-01"}


def test_the_same_question_gives_the_same_answer(kb: KnowledgeBase) -> None:
    first = [(h.chunk.chunk_id, h.score) for h in kb.search("放风筝要注意什么")]
    assert all(
        first == [(h.chunk.chunk_id, h.score) for h in kb.search("放风筝要注意什么")] for _ in range(3)
    )


@pytest.mark.parametrize(
    "question", ["", "   ", "？？！", "😀", "a" * 5000, "\x00\x01", '"(AND) OR NOT [', "第条"]
)
def test_odd_questions_do_no_harm(kb: KnowledgeBase, question: str) -> None:
    assert isinstance(kb.search(question), list)


def test_neighbours_of_an_article(kb: KnowledgeBase) -> None:
    before, here, after = kb.neighbours("风筝安全法@2020-04-08#第一条")
    assert (before, here.label, after.label if after else None) == (None, "第一条", "第二条")
