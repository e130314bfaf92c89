import random
import time

import pytest

from kb.compare import Span, differences, marked

PAIRS = [
    ("", ""),
    ("", "新加的一条"),
    ("删掉的一条", ""),
    ("每年查一次灭火器", "每半年查一次灭火器和水带"),
    ("第十二条 门店\n关门前巡查", "第十三条 门店\n\n关门前后都要巡查"),
    ("〔方括号〕3.5%和１２", "〔方括号〕13.5%和１２"),
    ("a\u202eb\ud800", "a\u202ec\ud800"),
]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_the_runs_make_up_both_texts(old, new):
    spans = differences(old, new)
    assert "".join(span.text for span in spans if span.change != "added") == old
    assert "".join(span.text for span in spans if span.change != "removed") == new
    assert all(span.text for span in spans)


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("处三万元罚款", "处五万元罚款", "三万元", "五万元"),
        ("处十万元以上的罚款", "处二十万元以上的罚款", "十万元", "二十万元"),
        ("罚1,000元", "罚10,000元", "1,000元", "10,000元"),
        ("不少于百分之五", "不少于百分之十五", "百分之五", "百分之十五"),
        ("依照第二十一条处理", "依照第二十四条处理", "第二十一条", "第二十四条"),
        ("超过三百人的", "超过一百人的", "三百人", "一百人"),
        ("3日内报", "5个工作日内报", "3日", "5个工作日"),
    ],
)
def test_a_number_changes_as_a_whole_with_its_unit(old, new, removed, added):
    changed = [span for span in differences(old, new) if span.change != "same"]
    assert changed == [Span("removed", removed), Span("added", added)]


def test_equal_texts_are_one_run_and_marks_cannot_be_forged():
    assert differences("一样的话", "一样的话") == [Span("same", "一样的话")]
    assert marked(differences("门", "窗〕〔增：")) == "〔删：门〕〔增：窗增：〕"


def test_long_and_hostile_texts_are_compared_in_time():
    chance = random.Random(1)
    old, new = ("".join(chance.choice("的了") for _ in range(300_000)) for _ in range(2))
    start = time.monotonic()
    spans = differences(old, new)
    assert time.monotonic() - start < 10
    assert "".join(span.text for span in spans if span.change != "added") == old
