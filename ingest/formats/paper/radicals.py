"""Radicals that fonts put where a Hanzi belongs (⼗ for 十): they look the same and are never found."""

import re
import unicodedata

# The supplement's radicals have no decomposition in Unicode; those that are letters of their own.
_SUPPLEMENT = str.maketrans(
    "⺟⺠⺻⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "母民肀虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
_RADICAL = re.compile("[\u2e80-\u2fd5]")
_KANGXI = re.compile("[\u2f00-\u2fd5\uf900-\ufaff]")


def as_hanzi(text: str) -> str:
    """Return text with radicals and compatibility forms as the Hanzi they look like.

    >>> as_hanzi("第⼗⼀条 ⻓期停⻋")
    '第十一条 长期停车'
    """
    unified = _KANGXI.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text)
    return unified.translate(_SUPPLEMENT) if _RADICAL.search(unified) else unified
