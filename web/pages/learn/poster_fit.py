"""How large the type of a poster may be so that one guide fills one sheet of A4 and no more.

Chinese characters are as wide as the type is high, so lines can be counted before any browser draws them.
Lengths are in points (1/72 inch).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

_SHEET: Final = 764.0  # height inside the margins
_STEP_WIDTH, _DONT_WIDTH, _TITLE_WIDTH = 466.0, 454.0, 318.0
_STEP_LEAST: Final = 40.0  # height of a step's number
_HEAD_LEAST: Final = 83.0  # height of the pictogram
_FIXED: Final = 260.0  # rules, headings, paddings, numbers, address


@dataclass(frozen=True, slots=True)
class Size:
    """One of the sizes poster.css knows by name: of steps, of don'ts, between steps, of the title."""

    name: str
    step: float
    dont: float
    gap: float
    title: float


SIZES: Final = (
    Size("s1", 27, 18, 14, 38),
    Size("s2", 25, 17, 11, 36),
    Size("s3", 23, 16, 9, 34),
    Size("s4", 21, 14.5, 7, 31),
    Size("s5", 19, 13.5, 5, 28),
    Size("s6", 17, 12, 4, 25),
)  # the largest first


def fitting(title: str, steps: Sequence[str], donts: Sequence[str]) -> Size:
    """Return the largest size in which it all stands on one sheet; the smallest if none is small enough.

    >>> fitting("漏气", ["出去"] * 5, ["不点火"] * 3).name, fitting("漏气", ["出去" * 20] * 6, ["火" * 40] * 5).name
    ('s1', 's6')
    """
    return next((size for size in SIZES if _height(size, title, steps, donts) <= _SHEET), SIZES[-1])


def _height(size: Size, title: str, steps: Sequence[str], donts: Sequence[str]) -> float:
    head = max(_HEAD_LEAST, 21 + _lines(title, size.title, _TITLE_WIDTH) * size.title * 1.15)
    done = sum(
        max(_STEP_LEAST, _lines(text, size.step, _STEP_WIDTH) * size.step * 1.3) + size.gap for text in steps
    )
    left = sum(_lines(text, size.dont, _DONT_WIDTH) * size.dont * 1.35 + 4.6 for text in donts)
    return _FIXED + head + done + left


def _lines(text: str, size: float, width: float) -> int:
    return ceil(len(text) / (width // size))
