"""One worksheet of an XLSX package becomes rows of text: merged cells repeated, hidden cells left out."""

import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ingest.formats.tables.cell_text import iso_text, number_text
from kb.errors import IngestError
from kb.normalise import visible

MAX_CELLS = 500_000  # filled cells of one sheet; as many again may be covered by merged ones
MAX_CHARACTERS = 20_000_000  # of one workbook
TRUE = frozenset({"1", "true", "on"})
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # XFD1048576, the end of every Excel sheet
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_WHOLE = re.compile(r"\s*-?[0-9]{1,10}\s*")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # a character XML cannot hold
_DAMAGED = "表格文件已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets of one workbook share."""

    strings: Sequence[str]
    formats: Sequence[str]  # number format code of each cell style
    since_1904: bool = False


@dataclass(slots=True)
class Worksheet:
    """The rows of a sheet as a reader sees them, and what was left out."""

    rows: list[list[str]] = field(default_factory=list)  # every row as long; one blank row for many
    characters: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    uncomputed: int = 0  # formulas without a stored result
    failed: int = 0  # cells whose formula came to an error, #REF!


@dataclass(slots=True)
class _Cells:
    """Filled cells by 1-based row and column, before merged and hidden ones are seen to."""

    at: dict[int, dict[int, str]] = field(default_factory=dict)
    row: int = 0  # the last row read
    count: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first, last
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right


def read_worksheet(data: bytes, name: str, book: Workbook) -> Worksheet:
    """Return the rows of one worksheet part.

    Args:
        data: the part's XML.
        name: the sheet's name, for messages.
        book: the strings and formats its cells point at.

    Raises:
        IngestError: if the part is damaged or holds more cells or characters than the limits.
    """
    sheet, cells = Worksheet(), _Cells()
    for element in elements(data, name, ("row", "col", "mergeCell")):
        kind = str(element.tag).rpartition("}")[2]
        if kind == "row":
            _take_row(element, cells, sheet, book)
        elif kind == "mergeCell":
            cells.merged.append(_range(element.get("ref") or ""))
        elif element.get("hidden") in TRUE:
            cells.hidden_columns.append((_whole(element.get("min")), _whole(element.get("max"))))
        if cells.count > MAX_CELLS or sheet.characters > MAX_CHARACTERS:
            raise _too_large(name)
    if not _fill(cells, sheet):
        raise _too_large(name)
    _lay_out(cells, sheet)
    return sheet


def elements(data: bytes, name: str, kinds: Sequence[str]) -> Iterator[etree._Element]:
    """Yield the elements of these local names as their end is read; each is emptied afterwards.

    Raises:
        IngestError: if it is no XML or declares a document type.
    """
    try:
        events = etree.iterparse(
            io.BytesIO(data), tag=[f"{{*}}{kind}" for kind in kinds], resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in events:
            if element.getroottree().docinfo.doctype:
                raise IngestError(f"{name} 里声明了外部实体（可能是攻击文件），为安全起见不予读取")
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise IngestError(f"{name}：{_DAMAGED}") from error


def string_text(element: etree._Element) -> str:
    """Return the text of a shared or inline string, without the reading aids above it (拼音)."""
    runs = (part for part in element.iter("{*}t") if not _is_phonetic(part))
    text = "".join(run.text or "" for run in runs)
    return visible(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))


def _is_phonetic(part: etree._Element) -> bool:
    parent = part.getparent()
    return parent is not None and str(parent.tag).endswith("}rPh")


def _take_row(element: etree._Element, cells: _Cells, sheet: Worksheet, book: Workbook) -> None:
    """Add the filled cells of a row; a row or cell without an address follows the one before it."""
    row = cells.row = _whole(element.get("r")) if element.get("r") else cells.row + 1
    if not 1 <= row <= _LAST_ROW:
        raise IngestError(f"第 {row} 行超出 Excel 的范围（1 至 {_LAST_ROW}）。{_DAMAGED}")
    if element.get("hidden") in TRUE:
        cells.hidden_rows.add(row)
    filled = cells.at.setdefault(row, {})
    column = 0
    for cell in element.iterchildren("{*}c"):
        address = cell.get("r")
        column = _column(address, row) if address else column + 1
        if column > _LAST_COLUMN:
            raise IngestError(f"第 {row} 行的列数超出 Excel 的范围（{_LAST_COLUMN} 列）。{_DAMAGED}")
        text = _cell_text(cell, sheet, book).strip()
        if text:
            filled[column] = text
            cells.count += 1
            sheet.characters += len(text)


