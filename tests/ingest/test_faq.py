import pytest

from ingest.structure.faq import is_faq, split


@pytest.mark.parametrize(
    "text",
    [
        "问：灯坏了找谁？\n答：找值班员。\n问：多久修好？\n答：两小时。",
        "Q1: 灯坏了找谁？\nA1: 找值班员。\nQ2: 多久修好？\nA2: 两小时。",
        "1. 灯坏了找谁？\n找值班员。\n2. 多久修好？\n两小时。",
        "## 灯坏了找谁？\n找值班员。\n## 多久修好？\n两小时。",
        "**一、灯坏了找谁？**\n找值班员。\n**二、多久修好？**\n两小时。",
        "灯坏了找谁？\n答：找值班员。\n多久修好？\n答：两小时。",
        "问：灯坏了找谁？答：找值班员。\n问：多久修好？答：两小时。",
    ],
)
def test_every_way_of_asking(text: str) -> None:
    assert is_faq(text)
    assert [(p.label, p.text) for p in split(text, "问答")] == [
        ("问：灯坏了找谁", "灯坏了找谁？\n找值班员。"),
        ("问：多久修好", "多久修好？\n两小时。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "一、思想到位了吗？\n二、行动。\n每天查。\n三、总结。\n写下来。",
        "这条路怎么走？\n没有人知道。",
        "第一条 为什么要查？\n第二条 因为要查。",
        "问：谁来？\n问：谁走？",
    ],
)
def test_a_question_alone_makes_no_faq(text: str) -> None:
    assert not is_faq(text)


def test_groups_become_the_path_and_the_foreword_stays() -> None:
    found = split(
        "电梯问答\n先看看常见的疑问。\n# 使用\n问：能跳吗？\n答：不能。\n# 故障\n问：困住了呢？\n答：按铃。",
        "电梯问答",
    )
    assert [(p.label, p.path) for p in found] == [
        ("第1段", ()),
        ("问：能跳吗", ("使用",)),
        ("问：困住了呢", ("故障",)),
    ]


def test_the_same_question_twice_and_a_long_answer() -> None:
    long = "灯要每天看一遍，坏了要当天换。" * 60
    found = split(f"问：灯？\n答：换。\n问：灯？\n答：再换。\n问：多久？\n答：{long}", "")
    assert [p.label for p in found] == ["问：灯", "问：灯（2）", "问：多久第1段", "问：多久第2段"]
    assert all(p.text.startswith("多久？\n") for p in found[2:])
