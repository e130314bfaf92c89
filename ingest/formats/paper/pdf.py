"""PDFs become text: PDFium's text layer, then pypdf's, then character recognition, page by page."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from ingest.formats.paper import layout, mend, ocr, ruled, sheet
from ingest.formats.paper.radicals import as_hanzi
from ingest.formats.quality import Verdict, judge
from ingest.formats.reading import Reading
from kb.errors import IngestError

MAX_PAGES = 3_000
MAX_CHARACTERS = 20_000_000
MAX_OCR_PAGES = 200
MAX_SECOND_LOOKS = 50  # pages that pypdf is asked about as well: it is slow on hostile ones
_DPI = 200
_MAX_PIXELS = 12_000_000  # of one rendered page
_STAMP = 15  # signs; a scan's page may carry that many, a number or a stamp, as text
_SCANNED = 0.5  # share of the page under images that makes it a scan
_OUTLINED = 150  # shapes on a page without text: letters drawn as outlines
_MOST = 0.5  # share of the pages with something on them that may fail
_HUGE = "PDF 的内容异常庞大，为安全起见已停止读取。请拆分后再导入"
_DAMAGED = "PDF 已损坏或没有下载完整。请重新下载，或用阅读器另存一份再导入"
_LOCKED = "PDF 有密码，打不开。请先去掉密码再导入"


@dataclass(slots=True)
class _Noted:
    """What is found out about the pages, by number from 1, for the remarks."""

    failed: dict[int, str] = field(default_factory=dict)
    recognised: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    annotated: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    second_looks: int = 0
    crowded: bool = False  # more scanned pages than are recognised in one file


def read(data: bytes, name: str) -> Reading:
    """Return the text of a PDF.

    Args:
        data: the file.
        name: its name, for messages.

    Raises:
        IngestError: if it is damaged, locked, too large, or most of its pages cannot be read.
    """
    document = _open(data)
    try:
        if len(document) > MAX_PAGES:
            raise IngestError(f"PDF 有 {len(document)} 页，超过上限 {MAX_PAGES} 页。请拆分后再导入")
        noted = _Noted()
        pages: list[list[str]] = []
        size = 0
        for lines in _Pages(document, data, noted):
            size += sum(map(len, lines))
            if size > MAX_CHARACTERS:
                raise IngestError(f"{name} 的文字超过 {MAX_CHARACTERS} 字，请拆分后再导入")
            pages.append(lines)
        attached = raw.FPDFDoc_GetAttachmentCount(document)
    finally:
        document.close()
    _check(noted, len(pages))
    text, starts = mend.mend(pages)
    return Reading("\n".join(text) + "\n", pages=starts, notes=_notes(noted, attached))


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        if len(document) == 0:
            raise IngestError("PDF 里一页也没有。请检查文件是否完整")
    except pdfium.PdfiumError as error:
        if "assword" in str(error) or "ecurity" in str(error):
            raise IngestError(_LOCKED) from error
        raise IngestError(_DAMAGED) from error
    return document


class _Pages:
    """The lines of each page, read one page at a time."""

    def __init__(self, document: pdfium.PdfDocument, data: bytes, noted: _Noted) -> None:
        self._document, self._data, self._noted = document, data, noted
        self._second: Callable[[int], str] | None = None
        self._table: ruled.Table | None = None  # the last one on the page before

    def __iter__(self) -> Iterator[list[str]]:
        for index in range(len(self._document)):
            yield self._page(index)

    def _page(self, index: int) -> list[str]:
        try:
            page = self._document[index]
        except pdfium.PdfiumError:
            self._noted.failed[index + 1] = "页面已损坏"
            return []
        try:
            textpage = page.get_textpage()
            try:
                return self._read(index, page, textpage)
            finally:
                textpage.close()
        except pdfium.PdfiumError:
            self._noted.failed[index + 1] = "页面已损坏"
            return []
        except OverflowError as error:
            raise IngestError(_HUGE) from error
        finally:
            page.close()

    def _read(self, index: int, page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> list[str]:
        found = sheet.look(page, textpage)
        before, self._table = self._table, None
        if _has_remarks(page):
            self._noted.annotated.append(index + 1)
        quality = judge(found.text)
        scan = found.covered >= _SCANNED
        if quality.verdict is Verdict.GOOD and not (scan and quality.signs < _STAMP):
            if found.hidden and not scan:
                self._noted.hidden.append(index + 1)
            return self._lines(found, page, textpage, before)
        if quality.verdict is Verdict.POOR and (other := self._by_pypdf(index)):
            return other
        if quality.verdict is Verdict.EMPTY and found.covered < 0.05 and found.shapes < _OUTLINED:
            self._noted.blank.append(index + 1)
            return []
        if found.crowded:
            self._noted.failed[index + 1] = "图形太多，没有读"
            return []
        empty = quality.verdict is Verdict.EMPTY
        return self._by_ocr(index, page, "没有文字层，像是扫描件" if empty else quality.reason)

    def _lines(
        self,
        found: sheet.Sheet,
        page: pdfium.PdfPage,
        textpage: pdfium.PdfTextPage,
        before: ruled.Table | None,
    ) -> list[str]:
        if not found.boxes:
            return found.text.split("\n")
        if not ruled.may_hold(found.rulings):
            return layout.lines(found.boxes, ordered=True)
        tables = ruled.tables(found.rulings, lambda area: sheet.cell(textpage, page, area))
        if not tables:
            return layout.lines(found.boxes, ordered=True)
        tables[0] = ruled.named(tables[0], before)
        self._table = tables[-1]
        return layout.lines(ruled.replaced(found.boxes, tables), ordered=True)

    def _by_pypdf(self, index: int) -> list[str]:
        """Return the page as pypdf reads it, if that reads better; [] if not."""
        self._noted.second_looks += 1
        if self._noted.second_looks > MAX_SECOND_LOOKS:
            return []
        if self._second is None:
            self._second = _second_reader(self._data)
        text = self._second(index)
        return text.split("\n") if judge(text).verdict is Verdict.GOOD else []

    def _by_ocr(self, index: int, page: pdfium.PdfPage, reason: str) -> list[str]:
        number = index + 1
        self._noted.crowded |= len(self._noted.recognised) >= MAX_OCR_PAGES
        if not ocr.available() or self._noted.crowded:
            self._noted.failed[number] = reason
            return []
        width, height = page.get_size()
        scale = min(_DPI / 72, (_MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=False, may_draw_forms=False)
        try:
            result = ocr.recognise(bitmap.to_pil().convert("RGB"))
        finally:
            bitmap.close()
        if not result.lines and reason.startswith("没有文字层"):
            self._noted.blank.append(number)  # a photograph, a drawing
            return []
        if judge("\n".join(result.lines)).verdict is not Verdict.GOOD:
            self._noted.failed[number] = f"{reason}，文字识别也没有读出"
            return []
        self._noted.recognised.append(number)
        if result.doubtful:
            self._noted.doubtful.append(number)
        return list(result.lines)


def _second_reader(data: bytes) -> Callable[[int], str]:
    """Return pypdf's reading of a page by its index; "" where it cannot."""
    from pypdf import PdfReader  # 0.5 s to import, and seldom asked
    from pypdf.errors import PyPdfError

    broken = (
        PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError,
        NotImplementedError, AssertionError,
    )  # fmt: skip

    opened: list[PdfReader] = []

    def second(index: int) -> str:
        try:
            if not opened:
                opened.append(PdfReader(io.BytesIO(data)))
            return as_hanzi(opened[0].pages[index].extract_text())
        except broken:
            return ""

    return second