def _cell_text(cell: etree._Element, sheet: Worksheet, book: Workbook) -> str:
    """Return what a cell shows; formulas are never computed here, their stored result is taken."""
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return string_text(cell)
    value = next((child.text or "" for child in cell.iterchildren("{*}v")), "")
    if not value:
        sheet.uncomputed += kind != "str" and next(cell.iterchildren("{*}f"), None) is not None
        return ""
    if kind == "e":
        sheet.failed += 1
        return ""
    if kind == "s":
        return _shared(value, book)
    if kind in ("str", "d"):
        return iso_text(value) if kind == "d" else visible(value)
    if kind == "b":
        return "TRUE" if value.strip() in TRUE else "FALSE"
    return _number(value, cell.get("s") or "0", book)


def _shared(value: str, book: Workbook) -> str:
    place = _whole(value)
    if not 0 <= place < len(book.strings):
        raise IngestError(f"单元格指向不存在的第 {place} 条文字。{_DAMAGED}")
    return book.strings[place]


def _number(value: str, style: str, book: Workbook) -> str:
    try:
        number = float(value)
    except ValueError:
        return visible(value)
    if not abs(number) < float("inf"):
        return ""
    place = _whole(style)
    code = book.formats[place] if 0 <= place < len(book.formats) else ""
    return number_text(number, code, book.since_1904)


def _fill(cells: _Cells, sheet: Worksheet) -> bool:
    """Repeat the first cell of each merged range in the rows and columns in use; False if that is too much."""
    rows = sorted(cells.at)
    widest = max((max(filled, default=0) for filled in cells.at.values()), default=0)
    steps = 0
    for top, left, bottom, right in cells.merged:
        text = cells.at.get(top, {}).get(left, "")
        if not text:
            continue
        for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
            steps += max(min(right, widest) + 1 - left, 0)
            if steps > MAX_CELLS or sheet.characters > MAX_CHARACTERS:
                return False
            for column in range(left, min(right, widest) + 1):
                if column not in cells.at[row]:
                    cells.at[row][column] = text
                    sheet.characters += len(text)
    return True


def _lay_out(cells: _Cells, sheet: Worksheet) -> None:
    """Turn the filled, visible cells into rows of equal length; blank stretches shrink to one row."""
    used = {column for filled in cells.at.values() for column in filled}
    shown = sorted(column for column in used if not _within(column, cells.hidden_columns))
    sheet.hidden_columns = len(used) - len(shown)
    before = 0
    for row in sorted(row for row, filled in cells.at.items() if filled):
        if row in cells.hidden_rows:
            sheet.hidden_rows += 1
            before = row if before == row - 1 else before
            continue
        if sheet.rows and row > before + 1:
            sheet.rows.append([""] * len(shown))
        sheet.rows.append([cells.at[row].get(column, "") for column in shown])
        before = row


def _within(column: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= column <= last for first, last in spans)


def _column(address: str, row: int) -> int:
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match[2]) != row:
        raise IngestError(f"第 {row} 行里有不合规的单元格地址“{address[:20]}”。{_DAMAGED}")
    return _letters(match[1])


def _letters(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _range(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
    if start is None or end is None:
        raise IngestError(f"合并单元格的范围“{reference[:30]}”不合规。{_DAMAGED}")
    return int(start[2]), _letters(start[1]), int(end[2]), _letters(end[1])


def _whole(text: str | None) -> int:
    if text is None or not _WHOLE.fullmatch(text):
        raise IngestError(f"表格里有不合规的编号“{(text or '')[:20]}”。{_DAMAGED}")
    return int(text)


def _too_large(name: str) -> IngestError:
    return IngestError(
        f"工作表“{name}”的内容超过上限（{MAX_CELLS} 格、{MAX_CHARACTERS} 字）。请拆成几个文件后再导入"
    )
