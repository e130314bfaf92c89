"""What changed between two texts (新旧对照): words and whole numbers, so that 三万元 -> 五万元 is one change."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import rjieba

Change = Literal["same", "removed", "added"]

_LONGEST = 4_000  # tokens of both texts together: 0.6 s at worst (two-word alphabet, 2 cores)
_HAN = "〇零一二两三四五六七八九十百千万亿"
_NUMBER = re.compile(
    rf"第[{_HAN}\d]+[编章节条款项](?:之[{_HAN}]+)?|百分之[{_HAN}点\d]+|\d[\d,.]*[十百千万亿]*[%％]?|[{_HAN}]*[十百千万亿][{_HAN}]*"
)
_UNIT = re.compile(
    r"万?元|个?工作日|个?小时|分钟|平方米|立方米|公里|[日天年月周人名倍米吨次级]|个月|周岁|以上|以下"
)
_MARKS: dict[Change, tuple[str, str]] = {
    "same": ("", ""),
    "removed": ("〔删：", "〕"),
    "added": ("〔增：", "〕"),
}
_MARK_OF_TEXT = re.compile("[〔〕]")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text that stayed, went or came."""

    change: Change
    text: str


def differences(old: str, new: str) -> list[Span]:
    """Return the runs of both texts in reading order; what went stands before what came in its place.

    `same` and `removed` runs together are `old`; `same` and `added` runs together are `new`.

    >>> [(span.change, span.text) for span in differences("处三万元罚款", "处五万元罚款")]
    [('same', '处'), ('removed', '三万元'), ('added', '五万元'), ('same', '罚款')]
    """
    before, after = _tokens(old), _tokens(new)
    if len(before) + len(after) > _LONGEST:
        before, after = _lines(old), _lines(new)
    if len(before) + len(after) > _LONGEST:
        return _merged(_whole(old, new))
    return _merged(_runs(before, after))


def marked(spans: Sequence[Span]) -> str:
    """Return the runs as one text a reader can follow without colours.

    >>> marked(differences("每年一次", "每半年一次"))
    '〔删：每年〕〔增：每半年〕一次'
    """
    return "".join(
        f"{_MARKS[span.change][0]}{_MARK_OF_TEXT.sub('', span.text) if span.change != 'same' else span.text}"
        f"{_MARKS[span.change][1]}"
        for span in spans
    )


def _tokens(text: str) -> list[str]:
    """Cut a text into words; a number stays whole, with its unit."""
    found: list[str] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if match.start() < end:
            continue
        unit = _UNIT.match(text, match.end())
        found += _cut(text[end : match.start()])
        end = unit.end() if unit else match.end()
        found.append(text[match.start() : end])
    return found + _cut(text[end:])


def _cut(text: str) -> list[str]:
    try:
        return list(rjieba.cut(text))
    except UnicodeEncodeError:  # half a surrogate pair
        return list(text)


def _lines(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[。；\n])", text) if part]


def _whole(old: str, new: str) -> Iterator[Span]:
    if old == new:
        yield Span("same", old)
    else:
        yield Span("removed", old)
        yield Span("added", new)


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[Span]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Span("same", "".join(before[i1:i2]))
        else:
            yield Span("removed", "".join(before[i1:i2]))
            yield Span("added", "".join(after[j1:j2]))


def _merged(spans: Iterator[Span]) -> list[Span]:
    """Join neighbours of one kind and leave out empty ones."""
    found: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if found and found[-1].change == span.change:
            found[-1] = Span(span.change, found[-1].text + span.text)
        else:
            found.append(span)
    return found
