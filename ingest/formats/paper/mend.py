"""Pages of paper become running text: no furniture, no page numbers, no lines broken by the margin."""

import re
from collections.abc import Sequence

from ingest.formats.paper import furniture
from ingest.formats.paper.joins import HAN, INDENT, NUMERAL_SIGN, WHOLE, Joins
from ingest.formats.paper.radicals import as_hanzi
from kb.normalise import visible

_SPACED_NUMBER = re.compile(
    rf"^第(?:[ \t\u3000]*{NUMERAL_SIGN}){{1,9}}[ \t\u3000]*(?:条|分编|编|章|节|部分)(?![、至的和或])"
)
_HEAD_MARK = re.compile(
    rf"^(?:第\s?(?:\d{{1,4}}|{NUMERAL_SIGN}+)\s?(?:条(?:之{NUMERAL_SIGN}+)?|分编|编|章|节|部分))[ \t\u3000]+"
)
_SPACED_WORD = re.compile(rf"(?<![{HAN}])[{HAN}](?:[ \u3000]+[{HAN}](?![{HAN}])){{2,}}")
_SPACED_PAIR = re.compile(rf"^[{HAN}][ \u3000]+[{HAN}]$")
_BLANKS = re.compile(r"[ \t\u3000\u00a0\u2000-\u200a]+")
_INDENTED = re.compile(r"^(?:[\u3000]{2,}| {4,}|\t)")
_LEADERS = re.compile(r"[.．]{4}|…{2}|·{4}|(?:[.·] ){4}")
_PAGE_NUMBER = re.compile(r"[（(]?\d{1,4}[）)]?$")  # where leaders lead to


def mend(pages: Sequence[Sequence[str]]) -> tuple[list[str], tuple[int, ...]]:
    """Return the lines of the whole text, and the 0-based line at which each page begins.

    Args:
        pages: lines of each page, top to bottom, as the reader saw them; INDENT before a line that begins
            a paragraph and WHOLE before one that must stay alone, where the reader knows.

    A page that begins inside a paragraph starts at the line it fell into; an empty page at the line
    that follows it. Wrong by design where a title fills the whole width of the paper without a mark at
    its end: it takes the next line in.

    >>> mend([["　　第一条　值班员应当每日巡查配电房并且如实填写记录，发现异", "- 1 -"],
    ...       ["常立即报告。", "　　第二条　本规定自发布之日起施行。", "- 2 -"]])
    (['第一条 值班员应当每日巡查配电房并且如实填写记录，发现异常立即报告。', '第二条 本规定自发布之日起施行。'], (0, 0))
    """
    tidied = [[line for line in map(_tidy, page) if line.strip()] for page in pages]
    bodies = furniture.remove(tidied)
    joins = Joins([line for body in bodies for line in body])
    lines: list[str] = []
    starts: list[int] = []
    for body in bodies:
        starts.append(len(lines))
        for number, line in enumerate(body):
            if joins.takes(line, first=number == 0):
                lines[-1] = _glue(lines[-1], line.strip())
            else:
                lines.append(line.lstrip(WHOLE).strip())
            if number == 0:
                starts[-1] = len(lines) - 1
                joins.turn(body)
    return lines, tuple(min(start, max(len(lines) - 1, 0)) for start in starts)


def _tidy(line: str) -> str:
    """Return a line without unseen characters, leaders and spaces inside words; its marks are kept."""
    if line.startswith(WHOLE):
        return WHOLE + visible(as_hanzi(line)).strip()
    indent = INDENT if _INDENTED.match(line) else ""
    text = _without_leaders(visible(as_hanzi(line)).replace("\n", " ")).strip()
    text = _SPACED_NUMBER.sub(lambda number: _BLANKS.sub("", number[0]), text)
    mark = _HEAD_MARK.match(text)
    head, rest = (mark[0], text[mark.end() :]) if mark else ("", text)
    if _SPACED_PAIR.match(rest):
        rest = _BLANKS.sub("", rest)
    rest = _SPACED_WORD.sub(lambda word: _BLANKS.sub("", word[0]), rest)
    head = _BLANKS.sub("", head) + " " if head else ""
    return indent + head + _BLANKS.sub(" ", rest)


def _without_leaders(text: str) -> str:
    """Return a line of a table of contents without the dots and the number they lead to."""
    number = _PAGE_NUMBER.search(text, max(len(text) - 6, 0))
    if not number:
        return text
    bare = text[: number.start()].rstrip(" \t\u3000\xa0.．…·")
    return bare if _LEADERS.search(text, len(bare), number.start()) else text


def _glue(left: str, right: str) -> str:
    """Return two parts of a sentence as one; Latin words get their space, a hyphen of the margin goes."""
    if re.search(r"[A-Za-z]-$", left) and re.match(r"[a-z]", right):
        return left[:-1] + right
    space = " " if re.search(r"[A-Za-z,;.]$", left) and re.match(r"[A-Za-z(]", right) else ""
    return left + space + right
