"""One page of a PDF as PDFium sees it: runs of text with their places, images, ruling lines, hidden text."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from ingest.formats.paper.layout import Area, Box
from ingest.formats.paper.radicals import as_hanzi

MAX_CHARACTERS = 400_000  # of one page; a dense one has 5,000
MAX_OBJECTS = 60_000  # of one page, looked through for lines and images
_MAX_SEGMENTS = 4_000  # of one path; a drawing has more
_MAX_DEPTH = 3  # forms within forms
_THIN = 2.5  # points; a filled shape no thicker is a ruling line
_SHORT = 6.0  # points; a shorter line rules nothing
_GAP = 1.2  # heights of a letter; a wider gap within a run parts columns
_TINY = 1.0  # points; letters no taller cannot be seen
_INVISIBLE_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
_WHITE = 250  # of 255, in every colour

_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"\S+")

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Sheet:
    """What one page holds. Lengths in points, y downwards from the page's upper edge."""

    width: float
    height: float
    text: str = ""  # in the order of the file, lines ended by \n
    boxes: list[Box] = field(default_factory=list)  # the same text with places; [] where it is turned
    rulings: list[Area] = field(default_factory=list)
    covered: float = 0.0  # share of the page under images
    shapes: int = 0  # paths: letters drawn as outlines are many
    crowded: bool = False  # more objects than are looked through
    hidden: int = 0  # runs of text nobody can see


def look(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Sheet:
    """Return what a page holds.

    Raises:
        pypdfium2.PdfiumError: if PDFium cannot read it.
        OverflowError: if there are more than 400,000 characters on it.
    """
    left, bottom, right, top = page.get_mediabox()
    sheet = Sheet(max(right - left, 1.0), max(top - bottom, 1.0))
    count = textpage.count_chars()
    if count > MAX_CHARACTERS:
        raise OverflowError(count)
    signs = _signs(textpage, count) if count > 0 else ""
    sheet.text = _plain(signs)
    if page.get_rotation() == 0:
        sheet.boxes = _boxes(textpage, signs, left, top)
    _Objects(sheet, left, top).walk(page)
    return sheet


def cell(textpage: pdfium.PdfTextPage, page: pdfium.PdfPage, area: Area) -> str:
    """Return the text inside an area of the page."""
    left, _, _, top = page.get_mediabox()
    x0, y0, x1, y1 = area
    return _plain(textpage.get_text_bounded(x0 + left, top - y1, x1 + left, top - y0))


def _plain(text: str) -> str:
    """Return PDFium's text with \\n at line ends; U+FFFE is its sign for a hyphen at the margin."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").replace("\x02", "-")
    return as_hanzi(plain)


def _boxes(textpage: pdfium.PdfTextPage, signs: str, left: float, top: float) -> list[Box]:
    """Return the runs of text with their places; [] if most of the page is written from top to bottom.

    Args:
        textpage: the page.
        signs: its characters, one for each that PDFium counts.
        left: x of the page's left edge.
        top: y of its upper edge, upwards.
    """
    runs: list[Box] = []
    for line in _LINE.finditer(signs):
        begun = edge = None
        for word in _WORD.finditer(signs, line.start(), line.end()):
            first = _place(textpage, word.start())
            last = _place(textpage, word.end() - 1)
            if begun is not None and edge is not None and first[0] - edge[2] <= _GAP * (first[3] - first[1]):
                runs.pop()
            else:
                begun = (word.start(), first)
            edge = last
            start, (x0, y0, _, y1) = begun
            text = _plain(signs[start : word.end()])
            runs.append(Box(x0 - left, top - max(y1, last[3]), last[2] - left, top - min(y0, last[1]), text))
    upright = sum(run.height > 2 * (run.right - run.left) and len(run.text) > 3 for run in runs)
    return [] if upright > len(runs) // 2 else runs


def _place(textpage: pdfium.PdfTextPage, index: int) -> Area:
    """Return left, bottom, right, top of a character's cell, y upwards."""
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, index, rect):
        return 0.0, 0.0, 0.0, 0.0
    return rect.left, rect.bottom, rect.right, rect.top


def _signs(textpage: pdfium.PdfTextPage, count: int) -> str:
    """Return the page's characters, one for each that PDFium counts."""
    text = str(textpage.get_text_range())
    if len(text) == count:
        return text
    codes = (raw.FPDFText_GetUnicode(textpage, index) for index in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)


