"""An article's text as a page shows it: its paragraphs (款) and items (项), some words marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.clauses import paragraphs
from kb.numerals import to_chinese

Spans = Sequence[tuple[int, int]]  # characters [begin, end) of a text, in order, apart from each other

_SNIPPET: Final = 170  # characters shown of a longer text in a list
_BEFORE: Final = 40  # of them at most before the first marked word
_STOPS: Final = "。；：\n"


@dataclass(frozen=True, slots=True)
class Run:
    """Some words, marked or not."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paragraph; an item (项) is set in."""

    runs: tuple[Run, ...]
    is_item: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """One paragraph (款)."""

    number: str  # "第二款"
    lines: tuple[Line, ...]


def laid_out(text: str, spans: Spans = ()) -> tuple[Clause, ...]:
    r"""Return an article's paragraphs with the words at `spans` marked.

    >>> [(c.number, [(line.is_item, line.runs[0].text) for line in c.lines]) for c in laid_out("甲应当：\n（一）建账。\n乙。")]
    [('第一款', [(False, '甲应当：'), (True, '（一）建账。')]), ('第二款', [(False, '乙。')])]
    """
    found: list[Clause] = []
    at = 0
    for number, clause in enumerate(paragraphs(text), 1):
        lines = []
        for place, line in enumerate(clause.split("\n")):
            at = text.index(line, at)
            lines.append(Line(tuple(runs(text, at, at + len(line), spans)), place > 0))
            at += len(line)
        found.append(Clause(f"第{to_chinese(min(number, 9_999))}款", tuple(lines)))
    return tuple(found)


def runs(text: str, begin: int, end: int, spans: Spans) -> Iterator[Run]:
    """Yield the words of text[begin:end], cut where marks begin and end.

    >>> [(run.text, run.marked) for run in runs("屋顶花园", 0, 4, [(2, 4)])]
    [('屋顶', False), ('花园', True)]
    """
    at = begin
    for first, last in spans:
        low, high = max(first, at), min(last, end)
        if low >= high:
            continue
        if low > at:
            yield Run(text[at:low])
        yield Run(text[low:high], True)
        at = high
    if at < end:
        yield Run(text[at:end])


def places(text: str, quote: str) -> list[tuple[int, int]]:
    r"""Return where a quotation stands, word for word but for white space; [] where it does not.

    >>> places("每月\n检查 护栏。", "检查护栏"), places("每月", "每年")
    ([(3, 8)], [])
    """
    at = [index for index, sign in enumerate(text) if not sign.isspace()]
    solid, wanted = "".join(text[index] for index in at), "".join(quote.split())
    first = solid.find(wanted) if wanted else -1
    return [] if first < 0 else [(at[first], at[first + len(wanted) - 1] + 1)]


def snippet(text: str, spans: Spans) -> tuple[Run, ...]:
    """Return a short text whole, of a long one the part where the most marked words stand together."""
    if len(text) <= _SNIPPET:
        return tuple(runs(text, 0, len(text), spans))
    begin = _opening(text, _densest(spans))
    end = min(len(text), begin + _SNIPPET)
    found = list(runs(text, begin, end, spans))
    if begin:
        found.insert(0, Run("…"))
    if end < len(text):
        found.append(Run("…"))
    return tuple(found)


def _densest(spans: Spans) -> int:
    """Return the begin of the mark that has the most marked characters within reach behind it, 0 without marks."""
    reach = _SNIPPET - _BEFORE

    def gathered(first: int) -> int:
        return sum(min(end, first + reach) - begin for begin, end in spans if first <= begin < first + reach)

    return max((begin for begin, _ in spans), key=gathered, default=0)


def _opening(text: str, at: int) -> int:
    """Return where to begin so that `at` is shown: the sentence's begin if that is near."""
    near = max(0, at - _BEFORE)
    stop = max(text.rfind(sign, near, at) for sign in _STOPS)
    return stop + 1 if stop >= 0 else near
