"""Tables become lines that can be read and found alone: each row with the names of its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"^[\d.,:%/\-年月日\s]+$")
_HEADER_LENGTH = 30  # characters; a longer cell is no column name
_VALUE_LENGTH = 2  # characters; a text this short that fills a row is a value, not a caption
_HEADER_ROWS = 3  # at most: 地址 / 区县 / 街道
_SAMPLE = 20  # rows of a table remembered to tell its columns of numbers
_COLUMN_WORD = re.compile(  # how names of columns end
    r"(?:序号|编号|名称|姓名|单位|部门|机构|地址|地点|位置|区县|街道|电话|手机|联系人|负责人|责任人|职务|职责|类别|类型"
    r"|种类|等级|级别|数量|容量|面积|规格|型号|时间|日期|期限|标准|依据|条款|内容|项目|措施|情况|状态|结果|备注|说明)$"
)


@dataclass(slots=True)
class _Table:
    """The table a row belongs to: its column names, and what its rows have held so far."""

    names: list[str]
    paths: list[tuple[str, ...]]  # the header cells of each column, top to bottom
    rows: int = 0
    texts: set[int] = field(default_factory=set)  # columns that have held something else than numbers
    numbers: set[int] = field(default_factory=set)  # columns that have held numbers


def records(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line per row, `列名：值；列名：值`; lines of the cells alone where there is no header row.

    A row of a single filled cell (a caption, a title across the table) stays as it is; the first row
    after it whose cells are short and not numbers is the header. Merged cells are expected to repeat
    their text in every cell they cover. A header of several rows is joined (地址 / 区县) where its upper
    row repeats a name over neighbouring columns. After blank rows a new header may begin another table.

    >>> records([["避难场所一览", "避难场所一览"], ["名称", "容量"], ["东湖公园", "5000"], ["", ""]])
    ['避难场所一览', '名称：东湖公园；容量：5000']
    >>> records([["值班电话", "12350"]])
    ['值班电话 12350']
    >>> records([["名称", "地址", "地址"], ["名称", "区县", "街道"], ["东湖公园", "城关", "湖滨路"]])
    ['名称：东湖公园；地址 / 区县：城关；地址 / 街道：湖滨路']
    >>> records([["名称", "容量"], ["甲", "10"], ["", ""], ["物资", "数量"], ["帐篷", "3"]])
    ['名称：甲；容量：10', '物资：帐篷；数量：3']
    """
    lines: list[str] = []
    table: _Table | None = None
    apart = captioned = False  # blank rows, a caption, since the last row of the table
    cleaned = [[_BLANK.sub(" ", cell).strip() for cell in row] for row in rows]
    last = max((place for place, cells in enumerate(cleaned) if any(cells)), default=-1)
    open_header = False  # the row before is a header row that the next may go on
    for place, cells in enumerate(cleaned[: last + 1]):
        if not any(cells):
            apart, open_header = True, False
        elif _is_caption(cells, table):
            lines.append(next(cell for cell in cells if cell))
            captioned, open_header = True, False
        elif table is not None and open_header and place < last and _goes_on(table, cells):
            table = _deeper(table, cells)
            open_header = len(max(table.paths, key=len)) < _HEADER_ROWS
        elif (
            place < last
            and _is_header(cells)
            and (table is None or (apart and _differs(table, cells, captioned)))
        ):
            table = _Table(list(cells), [(cell,) for cell in cells])
            apart, captioned, open_header = False, False, True
        elif table is not None:
            _remember(table, cells)
            lines.append(_record(table.names, cells))
            apart, captioned, open_header = False, False, False
        else:
            lines.append(" ".join(cell for cell in cells if cell))
    return [line for line in lines if line]


def _is_caption(cells: Sequence[str], table: _Table | None) -> bool:
    """Whether a row holds one text alone: across the table, or in its first column."""
    filled = [place for place, cell in enumerate(cells) if cell]
    if len({cells[place] for place in filled}) != 1 or (len(cells) == 1 and table is not None):
        return False
    text = cells[filled[0]]
    value = len(text) <= _VALUE_LENGTH or bool(_NUMBER.match(text))  # 是 in every column is no caption
    return table is None or (len(filled) > 1 and not value) or (len(filled) == 1 and filled[0] == 0)


def _is_header(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(len(cell) <= _HEADER_LENGTH and not _NUMBER.match(cell) for cell in filled)


def _goes_on(table: _Table, cells: Sequence[str]) -> bool:
    """Whether a row stands under merged column names and names their parts.

    The columns that are not divided must repeat their own name (merged downwards) or be empty.
    """
    ends = [path[-1] for path in table.paths]
    divided = {
        place
        for place, end in enumerate(ends)
        if end and end in (ends[place - 1] if place else "", *ends[place + 1 : place + 2])
    }
    cells = [*cells, *[""] * (len(ends) - len(cells))]
    rest = [place for place, cell in enumerate(cells) if place not in divided and cell]
    return (
        bool(divided)
        and _is_header(cells)
        and any(cells[place] not in ("", ends[place]) for place in divided)
        and all(place < len(ends) and cells[place] == ends[place] for place in rest)
    )


def _deeper(table: _Table, cells: Sequence[str]) -> _Table:
    cells = [*cells, *[""] * (len(table.paths) - len(cells))]
    paths = [
        path if cell in ("", path[-1]) else (*path, cell)
        for path, cell in zip(table.paths, cells, strict=False)
    ]
    return _Table([" / ".join(part for part in path if part) for path in paths], paths)


def _differs(table: _Table, cells: Sequence[str], captioned: bool) -> bool:
    """Whether a row after blank rows is the header of another table, and no further row of this one."""
    filled = {place for place, cell in enumerate(cells) if cell}
    against_numbers = bool(filled & (table.numbers - table.texts))
    named = sum(bool(_COLUMN_WORD.search(cells[place])) for place in filled)
    known = sum(cells[place] in table.names for place in filled)
    other_width = len(filled) != sum(map(bool, table.names))
    return captioned or against_numbers or 2 * max(named, known) >= len(filled) or (other_width and named > 0)


def _remember(table: _Table, cells: Sequence[str]) -> None:
    if table.rows < _SAMPLE:
        table.rows += 1
        for place, cell in enumerate(cells):
            if cell:
                (table.numbers if _NUMBER.match(cell) else table.texts).add(place)


def _record(header: Sequence[str], cells: Sequence[str]) -> str:
    """Return a row as text; a cell beyond the header, or under an empty name, stands alone."""
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
    merged = [pair for i, pair in enumerate(pairs) if i == 0 or pair != pairs[i - 1]]
    return "；".join(f"{name}：{cell}" if name and name != cell else cell for name, cell in merged)
