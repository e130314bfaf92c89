"""Merged cells (跨行、跨列) laid out on a grid: every place a cell covers repeats its text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.formats.tables import grid
from kb.errors import IngestError

MAX_COLUMNS = 256
MAX_CELLS = 400_000  # places of one table, merged ones counted as often as they repeat
_MAX_REPEATED = 1_000  # characters; a longer text stands only in the first place it covers
_HEADER_ROWS = 4
_NUMERAL = "[〇零一二三四五六七八九十百千0-9]{1,9}"
_SECTION = re.compile(rf"#|第{_NUMERAL}[章节]\s*\S|第{_NUMERAL}条\s*[^第、\s]{{6}}")  # no mere reference


@dataclass(slots=True)
class Cell:
    """One cell as it was written: its lines, and how many columns and rows it covers."""

    lines: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """The lines on one line."""
        return " ".join(line.lstrip("# ") for line in self.lines)


def table_lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return a table as lines: records of its rows, a two-storey head joined to one (`罚款/下限`).

    >>> table_lines([[Cell(["单位"], rows=2), Cell(["罚款"], columns=2)], [Cell(["下限"]), Cell(["上限"])],
    ...              [Cell(["甲厂"]), Cell(["1万"]), Cell(["5万"])]])
    ['单位：甲厂；罚款/下限：1万；罚款/上限：5万']
    """
    places = expand(rows)
    depth = _header_depth(rows)
    if depth > 1:
        places = [_joined_header(places[:depth]), *places[depth:]]
    return grid.records(places)


def expand(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the text at every place of the grid, row by row; the 256th column takes what stands beyond it.

    Raises:
        IngestError: if there are more than 400,000 places.

    >>> expand([[Cell(["甲"], rows=2), Cell(["乙"], columns=2)], [Cell(["丙"])]])
    [['甲', '乙', '乙'], ['甲', '丙']]
    """
    above: dict[int, tuple[int, str]] = {}  # column -> (rows it still hangs down, text)
    result: list[list[str]] = []
    room = MAX_CELLS
    for row in rows:
        places, above = _laid(row, above)
        room -= len(places)
        if room < 0:
            raise IngestError(f"表格超过 {MAX_CELLS} 格。请拆分后再导入")
        result.append(places)
    return result


def _laid(
    row: Iterable[Cell], above: dict[int, tuple[int, str]]
) -> tuple[list[str], dict[int, tuple[int, str]]]:
    """Return a row's places, and what hangs down from it and from above into the next row."""
    places: list[str] = []
    below: dict[int, tuple[int, str]] = {}
    beyond: list[str] = []
    for cell in row:
        _take(places, above, below)
        if len(places) >= MAX_COLUMNS:
            beyond.append(cell.text)
        again = cell.text if len(cell.text) <= _MAX_REPEATED else ""
        for number in range(min(max(cell.columns, 1), MAX_COLUMNS - len(places))):
            if cell.rows > 1:
                below[len(places)] = (cell.rows - 1, again)
            places.append(again if number else cell.text)
    while above:
        _take(places, above, below)
        if above:
            places.append("")
    if beyond:
        places[-1] = " ".join([places[-1], *beyond])
    return places, below


def _take(places: list[str], above: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]) -> None:
    """Fill the next places with the cells that hang down into them."""
    while len(places) in above:
        left, text = above.pop(len(places))
        if left > 1:
            below[len(places)] = (left - 1, text)
        places.append(text)


def _header_depth(rows: Sequence[Sequence[Cell]]) -> int:
    """Return how many rows the head takes: more than one where its first row is merged both ways."""
    if len(rows) < 3 or len(rows[0]) < 2 or not any(cell.columns > 1 for cell in rows[0]):
        return 1
    depth = max(cell.rows for cell in rows[0])
    return depth if depth < len(rows) and depth <= _HEADER_ROWS else 1


def _joined_header(places: Sequence[Sequence[str]]) -> list[str]:
    width = max(map(len, places))
    columns = [[row[i] for row in places if i < len(row) and row[i]] for i in range(width)]
    return ["/".join(dict.fromkeys(names)) for names in columns]


def is_layout(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table only lays out the page and is to be read cell by cell.

    That is one column, one row with a cell of several lines, or a cell with articles or headings in it.

    >>> is_layout([[Cell(["甲"])], [Cell(["乙"])]]), is_layout([[Cell(["值班电话"]), Cell(["12350"])]])
    (True, False)
    """
    cells = [cell for row in rows for cell in row]
    if max((len(row) for row in rows), default=0) < 2:
        return True
    if len(rows) == 1 and any(len(cell.lines) > 1 for cell in cells):
        return True
    return any(sum(bool(_SECTION.match(line)) for line in cell.lines) > 1 for cell in cells)
