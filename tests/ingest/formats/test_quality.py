import random
from pathlib import Path

import pytest

from ingest.formats import quality
from ingest.formats.quality import Verdict, judge
from tests.ingest.formats.papers import SCAN_TEXT

PAGE = "\n".join(SCAN_TEXT)


def glyph_numbers(text: str) -> str:
    seen: dict[str, int] = {}
    return "".join(
        chr(600 + seen.setdefault(char, len(seen))) if not char.isspace() else char for char in text
    )


GARBLED = {
    "shifted by a byte": lambda text: (b"\x00" + text.encode("utf-16-be"))[:-1].decode(
        "utf-16-be", "replace"
    ),
    "bytes swapped": lambda text: text.encode("utf-16-be").decode("utf-16-le", "replace"),
    "glyph numbers": glyph_numbers,
    "GBK as Latin-1": lambda text: text.encode("gbk", "ignore").decode("latin-1"),
    "GBK as Big5": lambda text: text.encode("gbk", "ignore").decode("big5", "replace"),
    "UTF-8 as Latin-1": lambda text: text.encode().decode("latin-1"),
    "one further": lambda text: "".join(chr(ord(c) + 1) if "\u4e00" <= c <= "\u9fff" else c for c in text),
    "CID remnants": lambda text: "".join(f"(cid:{ord(c)})" if ord(c) > 127 else c for c in text),
    "private use": lambda text: "".join(chr(0xE000 + ord(c) % 6000) if ord(c) > 127 else c for c in text),
}


@pytest.mark.parametrize("how", GARBLED)
def test_garbled_text_is_poor_and_says_why(how: str) -> None:
    found = judge(GARBLED[how](PAGE))
    assert found.verdict is Verdict.POOR
    assert found.reason


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        "The night watch tests every alarm, writes the time in the log and hands over the keys at six.",
        "\n".join(f"{n} {n * 37 % 101}.{n % 10} {n * n} 12:{n:02d}" for n in range(10, 40)),
        "庫房的門要朝外開，夜班的人每隔十分鐘問一次話並記在本子上，離開時數一數人頭，拉下電閘，鎖好外門。",
        "氨气 NH3 25ppm；苯 6mg/m³；温度≥35℃",
        "第5页",
    ],
)
def test_what_people_wrote_is_good(text: str) -> None:
    assert judge(text).verdict is Verdict.GOOD


@pytest.mark.parametrize("text", ["", " \n　\t"])
def test_blank(text: str) -> None:
    assert judge(text).verdict is Verdict.EMPTY


@pytest.mark.data
def test_every_statute_is_good_and_letters_exchanged_are_not(shared_data: Path) -> None:
    pages = [
        text[i : i + 700]
        for path in sorted((shared_data / "statutes").glob("*.md"))
        for text in [path.read_text(encoding="utf-8")]
        for i in range(0, len(text), 700)
    ]
    assert [page for page in pages if judge(page).verdict is not Verdict.GOOD] == []
    letters = (Path(quality.__file__).parent / "common_hanzi.txt").read_text(encoding="utf-8").strip()
    other = str.maketrans(dict(zip(letters, random.Random(1).sample(letters, len(letters)), strict=True)))
    full = [page for page in pages[::20] if sum("\u4e00" <= char <= "\u9fff" for char in page) > 300]
    missed = sum(judge(page.translate(other)).verdict is Verdict.GOOD for page in full)
    assert missed <= 0.02 * len(full), (missed, len(full))
