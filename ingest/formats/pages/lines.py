"""HTML becomes the lines a person reads: one per paragraph, table row or heading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from ingest.formats.pages.tree import parse, take_unseen
from ingest.formats.tables.spans import Cell, is_layout, table_lines

_SKIPPED = frozenset({"title", "rp", "rt"})  # rt: how a character is read, beside it
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "head", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
# fmt: on
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_HAN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_WRAPPED = re.compile(rf"(?<={_HAN})[ \t]*[\r\n]\s*(?={_HAN})")  # a line break in the source, not on the page
_BLANK = re.compile(r"\s+")
_MAX_SPAN = 1_000


@dataclass(frozen=True, slots=True)
class Fragment:
    """HTML that is no page of a site: the body of a mail, a part of a Word document."""

    lines: tuple[str, ...]
    concealed: int = 0  # letters of hidden text that were left out


def fragment(data: bytes, charset: str = "") -> Fragment:
    """Return all that a person sees of some HTML; unlike a web page's, its navigation is not looked for.

    Raises:
        IngestError: as `tree.parse`.

    >>> fragment("<p>甲</p><p hidden>看不见的字</p>".encode())
    Fragment(lines=('甲',), concealed=5)
    """
    root = parse(data, charset)
    unseen = take_unseen(root)
    return Fragment(tuple(lines(root)), sum(letters for _, letters in unseen))


def lines(root: html.HtmlElement) -> list[str]:
    """Return the readable lines under an element, none of them empty.

    Block elements and <br> end lines, h1 to h6 become `#` lines, items of numbered lists carry their
    numbers, tables of data become records (`tables.grid.records`) while tables that only lay out the page are
    read cell by cell. What nobody sees must be gone before (`tree.take_unseen`).

    >>> lines(html.fromstring("<div><h2>第一章</h2><p>甲<br>乙</p><ol><li>丙</ol></div>"))
    ['## 第一章', '甲', '乙', '1. 丙']
    """
    return list(_Writer().read(root))


class _Writer:
    """Gathers the text of one line until something ends it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._mark = ""  # what the next line begins with: "## ", "3. "
        self._heading = False
        self._lists: list[_Numbers | None] = []  # the lists we are in; None for one without numbers

    def read(self, root: html.HtmlElement) -> Iterator[str]:
        """Walk the tree once; into itself only for the cells of a data table, which hold no table."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if not isinstance(element.tag, str):
                self._parts.append(element.tail or "" if event == "end" else "")
            elif event == "end":
                yield from self._ended(element)
                self._parts.append(element.tail or "" if element is not root else "")
            elif element.tag in _SKIPPED:
                walk.skip_subtree()
            elif element.tag == "table" and (cells := _data_table(element)):
                yield from self._flushed()
                yield from table_lines(cells)
                walk.skip_subtree()
            else:
                yield from self._started(element)
        yield from self._flushed()

    def _started(self, element: html.HtmlElement) -> Iterator[str]:
        tag = str(element.tag)
        if tag == "br" and self._heading:
            self._parts.append(" ")
        elif tag == "br" or tag in _BLOCKS:
            yield from self._flushed()
        if tag in _HEADINGS:
            self._mark, self._heading = _HEADINGS[tag], True
        elif tag in ("ol", "ul"):
            self._lists.append(_Numbers(element) if tag == "ol" else None)
        elif tag == "li" and self._lists and self._lists[-1]:
            self._mark = self._lists[-1].next()
        self._parts.append(element.text or "")

    def _ended(self, element: html.HtmlElement) -> Iterator[str]:
        if element.tag in _BLOCKS:
            yield from self._flushed()
            if element.tag in _HEADINGS:
                self._mark, self._heading = "", False
            elif element.tag in ("ol", "ul") and self._lists:
                self._lists.pop()

    def _flushed(self) -> Iterator[str]:
        text = _BLANK.sub(" ", _WRAPPED.sub("", "".join(self._parts))).strip()
        self._parts.clear()
        if text:
            yield self._mark + text
            self._mark = ""


class _Numbers:
    """The numbers of an <ol>, as the browser shows them for digits; letters and Roman ones as digits too."""

    def __init__(self, element: html.HtmlElement) -> None:
        start = element.get("start", "")
        self._next = int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1

    def next(self) -> str:
        """Return the mark of the next item."""
        self._next += 1
        return f"{self._next - 1}. "


def _data_table(table: html.HtmlElement) -> list[list[Cell]]:
    """Return the cells of a table of data; [] for one that only lays out the page.

    Besides what `is_layout` names, a table with a table in it lays out the page.
    """
    if table.find(".//table") is not None:
        return []
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row]
    cells = [[_cell(cell) for cell in row] for row in rows]
    if is_layout(cells):
        return []
    caption = table.find("caption")
    head = [[Cell(list(_Writer().read(caption)))]] if caption is not None else []
    return [row for row in head if row[0].lines] + cells


def _cell(element: html.HtmlElement) -> Cell:
    texts = list(_Writer().read(element))
    return Cell(texts, _span(element.get("colspan", "")), _span(element.get("rowspan", "")))


def _span(text: str) -> int:
    text = text.strip()
    return min(int(text), _MAX_SPAN) if text.isascii() and text.isdigit() and len(text) < 9 else 1
