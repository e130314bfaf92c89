"""Which article punishes the breach of which (义务与罚则), read from a text's own cross-references."""

import re
from collections.abc import Iterable, Mapping

from kb.datatypes import Chunk
from kb.intent import is_penalty
from kb.numerals import NUMERAL, article_label, to_chinese, to_int

# 违反本条例第十二条、第十三条第一款规定的 / 有本法第六十条所列情形的: references to the text itself
_OWN = re.compile(
    rf"(?:违反|不履行|未履行|未依照|未按照|有)?本(?:法|条例|规定|办法|标准|细则|规程)"
    rf"(?P<list>第{NUMERAL}+条(?:之[一二三四五六七八九十]+)?(?:(?:第{NUMERAL}+款)?(?:第[{NUMERAL[1:-1]}、]+项)?(?:、|和|或者|至|,|，)?(?:第{NUMERAL}+(?:条(?:之[一二三四五六七八九十]+)?|款|项))?)*)"
)
_RANGE = re.compile(rf"第({NUMERAL}+)条至第({NUMERAL}+)条")
_ARTICLE = re.compile(rf"第{NUMERAL}+条(?:之[一二三四五六七八九十]+)?")
_WIDEST_RANGE = 15


def referred(text: str) -> list[str]:
    """Return the labels of the articles of its own text that a passage refers to, in order.

    >>> referred("违反本条例第十二条、第十三条第一款规定，或者有本条例第二十条至第二十二条情形的，处罚款。")
    ['第十二条', '第十三条', '第二十条', '第二十一条', '第二十二条']
    """
    found: list[str] = []
    for match in _OWN.finditer(text):
        listed = _RANGE.sub(_spelt_out, match["list"])
        found += [article_label(label) for label in _ARTICLE.findall(listed)]
    return list(dict.fromkeys(found))


def liabilities(chunks: Iterable[Chunk]) -> Mapping[str, tuple[str, ...]]:
    """Return {label of a duty: labels of the articles that punish its breach} within one text."""
    found: dict[str, list[str]] = {}
    for chunk in chunks:
        if is_penalty(chunk):
            for label in referred(chunk.text):
                if label != chunk.label:
                    found.setdefault(label, []).append(chunk.label)
    return {duty: tuple(labels) for duty, labels in found.items()}


def _spelt_out(match: re.Match[str]) -> str:
    first, last = to_int(match[1]), to_int(match[2])
    last = min(last, first + _WIDEST_RANGE)
    return "、".join(f"第{to_chinese(number)}条" for number in range(first, last + 1))
