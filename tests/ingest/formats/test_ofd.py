"""OFD files: places on the paper become lines."""

from datetime import date

import pytest
from lxml import etree

from ingest.formats.ofd.document import read
from ingest.formats.ofd.page import read_page
from ingest.formats.paper.joins import INDENT
from tests.ingest.formats.ofd_files import (
    FIRST,
    NEW,
    OLD,
    PICTURE,
    SECOND,
    body,
    document,
    lines,
    package,
    page,
    paper,
    root,
    text,
)


@pytest.mark.parametrize("namespace", [NEW, OLD])
def test_lines_the_paper_broke_are_whole_again(namespace):
    data = paper(page(text(FIRST, x=30), text(SECOND, y=40), namespace=namespace), namespace=namespace)
    assert lines(data) == [(FIRST + SECOND).replace("　", " ")]


def test_pieces_are_read_by_place_and_not_by_their_order_in_the_file():
    data = paper(
        page(
            text("丙。", y=60), text("乙。", x=40, y=30), text("甲，", x=20, y=30.4), text("总则", x=90, y=20)
        )
    )
    assert lines(data) == ["总则", "甲， 乙。", "丙。"]


def test_pages_begin_where_they_do():
    data = paper(page(text("甲。"), text("乙。", y=40)), page(text("丙。")), page(text("丁。")))
    reading = read(data, "甲.ofd")
    assert reading.text == "甲。\n乙。\n丙。\n丁。\n"
    assert reading.pages == (0, 2, 3)


def test_sentence_broken_by_the_page():
    reading = read(paper(page(text("甲。", x=30), text(FIRST, y=40)), page(text(SECOND))), "甲.ofd")
    assert reading.text.splitlines()[1] == (FIRST + SECOND).replace("　", " ")
    assert reading.pages == (0, 1)


def test_first_lines_set_in_begin_paragraphs():
    data = paper(page(*(text(line, x=20 + 10 * (n % 2 == 0), y=30 + 8 * n) for n, line in enumerate(
        ["值守人员" * 7, "按时交接", "巡查人员" * 7, "如实记录"]))))  # fmt: skip
    assert lines(data) == ["值守人员" * 7 + "按时交接", "巡查人员" * 7 + "如实记录"]


def test_wide_distance_begins_a_paragraph():
    feet = [30, 38, 46, 54, 80, 88]
    content = etree.fromstring(page(*(text("巡查人员如实记录", y=foot) for foot in feet)))
    found = read_page([content])
    assert found is not None
    assert [line.startswith(INDENT) for line in found.lines] == [False, False, False, False, True, False]


def test_columns_of_a_table_stay_apart():
    rows = [text("名称", y=30), text("电话", x=120, y=30), text("甲所", y=40), text("一二", x=120, y=40)]
    assert lines(paper(page(*rows))) == ["名称 电话", "甲所 一二"]


def test_jump_inside_one_text_code_is_a_gap():
    code = 'DeltaX="5 60 5"'
    assert lines(paper(page(text("名称电话", code=code)))) == ["名称 电话"]


def test_line_break_inside_one_text_code():
    code = 'DeltaX="5 -5 5" DeltaY="0 9 0"'
    assert lines(paper(page(text("甲。乙。", code=code)))) == ["甲。", "乙。"]


def test_vertical_writing_stays_together():
    assert lines(paper(page(text("应急通道", code='DeltaY="g 3 6"')))) == ["应急通道"]


def test_several_codes_in_one_object():
    two = (
        '<ofd:TextObject ID="1" Boundary="20 20 100 20" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5">甲，</ofd:TextCode>'
        '<ofd:TextCode X="10" DeltaX="5">乙。</ofd:TextCode><ofd:TextCode X="0" Y="13">丙。</ofd:TextCode></ofd:TextObject>'
    )
    assert lines(paper(page(two))) == ["甲，乙。", "丙。"]


def test_matrix_moves_and_scales():
    scaled = text("甲，", size=1, x=20, y=26, more='CTM="5 0 0 5 0 0"', code='DeltaX="1"')
    assert lines(paper(page(text("乙。", x=30, y=30), scaled))) == ["甲，乙。"]


def test_text_set_aslant_is_left_out_and_noted():
    reading = read(
        paper(page(text("甲。"), text("仅供内部", y=90, more='CTM="0.7 0.7 -0.7 0.7 0 0"'))), "甲.ofd"
    )
    assert reading.text == "甲。\n"
    assert "1 处斜排文字" in reading.notes[0]


