"""Small whole PDFs and pictures."""

import struct
import zlib


def pdf_objects(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
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


def pdf_stream(content: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), extra, packed)


LATIN = b"BT /F1 12 Tf 60 760 Td 14 TL " + b"".join(
    b"(%s) Tj T* " % line
    for line in (
        b"Cold store duty rules of Yunling",
        b"Two people keep watch at night and write down every round.",
        b"Whoever smells ammonia leaves against the wind and calls for help.",
    )
) + b"ET"  # fmt: skip


def pdf(
    content: bytes = LATIN, extra: bytes = b"", catalogue: bytes = b"", more: list[bytes] | None = None
) -> bytes:
    """Return a PDF of one page with Helvetica as F1; `more` objects are numbered from 6."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> %s >>"
    return pdf_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page % extra,
            pdf_stream(content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *(more or []),
        ]
    )


def png(width: int = 8, height: int = 8, pixels: bytes | None = None) -> bytes:
    """Return a grey PNG; its header may promise more pixels than it holds."""

    def block(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = pixels if pixels is not None else (b"\0" + b"\xff" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", head)
        + block(b"IDAT", zlib.compress(raw, 9))
        + block(b"IEND", b"")
    )
