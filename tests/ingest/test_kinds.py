"""One place says what structure a text has and how it is split."""

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.about.repeal import repeal_sentences
from ingest.structure import decision, rows, statute
from ingest.structure.kinds import Structure, recognise, split
from tests.samples import NOTICE, RULE_2024

AMENDMENT = """# 关于修改《风筝安全条例》的决定

市人大常委会决定：

一、将第二条修改为：“第二条 放风筝应当登记。

第三条 登记不收费。

（一）线长；

（二）颜色。”

二、增加一条，作为第九条：“第九条 夜里不放。”

（一）将“登记”改为“报告”。

（二）删去第八条。

本决定自2024年7月1日起施行。
"""
ARTICLES = "第一条 为了不伤人。\n第二条 应当报告。\n第三条 完。\n"
PIECES = [
    *(
        "一、",
        "（一）",
        "1.",
        "1.1",
        "4.2.1 ",
        "第一条 ",
        "第二条 ",
        "附件1",
        "附录 A",
        "表 1",
        "Ⅰ级响应",
        "启动条件：",
    ),
    *(
        "问：",
        "答：",
        "？",
        "“",
        "”",
        "《",
        "》",
        "同时废止",
        "：",
        "；",
        "。",
        "\n",
        "\n",
        "县应急局",
        "# ",
        "| ",
        "１",
        "本预案",
    ),
]


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        (RULE_2024, "青桥市屋顶花园安全条例", Structure.STATUTE),
        (NOTICE, "关于做好放风筝季节安全工作的通知", Structure.NOTICE),
        (AMENDMENT, "关于修改《风筝安全条例》的决定", Structure.DECISION),
        (ARTICLES, "风筝法修正案（2018年）", Structure.STATUTE),
        ("1 总则\n1.1 目的\n快。\n2 响应\n2.1 一级响应\n走。", "风筝伤人应急预案", Structure.PLAN),
        ("1 范围\n1.1 场地\n平。\n1.2 绳\n细。", "GB 99999—2020 风筝场安全要求", Structure.STANDARD),
        ("问：谁查？\n答：我查。\n问：几时？\n答：每天。", "风筝问答", Structure.FAQ),
        ("名称：甲；人数：3\n名称：乙；人数：4\n名称：丙；人数：5", "队伍", Structure.TABLE),
        ("先看天。\n再放线。", "放风筝指南", Structure.GUIDE),
        ("天很蓝。", "随笔", Structure.OTHER),
    ],
)
def test_recognise(text: str, title: str, expected: Structure) -> None:
    assert recognise(text, title, False) is expected


def test_what_the_reader_says_of_a_table_is_believed() -> None:
    assert recognise("甲 乙", "队伍", True) is Structure.TABLE


def test_articles_quoted_by_a_decision_are_not_its_own() -> None:
    found = split(Structure.DECISION, AMENDMENT, "关于修改《风筝安全条例》的决定")
    assert [p.label for p in found] == ["第1段", "一、", "二、", "二、（一）", "二、（二）", "施行"]
    assert found[1].text.endswith("第三条登记不收费。\n（一）线长；\n（二）颜色。”")
    assert found[2].text == "增加一条，作为第九条：“第九条夜里不放。”"


def test_the_law_printed_below_a_decision_keeps_its_articles() -> None:
    found = decision.split(f"{AMENDMENT}\n{ARTICLES}", "关于修改《风筝安全条例》的决定")
    assert [p.label for p in found][-4:] == ["施行", "第一条", "第二条", "第三条"]


def test_a_long_item_says_in_every_piece_what_it_amends() -> None:
    text = "一、将甲法第二条修改为：“" + "应当登记。" * 200 + "”\n二、删去第三条。"
    found = decision.split(text, "甲法修正案")
    assert [p.label for p in found] == ["一、第1段", "一、第2段", "一、第3段", "二、"]
    assert {p.path for p in found[:3]} == {("一、将甲法第二条修改为",)}


def test_rows_are_named_by_sheet_and_first_cell() -> None:
    text = "# 避难场所\n序号：1；名称：东湖公园；容量：5000\n序号：2；名称：东湖公园；容量：20\n# 电话\n值班电话 12350"
    assert [(p.label, p.path) for p in rows.split(text, "")] == [
        ("避难场所·东湖公园", ("避难场所",)),
        ("避难场所·东湖公园（2）", ("避难场所",)),
        ("电话·值班电话", ("电话",)),
    ]


def test_thousands_of_rows_take_little_time() -> None:
    text = "物资\n" + "\n".join(f"名称：沙袋{n}；数量：{n}；地点：库{n}" for n in range(20_000))
    began = time.process_time()
    found = split(Structure.TABLE, text, "物资")
    assert (len(found), found[-1].label) == (20_000, "物资·沙袋19999")
    assert time.process_time() - began < 10


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.sampled_from(list(Structure)))
@example("一、“\n１.删去第三条", Structure.DECISION)
def test_no_text_breaks_a_splitter(text: str, structure: Structure) -> None:
    recognise(text, "甲", False)
    found = split(structure, text, "甲")
    assert len({p.label for p in found}) == len(found)
    assert all(p.text and p.label for p in found)
    repeal_sentences(found)


@pytest.mark.parametrize("line", ["\n", "“", "一、", "《", "下列文件予以废止：\n", "1.1\n", "问：？\n", "（"])
def test_hostile_repetition_takes_little_time(line: str) -> None:
    text = f"预案\n一、甲\n{line * 20_000}本预案 Ⅰ级响应 废止"
    began = time.process_time()
    for structure in Structure:
        repeal_sentences(split(structure, text, "关于修改甲的决定"))
    recognise(text, "甲预案", False)
    assert time.process_time() - began < 20


@pytest.mark.data
def test_the_national_plan_and_every_statute_keep_their_labels(shared_data: Path) -> None:
    plan = (shared_data / "plans" / "国家突发事件总体应急预案_2025-02-25.md").read_text("utf-8-sig")
    title = "国家突发事件总体应急预案"
    assert recognise(plan, title, False) is Structure.PLAN
    labels = [p.label for p in split(Structure.PLAN, plan, title)]
    assert len(labels) == 32
    assert labels[9:13] == ["3.2.1", "3.2.2第1段", "3.2.2第2段", "3.3.1"]
    for path in sorted((shared_data / "statutes").glob("*.md"))[:60]:
        text = path.read_text("utf-8-sig")
        law = statute.split(text)
        if law and not path.stem.endswith("决定"):
            kind = recognise(text, path.stem.split("(")[0], False)
            assert [p.label for p in split(kind, text, path.stem)] == [p.label for p in law.passages], (
                path.name
            )
