"""Word files through python-docx: a font for Hanzi, a few styles, tables with a repeated header."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.export.safe import LONGEST, line, plain

if TYPE_CHECKING:  # the library costs 0.2 s to import
    from docx.document import Document as Word

_FONT = "Microsoft YaHei"  # Word on Windows; other programs substitute their own Hanzi font
_SIZES = {"title": 18, "heading": 13, "text": 11, "item": 11, "quote": 10, "small": 9, "alarm": 12}
_RED = 0xB0, 0x10, 0x10
_LABEL = 100  # characters a maker may put before a text already cut to LONGEST
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # the same content gives the same file


def document_bytes(blocks: Iterable[tuple[str, str]], title: str) -> bytes:
    """Return a Word file of (style, text) paragraphs; styles are the keys of `_SIZES`."""
    document = new_document(title)
    for style, text in blocks:
        add(document, style, text)
    return saved(document)


def new_document(title: str) -> "Word":
    """Return an empty document on A4 with Hanzi fonts set."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(_SIZES["text"])
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    core = document.core_properties
    core.title, core.author, core.comments = line(title, 200), "安问", ""
    core.created = core.modified = _EPOCH
    return document


def add(document: "Word", style: str, text: str) -> None:
    """Add one paragraph."""
    from docx.shared import Mm, Pt, RGBColor

    paragraph = document.add_paragraph()
    run = paragraph.add_run(plain(text, LONGEST + _LABEL))
    run.font.size = Pt(_SIZES[style])
    run.bold = style in ("title", "heading", "alarm")
    if style == "alarm":
        run.font.color.rgb = RGBColor(*_RED)
    if style in ("item", "quote"):
        paragraph.paragraph_format.left_indent = Mm(6 if style == "item" else 12)
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.keep_with_next = style in ("title", "heading")


def add_table(
    document: "Word", header: Sequence[str], rows: Iterable[Sequence[str]], widths_mm: Sequence[int]
) -> None:
    """Add a table whose first row is repeated on every page; rows do not break across pages."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = document.add_table(rows=0, cols=len(header))
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for place, values in enumerate([header, *rows]):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, value, width in zip(row.cells, values, widths_mm, strict=True):
            cell.width = Mm(width)
            run = cell.paragraphs[0].add_run(plain(value))
            run.font.size, run.bold = Pt(9), place == 0


def add_picture(document: "Word", jpeg: bytes, width_mm: int = 120) -> None:
    """Add a picture that `web.export.photos` made."""
    from docx.shared import Mm

    document.add_picture(io.BytesIO(jpeg), width=Mm(width_mm))


def saved(document: "Word") -> bytes:
    """Return the file's bytes."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
