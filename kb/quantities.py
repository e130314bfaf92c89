"""Numbers with their units (数量) in Chinese text, in one spelling: 二万元, 2万元 and 20,000元 are the same."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kb.numerals import to_int

_UNITS = {  # as written -> as compared; longest first in the pattern
    "万元": "元", "亿元": "元", "块钱": "元", "美元": "美元", "万美元": "美元", "欧元": "欧元", "港元": "港元", "元": "元", "块": "元",
    "平方米": "平方米", "平方公里": "平方公里", "平方千米": "平方公里", "立方米": "立方米", "平米": "平方米",
    "公里": "公里", "千米": "公里", "海里": "海里", "厘米": "厘米", "毫米": "毫米", "公分": "厘米", "米": "米",
    "小时": "小时", "个小时": "小时", "分钟": "分钟", "秒": "秒", "学时": "学时", "个学时": "学时", "课时": "学时",
    "工作日": "工作日", "个工作日": "工作日", "日": "日", "天": "日", "个月": "月", "月": "月", "年": "年",
    "周岁": "岁", "岁": "岁", "周": "周", "个星期": "周", "星期": "周", "季度": "季度",
    "倍": "倍", "人次": "人次", "个人": "人", "口人": "人", "号人": "人", "人": "人", "名": "人", "户": "户", "次": "次", "层": "层", "级": "级",
    "吨": "吨", "千克": "公斤", "公斤": "公斤", "克": "克", "升": "升", "毫升": "毫升",
    "千伏": "千伏", "伏": "伏", "度": "度", "℃": "度", "摄氏度": "度", "分": "分", "份": "份", "页": "页",
    "辆": "辆", "台": "台", "件": "件", "处": "处", "家": "家", "个": "个", "公顷": "公顷", "亩": "亩",
    "兆帕": "兆帕", "分贝": "分贝", "节": "节", "毫克": "毫克", "套": "套", "座": "座", "支": "支", "具": "具",
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = "[〇零一二两三四五六七八九十百千万亿]+"
_NUMBER = rf"(?:(?P<digits>{_DIGITS})\s*(?P<scale>[十百千万亿]{{0,2}})|(?P<han>{_HAN}))"
_TOKEN = re.compile(
    rf"(?P<article>第\s*(?:{_HAN}|\d+)\s*(?:编|章|节|条|款|项|号|届|次|位|名|类|级|档|部分|步)(?:之{_HAN})?)"
    rf"|(?P<percent>百分之(?P<percent_han>{_HAN}(?:点[〇零一二三四五六七八九]+)?|{_DIGITS})|(?P<percent_digits>{_DIGITS})\s*[%％])"
    rf"|(?P<half>半)(?P<half_unit>年|小时|个?月|日|天)"
    rf"|{_NUMBER}(?:多|余|来|几)?\s*(?P<unit>{_UNIT})?"
)
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬", "一二三四五六七八九十百千万")
_JOINED = re.compile(r"^\s*(?:至|到|-|—|~|～|–|、|或者|或)\s*(?:\d|[一二两三四五六七八九十百])")
_SCALE = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "亿": 100_000_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
}
_HALF = {
    "年": (6, "月"),
    "小时": (30, "分钟"),
    "月": (15, "日"),
    "个月": (15, "日"),
    "日": (12, "小时"),
    "天": (12, "小时"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit; the unit is empty where none is written."""

    value: float
    unit: str


def quantities(text: str) -> list[Quantity]:
    """Return the quantities in a text in their order; numbers of articles and the like are left out.

    A Chinese numeral counts only with a unit (一般, 一定 are words); of 二万至五万元 both have the unit 元.

    >>> quantities("处2万元以上五万元以下罚款，逾期的处百分之三十；第三条，10至15日，半年一次")
    ... # doctest: +NORMALIZE_WHITESPACE
    [Quantity(value=20000, unit='元'), Quantity(value=50000, unit='元'), Quantity(value=30, unit='%'),
     Quantity(value=10, unit='日'), Quantity(value=15, unit='日'), Quantity(value=6, unit='月'),
     Quantity(value=1, unit='次')]
    """
    found: list[Quantity] = []
    waiting: list[float] = []  # numbers before 至 or 、 that take the unit of the next
    for value, unit, rest in _read(unicodedata.normalize("NFKC", text).translate(_FORMAL)):
        if not unit and _JOINED.match(rest):
            waiting.append(value)
            continue
        found += [Quantity(earlier, unit) for earlier in waiting if unit]
        waiting = []
        found.append(Quantity(value, unit))
    return found


def _read(text: str) -> Iterator[tuple[float, str, str]]:
    """Yield (value, unit, what follows)."""
    for match in _TOKEN.finditer(text):
        rest = text[match.end() : match.end() + 8]
        if match["article"]:
            continue
        if match["percent"]:
            yield _percent(match["percent_han"] or match["percent_digits"]), "%", rest
        elif match["half"]:
            value, unit = _HALF[match["half_unit"]]
            yield value, unit, rest
        elif match["digits"]:
            yield (
                _whole(float(match["digits"].replace(",", "")) * _SCALE.get(match["scale"], 1)),
                _unit(match),
                rest,
            )
        elif match["unit"] or _JOINED.match(rest):
            number = _han(match["han"])
            if number is not None:
                yield number, _unit(match), rest


def _unit(match: re.Match[str]) -> str:
    return _UNITS.get(match["unit"] or "", "")


def _percent(text: str) -> float:
    if text[0].isascii():
        return _whole(float(text.replace(",", "")))
    whole, _, fraction = text.partition("点")
    return _whole(float(f"{_han(whole) or 0}.{''.join(str(_han(digit) or 0) for digit in fraction) or 0}"))


def _han(text: str) -> float | None:
    try:
        return to_int(text)
    except ValueError:
        return None


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value
