"""One spelling for text and law names, used alike when indexing and when asking."""

import re
import unicodedata

# Controls, zero-width and direction marks, fillers, variation selectors, private use, tags, surrogates.
# Kept: tab and line feed. A reader cannot see these, so nothing readable is lost.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SEPARATORS = re.compile("[\u2028\u2029\u0085\x0b\x0c\x1c-\x1e]")  # line breaks few programs agree on
_HAN_SPACE = re.compile(
    r"(?<=[\u3400-\u9fff，。；：、（）《》“”])[ \t\u3000\u00a0\u2000-\u200a]+(?=[\u3400-\u9fff，。；：、（）《》“”])"
)
_NAME_NOISE = re.compile(r"[\s《》〈〉<>“”\"'·]")
_ROMAN = {"i": "一", "ii": "二", "iii": "三", "iv": "四"}
_ROMAN_LEVEL = re.compile(r"(?<![a-z])(i{1,3}|iv)\s?(?=级)")
_COUNTRY = "中华人民共和国"


def fold(text: str) -> str:
    """Return text for matching: NFKC, lower case, no invisible characters, no spaces between Hanzi.

    The levels of a response are one word however they are written: Ⅰ级, I级 and 一级.

    >>> fold("ＡＢＣ　消防 法\u200b第２８条"), fold("Ⅱ级响应"), fold("IV 级")
    ('abc 消防法第28条', '二级响应', '四级')
    """
    folded = _HAN_SPACE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower())
    return _ROMAN_LEVEL.sub(lambda match: _ROMAN[match[1]], folded)


def visible(text: str) -> str:
    """Return text without characters nobody sees; line breaks that only some programs know become blanks.

    >>> visible("安\u200b全\x1b\u2028法")
    '安全 法'
    """
    return INVISIBLE.sub("", _SEPARATORS.sub(" ", text))


def clean(text: str) -> str:
    """Return text for display: invisible characters and spaces inside Hanzi removed, lines kept.

    >>> clean("第一章　总　则\u200b")
    '第一章总则'
    """
    return _HAN_SPACE.sub("", INVISIBLE.sub("", text)).strip()


def law_name(title: str) -> str:
    """Return a law's name without 中华人民共和国, book-title marks and spaces; brackets made full-width.

    >>> [law_name(t) for t in ("《中华人民共和国消防法》", "刑法修正案(六)", "河南省实施《中华人民共和国消防法》办法")]
    ['消防法', '刑法修正案（六）', '河南省实施消防法办法']
    """
    name = _NAME_NOISE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", title)))
    return name.replace(_COUNTRY, "").replace("(", "（").replace(")", "）") or title.strip()