@pytest.mark.parametrize("more", ['Visible="false"', 'Alpha="0"'])
def test_text_nobody_sees_is_left_out(more):
    assert lines(paper(page(text("甲。"), text("忽略前文", y=60, more=more)))) == ["甲。"]


def test_text_printed_twice_to_look_bold_is_read_once():
    assert lines(paper(page(text("总则"), text("总则", x=20.2)))) == ["总则"]


def test_text_in_nested_blocks_is_read():
    assert lines(
        paper(page(f"<ofd:PageBlock><ofd:PageBlock>{text('甲。')}</ofd:PageBlock></ofd:PageBlock>"))
    ) == ["甲。"]


def template(order: str) -> bytes:
    head = f'<ofd:Template TemplateID="7" ZOrder="{order}"/>'
    common = '<ofd:TemplatePage ID="7" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
    return package({
        "OFD.xml": root(body()),
        "Doc_0/Document.xml": document(["Pages/Page_0/Content.xml"], common),
        "Doc_0/Pages/Page_0/Content.xml": page(text("甲。"), head=head),
        "Doc_0/Tpls/Tpl_0/Content.xml": page(text("某局用笺", y=10)),
    })  # fmt: skip


def test_templates_below_the_page_are_furniture_and_those_above_are_read():
    assert lines(template("Background")) == ["甲。"]
    assert "".join(lines(template("Foreground"))) == "某局用笺甲。"


@pytest.mark.parametrize(
    ("base", "place"),
    [
        pytest.param("/Doc_0/Document.xml", "/Doc_0/Pages/Page_0/Content.xml", id="from the root"),
        pytest.param("Doc_0/Document.xml", "./Pages/../Pages/Page_0/Content.xml", id="with dots"),
        pytest.param("Doc_0\\Document.xml", "Pages\\Page_0\\Content.xml", id="backslashes"),
        pytest.param(
            "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml", id="from the root without a slash"
        ),
    ],
)
def test_places_relative_and_absolute(base, place):
    parts = {"OFD.xml": root(body(base)), "Doc_0/Document.xml": document([place])}
    assert lines(package(parts | {"Doc_0/Pages/Page_0/Content.xml": page(text("甲。"))})) == ["甲。"]


def test_pages_come_in_the_order_of_the_document():
    parts = {"OFD.xml": root(body()), "Doc_0/Document.xml": document(["P/2.xml", "P/1.xml"])}
    assert lines(
        package(parts | {"Doc_0/P/1.xml": page(text("一。")), "Doc_0/P/2.xml": page(text("二。"))})
    ) == ["二。", "一。"]


def test_several_documents_in_one_file():
    data = package({
        "OFD.xml": root(body(), body("Doc_1/Document.xml")),
        "Doc_0/Document.xml": document(["P.xml"]), "Doc_0/P.xml": page(text("甲。")),
        "Doc_1/Document.xml": document(["P.xml"]), "Doc_1/P.xml": page(text("乙。")),
    })  # fmt: skip
    reading = read(data, "甲.ofd")
    assert reading.text == "甲。\n乙。\n"
    assert reading.pages == (0, 1)
    assert "2 篇文档" in reading.notes[0]


def test_what_the_file_says_of_itself():
    custom = {"发文机关": "某市应急管理局", "文号": "某应急〔2024〕7号", "成文日期": "2024年5月6日"}
    datas = "".join(f'<ofd:CustomData Name="{key}">{value}</ofd:CustomData>' for key, value in custom.items())
    info = f"<ofd:Title>关于值守的通知</ofd:Title><ofd:CustomDatas>{datas}</ofd:CustomDatas>"
    reading = read(paper(page(text("甲。")), info=info), "甲.ofd")
    assert (reading.title, reading.issuer) == ("关于值守的通知", "某市应急管理局")
    assert (reading.document_number, reading.published) == ("某应急〔2024〕7号", date(2024, 5, 6))


@pytest.mark.parametrize("title", ["无标题", "通知.docx", "scan001.pdf", ""])
def test_names_of_files_are_no_titles(title):
    assert read(paper(page(text("甲。")), info=f"<ofd:Title>{title}</ofd:Title>"), "甲.ofd").title == ""


def test_page_of_pictures_is_noted():
    reading = read(paper(page(text("甲。")), page(PICTURE)), "甲.ofd")
    assert "第 2 页只有图片" in reading.notes[0]
