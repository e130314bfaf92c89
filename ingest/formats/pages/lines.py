"""HTML becomes the lines a person reads: one per paragraph, table row or heading."""

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.formats.tables.spans import Cell, is_layout, table_lines
from kb.errors import IngestError

# fmt: off
_HIDDEN = frozenset({
    "button", "head", "iframe", "noscript", "object", "option", "rp", "rt", "script", "select", "style", "svg",
    "template", "textarea",
})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
# fmt: on
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_HAN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_WRAPPED = re.compile(rf"(?<={_HAN})[ \t]*[\r\n]\s*(?={_HAN})")  # a line break in the source, not on the page
_BLANK = re.compile(r"\s+")
_INVISIBLE_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.I)
_CHARSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "gb18030", "x-gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **{name: name for name in ("utf-16", "utf-16le", "utf-16be")},
}
_ASCII = bytes(range(128))
_ENOUGH = 12  # bytes beyond ASCII
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAX_SPAN = 1_000
_MAX_STYLE = 2_000  # characters of a style attribute looked at


def parse(data: bytes, charset: str = "") -> html.HtmlElement:
    """Return the root of an HTML page.

    Args:
        data: the page's bytes.
        charset: what the transport says of its encoding, "" if nothing.

    Raises:
        IngestError: if its encoding cannot be told, or there is nothing in it.
    """
    text = decode(data, charset).lstrip()
    text = re.sub(r"^<\?xml[^>]*\?>", "", text).replace("\x00", "")
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise IngestError("网页里没有可读的内容。请在浏览器里重新保存后再导入") from error


def decode(data: bytes, charset: str = "") -> str:
    """Return the text of a page: by its byte-order mark, the given charset, its <meta>, UTF-8, GB18030.

    Pages that say gb2312 mostly hold characters beyond it, so the whole of GB18030 is read. Longer bytes
    that are UTF-8 are taken for it whatever is said: GBK bytes hardly ever look so by chance. Charsets that
    can hold no Chinese are not believed.

    Raises:
        IngestError: if none of these fits.

    >>> decode("镕".encode("gb18030"), "gb2312")
    '镕'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    meta = _META_CHARSET.search(data[:4_096])
    said = [_CHARSETS.get(name.lower(), "") for name in (charset, meta[1].decode("ascii") if meta else "")]
    surely = ["utf-8"] if len(data.translate(None, _ASCII)) >= _ENOUGH else []
    for name in filter(None, (*surely, *said, "utf-8", "gb18030")):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return _nearly(data)


def _nearly(data: bytes) -> str:
    """Return a text in which a few characters are broken; many mean that the encoding is another."""
    texts = (data.decode(encoding, "replace") for encoding in ("utf-8", "gb18030"))
    best = min(texts, key=lambda text: text.count("\ufffd"))
    if best.count("\ufffd") * 500 > len(best):
        raise IngestError("认不出网页的文字编码。请在浏览器里打开后另存为 UTF-8 再导入")
    return best.replace("\ufffd", "□")


def lines(root: html.HtmlElement) -> list[str]:
    """Return the readable lines under an element, none of them empty.

    Block elements and <br> end lines, h1 to h6 become `#` lines, items of numbered lists carry their
    numbers, tables of data become records (`grid.records`) while tables that only lay out the page are read
    cell by cell. Scripts, styles, the head, form controls and what is styled invisible are left out.

    >>> lines(html.fromstring("<div><h2>第一章</h2><p>甲<br>乙</p><ol><li>丙</ol><script>x</script></div>"))
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
            elif _is_hidden(element):
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
        if element.tag in _BLOCKS and not _is_hidden(element):
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


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.tag in _HIDDEN or "hidden" in element.attrib:
        return True
    return bool(_INVISIBLE_STYLE.search(element.get("style", "")[:_MAX_STYLE]))


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
