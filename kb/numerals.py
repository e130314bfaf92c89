"""Chinese numerals and article labels (条号), both ways."""

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_ARABIC = frozenset("0123456789")
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}

NUMERAL = "[〇零○一二三四五六七八九十百千两0-9]"
_LABEL = re.compile(r"第.+条(?:之.+)?")
_TOO_MANY = 10_000  # articles; no text has so many
_ARTICLE = re.compile(rf"^第?(?P<main>{NUMERAL}{{1,9}})条?(?:之(?P<sub>[一二三四五六七八九十0-9]{{1,3}}))?$")


def to_int(text: str) -> int:
    """Return the whole number written in Chinese or Arabic numerals, or in both: 50万.

    Raises:
        ValueError: if the text is not a number.

    >>> [to_int(t) for t in ("二十一", "一百一十九", "第一千零三"[1:], "十", "二〇二一", "114", "五十万", "50万")]
    [21, 119, 1003, 10, 2021, 114, 500000, 500000]
    """
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or not set(text) <= _DIGITS.keys() | _UNITS.keys() | _LARGE.keys() | _ARABIC:
        raise ValueError(f"not a Chinese number: {text!r}")
    if not set(text) & (_UNITS.keys() | _LARGE.keys()):
        return int("".join(str(_DIGITS.get(c, c)) for c in text))
    total = section = digit = 0
    for char in text:
        if char in _ARABIC:
            digit = digit * 10 + int(char)
        elif char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            total = (total + section + digit) * _LARGE[char]
            section = digit = 0
    return total + section + digit


def to_chinese(number: int) -> str:
    """Return a number below 10,000 as statutes write it.

    Raises:
        ValueError: if the number is negative or 10,000 and more.

    >>> [to_chinese(n) for n in (3, 10, 21, 100, 101, 119, 310, 1003, 1260)]
    ['三', '十', '二十一', '一百', '一百零一', '一百一十九', '三百一十', '一千零三', '一千二百六十']
    """
    if not 0 <= number < 10_000:
        raise ValueError(f"out of range for an article number: {number}")
    if number == 0:
        return "零"
    words, pending_zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if pending_zero else "") + "零一二三四五六七八九"[digit] + name
            pending_zero = False
        elif words:
            pending_zero = True
    return words[1:] if words.startswith("一十") else words


def is_article(label: str) -> bool:
    """Whether a passage's label is an article's.

    >>> [is_article(label) for label in ("第二十一条", "第一百三十四条之一", "第二章", "一、（二）")]
    [True, True, False, False]
    """
    return _LABEL.fullmatch(label) is not None


def article_label(text: str) -> str:
    """Return an article reference in its one spelling; other labels come back without white space.

    >>> [article_label(t) for t in ("第21条", "60条", "第一百三十四条之一", "134条之1", " 一、（二）")]
    ['第二十一条', '第六十条', '第一百三十四条之一', '第一百三十四条之一', '一、（二）']
    """
    compact = re.sub(r"\s+", "", text)
    match = _ARTICLE.match(compact)
    if not match or ("条" not in compact and not compact.isdigit() and not compact.startswith("第")):
        return compact
    if to_int(match["main"]) >= _TOO_MANY:
        return compact
    sub = f"之{to_chinese(to_int(match['sub']))}" if match["sub"] else ""
    return f"第{to_chinese(to_int(match['main']))}条{sub}"
