"""Bytes of HTML become a tree without what a person does not see: scripts, styles, hidden elements.

The only parser of HTML here: web pages, web archives, mails and the HTML inside Word documents all pass it.
"""

import re
from collections.abc import Iterable

from lxml import etree, html
from lxml.html import HtmlElement

from kb.errors import IngestError
from kb.normalise import INVISIBLE, visible

LETTER = re.compile(r"[\u3400-\u9fffA-Za-z]")
MAX_BYTES = 20_000_000
MAX_ELEMENTS = 200_000
_MAX_ATTRIBUTES = 2_000  # in one tag; libxml2 needs time by the square of their number
_LONG_TAG = 4_000  # characters; a shorter one cannot hold so many attributes
_UNREADABLE = 0.005  # share of U+FFFD from which a page counts as wrongly decoded
_SAMPLE = 200_000  # bytes shown to the charset detector
_HEAD = 4_096  # bytes in which a page declares its encoding
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,20})""", re.I
)
_CHARSETS = {  # as pages name them -> what reads them; a charset not named here is not believed
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "gb18030", "x-gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **{name: name for name in ("utf-16", "utf-16le", "utf-16be")},
}
_LATIN = frozenset({"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252"})
_FEW_BYTES = 32  # beyond ASCII; fewer are too few to guess from
_ASCII = bytes(range(128))
_GUESSES = ["gb18030", "big5", "big5hkscs", "utf_16", "utf_8"]
_UNREAD = frozenset({  # scripts, pictures, controls
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas",
    "select", "button", "textarea", "audio", "video", "map", "datalist",
})  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:^|;)\s*(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?:left|top|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}",
    re.I,
)
_CLIPPED = re.compile(r"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.I)
_FEW_HIDDEN = 4  # letters; editors leave invisible bookmarks of fewer
_STYLE_LENGTH = 2_000  # characters of a style attribute looked at
_SHEETS = 200_000  # characters of style sheets looked at
_MEDIA = re.compile(r"@media[^{}]{0,500}\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}", re.I)
_HIDDEN_RULE = re.compile(
    r"(?:^|[},])\s*([.#][\w-]{1,60})\s*\{[^{}]{0,400}?display\s*:\s*none[^{}]{0,400}\}", re.I
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)


def decode(data: bytes, charset: str = "") -> str:
    r"""Return a page's text: by its byte order mark, UTF-8 if it is that, the given charset, its own declaration.

    UTF-8 comes before what is said, which is often a template's: GBK bytes hardly ever look like it by chance.
    Pages that say gb2312 mostly hold characters beyond it, so the whole of GB18030 is read.

    Args:
        data: the bytes.
        charset: what the transport (a mail's head) says of their encoding, "" if nothing.

    Raises:
        IngestError: if it is too large, no text, or in no encoding that gives readable text.

    >>> decode("<meta charset=gb2312>镕".encode("gb18030")), decode("镕".encode("gb18030"), "gb2312")
    ('<meta charset=gb2312>镕', '镕')
    """
    if len(data) > MAX_BYTES:
        raise IngestError(
            f"网页有 {len(data) / 1e6:.0f} MB，超过上限 {MAX_BYTES / 1e6:.0f} MB。请只保存正文后再导入"
        )
    text = _decoded(data, charset)
    if text.count("\x00") > len(text) // 1000:
        raise IngestError("内容不是网页（像是二进制文件或改了后缀的文件）。请重新下载后再导入")
    return visible(text.replace("\r\n", "\n").replace("\r", "\n"))


def parse(data: bytes, charset: str = "") -> HtmlElement:
    """Return the root of a page, without comments; nothing named in it is fetched.

    Args:
        data: the page's bytes.
        charset: what the transport says of its encoding, "" if nothing.

    Raises:
        IngestError: as `decode`, and if it is empty or built to exhaust its reader.
    """
    text = decode(data, charset)
    _refuse_bombs(text)
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )  # huge: 2048 elements deep instead of 256, old pages leave that many unclosed; the size is capped above
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise IngestError("网页是空的或已损坏。请用浏览器打开后另存为网页再导入") from error
    if any("RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log):
        raise IngestError("网页嵌套过深或异常庞大，读不完整，为安全起见已停止读取。请只保存正文后再导入")
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise IngestError(f"网页的元素超过 {MAX_ELEMENTS} 个，为安全起见已停止读取。请只保存正文后再导入")
    return root


def take_unseen(root: HtmlElement) -> list[tuple[HtmlElement, int]]:
    """Take scripts, styles, forms' controls and hidden elements out of a page.

    Hidden is what an element's own style or the page's style sheets keep from being seen.

    Returns:
        Where each hidden element stood, and how many letters it held; editors' bookmarks are not told.
    """
    concealing = _hidden(root)  # by the page's style sheets too, so before they go
    drop(list(root.iter(*_UNREAD)))
    found: list[tuple[HtmlElement, int]] = []
    for element in concealing:
        parent, letters = element.getparent(), len(LETTER.findall("".join(element.itertext())))
        if parent is not None and letters > _FEW_HIDDEN:
            found.append((parent, letters))
    drop(concealing)
    return found


def drop(elements: Iterable[HtmlElement]) -> None:
    """Take elements with all they hold out of their tree; the text after each stays."""
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def concealed_note(letters: int) -> str:
    """Return what the person is told of hidden text that was left out."""
    return f"网页正文里藏有 {letters} 字看不见的文字，已略去，请核对原网页"


def _decoded(data: bytes, charset: str) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lenient(data.removeprefix(mark), encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:_HEAD])
    inside = declared[1].decode("ascii", "replace").lower() if declared else ""
    believed = [_CHARSETS.get(charset.lower(), ""), _CHARSETS.get(inside, "")]
    if believed[1].startswith("utf-16"):  # it could not have been found in UTF-16
        believed.pop()
    for name in filter(None, believed):
        try:
            return _lenient(data, name)
        except IngestError:
            continue  # a wrong declaration: look at the bytes
    return _guessed(data, is_latin=bool({charset.lower(), inside} & _LATIN))


def _guessed(data: bytes, *, is_latin: bool) -> str:
    """Return the text of bytes whose encoding nobody says; one said to be Latin is mostly Chinese all the same."""
    if is_latin or len(data.translate(None, _ASCII)) < _FEW_BYTES:
        for name in ("gb18030", *(["cp1252"] if is_latin else [])):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:_SAMPLE], cp_isolation=_GUESSES).best()
    return _lenient(data, guess.encoding if guess else "gb18030")


def _lenient(data: bytes, encoding: str) -> str:
    """Return text in which a few bytes may be lost, as on a page cut off in the middle of a character."""
    text = data.decode(encoding, "replace")
    written = sum(1 for char in text if char > "\x7f")
    if text.count("\ufffd") > max(2, written * _UNREADABLE):
        raise IngestError("网页的文字编码认不出来，读出来是乱码。请用浏览器打开后另存为 UTF-8 网页再导入")
    return text


def _refuse_bombs(text: str) -> None:
    for piece in text.split("<"):
        if (
            len(piece) > _LONG_TAG
            and piece[0].isalpha()
            and not piece[:6].lower().startswith(("script", "style"))
        ):
            inside = piece.partition(">")[0]
            if piece.count("=") > _MAX_ATTRIBUTES or len(inside.split()) > _MAX_ATTRIBUTES:
                raise IngestError("网页里有异常庞大的标签（可能是攻击文件），为安全起见不予读取")


def _hidden(root: HtmlElement) -> list[HtmlElement]:
    """Return the outermost elements that their style keeps from being seen, in order; none in what is never read."""
    names = _hidden_names(root)
    found: list[HtmlElement] = []
    inside: set[HtmlElement] = set()
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if element.tag in _UNREAD or (parent is not None and parent in inside):
            inside.add(element)
        elif _is_hidden(element, names):
            inside.add(element)
            found.append(element)
    return found


def _hidden_names(root: HtmlElement) -> frozenset[str]:
    """Return the classes (.name) and ids (#name) that the page's own style sheets never show."""
    sheets = "\n".join(style.text or "" for style in root.iter("style"))[:_SHEETS]
    closed = sheets.rfind("*/") + 2 if "*/" in sheets else 0  # no search for the end of what never ends
    sheets = _COMMENT.sub("", sheets[:closed]) + sheets[closed:]
    return frozenset(_HIDDEN_RULE.findall(_MEDIA.sub("", sheets)))


def _is_hidden(element: HtmlElement, names: frozenset[str]) -> bool:
    if element.tag in ("html", "body"):  # shown by a script once the page is not inside another's frame
        return False
    if "hidden" in element.attrib:
        return True
    style = element.get("style", "")[:_STYLE_LENGTH]
    if style and (_HIDING.search(style) or (_CLIPPED.search(style) and "hidden" in style)):
        return True
    if not names:
        return False
    marks = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id', '')}"}
    return not marks.isdisjoint(names)


def seen(text: str) -> str:
    """Return text as it looks: no invisible characters, no white space at the ends or doubled.

    >>> seen(" 第一条\u3000\u200b 为了\xa0安全 ")
    '第一条 为了 安全'
    """
    return " ".join(INVISIBLE.sub("", text).split())
