import pytest

from assistant.assistant import Assistant
from assistant.dialogue import complete, style_asked
from assistant.triage import Triage
from kb.base import KnowledgeBase
from kb.datatypes import Audience
from tests.conftest import ROOT

LAST = ["在吗", "在高压线旁边放风筝可以吗"]


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("那罚多少呢", "在高压线旁边放风筝可以吗，怎么处罚"),
        ("怎么处罚", "在高压线旁边放风筝可以吗，怎么处罚"),
        ("罚多少钱？", "在高压线旁边放风筝可以吗，怎么处罚"),
        ("河南呢", "河南，在高压线旁边放风筝可以吗"),
        ("那郑州呢？", "郑州，在高压线旁边放风筝可以吗"),
        ("那造成停电呢", "在高压线旁边放风筝可以吗，造成停电"),
        ("灭火器怎么用", "灭火器怎么用"),
        ("厂里着火了怎么办，要先打电话还是先跑", "厂里着火了怎么办，要先打电话还是先跑"),
        ("", ""),
    ],
)
def test_follow_ups_are_made_whole(question: str, whole: str) -> None:
    assert complete(question, LAST) == whole


@pytest.mark.parametrize(
    ("question", "last", "whole"),
    [
        ("下一条", "风筝安全法第二条", "风筝安全法第三条"),
        ("上一条呢", "风筝安全法 2条", "风筝安全法 第一条"),
        ("上一条", "风筝安全法第一条", "上一条"),
        ("下一条", "放风筝罚多少", "下一条"),
    ],
)
def test_the_article_beside(question: str, last: str, whole: str) -> None:
    assert complete(question, [last]) == whole


def test_follow_ups_of_follow_ups() -> None:
    history = ["电瓶车在楼道充电可以吗", "那罚多少呢"]
    assert complete("河南呢", history) == "河南，电瓶车在楼道充电可以吗，怎么处罚"


def test_nothing_before_means_nothing_to_lean_on() -> None:
    assert complete("那罚多少呢", []) == "那罚多少呢"


def test_the_assistant_answers_the_whole_question_and_says_so(kb: KnowledgeBase) -> None:
    assistant = Assistant(kb, Triage.load(ROOT / "starter"))
    answer = assistant.answer("那罚多少呢", history=["放风筝把高压线弄停电了"])
    assert "按“放风筝把高压线弄停电了，怎么处罚”理解" in answer.text
    assert "五十元以上二百元以下" in answer.text
    beside = assistant.answer("下一条", history=["风筝安全法第二条"])
    assert beside.citations[0].chunk.label == "第三条"


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        ("给我原文", Audience.INSPECTOR),
        ("看原文", Audience.INSPECTOR),
        ("条文原文呢", Audience.INSPECTOR),
        ("换个简单说法", Audience.CITIZEN),
        ("说得简单点", Audience.CITIZEN),
        ("大白话讲一下", Audience.CITIZEN),
    ],
)
def test_the_last_answer_is_said_again_in_other_words(words: str, audience: Audience) -> None:
    assert style_asked(words) is audience
    assert complete(words, ["多久演练一次"]) == "多久演练一次"
    assert complete(words, []) == words


@pytest.mark.parametrize("words", ["原文在哪个网站", "简单手续怎么办", "灭火器怎么用", ""])
def test_a_question_of_its_own_is_left_alone(words: str) -> None:
    assert style_asked(words) is None
