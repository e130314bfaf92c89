"""The bundled guides are whole and agree with each other; a malformed one is refused with its line."""

import re
from datetime import date
from pathlib import Path

import pytest

from kb.cards.guides import HEADINGS, is_guide, parse_guide, read_guide, read_guides
from kb.datatypes import Audience
from kb.errors import IngestError

FOLDER = Path(__file__).parents[2] / "starter" / "guides"
GUIDE = """---
id: lift
title: 电梯被困
hazard: 设备
audiences: [citizen, manager]
number: "119"
phrases: [关电梯里了, 电梯卡住, 困电梯, 电梯停了, 出不去, 门打不开, 电梯坏了, 电锑坏了]
basis:
  - 乘客须知
reviewed: 2026-11-24
risk: 中
---

## 现在就做

1. 按警铃。
2. 打119。
3. 坐下等。

## 千万别做

- 不扒门。

## 之后

- 听指挥出来。

## 平时预防

- 看合格标志。

## 特殊情况

- 孩子：牵着。
"""


@pytest.fixture(scope="module")
def guides():
    return read_guides(FOLDER)


def test_a_guide_is_read_whole():
    guide = parse_guide(GUIDE, "lift.md")
    assert guide.id == "lift"
    assert guide.audiences == (Audience.CITIZEN, Audience.MANAGER)
    assert guide.number == "119"
    assert guide.reviewed == date(2026, 11, 24)
    assert guide.steps == ("按警铃。", "打119。", "坐下等。")
    assert tuple(section.heading for section in guide.sections) == HEADINGS
    assert guide.sections[-1].text == "- 孩子：牵着。"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    assert parse_guide("\ufeff" + GUIDE.replace("\n", "\r\n"), "a") == parse_guide(GUIDE, "a")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("---\nid", "id", "第1行"),
        ("risk: 中", "risk: 中\ncolour: 红", "第12行.*colour"),
        ("risk: 中\n", "", "缺少 risk"),
        ("risk: 中", "risk: 低", "第11行.*高|中"),
        ("hazard: 设备", "hazard: 电梯", "第4行"),
        ("hazard: 设备", "hazard: 设备\nhazard: 火灾", "两次"),
        ("[citizen, manager]", "[citizen, boss]", "第5行.*boss"),
        ('"119"', "119", "第6行.*引号"),
        ("困电梯, ", "'', ", "第7行.*空项"),
        ("困电梯, ", "", "第7行.*只有7项"),
        ("困电梯", "电梯卡住", "第7行.*重复"),
        ("  - 乘客须知", "", "第8行|basis"),
        ("2026-11-24", "去年", "第10行.*日期"),
        ("2026-11-24", "2026-13-44", "YAML"),
        ("id: lift", "id: Lift One", "第2行"),
        ("title: 电梯被困", "title: [", "第.行.*YAML"),
        ("3. 坐下等。\n", "", "有2步"),
        ("3. 坐下等。", "4. 坐下等。", "第18行.*连续编号"),
        ("3. 坐下等。", "坐下等。", "第18行"),
        ("## 之后", "## 然后", "依次"),
        ("## 之后\n\n- 听指挥出来。\n\n", "", "依次"),
        ("- 不扒门。", "", "第20行.*空的"),
        ("\n## 现在就做", "\n前言。\n\n## 现在就做", "第14行.*第一个小节前"),
    ],
)
def test_a_malformed_guide_is_refused_with_file_line_and_remedy(old, new, says):
    assert old in GUIDE
    with pytest.raises(IngestError, match=rf"^lift\.md.*(?:{says})"):
        parse_guide(GUIDE.replace(old, new, 1), "lift.md")


def test_sections_out_of_order_are_refused():
    swapped = (
        GUIDE.replace("## 之后", "## X").replace("## 平时预防", "## 之后").replace("## X", "## 平时预防")
    )
    with pytest.raises(IngestError, match="依次"):
        parse_guide(swapped, "lift.md")


def test_seven_steps_are_too_many():
    with pytest.raises(IngestError, match="有7步"):
        parse_guide(GUIDE.replace("3. 坐下等。", "3. a\n4. b\n5. c\n6. d\n7. e"), "lift.md")


def test_the_file_name_must_be_the_id(tmp_path):
    path = tmp_path / "elevator.md"
    path.write_text(GUIDE, encoding="utf-8")
    with pytest.raises(IngestError, match=r"改名为 lift\.md"):
        read_guide(path)


def test_unreadable_files_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(IngestError, match="没有找到"):
        read_guides(tmp_path)
    with pytest.raises(IngestError, match="读不出来"):
        read_guide(tmp_path / "none.md")
    (tmp_path / "gbk.md").write_bytes(GUIDE.encode("gbk"))
    with pytest.raises(IngestError, match="UTF-8"):
        read_guides(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GUIDE, True),
        (GUIDE.replace("hazard: 设备\n", ""), False),
        ("# 标题\n\nid hazard phrases", False),
        ("---\n- id\n- hazard\n- phrases\n---\n", False),
        ("---\nid: [\n---\n", False),
        ("", False),
    ],
    ids=["guide", "no hazard", "no front matter", "a list", "bad yaml", "empty"],
)
def test_is_guide(text, expected):
    assert is_guide(text) is expected


def test_the_bundle_holds_the_guides_sorted_by_id(guides):
    ids = [guide.id for guide in guides]
    assert len(ids) >= 120
    assert ids == sorted(set(ids))


def test_every_bundled_guide_can_be_read_in_a_hurry(guides):
    for guide in guides:
        assert len(guide.steps[0]) <= 25, guide.id
        assert max(map(len, guide.steps)) <= 45, guide.id
        listed = [section.text.splitlines() for section in guide.sections[1:]]
        assert all(line.startswith("- ") for lines in listed for line in lines), guide.id


def test_the_number_to_call_is_said_in_the_guide(guides):
    for guide in guides:
        assert any(guide.number in step for step in guide.steps), guide.id


def test_no_phrase_belongs_to_two_guides(guides):
    phrases = [phrase for guide in guides for phrase in guide.phrases]
    assert len(phrases) == len(set(phrases))


def test_guides_agree_on_their_figures(guides):
    text = "\n".join(section.text for guide in guides for section in guide.sections)
    assert set(re.findall(r"至少(\d+)分钟", text)) == {"20"}  # cooling a burn
    assert set(re.findall(r"深(?:度)?约?(\d[-\d]*)厘米", text)) == {"5-6", "5"}  # adult, child
    assert set(re.findall(r"每分钟(\d+-\d+)次", text)) == {"100-120"}
    assert set(re.findall(r"[拍冲](\d+)下", text)) == {"5"}


def test_no_guide_sends_anyone_back_in_or_pours_water_on_oil(guides):
    by_id = {guide.id: guide for guide in guides}
    assert "不许下去" in by_id["confined-space"].steps[0]
    assert "不要泼水" in by_id["fire-kitchen-oil"].sections[1].text
    assert "不碰任何电器开关" in by_id["gas-leak"].steps[0]
    assert "别碰他" in by_id["electric-shock"].steps[0]
    assert "别下水" in by_id["drowning"].steps[0]
