"""Word documents (DOCX, DOCM, DOTX), of both dialects, whole: numbers, tables, boxes, notes, altChunk parts."""

from dataclasses import dataclass

from lxml import etree

from ingest.formats.package import Package
from ingest.formats.pages import mht, tree
from ingest.formats.pages.lines import Fragment, fragment
from ingest.formats.reading import Reading
from ingest.formats.word import office
from ingest.formats.word.body import Body, Line
from ingest.formats.word.elements import child, kind, value
from ingest.formats.word.numbering import Numbering
from ingest.formats.word.parts import Parts
from ingest.formats.word.styles import Styles
from ingest.formats.word.title import spaced, with_title
from kb.errors import IngestError

MAX_DEPTH = 2  # documents inside documents
MAX_CHUNKS = 100  # altChunk parts, of all depths together
MAX_CHUNK_BYTES = 60_000_000  # likewise
_WRITER = "LibreOffice"
_OTHER_OFFICE = {"workbook": "Excel 表格", "presentation": "PowerPoint 演示文稿"}


def read(data: bytes, name: str) -> Reading:
    """Return the text of a Word document as it reads with all tracked changes accepted.

    Left out: headers and footers, comments, hidden text (said in a note), symbols, lines of an automatic
    table of contents. Footnotes and endnotes stand at the end as `注：…`.

    Raises:
        IngestError: if it is no Word document, is damaged, has a password, is beyond the limits, or has no text.
    """
    document = _Document(data, _Allowance())
    lines = document.lines()
    title, lines = with_title(lines, document.core_title())
    text = "\n".join(map(str, spaced(lines)))
    if not text.strip():
        raise IngestError(
            f"{name} 里没有文字" + ("，只有图片。请先做文字识别（OCR）再导入" if document.pictures else "")
        )
    return Reading(text + "\n", title=title, notes=tuple(document.notes()))


@dataclass(slots=True)
class _Allowance:
    """What documents inside documents may still use, shared by all of them."""

    depth: int = 0
    chunks: int = MAX_CHUNKS
    size: int = MAX_CHUNK_BYTES

    def spend(self, size: int) -> None:
        self.chunks -= 1
        self.size -= size
        if self.chunks < 0 or self.size < 0:
            raise IngestError("文件里嵌套的内容过多。请用 Word 打开后另存为 docx 再导入")


