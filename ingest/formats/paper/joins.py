"""Whether a line of the paper carries on the one before it."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from kb.numerals import NUMERAL, to_int

WHOLE = "\x1e"  # a reader puts it before a line that must stay alone: a row of a table
# A reader puts it before a line that begins a paragraph: set in, or further from the line above.
INDENT = "　　"
NUMERAL_SIGN = "[一二三四五六七八九十百千零〇○]"
HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"  # for use in [ ]
_SENTENCE_END = re.compile(r"[。！？；：!?;:…][”’」』）)》】\"']*$|[A-Za-z)]\.$")
_CARRIED_ON = re.compile(r"[，、,（(《“‘—]$")
_ARTICLE = re.compile(
    rf"^第\s?(?P<number>[0-9]{{1,9}}|(?:(?![0-9]){NUMERAL}){{1,9}})\s?条(?:之{NUMERAL_SIGN}+)?"
)
_BEGINS = re.compile(
    r"^(?:\s|[^的、至到和或与及规所第款项之等中起前后，,；;。）)])"
)  # after 第X条: no reference
_UNIT = re.compile(rf"^第\s?{NUMERAL_SIGN}+\s?(?:分编|编|章|节|部分)(?=\s|[{HAN}]|$)")
_ITEM = re.compile(
    rf"^(?:{NUMERAL_SIGN}{{1,4}}、|[（(](?:{NUMERAL_SIGN}{{1,4}}|\d{{1,3}})[）)]|\d{{1,3}}[.．、)）](?![\d.．])"
    r"|\d{1,2}(?:[.．]\d{1,2})+\s+[\u3400-\u9fff]{2}|[①-⑳]|[●■◆•·]\s|[a-z][)）]"
    r"|附\s?[件录表则](?=[\s\d一二三四五六七八九十:：]|$)|目\s?录$|#{1,6}\s|\||[-*+]\s|【)"
)
_REFERENCE = re.compile(rf"^[（(]{NUMERAL_SIGN}+[）)]\s?[项目款至、和或]")
_SUB = re.compile(rf"^之{NUMERAL_SIGN}+(?=\s|【|$)")
_FULL = 0.75  # of the measure; a shorter line ended by itself
_BRIM = 0.93  # of the measure; where paragraphs are marked, even a sentence's end goes on from here
_SAMPLES, _MARKED = 2, 0.8  # lines after a short last line, and the share of them that is marked
_UNIT_LENGTH = 30  # characters; a longer line is no heading


class Joins:
    """The rules, with what the paper so far has shown."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Learn from all lines how wide the paper is and whether it marks its paragraphs."""
        self._measure_of_all = measure_of(lines)
        self._measure: float = self._measure_of_all
        self._marked = self._marks_paragraphs(lines)
        self._last = ""
        self._article = 0

    def turn(self, page: Sequence[str]) -> None:
        """Go to the next page, whose lines may be wider or narrower."""
        self._measure = max(measure_of(page), self._measure_of_all * _FULL)

    def takes(self, line: str, first: bool) -> bool:
        """Return whether `line` carries on the last one; `first` if a page begins with it."""
        joined = bool(self._last) and self._goes_on(line, first)
        article = _ARTICLE.match(line.strip())
        if article and not joined:
            self._article = to_int(article["number"])
        self._last = line
        return joined

    def _goes_on(self, line: str, first: bool) -> bool:
        if WHOLE in (self._last[:1], line[:1]):
            return False
        before, after = self._last.strip(), line.strip()
        if _SUB.match(after) and _ARTICLE.fullmatch(before):
            return True
        if _is_title(before):
            return False
        width = width_of(self._last)
        brim = width >= _BRIM * self._measure
        open_ended = not _SENTENCE_END.search(before) or (before.endswith("；") and brim)
        carried_on = open_ended and (width >= _FULL * self._measure or _CARRIED_ON.search(before) is not None)
        if article := _ARTICLE.match(after):
            return carried_on and not self._is_next(article, after)
        if _REFERENCE.match(after):
            return carried_on
        if _UNIT.match(after) or _ITEM.match(after):
            return False
        if self._marked and line.startswith(INDENT):
            return carried_on and brim  # an item that hangs from its number
        return carried_on or (self._marked and brim and not first)

    def _is_next(self, article: re.Match[str], text: str) -> bool:
        """Whether a line begins with the article whose turn it is, and not with a mention of it."""
        number = to_int(article["number"])
        return number == self._article + 1 and _BEGINS.match(text[article.end() :]) is not None

    def _marks_paragraphs(self, lines: Sequence[str]) -> bool:
        """Whether lines that begin a paragraph can be told: those after a short last line are marked."""
        after_short = [
            line.startswith(INDENT)
            for before, line in pairwise(lines)
            if _SENTENCE_END.search(before)
            and width_of(before) < _FULL * self._measure_of_all
            and not line.startswith(WHOLE)
        ]
        return len(after_short) >= _SAMPLES and sum(after_short) >= _MARKED * len(after_short)


def _is_title(text: str) -> bool:
    """Whether a line is a heading by its form, so that nothing carries it on."""
    if text.startswith(("#", "|")) or _ARTICLE.fullmatch(text):
        return True
    return bool(_UNIT.match(text)) and not re.search(r"[，。；、]$", text) and len(text) < _UNIT_LENGTH


def measure_of(lines: Sequence[str]) -> int:
    """Return the width of a full line, in half-width columns."""
    widths = sorted(width_of(line) for line in lines if not line.startswith(WHOLE))
    return widths[int(len(widths) * 0.9)] if widths else 0


def width_of(line: str) -> int:
    """Return the width of a line in half-width columns: a Hanzi takes two.

    >>> width_of("第1条")
    5
    """
    return sum(1 + (unicodedata.east_asian_width(char) in "WFA") for char in line)
