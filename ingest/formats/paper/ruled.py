"""Ruled tables of a page: its ruling lines give cells, the cells rows of text."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.formats.paper.joins import WHOLE
from ingest.formats.paper.layout import Area, Box
from ingest.formats.tables.grid import records

MAX_EDGES = 1_500  # of one page; a drawing has more, and is left alone
MAX_CROSSINGS = 2_500
_SNAP = 3.0  # points between lines that are one
_FEW = 3  # level and upright lines that a table has at least
_ALIKE = 4.0  # points by which the columns of a table may move from page to page


@dataclass(frozen=True, slots=True)
class Table:
    """A table's place on its page, the x of its columns, and the text of its rows."""

    area: Area
    columns: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


def may_hold(rulings: Sequence[Area]) -> bool:
    """Whether there are lines enough, level and upright, for a table; cheap."""
    level = sum(x1 - x0 >= y1 - y0 for x0, y0, x1, y1 in rulings)
    return level >= _FEW and len(rulings) - level >= _FEW and len(rulings) <= MAX_EDGES


def tables(rulings: Sequence[Area], text_in: Callable[[Area], str]) -> list[Table]:
    """Return the tables that the ruling lines draw: two rows and two columns at least.

    Args:
        rulings: thin areas, y downwards.
        text_in: gives the text inside an area.
    """
    # pdfplumber costs 0.12 s to import and few pages have tables
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    edges = merge_edges([_edge(area) for area in rulings], _SNAP, _SNAP, _SNAP, _SNAP)
    crossings = edges_to_intersections(edges, _SNAP, _SNAP)
    if len(crossings) > MAX_CROSSINGS:
        return []
    found = [_table(cells, text_in) for cells in cells_to_tables(intersections_to_cells(crossings))]
    return [table for table in found if table is not None]


def _edge(area: Area) -> dict[str, float | str]:
    x0, y0, x1, y1 = area
    if x1 - x0 >= y1 - y0:
        y0 = y1 = (y0 + y1) / 2
        orientation = "h"
    else:
        x0 = x1 = (x0 + x1) / 2
        orientation = "v"
    return {
        "x0": x0, "x1": x1, "top": y0, "bottom": y1, "width": x1 - x0, "height": y1 - y0,
        "orientation": orientation, "object_type": "line",
    }  # fmt: skip


def _table(cells: Sequence[Area], text_in: Callable[[Area], str]) -> Table | None:
    """Return the cells as a grid; a cell over several places stands in each of them."""
    xs = sorted({x for cell in cells for x in (cell[0], cell[2])})
    ys = sorted({y for cell in cells for y in (cell[1], cell[3])})
    if len(xs) < 3 or len(ys) < 3:
        return None
    rows = [["" for _ in xs[1:]] for _ in ys[1:]]
    for cell in cells:
        text = "".join(line.strip() for line in text_in(cell).split("\n"))
        for row in range(bisect_left(ys, cell[1]), bisect_left(ys, cell[3])):
            for column in range(bisect_left(xs, cell[0]), bisect_left(xs, cell[2])):
                rows[row][column] = text
    filled = tuple(tuple(row) for row in rows if any(row))
    return Table((xs[0], ys[0], xs[-1], ys[-1]), tuple(xs), filled) if filled else None


def named(table: Table, before: Table | None) -> Table:
    """Return the table with the row of column names it takes over from the last one on the page before."""
    if before is None or len(before.columns) != len(table.columns):
        return table
    if any(abs(a - b) > _ALIKE for a, b in zip(before.columns, table.columns, strict=True)):
        return table
    first = next((row for row in before.rows if len(set(filter(None, row))) > 1), None)
    if first is None or first in table.rows[:2]:
        return table
    return replace(table, rows=(first, *table.rows))


def replaced(boxes: Sequence[Box], found: Sequence[Table]) -> list[Box]:
    """Return the page's pieces with the rows of its tables in place of what stood inside them."""
    kept: list[Box] = []
    done: set[int] = set()
    for box in boxes:
        number = next((i for i, table in enumerate(found) if _inside(box, table.area)), None)
        if number is None:
            kept.append(box)
        elif number not in done:
            done.add(number)
            kept += _lines(found[number])
    return kept


def _inside(box: Box, area: Area) -> bool:
    x, y = (box.left + box.right) / 2, box.middle
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _lines(table: Table) -> list[Box]:
    """Return a table's rows as pieces one below the other, as wide as the table."""
    lines = records(table.rows)
    left, top, right, bottom = table.area
    step = (bottom - top) / max(len(lines), 1)
    return [
        Box(left, top + i * step, right, top + (i + 0.9) * step, WHOLE + line) for i, line in enumerate(lines)
    ]
