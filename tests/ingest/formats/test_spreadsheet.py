"""Spreadsheets: what a person sees in the sheet becomes lines; hostile packages are refused."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock

import openpyxl
import pytest
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from ingest.formats.tables import worksheet
from ingest.formats.tables.cell_text import number_text
from ingest.formats.tables.spreadsheet import read
from kb.errors import IngestError

SHELTERS = [["名称", "区县", "容量"], ["东湖公园", "城关区", 5000], ["西山学校", "河口区", 800]]
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(*rows: list, change: Callable[[openpyxl.Workbook, Sheet], None] | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "避难场所"
    for row in rows:
        sheet.append(row)
    if change:
        change(workbook, sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def lines(data: bytes) -> list[str]:
    return read(data, "甲.xlsx").text.splitlines()


def rewritten(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The same package with the text of one part changed; a part that is not there is added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == part else content)
    return buffer.getvalue()


def with_rows(rows: str, after: str = "", before: str = "") -> bytes:
    """A workbook whose first sheet has exactly these rows, as XML."""
    sheet = f'{DECLARED}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    return rewritten(book(*SHELTERS), "xl/worksheets/sheet1.xml", lambda _: sheet)


def with_strings(rows: str, strings: str) -> bytes:
    """A workbook whose first sheet points at shared strings, given as the XML of their part."""
    relation = (
        f'<Relationship Type="{KIND}/sharedStrings" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
    )
    data = rewritten(
        with_rows(rows), "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", relation)
    )
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", strings)
    return buffer.getvalue()


def inline(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


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
