"""Every trap of peers.md that an article number can fall into."""

from datetime import date

import pytest

from kb.base import KnowledgeBase
from kb.datatypes import Status
from kb.errors import ArticleNotFoundError


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("风筝安全法第二条", "第二条"),
        ("《中华人民共和国风筝安全法》第2条写的啥", "第二条"),
        ("风筝安全法2条", "第二条"),
        ("风筝安全法 3", "第三条"),
        ("风筝安全法第 三 条".replace(" 三 ", "三"), "第三条"),
        ("ＦＥＮＧ 风筝安全法第２条", "第二条"),
        ("第二条是什么，风筝安全法的", "第二条"),
        ("请问风争安全法第三条", "第三条"),
        ("青桥市屋顶花园安全条例第三条之一", "第三条之一"),
    ],
)
def test_an_article_named_comes_first(kb: KnowledgeBase, question: str, label: str) -> None:
    hit = kb.search(question)[0]
    assert hit.looked_up
    assert hit.chunk.label == label
    assert hit.status is Status.IN_FORCE


def test_paragraphs_and_items_are_told_apart(kb: KnowledgeBase) -> None:
    item = kb.search("屋顶花园安全条例第三条第一款第二项")
    assert not item[0].looked_up or item[0].focus  # a dropped 青桥市 may be guessed, never a wrong clause
    hit = kb.search("青桥市屋顶花园安全条例第三条第一款第二项")[0]
    assert hit.focus == "（二）大风预警发布后两小时内收起花盆。"
    assert kb.search("青桥市屋顶花园安全条例第三条第二款")[0].focus == "遇有积雪的，应当及时清扫。"
    assert hit.focus in hit.chunk.text


def test_a_range_brings_every_article(kb: KnowledgeBase) -> None:
    found = kb.find("风筝安全法第一条至第三条")
    assert [hit.chunk.label for hit in found.hits if hit.looked_up] == ["第一条", "第二条", "第三条"]


def test_several_articles_of_several_laws(kb: KnowledgeBase) -> None:
    found = kb.find("风筝安全法第二条和第三条，还有青桥市屋顶花园安全条例第四条")
    named = [(h.chunk.law, h.chunk.label) for h in found.hits if h.looked_up]
    assert named == [("风筝安全法", "第二条"), ("风筝安全法", "第三条"), ("青桥市屋顶花园安全条例", "第四条")]


@pytest.mark.parametrize(
    ("question", "notice"),
    [
        ("风筝安全法第九十条", "《风筝安全法》（2020-04-08 版）共4条，没有第九十条"),
        ("《登月安全规定》第五条", "知识库里没有《登月安全规定》"),
        ("登月安全法第五条", "知识库里没有《登月安全法》"),
        ("风筝安全法实施条例第二条", "知识库里没有《风筝安全法实施条例》"),
        ("请问食品安全法第五条", "知识库里没有《食品安全法》"),
    ],
)
def test_a_missing_article_is_said_to_be_missing(kb: KnowledgeBase, question: str, notice: str) -> None:
    found = kb.find(question)
    assert found.exact
    assert found.notice == notice
    assert not [hit for hit in found.hits if hit.looked_up]


@pytest.mark.parametrize(
    "question",
    [
        "风筝安全法要求公园有2条通道吗",
        "风筝安全法哪一条管高压线",
        "放风筝违反了几条规定",
        "风筝安全法管得住吗",
    ],
)
def test_counting_things_names_no_article(kb: KnowledgeBase, question: str) -> None:
    assert not kb.find(question).exact


def test_a_year_or_a_day_picks_the_version(kb: KnowledgeBase) -> None:
    assert kb.search("青桥市屋顶花园安全条例第二条")[0].chunk.doc_id.endswith("@2024-05-06")
    old = kb.search("2019年的青桥市屋顶花园安全条例第二条")[0]
    assert (old.chunk.doc_id.endswith("@2019-03-01"), old.status) == (True, Status.AMENDED)
    then = kb.search("青桥市屋顶花园安全条例第二条", on=date(2020, 1, 1))[0]
    assert (then.chunk.doc_id.endswith("@2019-03-01"), then.status) == (True, Status.IN_FORCE)


def test_show_gives_the_version_in_force(kb: KnowledgeBase) -> None:
    hit = kb.article("《青桥市屋顶花园安全条例》", "第4条")
    assert "二百元以上一千元以下" in hit.chunk.text
    with pytest.raises(ArticleNotFoundError, match="共5条，没有第九条"):
        kb.article("青桥市屋顶花园安全条例", "9")


def test_the_real_development_lookups_hit_at_once(statutes_kb, shared_data) -> None:
    import json

    kb = statutes_kb
    rows = [
        json.loads(line) for line in (shared_data / "questions_dev.jsonl").read_text("utf-8").splitlines()
    ]
    exact = [row for row in rows if row["id"].startswith("exa-")]
    assert exact
    for row in exact:
        hit = kb.search(row["question"])[0]
        assert (hit.chunk.law, hit.chunk.label) == (row["gold"][0]["law"], row["gold"][0]["article"]), row[
            "question"
        ]
