"""Photographs and scans (PNG, JPEG, TIFF, BMP, WebP) become text by character recognition."""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError

from ingest.formats.paper import mend, ocr
from ingest.formats.paper.pdf import spans
from ingest.formats.quality import Verdict, judge
from ingest.formats.reading import Reading
from kb.errors import IngestError

MAX_PIXELS = 60_000_000  # of one picture; a phone takes 12 to 50 million
MAX_FRAMES = 200  # pages of one TIFF
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_DAMAGED = "图片已损坏或没有下载完整。请重新下载，或用看图软件另存为 PNG 再导入"


def read(data: bytes, name: str) -> Reading:
    """Return the text on a picture; a TIFF's pages one after the other.

    Raises:
        IngestError: if recognition is not installed, the picture is damaged, too large, or shows no text.
    """
    head = data[:1_000].lstrip().lower()
    if name.lower().endswith((".svg", ".svgz")) or b"<svg" in head:
        raise IngestError("不支持 SVG 矢量图（里面可以藏脚本）。请另存为 PNG 或 PDF 再导入")
    if not ocr.available():
        raise IngestError("识别图片里的文字需要先安装：pip install -r requirements-ocr.txt")
    pages: list[list[str]] = []
    poor: list[int] = []
    doubtful: list[int] = []
    for number, frame in enumerate(_frames(data), start=1):
        result = ocr.recognise(frame)
        if judge("\n".join(result.lines)).verdict is Verdict.GOOD:
            pages.append(list(result.lines))
            doubtful += [number] if result.doubtful else []
        else:
            pages.append([])
            poor.append(number)
    if len(poor) == len(pages):
        raise IngestError("图片里没有认出文字。请拍得更正、更清楚，或换用有文字的文件")
    lines, starts = mend.mend(pages)
    notes = [f"第{spans([n for n in range(1, len(pages) + 1) if n not in poor])}页经文字识别，请对照原件核对"]
    notes += [f"第{spans(doubtful)}页文字识别把握不大，请重点核对"] if doubtful else []
    notes += [f"第{spans(poor)}页没有认出文字"] if poor else []
    return Reading("\n".join(lines) + "\n", pages=starts, notes=tuple(notes))


def _frames(data: bytes) -> Iterator[Image.Image]:
    """Yield the pictures in a file, upright, in RGB.

    Raises:
        IngestError: if they are damaged, too large or too many.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at below
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            frames = getattr(picture, "n_frames", 1)
            if frames > MAX_FRAMES:
                raise IngestError(f"图片有 {frames} 页，超过上限 {MAX_FRAMES} 页。请拆分后再导入")
            for number in range(1 if picture.format == "MPO" else frames):  # MPO: a JPEG of some phones
                picture.seek(number)
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise IngestError(
                        f"图片有 {width}×{height} 像素，超过上限 {MAX_PIXELS // 1_000_000} 百万。请缩小后再导入"
                    )
                yield _flat(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        raise IngestError("认不出这种图片。支持 PNG、JPEG、TIFF、BMP、WebP，请另存后再导入") from error
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise IngestError(_DAMAGED) from error


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture on white, in RGB."""
    if picture.mode.startswith("I;16"):  # 16-bit grey, which convert would cut off at 255
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    paper_white = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(paper_white, layers).convert("RGB")
