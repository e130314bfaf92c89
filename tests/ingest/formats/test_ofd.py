"""OFD files built by hand: places on the paper become lines; hostile packages are refused."""

import io
import time
import zipfile
from datetime import date

import pytest
from lxml import etree

from ingest.formats.ofd import document as ofd
from ingest.formats.ofd import page as ofd_page
from ingest.formats.ofd.document import read
from ingest.formats.ofd.page import read_page
from ingest.formats.paper.joins import INDENT
from kb.errors import IngestError

NEW = "http://www.ofdspec.org/2016"
OLD = "http://www.ofdspec.org"
FIRST = "第一条　值班员应当每天早晚各巡查一次配电房，发现异响、异味"
SECOND = "或者温度升高的，立即报告带班领导并做好记录。"


def text(content: str, x: float = 20, y: float = 30, size: float = 5, more: str = "", code: str = "") -> str:
    """One text object whose foot stands at (x, y), letters set solid."""
    steps = code or f'DeltaX="g {max(len(content) - 1, 1)} {size}"'
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} 170 {size + 1}" Font="3" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {steps}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, head: str = "", namespace: str = NEW) -> str:
    return (
        f'<ofd:Page xmlns:ofd="{namespace}">{head}<ofd:Content><ofd:Layer ID="1">'
        f"{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def document(locations: list[str], common: str = "", namespace: str = NEW, after: str = "") -> str:
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="{place}"/>' for n, place in enumerate(locations, 1))
    return (
        f'<ofd:Document xmlns:ofd="{namespace}"><ofd:CommonData>{common}</ofd:CommonData>'
        f"<ofd:Pages>{pages}</ofd:Pages>{after}</ofd:Document>"
    )


def root(*bodies: str, namespace: str = NEW) -> str:
    return f'<ofd:OFD xmlns:ofd="{namespace}" Version="1.0">{"".join(bodies)}</ofd:OFD>'


def body(place: str = "Doc_0/Document.xml", info: str = "") -> str:
    return f"<ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo><ofd:DocRoot>{place}</ofd:DocRoot></ofd:DocBody>"


def package(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return buffer.getvalue()


def paper(
    *pages: str, namespace: str = NEW, info: str = "", extra: dict[str, str | bytes] | None = None
) -> bytes:
    """A whole OFD file with these pages."""
    places = [f"Pages/Page_{n}/Content.xml" for n in range(len(pages))]
    parts: dict[str, str | bytes] = {
        "OFD.xml": root(body(info=info), namespace=namespace),
        "Doc_0/Document.xml": document(places, namespace=namespace),
        **{f"Doc_0/{place}": content for place, content in zip(places, pages, strict=True)},
    }
    return package(parts | (extra or {}))


def lines(data: bytes) -> list[str]:
    return read(data, "甲.ofd").text.splitlines()


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


PICTURE = '<ofd:ImageObject ID="5" Boundary="0 0 210 297" ResourceID="4"/>'


def test_page_of_pictures_is_noted():
    reading = read(paper(page(text("甲。")), page(PICTURE)), "甲.ofd")
    assert "第 2 页只有图片" in reading.notes[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(paper(page(PICTURE)), "扫描件", id="pictures only"),
        pytest.param(paper(page()), "没有文字", id="blank"),
        pytest.param(
            paper(page(text("甲。")), extra={"Doc_0/Encryptions.xml": "<x/>"}), "加密", id="encrypted"
        ),
        pytest.param(package({"a.xml": "<x/>"}), "不是 OFD", id="no root part"),
        pytest.param(package({"OFD.xml": root()}), "0 篇文档", id="no document"),
        pytest.param(package({"OFD.xml": root(body(""))}), "缺少“（空）”", id="no place"),
        pytest.param(package({"OFD.xml": root(body("../../etc/passwd"))}), "缺少", id="out of the package"),
        pytest.param(package({"OFD.xml": root(body("file:///etc/passwd"))}), "缺少", id="address"),
        pytest.param(package({"OFD.xml": b"\x00\x01"}), "不是完好的 XML", id="no XML"),
        pytest.param(b"PK\x03\x04", "损坏", id="no zip"),
        pytest.param(paper(page(text("甲。")))[:300], "损坏", id="cut off"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(data, reason):
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "甲.ofd")
    assert "请" in str(caught.value)


def test_page_list_that_names_the_document_itself():
    data = package({"OFD.xml": root(body()), "Doc_0/Document.xml": document(["Document.xml"])})
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


def test_one_page_named_again_and_again():
    data = package(
        {
            "OFD.xml": root(body()),
            "Doc_0/Document.xml": document(["P.xml"] * 900),
            "Doc_0/P.xml": page(text("甲")),
        }
    )
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


def test_document_named_twice():
    data = package(
        {
            "OFD.xml": root(body(), body()),
            "Doc_0/Document.xml": document(["P.xml"]),
            "Doc_0/P.xml": page(text("甲")),
        }
    )
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


@pytest.mark.parametrize("part", ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"])
def test_entity_bombs_are_refused(part):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "安全">{laughs}]><x>&l9;</x>'
    begun = time.monotonic()
    with pytest.raises(IngestError, match="外部实体"):
        read(paper(page(text("甲。")), extra={part: bomb}), "甲.ofd") if part != "OFD.xml" else read(
            package({part: bomb}), "甲.ofd"
        )
    assert time.monotonic() - begun < 1


def test_bomb_in_a_page_is_refused():
    with pytest.raises(IngestError, match="压缩炸弹"):
        read(paper(page(text("安" * 10_000_000))), "甲.ofd")


def test_endless_repeats_of_distances_are_not_written_out():
    begun = time.monotonic()
    assert lines(paper(page(text("甲乙", code='DeltaX="g 999999999 5 g 999999999 5"')))) == ["甲乙"]
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(('Boundary="20 25 170 6"', 'Boundary="-20 -25 -170 -6"'), id="negative sizes"),
        pytest.param(('Size="5"', 'Size="-5"'), id="negative type"),
        pytest.param(('Size="5"', 'Size="0"'), id="no size"),
        pytest.param(('Size="5"', 'Size="1e99"'), id="huge type"),
        pytest.param(('Boundary="20 25 170 6"', 'Boundary="nan inf x"'), id="no numbers"),
        pytest.param(('Boundary="20 25 170 6"', ""), id="no place"),
        pytest.param(('X="0"', 'X="1e308"'), id="off the paper"),
        pytest.param(('Font="3"', 'CTM="0 0 0 0 0 0"'), id="matrix of nothing"),
        pytest.param(('Font="3"', 'CTM="a b"'), id="matrix of letters"),
        pytest.param(('DeltaX="g 1 5"', 'DeltaX="g g g"'), id="no distances"),
        pytest.param(('DeltaX="g 1 5"', 'DeltaX="g -5 5 -1"'), id="negative repeats"),
    ],
)
def test_senseless_numbers_do_not_lose_the_text(numbers):
    data = paper(page(text("甲乙").replace(*numbers)))
    assert "".join(lines(data)).replace(" ", "") == "甲乙"


def test_pages_and_pieces_are_capped(monkeypatch):
    monkeypatch.setattr(ofd, "MAX_PAGES", 2)
    with pytest.raises(IngestError, match="超过 2 页"):
        read(paper(*[page(text("甲。"))] * 3), "甲.ofd")
    monkeypatch.setattr(ofd_page, "MAX_PIECES", 2)
    with pytest.raises(IngestError, match="异常庞大"):
        read(paper(page(*(text("甲。", y=20 + 9 * n) for n in range(3)))), "甲.ofd")


def test_deep_nesting_is_refused():
    with pytest.raises(IngestError, match="损坏"):
        read(paper(page("<ofd:PageBlock>" * 5_000 + "</ofd:PageBlock>" * 5_000)), "甲.ofd")
