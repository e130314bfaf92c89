"""Spreadsheets (XLSX, XLSM) become lines: each row with the names of its columns.

The parts are read here and not by openpyxl: its read-only mode knows neither merged nor hidden cells nor
formulas without a result, and stops at styles that WPS and reporting programs write.
"""

import posixpath
import re

from lxml import etree

from ingest.formats.package import Package
from ingest.formats.reading import Reading
from ingest.formats.tables.cell_text import BUILTIN
from ingest.formats.tables.grid import records
from ingest.formats.tables.worksheet import (
    MAX_CHARACTERS,
    TRUE,
    Workbook,
    Worksheet,
    elements,
    read_worksheet,
    string_text,
)
from kb.errors import IngestError
from kb.normalise import visible

MAX_SHEETS = 200
_MAX_STRINGS = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_SHEET_KIND = "/worksheet"


def read(data: bytes, name: str) -> Reading:
    """Return the visible sheets of a workbook, `# 表名` and then one line per row.

    Formulas are not computed and macros never run: the results stored in the file are taken.

    Raises:
        IngestError: if it is an old .xls, encrypted, damaged, too large, or without a filled cell.
    """
    if data.startswith(_OLE):
        raise IngestError(
            f"{name} 是旧版 .xls 表格或加了密码的表格，读不了。请用 Excel 或 WPS 去掉密码、另存为 .xlsx 再导入"
        )
    package = Package(data)
    root_part = _targets(package, "", "/officeDocument")
    if not root_part:
        raise IngestError(f"{name} 里没有工作簿，不是表格文件。请用 Excel 或 WPS 另存为 .xlsx 再导入")
    return _Reader(package, next(iter(root_part.values())), name).reading()


class _Reader:
    """Reads the sheets of one workbook, counting what is left out."""

    def __init__(self, package: Package, part: str, name: str) -> None:
        self._package = package
        self._name = name
        self._root = package.xml(part)
        self._sheets = _targets(package, part, _SHEET_KIND)
        strings = next(iter(_targets(package, part, "/sharedStrings").values()), "")
        styles = next(iter(_targets(package, part, "/styles").values()), "")
        properties = next(self._root.iter("{*}workbookPr"), None)
        self._book = Workbook(
            strings=_strings(package, strings),
            formats=_formats(package.xml(styles)) if styles in package else (),
            since_1904=properties is not None and properties.get("date1904") in TRUE,
        )

    def reading(self) -> Reading:
        lines: list[str] = []
        notes: list[str] = []
        titles: list[str] = []
        characters = 0
        entries = list(self._root.iterfind("{*}sheets/{*}sheet"))
        if len(entries) > MAX_SHEETS:
            raise IngestError(
                f"{self._name} 有 {len(entries)} 张工作表，超过上限 {MAX_SHEETS} 张。请拆分后再导入"
            )
        for entry in entries:
            title = visible(entry.get("name") or "").strip() or "未命名"
            part = self._sheets.get(_relation(entry))
            if entry.get("state") in ("hidden", "veryHidden"):
                notes.append(f"工作表“{title}”是隐藏的，没有收入")
            elif part is not None:  # charts and macro sheets have no rows
                sheet = read_worksheet(self._package.read(part), title, self._book)
                rows = records(sheet.rows)
                characters += sum(map(len, rows))
                _hold(characters, self._name)
                lines += [f"# {title}", *rows] if rows else []
                titles += _caption(sheet.rows) if rows else []
                notes += _remarks(title, sheet)
        if not lines:
            raise IngestError(_empty(self._name, notes))
        alone = sum(line.startswith("# ") for line in lines) == 1
        return Reading(
            text="\n".join(lines) + "\n", title=titles[0] if titles and alone else "", table=True,
            notes=tuple(notes),
        )  # fmt: skip


def _hold(characters: int, name: str) -> None:
    if characters > MAX_CHARACTERS:
        raise IngestError(f"{name} 的文字超过 {MAX_CHARACTERS} 字。请拆成几个文件后再导入")


def _empty(name: str, notes: list[str]) -> str:
    reason = f"（{'；'.join(notes)}）" if notes else ""
    return f"{name} 里没有可读的内容{reason}。请填好、取消隐藏，或用 Excel、WPS 打开保存一次再导入"


def _caption(rows: list[list[str]]) -> list[str]:
    """Return the title above the table, if the first row is one."""
    first = {cell for cell in rows[0] if cell}
    return [" ".join(cell.split()) for cell in first] if len(first) == 1 and len(rows) > 1 else []


def _remarks(title: str, sheet: Worksheet) -> list[str]:
    found = (
        (sheet.hidden_rows, "行被隐藏或筛掉，没有收入"),
        (sheet.hidden_columns, "列被隐藏，没有收入"),
        (sheet.uncomputed, "个公式没有算好的结果，没有收入；请用 Excel 或 WPS 打开保存一次再导入"),
        (sheet.failed, "个单元格是公式错误（如 #REF!），没有收入"),
    )
    return [f"工作表“{title}”有 {count} {what}" for count, what in found if count]


def _targets(package: Package, part: str, kind: str) -> dict[str, str]:
    """Return relation id -> part name for the relations of one kind that stay inside the package."""
    folder, base = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{base}.rels")
    if relations not in package:
        return {}
    found: dict[str, str] = {}
    for relation in package.xml(relations).iter("{*}Relationship"):
        target = (relation.get("Target") or "").replace("\\", "/")
        if (relation.get("Type") or "").endswith(kind) and relation.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if path in package:
                found[relation.get("Id") or ""] = path
    return found


def _relation(entry: etree._Element) -> str:
    return next((str(value) for key, value in entry.items() if str(key).endswith("}id")), "")


def _strings(package: Package, part: str) -> list[str]:
    """Return the shared strings of a workbook."""
    if part not in package:
        return []
    strings: list[str] = []
    for element in elements(package.read(part), part, ("si",)):
        strings.append(string_text(element))
        if len(strings) > _MAX_STRINGS:
            raise IngestError(f"表格里的文字超过 {_MAX_STRINGS} 条。请拆成几个文件后再导入")
    return strings


def _formats(root: etree._Element) -> list[str]:
    """Return the number format code of each cell style."""
    own = {item.get("numFmtId"): item.get("formatCode") or "" for item in root.iter("{*}numFmt")}
    styles = next(root.iterchildren("{*}cellXfs"), None)
    if styles is None:
        return []
    codes: list[str] = []
    for style in styles.iterchildren("{*}xf"):
        number = style.get("numFmtId") or "0"
        builtin = BUILTIN.get(int(number), "") if re.fullmatch(r"[0-9]{1,4}", number) else ""
        codes.append(own.get(number, builtin))
    return codes
