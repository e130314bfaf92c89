"""One page of an OFD file becomes lines: its pieces of text put together by where they stand on the paper."""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from ingest.formats.paper.joins import INDENT, WHOLE
from kb.normalise import visible

MAX_PIECES = 100_000  # on one page
_NUMBER = re.compile(r"[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:[eE][+-]?\d{1,2})?")
_SAME_LINE = 0.5  # of the type size: how far the feet of two pieces on one line may differ
_SAME_PLACE = 0.3  # of the type size: the same text this near is printed twice to look bold
_SPACE = 0.5  # of the type size: a gap that is a blank
_COLUMN = 3.0  # of the type size: a gap between two columns of a table
_INDENTED = (1.2, 6.0)  # of the type size: how far a first line is set in; more is a centred line
_PARAGRAPH = 1.6  # of the usual distance between lines
_TILTED = 0.05  # sine of the angle from which text is set aslant (a watermark)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of characters on one line; millimetres from the page's upper left corner."""

    x: float
    y: float  # of the foot of the letters
    end: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page as the paper broke them, and what else was seen on it."""

    lines: tuple[str, ...]  # marked for `paper.mend`: INDENT before first lines, WHOLE before rows
    images: int
    tilted: int  # pieces of text set aslant and left out


def read_page(contents: Sequence[etree._Element]) -> Page | None:
    """Return the text of a page; None if it holds more than `MAX_PIECES` pieces.

    Args:
        contents: the page's own `Page` element, and those of the templates laid over it.
    """
    pieces: list[_Piece] = []
    images = tilted = 0
    for content in contents:
        images += sum(1 for _ in content.iter("{*}ImageObject"))
        for element in content.iter("{*}TextObject"):
            if _is_hidden(element):
                continue
            transform = _transform(element)
            if _is_tilted(transform):
                tilted += 1
                continue
            pieces += _pieces(element, transform)
            if len(pieces) > MAX_PIECES:
                return None
    return Page(tuple(_lines(pieces)), images, tilted)


def _is_hidden(element: etree._Element) -> bool:
    """Whether an object is drawn invisibly: switched off, or wholly transparent."""
    fill = next(element.iterchildren("{*}FillColor"), None)
    return (
        element.get("Visible", "true").strip().lower() in ("false", "0")
        or element.get("Alpha", "255").strip() == "0"
        or (fill is not None and fill.get("Alpha", "255").strip() == "0")
    )


def _transform(element: etree._Element) -> tuple[float, ...]:
    """Return a, b, c, d, e, f of an object's matrix (CTM): x' = ax + cy + e, y' = bx + dy + f."""
    numbers = _numbers(element.get("CTM") or "")
    return tuple(numbers) if len(numbers) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _is_tilted(transform: tuple[float, ...]) -> bool:
    a, b = transform[:2]
    length = math.hypot(a, b)
    return length > 0 and _TILTED < abs(b) / length < 1 - _TILTED


def _pieces(element: etree._Element, transform: tuple[float, ...]) -> Iterator[_Piece]:
    """Yield the pieces of one text object; a code without X or Y goes on where the last began."""
    box = [*_numbers(element.get("Boundary") or ""), 0.0, 0.0][:2]
    a, b, c, d, e, f = transform
    size = (_numbers(element.get("Size") or "") or [3.5])[0]
    x = y = 0.0
    for code in element.iterchildren("{*}TextCode"):
        x = (_numbers(code.get("X") or "") or [x])[0]
        y = (_numbers(code.get("Y") or "") or [y])[0]
        for run_x, run_y, end, text in _runs(code, (x, y), size):
            left, foot = box[0] + a * run_x + c * run_y + e, box[1] + b * run_x + d * run_y + f
            scale = math.hypot(a, b) or 1.0
            yield _Piece(left, foot, left + (end - run_x) * scale, max(size * scale, 0.1), text)