class _Document:
    """One Word package, read once."""

    def __init__(self, data: bytes, allowance: _Allowance) -> None:
        _refuse_old(data)
        self._parts = Parts(Package(data))
        self._allowance = allowance
        self._main = self._parts.main()
        self._root = _document_root(self._parts.package.xml(self._main))
        styles = Styles(self._related("styles"))
        numbering = Numbering(
            self._related("numbering"),
            styles,
            articles_run_on=self._property("Application").startswith(_WRITER),
        )
        self._body = Body(styles, numbering, self._chunk)
        self._inner: list[_Document] = []
        self._concealed = 0  # letters hidden in HTML parts

    def lines(self) -> list[Line]:
        """Return the text, notes at its end."""
        body = child(self._root, "w:body")
        if body is None:
            raise IngestError("正文部分是空的，文件已损坏。请用 Word 或 WPS 打开后另存为 docx 再导入")
        return [*self._body.lines(body), *self._footnotes()]

    @property
    def pictures(self) -> int:
        """How many pictures stand in it and the documents inside it."""
        return self._body.seen.pictures + sum(inner.pictures for inner in self._inner)

    def notes(self) -> list[str]:
        """Return what the person must be told, each remark once."""
        seen = self._body.seen
        found = [
            f"文中有 {seen.hidden} 字隐藏文字，没有收入" if seen.hidden else "",
            tree.concealed_note(self._concealed) if self._concealed else "",
            "文中有修订痕迹，已按接受全部修订读取" if seen.tracked else "",
            f"文中有 {seen.pictures} 张图片，图片里的文字没有读" if seen.pictures else "",
            *(note for inner in self._inner for note in inner.notes()),
        ]
        return list(dict.fromkeys(filter(None, found)))

    def core_title(self) -> str:
        """Return the title in the package's properties: mostly a template's or the first words typed."""
        return self._property("title")

    def _property(self, wanted: str) -> str:
        """Return what the package says about itself under a name, "" for nothing."""
        for way in ("core-properties", "extended-properties"):
            name = self._parts.related("", way)
            for element in self._parts.package.xml(name) if name else ():
                if str(element.tag).endswith("}" + wanted):
                    return (element.text or "").strip()
        return ""

    def _related(self, way: str) -> etree._Element | None:
        name = self._parts.related(self._main, way)
        return self._parts.package.xml(name) if name else None

    def _footnotes(self) -> list[Line]:
        """Return the notes referred to, in order; a note that refers to notes adds them behind."""
        met = self._body.seen.notes
        known = self._known_notes() if met else {}
        found: list[Line] = []
        for key in met:  # grows while it is gone through
            note = known.pop(key, None)
            text = " ".join(line.text for line in self._body.lines(note)) if note is not None else ""
            found += [Line(f"注：{text}", loose=False)] if text else []
        return found

    def _known_notes(self) -> dict[tuple[str, str], etree._Element]:
        parts = {way: self._related(way) for way in ("footnotes", "endnotes")}
        return {
            (way, value(note, "id")): note
            for way, root in parts.items()
            if root is not None
            for note in root
            if kind(note) in ("w:footnote", "w:endnote")
        }

    def _chunk(self, relation: str) -> list[Line]:
        """Return the lines of an altChunk: a document of another kind put whole into this one."""
        name = self._parts.target(self._main, relation)
        if not name:
            return []
        data = self._parts.package.read(name)
        self._allowance.spend(len(data))
        if data.startswith(b"PK\x03\x04"):
            return self._document(data)
        found = _foreign(data)
        self._concealed += found.concealed
        return [_marked(line) for line in found.lines]

    def _document(self, data: bytes) -> list[Line]:
        if self._allowance.depth >= MAX_DEPTH:
            raise IngestError(f"文件套文件超过 {MAX_DEPTH} 层。请用 Word 打开后另存为 docx 再导入")
        self._allowance.depth += 1
        inner = _Document(data, self._allowance)
        self._inner.append(inner)
        lines = inner.lines()
        self._allowance.depth -= 1
        return lines


def _refuse_old(data: bytes) -> None:
    office.refuse_encrypted(data)
    if data.startswith(office.OLE):
        raise IngestError("这是旧版 Word 文件（.doc），扩展名不对。请把扩展名改成 .doc，或另存为 docx 再导入")


def _document_root(root: etree._Element) -> etree._Element:
    if kind(root) != "w:document":
        other = _OTHER_OFFICE.get(etree.QName(root).localname)
        raise IngestError(
            f"这是 {other}，不是 Word 文档。请改成正确的扩展名再导入"
            if other
            else "正文部分不是 Word 的格式。请用 Word 或 WPS 打开后另存为 docx 再导入"
        )
    return root


def _foreign(data: bytes) -> Fragment:
    """Return what an altChunk that is no Word document says."""
    start = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"{\\rtf") or data.startswith(office.OLE):
        raise IngestError("文件里嵌有 RTF 或旧版 Word 内容，读不全。请用 Word 打开后另存为 docx 再导入")
    if mht.is_mht(data):
        return mht.fragment(data)
    if (
        b"<html" in start
        or b"<body" in start
        or b"<!doctype html" in start
        or start.startswith((b"<p", b"<div"))
    ):
        return fragment(data)
    if start.startswith(b"<"):
        raise IngestError("文件里嵌有读不了的内容。请用 Word 打开后另存为 docx 再导入")
    return Fragment(tuple(line.strip() for line in tree.decode(data).splitlines() if line.strip()))


def _marked(line: str) -> Line:
    """Return a line of Markdown-marked text as a line with a level."""
    text = line.lstrip("#")
    level = len(line) - len(text)
    return Line(text.strip(), level) if 0 < level <= 6 and text.startswith(" ") else Line(line)
