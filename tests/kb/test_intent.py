"""What questions are after, in the words people use."""

import pytest

from kb.datatypes import Chunk
from kb.intent import Intent, intents, serves


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("没给工人买保险老板要坐牢吗", Intent.PENALTY),
        ("饭店必须装燃气报警器吗", Intent.DUTY),
        ("啥叫重大危险源", Intent.DEFINITION),
        ("烟花零售证怎么办理，要什么材料", Intent.PROCEDURE),
        ("出了事故跟谁说", Intent.REPORTING),
        ("油锅着了咋办", Intent.SELF_RESCUE),
        ("灭火器多少平米配一个", Intent.NUMBER),
        ("新旧突发事件应对法有啥不同", Intent.COMPARISON),
    ],
)
def test_each_intent_is_noticed(question: str, intent: Intent) -> None:
    assert intent in intents(question)


@pytest.mark.parametrize("question", ["安全生产法", "", "你好", "郑州"])
def test_words_that_ask_nothing_have_no_intent(question: str) -> None:
    assert not intents(question)


def test_a_passage_serves_the_intents_it_looks_like() -> None:
    chunk = Chunk("甲@2020#第九条", "甲@2020", "甲", "第九条", ("第二章 罚则",), "未登记的，责令改正。", 0)
    assert serves(chunk, Intent.PENALTY)  # by its chapter
    assert not serves(chunk, Intent.DEFINITION)
    assert not serves(chunk, Intent.NUMBER)  # has no look of its own