def _runs(
    code: etree._Element, start: tuple[float, float], size: float
) -> Iterator[tuple[float, float, float, str]]:
    """Yield (x, y, end, text) of the stretches of a code that stand on one line without a wide gap.

    Letters that go straight down (vertical writing) stay one stretch.
    """
    text = "".join(char for char in code.text or "" if char not in "\r\n\t")
    across = _steps(code.get("DeltaX") or "", len(text) - 1)
    down = _steps(code.get("DeltaY") or "", len(text) - 1)
    upright = bool(down) and not any(across)
    x, y = start
    first, begun = 0, (x, y)
    for place, char in enumerate(text):
        width = _advance(char) * size
        step = across[place] if place < len(across) else (0.0 if upright else width)
        drop = down[place] if place < len(down) else 0.0
        gap = step - width
        last = place == len(text) - 1
        turned = not upright and (abs(drop) > _SAME_LINE * size or gap > _SPACE * size or step < -width)
        if last or turned:
            if stretch := visible(text[first : place + 1]).strip():
                yield begun[0], begun[1], x + width, stretch
            first, begun = place + 1, (x + step, y + drop)
        x, y = x + step, y + drop


def _steps(text: str, most: int) -> list[float]:
    """Return the distances of a DeltaX or DeltaY, `g 3 5` written out, at most as many as are needed."""
    words = text.split()[: 4 * max(most, 0) + 4]
    steps: list[float] = []
    place = 0
    while place < len(words) and len(steps) < most:
        times = 1
        if words[place] == "g" and place + 2 < len(words):
            count = _numbers(words[place + 1])
            times = int(min(max(count[0], 0), most)) if count else 0
            place += 2
        value = _numbers(words[place])
        steps += [value[0] if value else 0.0] * times
        place += 1
    return steps[: max(most, 0)]


def _lines(pieces: Sequence[_Piece]) -> list[str]:
    """Return the lines of a page, top to bottom, each marked as `paper.mend` wants it."""
    rows = [_without_doubles(row) for row in _rows(pieces)]
    if not rows:
        return []
    left = _margin(rows)
    gaps = [below[0].y - above[0].y for above, below in pairwise(rows)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    lines: list[str] = []
    for place, row in enumerate(rows):
        text, is_row = _joined(row)
        set_in = (row[0].x - left) / row[0].size
        apart = place > 0 and gaps[place - 1] > _PARAGRAPH * usual
        first = _INDENTED[0] <= set_in <= _INDENTED[1] or apart
        lines.append(WHOLE + text if is_row else INDENT + text if first else text)
    return lines


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Return the pieces by line, top to bottom, and left to right within it."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x)):
        if rows and piece.y - rows[-1][0].y <= _SAME_LINE * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x) for row in rows]


def _without_doubles(row: Sequence[_Piece]) -> list[_Piece]:
    kept: list[_Piece] = []
    for piece in row:
        near = kept[-3:]  # the same text printed again a little to the right
        if not any(k.text == piece.text and abs(k.x - piece.x) < _SAME_PLACE * piece.size for k in near):
            kept.append(piece)
    return kept


def _margin(rows: Sequence[Sequence[_Piece]]) -> float:
    """Return where most full lines begin: the leftmost place at which at least a tenth of the rows do."""
    starts = sorted(row[0].x for row in rows)
    return starts[len(starts) // 10]


def _joined(row: Sequence[_Piece]) -> tuple[str, bool]:
    """Return a line's text, and whether its pieces stand in columns."""
    text, columns = row[0].text, False
    for before, piece in pairwise(row):
        gap = (piece.x - before.end) / min(before.size, piece.size)
        columns = columns or gap > _COLUMN
        text += (" " if gap > _SPACE else "") + piece.text
    return text, columns


def _advance(char: str) -> float:
    """Return a character's width as a share of the type size."""
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _numbers(text: str) -> list[float]:
    """Return up to six numbers of an attribute; what is no number, or beyond all paper, is left out."""
    found = (float(word) for word in text[:400].split()[:6] if _NUMBER.fullmatch(word))
    return [number for number in found if abs(number) < 1e6]
