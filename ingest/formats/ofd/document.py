"""OFD files (GB/T 33190, 版式文件) become text: their pages in order, lines mended."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from ingest.about.dates import read as read_dates
from ingest.formats.ofd.page import read_page
from ingest.formats.package import Package
from ingest.formats.paper.mend import mend
from ingest.formats.reading import Reading
from kb.errors import IngestError
from kb.normalise import clean, visible

MAX_PAGES = 3_000
MAX_CHARACTERS = 20_000_000
_MAX_DOCUMENTS = 50
_ROOT = "OFD.xml"
_DAMAGED = "OFD 文件已损坏。请用 OFD 阅读器打开后另存一份，或导出为 PDF 再导入"
_SCAN = "只有图片，没有文字层，像是扫描件。请用 OFD 阅读器导出为 PDF 再导入（扫描的 PDF 可以识别文字），或找有文字的版本"
# What producers call these facts in CustomDatas.
_TITLE = frozenset({"标题", "文件标题", "公文标题", "title"})
_NUMBER = frozenset({"文号", "发文字号", "发文号", "documentnumber"})
_ISSUER = frozenset({"发文机关", "发文单位", "发文机关名称", "issuer"})
_PUBLISHED = frozenset({"成文日期", "发布日期", "公布日期", "印发日期"})


@dataclass(slots=True)
class _Book:
    """What has been read so far of all documents in the file."""

    pages: list[list[str]] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)  # 1-based pages that hold nothing but pictures
    tilted: int = 0
    characters: int = 0
    seen: set[str] = field(default_factory=set)  # parts read as documents or pages
    notes: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> Reading:
    """Return the text of all documents of an OFD file, page after page.

    Page templates (letterheads, running titles), annotations, seals and signatures are left out.

    Raises:
        IngestError: if it is encrypted, damaged, a scan without text, or exceeds the limits.
    """
    package = Package(data)
    if _ROOT not in package:
        raise IngestError(f"{name} 里没有 {_ROOT}，不是 OFD 文件。请检查文件是否选对")
    if any(part.lower().endswith(("encryptions.xml", "encryption.xml")) for part in package.names()):
        raise IngestError(f"{name} 是加密的 OFD，打不开。请在 OFD 阅读器里去掉加密、另存后再导入")
    bodies = list(package.xml(_ROOT).iterchildren("{*}DocBody"))
    if not 1 <= len(bodies) <= _MAX_DOCUMENTS:
        raise IngestError(f"{name} 里有 {len(bodies)} 篇文档（应为 1 至 {_MAX_DOCUMENTS} 篇）。{_DAMAGED}")
    book = _Book()
    for body in bodies:
        _take_document(package, body, book, name)
    lines, starts = mend(book.pages)
    if not any(lines):
        raise IngestError(f"{name} {_SCAN if book.pictures else '里没有文字。请检查文件是否选对'}")
    facts = _facts(bodies[0])
    return Reading(
        text="\n".join(lines) + "\n", pages=starts, title=_named(facts, _TITLE) or _title(bodies[0]),
        published=_day(_named(facts, _PUBLISHED)), document_number=_named(facts, _NUMBER),
        issuer=_named(facts, _ISSUER), notes=tuple(_notes(book, len(bodies))),
    )  # fmt: skip


def _take_document(package: Package, body: etree._Element, book: _Book, name: str) -> None:
    """Add the pages of one document of the package."""
    part = _part(package, "", _child_text(body, "DocRoot"))
    root = _once(package, part, "Document", book)
    templates = {item.get("ID"): item.get("BaseLoc") or "" for item in root.iter("{*}TemplatePage")}
    if next(root.iterchildren("{*}Attachments"), None) is not None:
        book.notes.append("OFD 里带有附件，附件没有收入。请从阅读器里另存出来单独导入")
    pages = root.find("{*}Pages")
    for entry in pages.iterchildren("{*}Page") if pages is not None else ():
        if len(book.pages) >= MAX_PAGES:
            raise IngestError(f"{name} 超过 {MAX_PAGES} 页。请拆分后再导入")
        content = _once(package, _part(package, part, entry.get("BaseLoc") or ""), "Page", book)
        overlays = _overlays(package, part, content, templates)
        _take_page([content, *overlays], book, name)


def _take_page(contents: list[etree._Element], book: _Book, name: str) -> None:
    page = read_page(contents)
    number = len(book.pages) + 1
    if page is None:
        raise IngestError(f"{name} 第 {number} 页的内容异常庞大，为安全起见已停止读取。请导出为 PDF 再导入")
    book.pages.append(list(page.lines))
    book.tilted += page.tilted
    book.characters += sum(map(len, page.lines))
    if book.characters > MAX_CHARACTERS:
        raise IngestError(f"{name} 的文字超过 {MAX_CHARACTERS} 字。请拆分后再导入")
    if page.images and not page.lines:
        book.pictures.append(number)


def _overlays(
    package: Package, part: str, content: etree._Element, templates: dict[str | None, str]
) -> Iterator[etree._Element]:
    """Yield the templates drawn over a page's text; those under it (Background) are furniture."""
    used: set[str] = set()
    for item in content.iterchildren("{*}Template"):
        place = templates.get(item.get("TemplateID"), "")
        if item.get("ZOrder") == "Foreground" and place and place not in used and len(used) < 5:
            used.add(place)
            yield package.xml(_part(package, part, place))


