"""Workbooks that are damaged or hostile are refused by name, or read past what is senseless in them."""

import re
import time

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from ingest.formats.tables import worksheet
from ingest.formats.tables.spreadsheet import read
from kb.errors import IngestError
from tests.ingest.formats.workbooks import (
    DECLARED,
    MAIN,
    SHELTERS,
    book,
    inline,
    lines,
    rewritten,
    with_rows,
    with_strings,
)


def test_stray_cell_in_the_last_row_costs_nothing():
    far = f'<row r="1048576">{inline("XFD1048576", "尾注在此")}</row>'
    rows = f'<row r="1">{inline("A1", "甲")}{inline("B1", "乙")}</row>{far}'
    begun = time.monotonic()
    assert lines(with_rows(rows)) == ["# 避难场所", "甲：尾注在此"] or lines(with_rows(rows))[-1].endswith(
        "尾注在此"
    )
    assert time.monotonic() - begun < 2


def test_dimension_that_lies_is_not_believed():
    rows = f'<row r="1">{inline("A1", "甲")}</row><row r="2">{inline("A2", "乙")}</row>'
    for reference in ("A1:XFD1048576", "A1:A1", "Z9:A1", "A1:ZZZZZZ99999999"):
        assert lines(with_rows(rows, before=f'<dimension ref="{reference}"/>')) == ["# 避难场所", "甲", "乙"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param(f'<row r="1">{inline("ZZZZZZZ1", "甲")}</row>', "单元格地址", id="column 8e9"),
        pytest.param(f'<row r="1">{inline("XFE1", "甲")}</row>', "列数", id="column 16385"),
        pytest.param(
            f'<row r="1000000000">{inline("A1000000000", "甲")}</row>', "1000000000 行", id="row 1e9"
        ),
        pytest.param(f'<row r="-5">{inline("A1", "甲")}</row>', "-5 行", id="negative row"),
        pytest.param('<row r="nan"/>', "编号", id="row no number"),
        pytest.param(
            '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>', "不存在", id="string beyond the table"
        ),
        pytest.param('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "不存在", id="negative string"),
        pytest.param('<row r="1"><c r="A1" s="x"><v>1</v></c></row>', "编号", id="style no number"),
        pytest.param(f'<row r="2">{inline("A1", "甲")}</row>', "单元格地址", id="address of another row"),
        pytest.param("<row", "损坏", id="cut off"),
        pytest.param("<row>" + "<c>" * 5_000 + "</c>" * 5_000 + "</row>", "损坏", id="deep nesting"),
    ],
)
def test_damaged_sheets_are_refused(rows, reason):
    with pytest.raises(IngestError, match=reason):
        read(with_rows(rows), "甲.xlsx")


def test_merged_range_over_the_whole_sheet_is_harmless():
    rows = "".join(f'<row r="{n}">{inline(f"A{n}", "甲")}{inline(f"C{n}", "乙")}</row>' for n in range(1, 50))
    merged = '<mergeCells><mergeCell ref="B1:XFD1048576"/><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert lines(with_rows(rows, merged)) == ["# 避难场所", *["甲；乙"] * 48]


def test_merged_ranges_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(worksheet, "MAX_CELLS", 1_000)
    rows = "".join(f'<row r="{n}">{inline(f"A{n}", "甲")}{inline(f"Z{n}", "乙")}</row>' for n in range(1, 50))
    merged = "<mergeCells>" + '<mergeCell ref="A1:Z50"/>' * 50 + "</mergeCells>"
    with pytest.raises(IngestError, match="超过上限"):
        read(with_rows(rows, merged), "甲.xlsx")


def test_bad_merged_range_is_refused():
    with pytest.raises(IngestError, match="合并单元格"):
        read(with_rows("", '<mergeCells><mergeCell ref="A1:??"/></mergeCells>'), "甲.xlsx")


def test_one_long_string_used_everywhere_is_refused():
    strings = f'{DECLARED}<sst xmlns="{MAIN}"><si><t>{"安" * 100_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 400))
    with pytest.raises(IngestError, match="超过上限"):
        read(with_strings(rows, strings), "甲.xlsx")


def test_bomb_in_the_shared_strings_is_refused():
    bomb = f'{DECLARED}<sst xmlns="{MAIN}"><si><t>{"A" * 30_000_000}</t></si></sst>'
    data = with_strings("", bomb)
    assert len(data) < 100_000
    begun = time.monotonic()
    with pytest.raises(IngestError, match="压缩炸弹"):
        read(data, "甲.xlsx")
    assert time.monotonic() - begun < 2


ENTITIES = '<!DOCTYPE x [<!ENTITY a "安全"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused(part):
    data = rewritten(book(*SHELTERS), part, lambda xml: ENTITIES + re.sub(r"^<\?xml[^>]*\?>", "", xml))
    with pytest.raises(IngestError, match="外部实体"):
        read(data, "甲.xlsx")


def test_entities_in_the_shared_strings_are_refused():
    with pytest.raises(IngestError, match="外部实体"):
        read(with_strings("", f'{ENTITIES}<sst xmlns="{MAIN}"><si><t>&b;&f;</t></si></sst>'), "甲.xlsx")


def test_shared_strings_are_looked_up():
    strings = f'<sst xmlns="{MAIN}"><si><t>名称</t></si><si><r><t>东湖</t></r><r><t>公园</t></r></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    assert lines(with_strings(rows, strings)) == ["# 避难场所", "名称", "东湖公园"]


def test_relations_that_lead_out_are_not_followed():
    data = rewritten(
        book(*SHELTERS), "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace('Target="/xl/worksheets/sheet1.xml"', 'Target="../../../../etc/passwd"'),
    )  # fmt: skip
    with pytest.raises(IngestError, match="没有可读的内容"):
        read(data, "甲.xlsx")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .xlsx", id="old xls"),
        pytest.param(b"", "损坏", id="nothing"),
        pytest.param(b"PK\x03\x04 no zip", "损坏", id="no zip"),
        pytest.param(book(*SHELTERS)[:-200], "损坏", id="cut off"),
        pytest.param(book(), "没有可读的内容", id="empty sheet"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(data, reason):
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "甲.xls")
    assert "请" in str(caught.value)


def test_too_many_sheets_are_refused():
    def many(workbook: openpyxl.Workbook, _: Sheet) -> None:
        for number in range(200):
            workbook.create_sheet(f"表{number}")

    with pytest.raises(IngestError, match="201 张工作表"):
        read(book(*SHELTERS, change=many), "甲.xlsx")
