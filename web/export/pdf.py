"""PDF through reportlab, with a Chinese font of the system embedded where there is one that can be.

reportlab embeds TrueType outlines only (微软雅黑, 宋体, 文泉驿, Droid Sans Fallback); Noto CJK has PostScript outlines and
cannot be. Without one the file names the standard font STSong-Light and holds no glyphs: Adobe Reader shows it
with its Asian font pack, browsers and other viewers with a Hanzi font of their own system.
"""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from web.export.safe import line, pieces

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import SimpleDocTemplate

_FONTS = (  # (path, face within a collection)
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
    ("C:/Windows/Fonts/simsun.ttc", 0),
    ("C:/Windows/Fonts/simhei.ttf", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 0),
    ("/Library/Fonts/Arial Unicode.ttf", 0),
)
STANDARD = "STSong-Light"  # named, never embedded
_EMBEDDED = "anwen-han"
_SIZES = {"title": 17, "heading": 13, "text": 11, "item": 11, "quote": 10, "small": 9, "alarm": 12}
_INDENTS = {"item": 12, "quote": 26}  # points
_BEYOND = 0xFFFF  # characters past it are not in the standard font's encoding


def pdf_bytes(blocks: Iterable[tuple[str, str]], title: str) -> bytes:
    """Return an A4 PDF of (style, text) paragraphs with page numbers; styles are the keys of `_SIZES`."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    font = font_name()
    styles = {name: _style(name, font) for name in _SIZES}
    flow = [Paragraph(_markup(part), styles[style]) for style, text in blocks for part in pieces(text)]
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=line(title, 200), author="安问", invariant=1,
    )  # fmt: skip

    def numbered(canvas: "Canvas", document: "SimpleDocTemplate") -> None:
        canvas.setFont(font, 8)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, f"第{document.page}页")

    template.build(flow, onFirstPage=numbered, onLaterPages=numbered)
    return out.getvalue()


@cache
def font_name() -> str:
    """Return the name of the registered font: an embedded one, or `STANDARD`."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    for path, face in _FONTS:
        if not Path(path).is_file():
            continue
        try:
            pdfmetrics.registerFont(TTFont(_EMBEDDED, path, subfontIndex=face))
        except (TTFError, OSError):
            continue
        return _EMBEDDED
    pdfmetrics.registerFont(UnicodeCIDFont(STANDARD))
    return STANDARD


def _style(name: str, font: str) -> "ParagraphStyle":
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    size = _SIZES[name]
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.5, spaceAfter=4, wordWrap="CJK",
        leftIndent=_INDENTS.get(name, 0), keepWithNext=name in ("title", "heading"),
        textColor=HexColor("#b01010" if name == "alarm" else "#202020"),
    )  # fmt: skip


def _markup(text: str) -> str:
    return escape("".join(char if ord(char) <= _BEYOND else "□" for char in text))
