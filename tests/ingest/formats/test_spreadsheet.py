"""Spreadsheets: what a person sees in the sheet becomes lines."""

import io
import zipfile
from datetime import date, datetime
from datetime import time as clock

import openpyxl
import pytest
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from ingest.formats.tables.cell_text import number_text
from ingest.formats.tables.spreadsheet import read
from tests.ingest.formats.workbooks import MAIN, SHELTERS, book, lines, rewritten, with_rows


def test_each_row_carries_its_column_names():
    reading = read(book(*SHELTERS), "甲.xlsx")
    assert (
        reading.text
        == "# 避难场所\n名称：东湖公园；区县：城关区；容量：5000\n名称：西山学校；区县：河口区；容量：800\n"
    )
    assert reading.table
    assert reading.notes == ()
    assert reading.pages == ()


def test_title_rows_above_the_header():
    data = book(["某市避难场所一览"], [], *SHELTERS, change=lambda _, s: s.merge_cells("A1:C1"))
    assert lines(data)[:3] == ["# 避难场所", "某市避难场所一览", "名称：东湖公园；区县：城关区；容量：5000"]
    assert read(data, "甲.xlsx").title == "某市避难场所一览"


def test_merged_cells_repeat_in_the_body():
    rows = [["区县", "名称", "电话"], ["城关区", "甲所", "1"], ["", "乙所", "2"], ["河口区", "丙所", "3"]]
    data = book(*rows, change=lambda _, s: s.merge_cells("A2:A3"))
    assert lines(data)[2:] == ["区县：城关区；名称：乙所；电话：2", "区县：河口区；名称：丙所；电话：3"]


def test_header_of_two_rows_is_joined():
    def merge(_: openpyxl.Workbook, sheet: Sheet) -> None:
        for box in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(box)

    rows = [["名称", "地址", "", "电话"], ["", "区县", "街道", ""], ["甲所", "城关区", "湖滨路", "12"]]
    assert lines(book(*rows, change=merge))[1:] == [
        "名称：甲所；地址 / 区县：城关区；地址 / 街道：湖滨路；电话：12"
    ]


def test_two_tables_below_each_other():
    data = book(*SHELTERS, [], ["物资", "数量", "存放点"], ["帐篷", 30, "一号库"], [], ["填表说明：每季更新"])
    assert lines(data)[3:] == ["物资：帐篷；数量：30；存放点：一号库", "填表说明：每季更新"]


def test_blank_row_inside_a_table_keeps_its_header():
    assert (
        lines(book(*SHELTERS, [], ["北街小学", "城关区", 300]))[3]
        == "名称：北街小学；区县：城关区；容量：300"
    )


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        pytest.param(date(2024, 5, 1), "yyyy-mm-dd", "2024年5月1日", id="date"),
        pytest.param(datetime(2024, 5, 1, 9, 30), "yyyy/m/d h:mm", "2024年5月1日 9:30", id="date and time"),
        pytest.param(
            datetime(2024, 5, 1, 9, 30, 15), "yyyy-mm-dd hh:mm:ss", "2024年5月1日 9:30:15", id="seconds"
        ),
        pytest.param(date(2024, 5, 1), 'yyyy"年"m"月"', "2024年5月", id="month"),
        pytest.param(date(2024, 6, 1), 'm"月"d"日"', "6月1日", id="day of every year"),
        pytest.param(date(2024, 6, 1), "[$-804]aaaa", "2024年6月1日", id="weekday"),
        pytest.param(clock(9, 5), "h:mm", "9:05", id="time"),
        pytest.param(1.5, "[h]:mm", "36:00", id="elapsed"),
        pytest.param(3.0, "General", "3", id="whole"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="binary fraction"),
        pytest.param(0.125, "0.0%", "12.5%", id="percent"),
        pytest.param(0.5, "0%", "50%", id="whole percent"),
        pytest.param(371, "000000", "000371", id="leading zeros"),
        pytest.param(5000, '#,##0"人"', "5000人", id="unit"),
        pytest.param(-2.5, "0.0_);[Red]\\(0.0\\)", "(2.5)", id="negative section"),
        pytest.param(120, "[$¥-804]#,##0", "¥120", id="currency"),
        pytest.param(True, "General", "TRUE", id="boolean"),
        pytest.param("12350", "@", "12350", id="number kept as text"),
    ],
)
def test_cells_as_the_sheet_shows_them(value, code, shown):
    def style(_: openpyxl.Workbook, sheet: Sheet) -> None:
        sheet["B2"].number_format = code

    assert lines(book(["名称", "数值"], ["甲", value], change=style))[1] == f"名称：甲；数值：{shown}"


