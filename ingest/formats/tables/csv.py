"""Tables kept as text (CSV, TSV) become lines: each row with the names of its columns."""

import csv
import io
import re
from collections import Counter

from ingest.formats.reading import Reading
from ingest.formats.tables.grid import records
from kb.errors import IngestError
from kb.normalise import visible

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CHARACTERS = 20_000_000
_MAX_FIELD = 131_072  # characters; the csv module's own limit
_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 60
_BINARY = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\ufffd]")
_DECLARED = re.compile(r"\Asep=([,;\t|])\r?\n", re.I)  # the line by which Excel names the delimiter
_NOT_TEXT = "内容不是文本表格（像是二进制文件或改了后缀的文件）。请用 Excel 或 WPS 另存为 CSV UTF-8 再导入"


def read(data: bytes, name: str) -> Reading:
    """Return the rows of a text table, one line per row.

    The encoding (UTF-8, UTF-16, GB18030) and the delimiter (comma, semicolon, tab, bar) are found out
    from the content. Cells that look like formulas stay text.

    Raises:
        IngestError: if it is no text, holds no row, or exceeds the limits on rows, columns, cells, text.
    """
    text, notes = _decoded(data, name)
    declared = _DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    delimiter = declared[1] if declared else _delimiter(text, name)
    rows, unclosed = _rows(text, delimiter, name)
    if unclosed:
        notes.append("有引号没有成对，已按普通字符读取，请核对")
    widths = Counter(len(row) for row in rows if row)
    usual = widths.most_common(1)[0][0] if widths else 0
    uneven = sum(count for width, count in widths.items() if width > usual > 1)
    if uneven:
        notes.append(f"有 {uneven} 行的格数多于其他行，可能有多余的分隔符，请核对")
    lines = records(rows)
    if not lines:
        raise IngestError(f"{name} 里没有内容。请检查文件是否选对")
    if sum(map(len, lines)) > MAX_CHARACTERS:
        raise IngestError(f"{name} 的文字超过 {MAX_CHARACTERS} 字。请拆成几个文件后再导入")
    return Reading(text="\n".join(lines) + "\n", title=_caption(rows), table=True, notes=tuple(notes))


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text without characters nobody sees, and remarks on what was taken out."""
    if data.startswith(_BINARY):
        raise IngestError(f"{name} 的{_NOT_TEXT}")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise IngestError(f"认不出 {name} 的文字编码。请用 Excel 或 WPS 另存为 CSV UTF-8 再导入")
    nulls = text.count("\x00")
    if nulls + len(_CONTROL.findall(text)) > max(len(text) // 50, 3):
        raise IngestError(f"{name} 的{_NOT_TEXT}")
    shown = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    return shown, [f"去掉了 {nulls} 个空字符，请核对内容"] if nulls else []


def _encodings(data: bytes) -> tuple[str, ...]:
    """Return the encodings to try, likeliest first; UTF-16 without a mark shows by its line ends."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in data[:20_000]:
        for encoding in ("utf-16-le", "utf-16-be"):
            if "\n" in data[:20_000].decode(encoding, "ignore"):
                return (encoding, "utf-8-sig", "gb18030")
    return ("utf-8-sig", "gb18030")


def _delimiter(text: str, name: str) -> str:
    """Return the delimiter that divides the first lines into rows of most equal length."""
    sample = "\n".join(line[:2_000] for line in text[:200_000].split("\n")[:_SAMPLE_LINES])
    preferred = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
    best, best_score = preferred, 0.0
    for delimiter in sorted(_DELIMITERS, key=lambda sign: sign != preferred):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        divided = sum(count > 1 for count in widths) / len(widths)
        score = divided * rows / len(widths) if width > 1 else divided / (2 * len(widths))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str, name: str) -> tuple[list[list[str]], bool]:
    """Return the rows, and whether a quotation mark was left open so that none was heeded."""
    for strict in (True, False) if text.count('"') % 2 == 0 else ():
        try:  # leniently where text follows a closing mark: "甲"乙
            return _parse(text, name, delimiter=delimiter, strict=strict), False
        except csv.Error:
            continue
    try:
        return _parse(text, name, delimiter=delimiter, strict=False, quoting=csv.QUOTE_NONE), '"' in text
    except csv.Error as error:
        raise IngestError(
            f"{name} 里有一格超过 {_MAX_FIELD} 字，不像表格。请检查分隔符和引号后再导入"
        ) from error


def _parse(
    text: str, name: str, *, delimiter: str, strict: bool, quoting: int = csv.QUOTE_MINIMAL
) -> list[list[str]]:
    rows: list[list[str]] = []
    # mypy knows quoting only as one of its literal numbers
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict, quoting=quoting)  # type: ignore[arg-type]
    for row in reader:
        if len(row) > MAX_COLUMNS:
            raise IngestError(
                f"{name} 第 {reader.line_num} 行有 {len(row)} 格，超过上限 {MAX_COLUMNS} 格。请拆分后再导入"
            )
        rows.append(row)
        if len(rows) > MAX_ROWS:
            raise IngestError(f"{name} 超过 {MAX_ROWS} 行。请拆成几个文件后再导入")
    return rows


def _caption(rows: list[list[str]]) -> str:
    """Return the title above the table, if the first row is one."""
    filled = {cell.strip() for cell in rows[0] if cell.strip()}
    wider = any(sum(map(bool, row)) > 1 for row in rows[1:])
    return " ".join(filled.pop().split()) if len(filled) == 1 and wider else ""
