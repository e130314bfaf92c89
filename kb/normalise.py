"""One spelling for text and law names, used alike when indexing and when asking."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_HAN_SPACE = re.compile(
    r"(?<=[\u3400-\u9fff，。；：、（）《》“”])[ \t\u3000\u00a0\u2000-\u200a]+(?=[\u3400-\u9fff，。；：、（）《》“”])"
)
_NAME_NOISE = re.compile(r"[\s《》〈〉<>“”\"'·]")
_COUNTRY = "中华人民共和国"


def fold(text: str) -> str:
    """Return text for matching: NFKC, lower case, no invisible characters, no spaces between Hanzi.

    >>> fold("ＡＢＣ　消防 法\u200b第２８条")
    'abc 消防法第28条'
    """
    return _HAN_SPACE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower())


def clean(text: str) -> str:
    """Return text for display: invisible characters and spaces inside Hanzi removed, lines kept.

    >>> clean("第一章　总　则\u200b")
    '第一章总则'
    """
    return _HAN_SPACE.sub("", _INVISIBLE.sub("", text)).strip()


def law_name(title: str) -> str:
    """Return a law's name without 中华人民共和国, book-title marks and spaces; brackets made full-width.

    >>> [law_name(t) for t in ("《中华人民共和国消防法》", "刑法修正案(六)", "河南省实施《中华人民共和国消防法》办法")]
    ['消防法', '刑法修正案（六）', '河南省实施消防法办法']
    """
    name = _NAME_NOISE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", title)))
    return name.replace(_COUNTRY, "").replace("(", "（").replace(")", "）") or title.strip()