def test_dates_agree_with_openpyxl():
    for serial in (1, 59, 61, 36526, 45413.5, 73050.999, 2_958_465):
        expected = from_excel(serial)
        assert number_text(serial, "yyyy-m-d").startswith(
            f"{expected.year}年{expected.month}月{expected.day}日"
        )


def test_dates_counted_from_1904():
    data = book(["名称", "日期"], ["甲", date(2024, 5, 1)])
    moved = rewritten(
        data, "xl/workbook.xml", lambda xml: xml.replace("<workbookPr/>", '<workbookPr date1904="1"/>')
    )
    assert lines(moved)[1] == "名称：甲；日期：2028年5月2日"


def test_date_beyond_any_calendar_stays_a_number():
    assert number_text(9e8, "yyyy-mm-dd") == "900000000"


def test_hidden_sheet_is_left_out_and_noted():
    def hide(workbook: openpyxl.Workbook, _: Sheet) -> None:
        secret = workbook.create_sheet("内部")
        secret.append(["密", "码"])
        secret.sheet_state = "veryHidden"

    reading = read(book(*SHELTERS, change=hide), "甲.xlsx")
    assert "密" not in reading.text
    assert reading.notes == ("工作表“内部”是隐藏的，没有收入",)


def test_hidden_rows_and_columns_are_left_out_and_noted():
    def hide(_: openpyxl.Workbook, sheet: Sheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    reading = read(book(*SHELTERS, change=hide), "甲.xlsx")
    assert reading.text == "# 避难场所\n名称：西山学校；容量：800\n"
    assert len(reading.notes) == 2
    assert all("没有收入" in note for note in reading.notes)


def test_formula_without_result_is_noted():
    reading = read(book(["名称", "合计"], ["甲", "=SUM(1,2)"]), "甲.xlsx")
    assert "SUM" not in reading.text
    assert "1 个公式没有算好的结果" in reading.notes[0]


def test_formula_with_result_gives_the_result():
    row = (
        '<row r="1"><c r="A1"><f>SUM(1,2)</f><v>3</v></c><c r="B1" t="e"><f>A9/0</f><v>#DIV/0!</v></c></row>'
    )
    reading = read(with_rows(row), "甲.xlsx")
    assert reading.text == "# 避难场所\n3\n"
    assert "1 个单元格是公式错误" in reading.notes[0]


def test_every_visible_sheet_has_its_heading():
    def more(workbook: openpyxl.Workbook, _: Sheet) -> None:
        for row in (["物资", "数量"], ["帐篷", 3]):
            workbook["物资"].append(row) if "物资" in workbook.sheetnames else workbook.create_sheet(
                "物资"
            ).append(row)

    reading = read(book(*SHELTERS, change=more), "甲.xlsx")
    assert [line for line in reading.text.splitlines() if line.startswith("#")] == ["# 避难场所", "# 物资"]
    assert reading.text.endswith("物资：帐篷；数量：3\n")


def test_rows_and_cells_without_addresses_follow_on():
    rows = "".join(f"<row><c t='inlineStr'><is><t>{a}</t></is></c><c t='inlineStr'><is><t>{b}</t></is></c></row>"
                   for a, b in (("名称", "电话"), ("甲所", "12")))  # fmt: skip
    assert lines(with_rows(rows)) == ["# 避难场所", "名称：甲所；电话：12"]


def test_phonetic_aids_are_left_out_and_escapes_undone():
    cell = '<c r="A1" t="inlineStr"><is><r><t>安</t></r><r><t>全_x000D_</t></r><rPh sb="0" eb="1"><t>an</t></rPh></is></c>'
    assert lines(with_rows(f'<row r="1">{cell}</row>')) == ["# 避难场所", "安全"]


def test_strict_namespace_is_read():
    data = book(*SHELTERS)
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        data = rewritten(
            data, part, lambda xml: xml.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        )
    assert lines(data)[1] == "名称：东湖公园；区县：城关区；容量：5000"


def test_macro_workbook_is_read_without_its_macros():
    buffer = io.BytesIO(book(*SHELTERS))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro")
    assert read(buffer.getvalue(), "甲.xlsm").text.startswith("# 避难场所\n名称：东湖公园")
