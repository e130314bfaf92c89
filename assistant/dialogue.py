"""Questions that lean on the one before (追问) made whole: "那罚多少呢", "河南呢", "下一条"."""

import re
from collections.abc import Sequence

from kb import regions
from kb.datatypes import Audience
from kb.normalise import fold
from kb.numerals import NUMERAL, article_label, to_chinese, to_int

_LONGEST_FOLLOW_UP = 14  # characters; a longer question stands on its own
_REACH = 3  # questions a follow-up may lean on in turn
_LEANS = re.compile(r"^(?:那|那么|如果是|要是|换成|还有|再问|然后)|呢[?？]?$")
_PENALTY = re.compile(
    r"^(?:那|那么)?(?:要|会|得|应该)?(?:怎么|咋|如何)?(?:罚|处罚|处理|判)(?:多少|款)?(?:钱)?(?:呢|啊|吗)?[?？]?$"
)
_NEXT = re.compile(r"^(?:看|那)?(?P<way>上|下|前|后)一条(?:呢|是什么|怎么说)?[?？]?$")
_ARTICLE = re.compile(rf"(?P<before>.*?)第?(?P<number>{NUMERAL}{{1,7}})条.*$")
_ORIGINAL = re.compile(
    r"^(?:请|那)?(?:给我|我要|想|要|看|查|显示){0,2}(?:看|一下)?(?:法条|条文|法律)?(?:的)?原文(?:呢|吧|看看)?[?？]?$"
)
_SIMPLER = re.compile(
    r"^(?:请|能不能|可以)?(?:换个|换种|说|讲|用)?(?:得|的)?(?:更)?(?:简单|通俗|白话|大白话|容易懂)(?:一?点|些|的)?(?:的)?(?:说法|说|讲|解释)?(?:吗|吧|一下)?[?？]?$"
)
_FILLER = re.compile(
    r"^(?:那(?!曲)|那么|如果是|要是|换成|还有|再问|然后)+|(?:呢|的话|怎么规定|怎么说|呢)*[?？]?$"
)


def complete(question: str, history: Sequence[str]) -> str:
    """Return the question as it stands on its own.

    Args:
        question: as typed.
        history: earlier questions of the conversation, oldest first.

    >>> complete("那罚多少呢", ["电瓶车在楼道充电可以吗"])
    '电瓶车在楼道充电可以吗，怎么处罚'
    >>> complete("河南呢", ["多久演练一次"])
    '河南，多久演练一次'
    >>> complete("下一条", ["安全生产法第二十四条"])
    '安全生产法第二十五条'
    """
    last = _last(history)
    short = fold(question.strip())
    if not last or not short or len(short) > _LONGEST_FOLLOW_UP:
        return question
    if beside := _NEXT.match(short):
        return _neighbour(last, beside["way"]) or question
    if _PENALTY.match(short):
        return f"{last}，怎么处罚"
    if style_asked(question):
        return last
    rest = _FILLER.sub("", short)
    if regions.find(short) and len(rest) <= len(regions.find(short) or ""):
        return f"{rest}，{last}"
    if _LEANS.search(short) and rest:
        return f"{last}，{rest}"
    return question


def style_asked(question: str) -> Audience | None:
    """Return for whom the last answer is to be said again: in plain words, or in the law's own.

    >>> style_asked("换个简单说法"), style_asked("给我看原文"), style_asked("安全员要几个")
    (<Audience.CITIZEN: 'citizen'>, <Audience.INSPECTOR: 'inspector'>, None)
    """
    short = fold(question.strip())
    if _ORIGINAL.match(short):
        return Audience.INSPECTOR
    return Audience.CITIZEN if _SIMPLER.match(short) else None


def _last(history: Sequence[str]) -> str:
    """Return the newest earlier question, itself made whole by those before it."""
    for place in range(len(history) - 1, -1, -1):
        if history[place].strip():
            return complete(history[place].strip(), history[max(0, place - _REACH) : place])
    return ""


def _neighbour(last: str, way: str) -> str | None:
    """Return the reference to the article before or after the one last asked for."""
    match = _ARTICLE.match(fold(last))
    if not match:
        return None
    number = to_int(match["number"]) + (1 if way in "下后" else -1)
    return f"{match['before']}{article_label(f'第{to_chinese(number)}条')}" if number >= 1 else None
