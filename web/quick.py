"""What can be asked next by one tap: said more simply, the law's own words, the penalty, the rules at home."""

import re
from typing import Final

from kb import regions
from kb.datatypes import CARDS, Answer, AnswerState, Audience, Level

SIMPLER: Final = "换个简单说法"
ORIGINAL: Final = "看原文"
PENALTY: Final = "罚多少"
_ASKS_PENALTY: Final = re.compile(r"罚|处分|判刑|追究|法律责任")
_NO_LAW: Final = CARDS | {Level.CASE, Level.OTHER}
_LONGEST: Final = 14  # characters of a follow-up that still leans on the question before it


def quick_asks(question: str, answer: Answer, region: str | None) -> tuple[str, ...]:
    """Return the follow-ups that make sense after an answer, as the dialogue understands them.

    Args:
        question: as it stands on its own.
        answer: the complete answer.
        region: where the visitor is, if known.

    >>> quick_asks("仓库能住人吗", Answer(AnswerState.NO_MATCH, "没有"), "河南省")
    ()
    """
    if answer.state is not AnswerState.GROUNDED or not answer.citations:
        return ()
    rules = [c.document for c in answer.citations if c.document.level not in _NO_LAW]
    asks = []
    if answer.audience is not Audience.CITIZEN and not answer.emergency:
        asks.append(SIMPLER)
    if rules and answer.audience is not Audience.INSPECTOR:
        asks.append(ORIGINAL)
    if rules and not answer.emergency and not _ASKS_PENALTY.search(question):
        asks.append(PENALTY)
    national = all(document.region == regions.NATIONWIDE for document in rules)
    if rules and region not in (None, regions.NATIONWIDE) and national and not regions.find(question):
        asks.append(_at_home(str(region)))
    return tuple(asks)


def _at_home(region: str) -> str:
    """Return how the rules of a region are asked for, short enough to be understood as a follow-up.

    >>> _at_home("河南省"), _at_home("黔西南布依族苗族自治州")
    ('河南省怎么规定', '黔西南布依族苗族自治州呢')
    """
    whole = f"{region}怎么规定"
    return whole if len(whole) <= _LONGEST else f"{region}呢"
