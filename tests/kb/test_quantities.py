"""Numbers and units in one spelling, whatever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.numerals import to_chinese
from kb.quantities import Quantity, quantities


def read(text: str) -> list[tuple[float, str]]:
    return [(quantity.value, quantity.unit) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二万元以上五万元以下", [(20_000, "元"), (50_000, "元")]),
        ("2万至5万元", [(20_000, "元"), (50_000, "元")]),
        ("1,000万元", [(10_000_000, "元")]),
        ("１２％", [(12, "%")]),
        ("百分之三点五", [(3.5, "%")]),
        ("二倍以上五倍以下", [(2, "倍"), (5, "倍")]),
        ("三个月、3天、三日", [(3, "月"), (3, "日"), (3, "日")]),
        ("十五个工作日", [(15, "工作日")]),
        ("半小时", [(30, "分钟")]),
        ("0.5米", [(0.5, "米")]),
        ("一般一定一律第三条第二款", []),
        ("第134条之一", []),
        ("超过一百人", [(100, "人")]),
        ("罚2000", [(2000, "")]),
        ("", []),
    ],
)
def test_quantities(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


@given(st.integers(1, 9_999), st.sampled_from(["元", "人", "日", "米"]))
def test_chinese_and_arabic_numerals_are_the_same(number: int, unit: str) -> None:
    assert (
        quantities(f"{to_chinese(number)}{unit}") == quantities(f"{number}{unit}") == [Quantity(number, unit)]
    )


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert all(isinstance(quantity.value, int | float) for quantity in quantities(text))
