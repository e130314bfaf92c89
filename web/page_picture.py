"""A child process that draws one page: `python -m web.page_picture N < file.pdf > page.png`.

It puts itself under the limits of the readers' children before it looks at the file.
"""

import io
import sys
from typing import Final

from ingest.sandbox.limits import confine

_WIDTH: Final = 1_240  # pixels: A4 at 150 dots to the inch
_MOST_PIXELS: Final = 6_000_000


def draw(data: bytes, number: int) -> bytes:
    """Return page `number` (counted from 1) of a PDF as a PNG.

    Raises:
        pypdfium2.PdfiumError: if PDFium cannot read it.
        IndexError: if there is no such page.
    """
    import pypdfium2  # type: ignore[import-untyped]

    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= number <= len(document):
            raise IndexError(number)
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_WIDTH / width, (_MOST_PIXELS / (width * height)) ** 0.5)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("L")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Draw the page named on the command line; return the exit code."""
    import PIL.Image
    import PIL.PngImagePlugin  # noqa: F401 - before the limits, which let no library be loaded
    import pypdfium2  # noqa: F401

    number, data = int(sys.argv[1]), sys.stdin.buffer.read()
    confine()
    sys.stdout.buffer.write(draw(data, number))
    return 0


if __name__ == "__main__":
    sys.exit(main())
