"""One module per format: bytes in, a `Reading` out. This file knows which bytes are which format.

What a file is called says little (a .doc may be a web page, a .txt a zip): the bytes decide, the suffix
only settles what bytes cannot.
"""

import importlib
import zipfile
from enum import Enum
from io import BytesIO
from pathlib import PurePath

from ingest.formats.pages import mht
from ingest.formats.reading import Member, Reading
from kb.errors import IngestError

__all__ = [
    "IMAGES",
    "SUFFIXES",
    "Format",
    "Member",
    "Reading",
    "likely",
    "needs_office",
    "preload",
    "read",
    "recognise",
]


class Format(Enum):
    """A format we can read; the value is the module that reads it."""

    TEXT = "plain"
    PDF = "paper.pdf"
    DOCX = "word.docx"
    OFFICE = "word.office"  # .doc, .wps, .rtf: turned into DOCX by LibreOffice before it is read
    SPREADSHEET = "tables.spreadsheet"
    CSV = "tables.csv"
    OFD = "ofd.document"
    WEB_PAGE = "pages.web_page"
    MHT = "pages.mht"
    MAIL = "containers.mail"
    ARCHIVE = "containers.archive"
    IMAGE = "paper.image"


IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})
_BY_SUFFIX = {
    ".md": Format.TEXT, ".markdown": Format.TEXT, ".txt": Format.TEXT, ".yaml": Format.TEXT, ".pdf": Format.PDF,
    ".docx": Format.DOCX, ".docm": Format.DOCX, ".dotx": Format.DOCX, ".dotm": Format.DOCX, ".doc": Format.OFFICE,
    ".wps": Format.OFFICE, ".rtf": Format.OFFICE, ".xlsx": Format.SPREADSHEET, ".xlsm": Format.SPREADSHEET,
    ".xls": Format.SPREADSHEET, ".et": Format.SPREADSHEET, ".csv": Format.CSV, ".tsv": Format.CSV, ".ofd": Format.OFD,
    ".html": Format.WEB_PAGE, ".htm": Format.WEB_PAGE, ".mht": Format.MHT, ".mhtml": Format.MHT,
    ".eml": Format.MAIL, ".zip": Format.ARCHIVE, **dict.fromkeys(IMAGES, Format.IMAGE),
}  # fmt: skip
SUFFIXES = frozenset(_BY_SUFFIX) - {".yaml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_IMAGE_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_HEAD = 1024  # bytes in which a PDF may begin
_TWO_FACED = "文件同时是两种格式（可能是伪装的攻击文件），为安全起见不予读取。请从可靠来源重新下载"
_PROGRAM = (b"\x7fELF", b"MZ")


def read(data: bytes, name: str) -> Reading:
    """Return what a file says.

    Raises:
        IngestError: if its format is none of ours, or it cannot be read; says why and what to do.
    """
    return _reader(recognise(data, name))(data, name)  # type: ignore[no-any-return]


def needs_office(data: bytes, name: str) -> bool:
    """Whether only LibreOffice can open these bytes. Looks at their first few, and opens nothing."""
    spreadsheet = PurePath(name).suffix.lower() in {".xls", ".et"}
    return data.startswith(b"{\\rtf") or (data.startswith(_OLE) and not spreadsheet)


def likely(data: bytes, name: str) -> Format | None:
    """Return the format a file seems to have, by its first bytes and its name; None if neither says."""
    if b"%PDF-" in data[:_HEAD]:
        return Format.PDF
    if data.startswith(_IMAGE_MAGIC):
        return Format.IMAGE
    return _BY_SUFFIX.get(PurePath(name).suffix.lower())


def preload(form: Format) -> None:
    """Load the reader of a format, so that the processes forked from this one need not."""
    _reader(form)


def _reader(form: Format):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module's function
    return importlib.import_module(f"ingest.formats.{form.value}").read


def recognise(data: bytes, name: str) -> Format:
    """Return the format of a file's bytes.

    Raises:
        IngestError: if they are no format of ours, or two at once.

    >>> recognise(b"<html><p>...</p></html>", "notice.doc"), recognise(b"%PDF-1.7", "a.txt")
    (<Format.WEB_PAGE: 'pages.web_page'>, <Format.PDF: 'paper.pdf'>)
    """
    suffix = PurePath(name).suffix.lower()
    if data.startswith(_PROGRAM) and suffix not in {".txt", ".md"}:
        raise IngestError("这是可执行程序，不是资料，不予读取")
    if b"%PDF-" in data[:_HEAD] and not data.startswith((_ZIP, _OLE)):
        return _single_faced(data, Format.PDF)
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _zipped(data)
    if data.startswith(_OLE):
        return _BY_SUFFIX[suffix] if suffix in {".xls", ".et"} else Format.OFFICE
    if data.startswith(b"{\\rtf"):
        return Format.OFFICE
    if data.startswith(_IMAGE_MAGIC) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return _single_faced(data, Format.IMAGE)
    return _text(data, suffix)


def _text(data: bytes, suffix: str) -> Format:
    """Return which kind of text it is: what it begins with decides before the suffix does."""
    start = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return Format.WEB_PAGE
    if suffix != ".eml" and mht.is_mht(data):
        return Format.MHT
    form = _BY_SUFFIX.get(suffix)
    if form in {Format.TEXT, Format.CSV, Format.WEB_PAGE, Format.MHT, Format.MAIL}:
        return form
    if form is None:
        raise IngestError(
            f"不支持的文件类型 {suffix or '（无后缀）'}。目前支持：{'、'.join(sorted(SUFFIXES))}"
        )
    raise IngestError(f"内容不是 {suffix} 文件（改了后缀，或没有下载完整）。请从来源重新下载后再导入")


def _zipped(data: bytes) -> Format:
    """Return what a zip package holds, by the parts that only that format has."""
    try:
        names = set(zipfile.ZipFile(BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise IngestError("压缩包已损坏或没有下载完整。请重新下载后再导入") from error
    if b"%PDF-" in data[:_HEAD] or b"%PDF-" in data[-_HEAD:]:
        raise IngestError(_TWO_FACED)
    if "OFD.xml" in names:
        return Format.OFD
    if "[Content_Types].xml" not in names:
        return Format.ARCHIVE
    folders = {name.partition("/")[0] for name in names}
    if "xl" in folders:
        return Format.SPREADSHEET
    if "ppt" in folders:
        raise IngestError("还不能读取演示文稿。请另存为 PDF 或 DOCX 后再导入")
    return Format.DOCX


def _single_faced(data: bytes, form: Format) -> Format:
    """Return `form`, unless the same bytes are a zip package too."""
    if zipfile.is_zipfile(BytesIO(data)):
        raise IngestError(_TWO_FACED)
    return form
