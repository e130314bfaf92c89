"""PDFs and page images made for tests; every sentence in them is ours."""

import io
import random
import zlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle

SONG = "STSong-Light"
NOTO = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
pdfmetrics.registerFont(UnicodeCIDFont(SONG))

SCAN_TEXT = (
    "云岭市冷库值班管理办法",
    "第一条 为了让冷库的夜班人员遇事不慌，本市各冷库都要照这份办法排班，把电话写在门边。",
    "第二条 库房的门内侧装有应急开关，被困的人按下以后，外面的警铃要在三秒内响起来。",
    "第三条 夜班至少两人，一人进库取货时，另一人守在门外，每隔十分钟问一次话并记在本子上。",
    "（一）进库前看一看温度计和氨气报警器的读数；",
    "（二）离开时数一数人头，拉下电闸，锁好外门。",
    "第四条 发现漏氨，先撤到上风处，再拨打119，不得一个人回头去拿东西。",
    "第五条 办法自2025年3月1日起施行，联系电话12350。",
)


def wrapped(text: str, width: int) -> list[str]:
    """Return text cut every `width` characters."""
    return [text[i : i + width] for i in range(0, len(text), width)]


def drawn(pages: Sequence[Sequence[tuple[float, float, str]]], size: float = 12) -> bytes:
    """Return a PDF whose pages hold texts at (x, y from the top), in points."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        canvas.setFont(SONG, size)
        for x, y, text in page:
            canvas.drawString(x, A4[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def column(
    lines: Sequence[str], x: float = 72, top: float = 80, step: float = 18
) -> list[tuple[float, float, str]]:
    """Return lines one below the other."""
    return [(x, top + i * step, line) for i, line in enumerate(lines)]


def table(
    rows: Sequence[Sequence[str]], spans: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
) -> bytes:
    """Return a PDF with a ruled table."""
    out = io.BytesIO()
    style = [("GRID", (0, 0), (-1, -1), 0.7, colors.black), ("FONT", (0, 0), (-1, -1), SONG, 11)]
    style += [("SPAN", start, end) for start, end in spans]
    grid = LongTable([list(row) for row in rows], repeatRows=0, style=TableStyle(style))
    SimpleDocTemplate(out, pagesize=A4).build([grid])
    return out.getvalue()


def raw(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """Return a packed stream object."""
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), extra, packed)


def single(content: bytes, font: Sequence[bytes] = (), extra: bytes = b"", catalogue: bytes = b"") -> bytes:
    """Return a PDF of one page with this content; `font` are its font's objects, from number 5 on."""
    resources = b"/Font << /F1 5 0 R >>" if font else b""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> %s >>"
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page % (resources, extra),
            stream(content),
            *(font or [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]),
        ]
    )


def without_letters(text: str) -> bytes:
    """Return a PDF whose font gives glyph numbers and no way back to letters (Identity-H, no ToUnicode)."""
    font = [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Song /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Song /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /ABCDEF+Song /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
        b"/Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>",
    ]
    glyphs = {char: 600 + number for number, char in enumerate(dict.fromkeys(text))}
    rows = ["".join(f"{glyphs[char]:04X}" for char in line) for line in wrapped(text, 30)]
    shown = " ".join(f"<{row}> Tj 0 -18 Td" for row in rows)
    return single(f"BT /F1 12 Tf 60 760 Td {shown} ET".encode(), font)


def page_image(
    lines: Sequence[str] = SCAN_TEXT, dpi: int = 200, slant: float = 0.5, noise: int = 10
) -> Image.Image:
    """Return an A4 page as a scanner gives it: grey, a little turned, with noise; lines wrapped at 34."""
    width, height = int(8.27 * dpi), int(11.69 * dpi)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(NOTO), int(dpi * 14 / 72), index=2)
    y = int(dpi * 0.9)
    for line in lines:
        for piece in wrapped(line, 34):
            draw.text((dpi * 0.8, y), piece, font=font, fill=20)
            y += int(dpi * 0.36)
    image = image.rotate(slant, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grain = Image.frombytes("L", image.size, random.Random(7).randbytes(width * height))
    return Image.blend(image, grain, noise / 255)


def scanned(images: Sequence[Image.Image]) -> bytes:
    """Return a PDF of images alone."""
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=200, save_all=True, append_images=list(images[1:]))
    return out.getvalue()