def _once(package: Package, part: str, kind: str, book: _Book) -> etree._Element:
    """Return the root of a part that must be of this kind and is named once only."""
    if part in book.seen:
        raise IngestError(f"OFD 里重复引用了 {part}（页面互相指向）。{_DAMAGED}")
    book.seen.add(part)
    root = package.xml(part)
    if str(root.tag).rpartition("}")[2] != kind:
        raise IngestError(f"OFD 里的 {part} 不是 {kind}。{_DAMAGED}")
    return root


def _part(package: Package, base: str, place: str) -> str:
    """Return the part that a location names, seen from the part `base`; "/" begins at the package's root.

    Raises:
        IngestError: if it is empty, leads out of the package, or is not there.
    """
    place = place.strip().replace("\\", "/")
    for folder in (posixpath.dirname(base), ""):  # some producers write every location from the root
        path = posixpath.normpath(posixpath.join("/", folder, place)).lstrip("/")
        if place and ".." not in posixpath.join(folder, place).lstrip("/").split("/")[:1] and path in package:
            return path
    raise IngestError(f"OFD 里缺少“{place[:80] or '（空）'}”。{_DAMAGED}")


def _child_text(body: etree._Element, kind: str) -> str:
    return next((child.text or "" for child in body.iterchildren(f"{{*}}{kind}")), "")


def _title(body: etree._Element) -> str:
    """Return the title of a document's DocInfo, "" where it is a file's name or a blank form's."""
    text = next((item.text or "" for item in body.iterfind("{*}DocInfo/{*}Title")), "")
    text = clean(text)[:200]
    suffix = posixpath.splitext(text)[1]
    is_file_name = len(suffix) > 1 and suffix.isascii() and suffix[1:].isalnum()
    return "" if is_file_name or text in ("无标题", "未命名") else text


def _facts(body: etree._Element) -> dict[str, str]:
    """Return what the producer wrote down about the document, by lower-case name."""
    items = body.iterfind("{*}DocInfo/{*}CustomDatas/{*}CustomData")
    return {(item.get("Name") or "").strip().lower(): clean(item.text or "")[:200] for item in items}


def _named(facts: dict[str, str], names: frozenset[str]) -> str:
    return next((visible(text) for name, text in facts.items() if name in names and text), "")


def _day(text: str) -> date | None:
    return read_dates("", [text], []).published


def _notes(book: _Book, documents: int) -> Iterator[str]:
    yield from dict.fromkeys(book.notes)
    if documents > 1:
        yield f"这个 OFD 里有 {documents} 篇文档，已连在一起收入"
    if book.pictures:
        shown = "、".join(str(number) for number in book.pictures[:10])
        more = "等" if len(book.pictures) > 10 else ""
        yield f"第 {shown} 页{more}只有图片，没有文字，没有收入"
    if book.tilted:
        yield f"有 {book.tilted} 处斜排文字（多为水印），没有收入"