class _Objects:
    """Goes through the objects of a page once, for all that is asked of them."""

    def __init__(self, sheet: Sheet, left: float, top: float) -> None:
        self._sheet = sheet
        self._left, self._top = left, top
        self._left_to_see = MAX_OBJECTS
        self._painted: list[Area] = []  # shapes and images that are not white: white letters show on them

    def walk(self, page: pdfium.PdfPage) -> None:
        count = raw.FPDFPage_CountObjects(page)
        self._all((raw.FPDFPage_GetObject(page, index) for index in range(count)), _IDENTITY, 0)

    def _all(self, objects: Iterator[ctypes.c_void_p], matrix: Matrix, depth: int) -> None:
        for item in objects:
            self._left_to_see -= 1
            if self._left_to_see < 0:
                self._sheet.crowded = True
                return
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._text(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, matrix)
            elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
                self._image(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                inner = _times(_matrix(item), matrix)
                count = raw.FPDFFormObj_CountObjects(item)
                self._all((raw.FPDFFormObj_GetObject(item, i) for i in range(count)), inner, depth + 1)

    def _text(self, item: ctypes.c_void_p, matrix: Matrix) -> None:
        area = self._area(item, matrix)
        if area is None or area[2] - area[0] < _TINY:
            return  # a blank
        unseen = raw.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE_MODES or area[3] - area[1] < _TINY
        outside = area[2] < 0 or area[3] < 0 or area[0] > self._sheet.width or area[1] > self._sheet.height
        color = _color(item)
        pale = color is not None and (
            color[3] == 0 or (min(color[:3]) >= _WHITE and not self._on_paint(area))
        )
        self._sheet.hidden += unseen or outside or pale

    def _on_paint(self, area: Area) -> bool:
        x, y = (area[0] + area[2]) / 2, (area[1] + area[3]) / 2
        return any(a[0] <= x <= a[2] and a[1] <= y <= a[3] for a in self._painted)

    def _image(self, item: ctypes.c_void_p, matrix: Matrix) -> None:
        if area := self._area(item, matrix):
            width = min(area[2], self._sheet.width) - max(area[0], 0)
            height = min(area[3], self._sheet.height) - max(area[1], 0)
            share = max(width, 0) * max(height, 0) / (self._sheet.width * self._sheet.height)
            self._sheet.covered = min(1.0, self._sheet.covered + share)
            self._painted.append(area)

    def _path(self, item: ctypes.c_void_p, matrix: Matrix) -> None:
        self._sheet.shapes += 1
        area = self._area(item, matrix)
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if area is None or not raw.FPDFPath_GetDrawMode(item, fill, stroke):
            return
        wide, high = area[2] - area[0], area[3] - area[1]
        if min(wide, high) <= _THIN:
            if max(wide, high) >= _SHORT:
                self._sheet.rulings.append(area)
        elif stroke.value:
            self._strokes(item, _times(_matrix(item), matrix))
        elif fill.value and (color := _color(item)) and color[3] > 0 and min(color[:3]) < _WHITE:
            self._painted.append(area)

    def _strokes(self, item: ctypes.c_void_p, matrix: Matrix) -> None:
        """Take the level and upright lines of a path that is drawn with a pen."""
        count = raw.FPDFPath_CountSegments(item)
        if count > _MAX_SEGMENTS:
            return
        start = last = (0.0, 0.0)
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = self._place(_apply(matrix, x.value, y.value))
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO:
                self._line(last, point)
            last = point
            if raw.FPDFPathSegment_GetClose(segment):
                self._line(last, start)

    def _line(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
        if min(wide, high) <= 0.5 and max(wide, high) >= _SHORT:
            xs, ys = sorted((one[0], other[0])), sorted((one[1], other[1]))
            self._sheet.rulings.append((xs[0], ys[0], xs[1], ys[1]))

    def _area(self, item: ctypes.c_void_p, matrix: Matrix) -> Area | None:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return None
        one = self._place(_apply(matrix, left.value, bottom.value))
        other = self._place(_apply(matrix, right.value, top.value))
        xs, ys = sorted((one[0], other[0])), sorted((one[1], other[1]))
        return xs[0], ys[0], xs[1], ys[1]

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] - self._left, self._top - point[1]


def _color(item: ctypes.c_void_p) -> tuple[int, int, int, int] | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None
    return red.value, green.value, blue.value, alpha.value


def _matrix(item: ctypes.c_void_p) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
