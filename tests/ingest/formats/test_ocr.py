import io
import re
import subprocess
import sys

import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from ingest.formats.paper import image, ocr, pdf
from kb.errors import IngestError
from tests.ingest.formats import papers

pytestmark = pytest.mark.skipif(not ocr.available(), reason="rapidocr is not installed")
TRUTH = "".join(papers.SCAN_TEXT)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def accuracy(text: str) -> float:
    return 1 - Levenshtein.distance(bare(text), bare(TRUTH)) / len(bare(TRUTH))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def test_a_scanned_pdf_is_read_to_the_letter() -> None:
    reading = pdf.read(papers.scanned([papers.page_image(slant=0.5, noise=12)]), "扫描.pdf")
    assert accuracy(reading.text) >= 0.97
    assert reading.notes == ("第1页经文字识别，请对照原件核对",)


def test_no_connection_is_opened() -> None:
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('network')\n"
        "socket.socket.connect = refuse\nsocket.getaddrinfo = refuse\n"
        "from PIL import Image\nfrom ingest.formats.paper import ocr\n"
        "print(ocr.recognise(Image.new('RGB', (400, 300), 'white')).lines)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "()", done.stderr


@pytest.mark.parametrize(
    "form", ["PNG", *(pytest.param(form, marks=pytest.mark.long) for form in ("JPEG", "BMP", "WEBP", "TIFF"))]
)
def test_pictures_of_every_kind(form: str) -> None:
    lines = papers.SCAN_TEXT[:2]
    reading = image.read(
        saved(papers.page_image(lines, slant=0, noise=0).crop((0, 0, 1654, 500)), form), "照片"
    )
    assert bare(lines[1])[:20] in bare(reading.text)


@pytest.mark.long
def test_a_photo_on_its_side_is_turned_by_what_the_camera_noted() -> None:
    side = (
        papers.page_image(papers.SCAN_TEXT[:3], slant=0, noise=0)
        .crop((0, 0, 1654, 700))
        .rotate(90, expand=True)
    )
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    assert "应急开关" in bare(image.read(saved(side, "JPEG", exif=exif), "a.jpg").text)


@pytest.mark.long
def test_the_pages_of_a_tiff_follow_each_other() -> None:
    first, second = (
        papers.page_image(papers.SCAN_TEXT[i : i + 1], noise=0).crop((0, 0, 1654, 600)) for i in (1, 2)
    )
    reading = image.read(saved(first, "TIFF", save_all=True, append_images=[second]), "a.tif")
    assert len(reading.pages) == 2
    assert reading.text.index("第一条") < reading.text.index("第二条")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "SVG"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a.png", "认不出|损坏"),
        (saved(Image.new("L", (9_000, 9_000), 255), "PNG"), "a.png", "像素"),
        (saved(Image.new("L", (300, 300), 255), "PNG"), "a.png", "没有认出"),
        (saved(Image.new("L", (900, 900), 128), "JPEG")[:700], "a.jpg", "损坏"),
        (b"GIF89a" + b"\x00" * 30, "a.gif", "认不出"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(IngestError, match=reason):
        image.read(data, name)


@pytest.mark.long
def test_two_columns_of_a_scan_are_read_one_after_the_other() -> None:
    page = Image.new("L", (1654, 1200), 255)
    for x, line in ((0, papers.SCAN_TEXT[1]), (800, papers.SCAN_TEXT[2])):
        strip = papers.page_image(papers.wrapped(line, 8), slant=0, noise=0).crop((100, 150, 500, 900))
        page.paste(strip, (x + 60, 100))
    text = bare("".join(ocr.recognise(page.convert("RGB")).lines))
    assert text.index("写在门边") < text.index("第二条")