def _has_remarks(page: pdfium.PdfPage) -> bool:
    """Whether a page carries comments or filled-in fields, which are not read."""
    kinds = (raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_WIDGET)
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in kinds:
            return True
    return False


def _check(noted: _Noted, count: int) -> None:
    """Refuse a file most of whose pages could not be read.

    Raises:
        IngestError: naming what is wrong and the remedy.
    """
    written = count - len(noted.blank)
    if written == 0:
        raise IngestError("PDF 里没有文字，各页都是空白或图片。请检查文件是否完整")
    if len(noted.failed) <= _MOST * written:
        return
    reasons = sorted(set(noted.failed.values()))
    if ocr.available():
        remedy = "请换用有文字层的版本，或拆分后再导入" if noted.crowded else "请换用有文字层或更清晰的版本"
    else:
        remedy = "请先安装文字识别：pip install -r requirements-ocr.txt，或换用有文字层的版本"
    raise IngestError(
        f"PDF 共 {count} 页，{len(noted.failed)} 页读不出（{'；'.join(reasons[:3])}）。{remedy}"
    )


def _notes(noted: _Noted, attached: int) -> tuple[str, ...]:
    remarks = [
        (noted.recognised, "经文字识别，请对照原件核对"),
        (noted.doubtful, "文字识别把握不大，请重点核对"),
        (sorted(noted.failed), "读不出，没有收入：" + "；".join(sorted(set(noted.failed.values())))[:80]),
        (noted.hidden, "有看不见的文字（白色、透明或在页面之外），已照录，请核对"),
        (noted.annotated, "有批注或表单，其中的内容没有收入"),
    ]
    notes = [f"第{spans(pages)}页{remark}" for pages, remark in remarks if pages]
    if noted.crowded:
        notes.append(f"扫描页超过 {MAX_OCR_PAGES} 页，其余没有识别。请拆分后再导入")
    return (*notes, f"PDF 里附有 {attached} 个文件，没有读取") if attached else tuple(notes)


def spans(numbers: list[int]) -> str:
    """Return page numbers as text, runs drawn together.

    >>> spans([1, 2, 3, 7, 9, 10])
    '1—3、7、9—10'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return re.sub(r"[、—]$", "", "、".join(f"{r[0]}—{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs))
