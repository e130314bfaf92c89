"""Pieces of text with their places on the page become lines in the order a person reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.formats.paper.joins import INDENT, WHOLE

Area = tuple[float, float, float, float]  # left, top, right, bottom; y grows downwards
_SAME_ROW = 0.5  # of the height: centres nearer than this stand on one line
_WORD_GAP = 0.3  # of the height: a wider gap between two pieces is a blank
_INDENTED = (1.3, 4.5)  # heights from the margin; further in is a title or a column
_APART = 1.3  # times the narrowest distance of two lines: a paragraph begins
_SIDE = 5  # pieces a column has at least
_SIGNS = 6  # that its pieces have on average
_PROSE = 0.55  # of the column's width that its pieces fill on average; a table's cells do not


@dataclass(frozen=True, slots=True)
class Box:
    """A run of text on one line and where it stands; y grows downwards, any unit."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        """From top to bottom, never 0."""
        return max(self.bottom - self.top, 0.1)

    @property
    def middle(self) -> float:
        """The height it stands at."""
        return (self.top + self.bottom) / 2


def lines(boxes: Sequence[Box], ordered: bool = False) -> list[str]:
    """Return the text of a page, line by line, indented lines marked.

    Args:
        boxes: the pieces, in any order.
        ordered: the order they come in is to be trusted if it goes down the page in columns.
    """
    if not boxes:
        return []
    gutter = _gutter(boxes)
    if ordered and _goes_down(boxes, gutter):
        return _indented(_rows(boxes))
    if gutter is None:
        return _indented(_rows(_sorted(boxes)))
    found: list[str] = []
    for part, across in _parts(boxes, gutter):
        rows = _indented(_rows(_sorted(part)))
        found += [WHOLE + rows[0].strip()] if across and len(rows) == 1 else rows
    return found


def _goes_down(boxes: Sequence[Box], gutter: float | None) -> bool:
    """Whether the pieces come line after line; each column, and what stands beside it, may start over once."""
    jumps = 0
    for before, box in pairwise(boxes):
        up = box.bottom < before.top - before.height
        across = (
            gutter is not None
            and before.right <= gutter <= box.left
            and abs(box.middle - before.middle) < before.height
        )
        jumps += up or across
    return jumps <= 2


def _gutter(boxes: Sequence[Box]) -> float | None:
    """Return the x of the empty strip between two columns of prose, or None."""
    height = median(box.height for box in boxes)
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    width = right - left
    steps = range(35, 66)
    best: tuple[int, float] | None = None
    for step in steps:
        x = left + width * step / 100
        over = sum(box.left < x + height / 2 and box.right > x - height / 2 for box in boxes)
        if best is None or over < best[0]:
            best = (over, x)
    if best is None or best[0] > 0.25 * len(boxes):
        return None
    sides = (
        [box for box in boxes if box.right <= best[1]],
        [box for box in boxes if box.left >= best[1]],
    )
    return best[1] if all(_is_prose(side) for side in sides) else None


def _is_prose(side: Sequence[Box]) -> bool:
    if len(side) < _SIDE:
        return False
    width = max(box.right for box in side) - min(box.left for box in side)
    filled = sum(box.right - box.left for box in side) / len(side)
    return filled >= _PROSE * width and sum(len(box.text) for box in side) >= _SIGNS * len(side)


def _parts(boxes: Sequence[Box], gutter: float) -> Iterable[tuple[list[Box], bool]]:
    """Yield the parts of a page with two columns in reading order, and whether they go across both.

    What goes across parts the columns above it from those below.
    """
    left: list[Box] = []
    right: list[Box] = []
    across: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        beside = box.right <= gutter or box.left >= gutter
        if beside and across:
            yield across, True
            across = []
        if not beside and (left or right):
            yield from ((left, False), (right, False))
            left, right = [], []
        (across if not beside else left if box.right <= gutter else right).append(box)
    yield from ((left, False), (right, False), (across, True))


def _sorted(boxes: Sequence[Box]) -> list[Box]:
    """Return the pieces line by line, each line from the left."""
    found: list[Box] = []
    row: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.middle, box.left)):
        if row and abs(box.middle - row[0].middle) > _SAME_ROW * min(box.height, row[0].height):
            found += sorted(row, key=lambda box: box.left)
            row = []
        row.append(box)
    return found + sorted(row, key=lambda box: box.left)


def _rows(boxes: Sequence[Box]) -> list[Box]:
    """Return the pieces that follow each other on one line as one piece."""
    rows: list[Box] = []
    for box in boxes:
        if rows and _beside(rows[-1], box):
            last = rows[-1]
            gap = (box.left - last.right) / min(last.height, box.height)
            space = " " if gap > _WORD_GAP and last.text[-1:] != " " else ""
            rows[-1] = Box(
                last.left,
                min(last.top, box.top),
                max(last.right, box.right),
                max(last.bottom, box.bottom),
                last.text + space + box.text,
            )
        else:
            rows.append(box)
    return rows


def _beside(last: Box, box: Box) -> bool:
    near = abs(box.middle - last.middle) <= _SAME_ROW * max(box.height, last.height)
    return near and box.left >= last.right - box.height


def _indented(rows: Sequence[Box]) -> list[str]:
    """Return the lines; INDENT before those that begin a paragraph, set in or further from the line above."""
    if not rows:
        return []
    lefts = sorted(row.left for row in rows)
    margin = lefts[len(lefts) // 10]
    steps = [0.0] + [row.middle - above.middle for above, row in pairwise(rows)]
    downward = sorted(step for step in steps if step > 0)
    apart = _APART * downward[len(downward) // 10] if downward else 0.0
    low, high = _INDENTED
    return [
        (INDENT if low * row.height < row.left - margin < high * row.height or step > apart > 0 else "")
        + row.text
        for row, step in zip(rows, steps, strict=True)
    ]
