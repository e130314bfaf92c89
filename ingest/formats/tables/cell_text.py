"""A number in a spreadsheet cell becomes the text its number format shows (日期、百分比、单位)."""

import re
from datetime import datetime, time, timedelta

# Formats that Excel numbers without writing them down in the file (zh-CN where they differ by country).
BUILTIN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "yyyy/m/d", 15: "yyyy/m/d", 16: "m/d", 17: "yyyy/m", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: "yyyy/m", 28: "m/d", 29: "m/d", 30: "m/d", 31: "yyyy/m/d",
    32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss", 36: "yyyy/m", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss", 49: "@", 50: "yyyy/m", 51: "m/d", 52: "yyyy/m", 53: "m/d", 54: "m/d", 55: "h:mm",
    56: "h:mm:ss", 57: "yyyy/m", 58: "m/d",
}  # fmt: skip
_CURRENCY = re.compile(r"\[\$([^\-\]]*)[^\]]*\]")  # [$¥-804]
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_BRACKETED = re.compile(r"\[[^\]]*\]")  # colours, conditions, languages
_PADDING = re.compile(r"_.|\*.")  # blanks of a character's width; a filling character
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DATE_LETTERS = re.compile(r"[ymdhs]|aaa", re.I)
_MAX_CODE = 255  # characters, Excel's own limit
_DAY_0 = datetime(1899, 12, 30)
_DAY_0_1904 = datetime(1904, 1, 1)
_LEAP_BUG = 60  # Excel counts a 29 February 1900 that never was: days before it are one further on
_DIGITS = re.compile(r"[0#?][0#?.,/Ee+\-]*")


def number_text(value: float, code: str, since_1904: bool = False) -> str:
    """Return a number as its format shows it, without thousands separators and without lost digits.

    Args:
        value: the number, or a date's serial number in days.
        code: the format code; "" and "General" show the plain number.
        since_1904: whether the workbook counts days from 1904.

    >>> [number_text(*pair) for pair in ((45413, "yyyy/m/d"), (0.375, "h:mm"), (0.125, "0.0%"), (5000, '#,##0"人"'))]
    ['2024年5月1日', '9:00', '12.5%', '5000人']
    >>> [number_text(*pair) for pair in ((12350.0, "General"), (0.1 + 0.2, ""), (371, "000000"), (5, ";;;"))]
    ['12350', '0.3', '000371', '']
    """
    section, magnitude = _section(value, code)
    if not section.strip() and code.strip():
        return ""  # ";;;" shows nothing
    bare = _LITERAL.sub("", _PADDING.sub("", section))
    elapsed = _ELAPSED.search(bare)
    letters = _BRACKETED.sub("", bare)
    if elapsed or ("general" not in letters.lower() and _DATE_LETTERS.search(letters)):
        shown = _moment_text(value, letters + ("h" if elapsed else ""), bool(elapsed), since_1904)
        return shown or plain_number(value)
    return _amount_text(magnitude, section, bare)


def plain_number(value: float) -> str:
    """Return a number as a person writes it: no ".0", no digits that binary fractions invent.

    >>> [plain_number(n) for n in (3.0, 1e15, 12.50, 1.5e-7)]
    ['3', '1000000000000000', '12.5', '1.5e-07']
    """
    if value == int(value) and abs(value) < 1e18:
        return str(int(value))
    return f"{value:.15g}"


def iso_text(text: str) -> str:
    """Return an ISO 8601 date or time as Chinese text; anything else as it is.

    >>> iso_text("2024-05-01T08:30:00"), iso_text("08:30:00"), iso_text("明天")
    ('2024年5月1日 8:30', '8:30', '明天')
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return _clock(time.fromisoformat(text), seconds=False)
        except ValueError:
            return text
    day = f"{moment.year}年{moment.month}月{moment.day}日"
    return day if moment.time() == time() else f"{day} {_clock(moment.time(), seconds=False)}"


def _section(value: float, code: str) -> tuple[str, float]:
    """Return the part of a format code that holds for `value`, and the value it shows (its own sign)."""
    sections = code[:_MAX_CODE].split(";")
    if value < 0 and len(sections) > 1:
        return sections[1], abs(value)
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _moment_text(value: float, letters: str, elapsed: bool, since_1904: bool) -> str:
    """Return a serial number as date, time or both; "" if no calendar holds it."""
    letters = letters.lower()
    if elapsed:
        return _elapsed_text(value, "s" in letters)
    try:
        moment = _DAY_0_1904 if since_1904 else _DAY_0
        moment += timedelta(days=value + (0 < value < _LEAP_BUG and not since_1904))
    except OverflowError:
        return ""
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    day = _day_text(moment, letters) if since_1904 or value >= 1 else ""
    if not day or "h" in letters:
        return f"{day} {_clock(moment.time(), 's' in letters)}".strip()
    return day


def _day_text(moment: datetime, letters: str) -> str:
    """Return the parts of a date that the format names; m stands for minutes where there are hours alone."""
    if "aaa" in letters:  # a day of the week
        letters = "ymd"
    if "y" not in letters and "d" not in letters:
        return ""
    year = f"{moment.year}年" if "y" in letters else ""
    month = f"{moment.month}月" if "m" in letters.replace("h:m", "").replace("mm:s", "") else ""
    return year + month + (f"{moment.day}日" if "d" in letters else "")


def _clock(clock: time, seconds: bool) -> str:
    shown = f"{clock.hour}:{clock.minute:02d}"
    return f"{shown}:{clock.second:02d}" if seconds and clock.second else shown


def _elapsed_text(value: float, seconds: bool) -> str:
    """Return a stretch of days as hours and minutes, which may exceed 24 hours."""
    if abs(value) > 1e7:
        return ""
    total = round(abs(value) * 86_400)
    shown = f"{'-' if value < 0 else ''}{total // 3600}:{total // 60 % 60:02d}"
    return f"{shown}:{total % 60:02d}" if seconds and total % 60 else shown


def _amount_text(value: float, section: str, bare: str) -> str:
    """Return an amount with the unit, the currency, the percent sign or the leading zeros of its format."""
    digits = _DIGITS.search(_BRACKETED.sub("", bare))
    pattern = digits[0] if digits else ""
    if "%" in bare:
        decimals = len(pattern.partition(".")[2])
        number = f"{value * 100:.{min(decimals, 15)}f}%"
    elif re.fullmatch(r"0+", pattern) and value == int(value):
        number = f"{int(value):0{min(len(pattern), 40)}d}"
    else:
        number = plain_number(value)
    shown = _BRACKETED.sub("", _CURRENCY.sub(r'"\1"', _PADDING.sub("", section)))
    start = re.search(r'(?<!\\)[0#?](?=(?:[^"]*"[^"]*")*[^"]*$)', shown)
    if start is None:
        return number
    before, after = shown[: start.start()], shown[start.start() :]
    return f"{_literals(before)}{number}{_literals(after)}"


def _literals(part: str) -> str:
    """Return what a part of a format code shows as it stands."""
    return "".join(match[1] or match[2] or "" for match in _LITERAL.finditer(part))
