"""How Chinese text becomes search terms: character bigrams that miss nothing, words that mean something."""

import re

import rjieba

from kb.normalise import fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9.]+")
_SINGLE_STOP = frozenset("的了吗呢啊是在和与或我你他她它们这那有个吧也都就哪能可要会被把给对很不没")


def bigrams(text: str) -> list[str]:
    """Return overlapping character pairs of Chinese runs, and Latin words and numbers whole.

    >>> bigrams("消防法 第28条")
    ['消防', '防法', '法第', '28', '条']
    """
    terms: list[str] = []
    for run in _RUN.findall(fold(text)):
        if run[0] < "\u3400" or len(run) == 1:
            terms.append(run)
        else:
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
    return terms


def words(text: str) -> list[str]:
    """Return dictionary words, long ones with their parts, without particles.

    >>> words("电动自行车的充电")
    ['电动', '自行', '行车', '自行车', '充电']
    """
    return [
        word
        for word in rjieba.cut_for_search(fold(text))
        if _RUN.match(word) and not (len(word) == 1 and word in _SINGLE_STOP)
    ]
