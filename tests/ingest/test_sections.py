import pytest

from ingest.structure import sections, standard

STANDARD = """GB 99999—2020
风筝场安全要求
1 范围
本文件适用于面积 2.5 公顷以上的风筝场。
3 术语和定义
3.1
风筝场 kite field
供人放风筝的空地。
4 一般要求
4.1 看守
4.1.1 每场应设看守一名，风速超过
2.5 m/s 时设两名。
注：风速在离地
3.0 m 处量。
4.1.2看守应做到：
a) 每小时巡场一圈；
b) 收起断线。
4.1.3
坏绳应当场剪断。
自 2024.5 起改用新绳。
4.2 绳长见表 1。
表 1 绳长
场地：小；绳长：30 m
注：绳长含手柄。
表 1 的数值可以减少。
4.3 出口不应少于两个
5.5.3 照度
应急灯照度不应低于
1.0 lx。
附录 A
（规范性）
巡场表
A.1 巡场时间
上午一次。
"""
FOUND = {p.label: p for p in standard.split(STANDARD, "风筝场安全要求")}


def labels(text: str, title: str = "题") -> list[str]:
    return [p.label for p in sections.split(text, title)]


def test_clauses_of_a_standard() -> None:
    expected = "第1段 1 3.1 4.1.1 4.1.2 4.1.3 4.2 4.2·表1 4.2第2段 4.3 5.5.3 附录A·A.1"
    assert list(FOUND) == expected.split(" ")


def test_a_quantity_or_a_date_is_no_clause() -> None:
    assert (
        FOUND["4.1.1"].text == "每场应设看守一名，风速超过\n2.5 m/s 时设两名。\n注：风速在离地\n3.0 m 处量。"
    )
    assert FOUND["4.1.3"].text == "坏绳应当场剪断。\n自 2024.5 起改用新绳。"
    assert FOUND["5.5.3"].text == "应急灯照度不应低于\n1.0 lx。"


def test_items_and_notes_stay_with_their_clause_and_terms_keep_their_english() -> None:
    assert FOUND["4.1.2"].text == "看守应做到：\na) 每小时巡场一圈；\nb) 收起断线。"
    assert FOUND["3.1"].path == ("3术语和定义", "3.1风筝场 kite field")


def test_a_table_keeps_its_caption_and_a_one_line_rule_is_not_lost() -> None:
    assert FOUND["4.2·表1"].path == ("4一般要求", "表1绳长")
    assert FOUND["4.3"].text == "出口不应少于两个"
    assert FOUND["附录A·A.1"].path == ("附录A（规范性） 巡场表", "A.1巡场时间")


@pytest.mark.parametrize("line", ["2.5 MPa 以上", "3.0 m", "2024.5", "1.2 倍", "5.5℃", "6.3～8.0", "7.5%"])
def test_lines_that_only_begin_like_a_clause(line: str) -> None:
    found = standard.split(f"1 范围\n1.1 压力不应低于\n{line}\n1.2 其他。", "某标准")
    assert [p.label for p in found] == ["1.1", "1.2"]
    assert line in found[0].text


def test_sections_of_a_notice_keep_figures_signature_and_date() -> None:
    text = "一、目标\n全年查3200处。\n（一）查。\n查清。\n二、要求\n（一）快。\n放风筝协会\n2024年3月2日"
    assert labels(text) == ["一、", "一、（一）", "二、（一）"]
    assert "3200" in sections.split(text, "题")[0].text
    assert sections.split(text, "题")[-1].text.endswith("放风筝协会\n2024年3月2日")


def test_sentences_counted_one_is_two_is_are_cut_apart() -> None:
    text = "会议指出，" + "。".join(f"{n}是" + "要把风筝线收好" * 40 for n in "一二三四五") + "。"
    found = sections.split(text, "题")
    assert len(found) == 5
    assert [p.text[:2] for p in found[1:]] == ["二是", "三是", "四是", "五是"]


def test_a_duration_is_no_section() -> None:
    assert labels("# 止血\n压住。\n24 小时内\n不要揭开。") == ["止血"]


def test_a_deeper_number_of_another_chapter_is_no_part_of_it() -> None:
    found = sections.split("4.3 出口\n两个。\n5.5.3 灯\n两盏。", "题")
    assert [(p.label, p.path) for p in found] == [("4.3", ("4.3出口",)), ("5.5.3", ("5.5.3灯",))]


def test_labels_occur_once_and_only_the_title_is_left_out() -> None:
    found = sections.split("题\n一、甲\n甲一。\n一、甲\n甲二。", "题")
    assert [p.label for p in found] == ["一、", "一、第2段"]
    assert found[1].text == "甲二。"


def test_a_text_without_title_keeps_its_short_lines() -> None:
    assert [p.text for p in sections.split("短。\n也短。", "")] == ["短。\n也短。"]


@pytest.mark.parametrize(
    "line",
    ["风筝场办法", "《风筝场办法》", "# 风筝场办法（试行）", "附件1：风筝场办法", "关于印发《风筝场办法》的通知", "GB/T 1234—2020 风筝场办法",
     "中华人民共和国风筝场办法", "**风筝场办法（2020年修订）**",
     "放风筝协会印发《风筝场办法》"],
)  # fmt: skip
def test_the_title_goes_with_what_a_cover_puts_around_it(line: str) -> None:
    assert list(sections.lines(f"{line}\n正文。", "风筝场办法")) == ["正文。"]


@pytest.mark.parametrize(
    "line", ["风筝场办法由市局负责解释。", "市局已于五月印发风筝场办法。", "一、印发《风筝场办法》", "本局制定风筝场办法。", "风筝场办法自五月起施行", "一、风筝场办法的用处", "违反风筝场办法的，当场收线"],
)  # fmt: skip
def test_a_short_line_that_names_the_title_stays(line: str) -> None:
    assert list(sections.lines(f"风筝场办法\n{line}", "风筝场办法")) == [line]
