"""Workbooks made for tests, whole or with their XML written over."""

import io
import zipfile
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from ingest.formats.tables.spreadsheet import read

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
