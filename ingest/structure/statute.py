"""Statutes (有条文的法规) become one chunk per article, each with its 编/章/节 path."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.normalise import clean
from kb.numerals import NUMERAL, to_chinese, to_int

# Possessive, so that a line of blanks is gone through once.
_MARKS = r"\s*+(?:#{1,6}\s*+)?(?:\*\*)?\s*+"
_COUNTED = rf"(?:[0-9]{{1,9}}|(?:(?![0-9]){NUMERAL}){{1,9}})"  # 12, 十二; never 1十
_ARTICLE = re.compile(
    rf"^{_MARKS}[第笫]\s?(?P<main>{_COUNTED})\s?条(?:之(?P<sub>[一二三四五六七八九十]{{1,3}}))?(?:\*\*)?"
    r"(?:[\s　]+(?P<rest>.*)|(?P<glued>[^\s的、至到和或与及规所第款项之等中起前后，,；;。）)].+)|)$"
)
_PATH = re.compile(
    rf"^{_MARKS}第(?P<number>{NUMERAL}{{1,5}})(?P<unit>分编|编|章|节|部分)(?:\*\*)?(?P<title>.*)$"
)
_HEADING = re.compile(r"^\s*#{1,6}\s+(?P<title>\S.*)$")
_ANNEX = re.compile(
    r"^\s*(?:#{1,6}\s*)?(?P<title>(?:附件|附录|附表|附则|附)\s*[一二三四五六七八九十0-9]{0,3}\s*[:：]?\s*.{0,40})$"
)
_MOST = 9_999  # articles; a larger number is no article's (an order, a telephone)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_DEPTH = {"部分": 0, "编": 0, "分编": 1, "章": 2, "节": 3}
_PATH_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document before it gets its id."""

    label: str
    path: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Statute:
    """A statute taken apart. `header` holds the lines before the first chapter or article."""

    header: tuple[str, ...]
    passages: tuple[Passage, ...]
    gaps: tuple[str, ...]  # "第十七条之后是第十九条"


@dataclass(slots=True)
class _Open:
    """The passage being filled while lines are read."""

    label: str
    path: tuple[str, ...]
    lines: list[str] = field(default_factory=list)

    def closed(self) -> Passage | None:
        text = "\n".join(line for line in map(clean, self.lines) if line)
        return Passage(self.label, self.path, text) if text else None


Number = tuple[int, int]  # (article, 之): 第一百三十四条之一 is (134, 1)


def split(text: str) -> Statute | None:
    """Return the statute in `text`, or None if it has no articles.

    A line is an article heading only if its number runs on from the one before, so a wrapped
    「第二十条的规定」 is left where it stands. Where the space after the number was lost, or the
    number stands alone on its line, it must be the very next one.

    >>> statute = split("甲条例\\n第一章 总则\\n第一条 为了安全。\\n第二条 依照\\n第九条 的规定。\\n第三条 完。")
    >>> [(p.label, p.path, p.text) for p in statute.passages][1]
    ('第二条', ('第一章 总则',), '依照\\n第九条的规定。')
    """
    lines = without_comments(text).split("\n")
    headings = _running([(i, match) for i, line in enumerate(lines) if (match := _article(line))])
    if not headings:
        return None
    reader = _Reader(lines, headings)
    for index in range(len(lines)):
        reader.take(index)
    numbers = [number for number, _ in headings.values()]
    return Statute(tuple(reader.header), tuple(_unique(reader.passages)), tuple(_gaps(numbers)))


def without_comments(text: str) -> str:
    """Return text without HTML comments.

    >>> without_comments("甲<!-- 乙 -->丙<!-- 丁")
    '甲丙<!-- 丁'
    """
    closed = text.rfind("-->") + 3 if "-->" in text else 0  # no search for the end of what never ends
    return _COMMENT.sub("", text[:closed]) + text[closed:]


class _Reader:
    """Goes through the lines once, keeping the passage being filled and the path it stands in."""

    def __init__(self, lines: Sequence[str], headings: dict[int, tuple[Number, str]]) -> None:
        self.header: list[str] = []
        self.passages: list[_Open] = []
        self._lines = lines
        self._headings = headings
        self._path: dict[int, str] = {}
        self._taken: set[int] = set()  # second lines of chapter titles

    def take(self, index: int) -> None:
        line = self._lines[index]
        if index in self._taken:
            return
        if index in self._headings:
            number, rest = self._headings[index]
            self.passages.append(_Open(_label(number), tuple(self._path.values()), [rest]))
        elif unit := _path_unit(line):
            self._enter(index, *unit)
        elif self.passages and (annex := _ANNEX.match(line) or _HEADING.match(line)):
            self.passages.append(_Open(clean(annex["title"]), ()))
        elif self.passages:
            self.passages[-1].lines.append(line)
        elif line.strip():
            self.header.append(clean(line.lstrip("# ")))

    def _enter(self, index: int, depth: int, title: str) -> None:
        """Open a chapter; what stands between its title and the first article is kept under the title."""
        wrapped = _wrapped_title(self._lines, index, self._headings)
        if wrapped is not None:
            self._taken.add(wrapped)
            title += clean(self._lines[wrapped])
        self._path = {d: t for d, t in self._path.items() if d < depth} | {depth: title}
        if self.passages:
            self.passages.append(_Open(title, tuple(self._path.values())))


def _running(candidates: Sequence[tuple[int, re.Match[str]]]) -> dict[int, tuple[Number, str]]:
    """Return {line: (number, text)} of the true headings: each follows the last, or starts after a true gap."""
    numbers = [_number(match) for _, match in candidates]
    last_at = {number: place for place, number in enumerate(numbers) if candidates[place][1]["rest"]}
    accepted: dict[int, tuple[Number, str]] = {}
    last: Number | None = None
    for place, ((index, match), number) in enumerate(zip(candidates, numbers, strict=True)):
        if not _follows(last, number) and not (
            match["rest"] and _starts_after_gap(last, number, place, last_at)
        ):
            continue
        accepted[index] = (number, match["glued"] or match["rest"] or "")
        last = number
    return accepted


def _article(line: str) -> re.Match[str] | None:
    match = _ARTICLE.match(line)
    return match if match and _number(match)[0] <= _MOST else None


def _number(match: re.Match[str]) -> Number:
    return to_int(match["main"]), to_int(match["sub"]) if match["sub"] else 0


def _follows(last: Number | None, number: Number) -> bool:
    if last is None:
        return number == (1, 0)
    return number in ((last[0] + 1, 0), (last[0], last[1] + 1))


def _starts_after_gap(last: Number | None, number: Number, place: int, last_at: Mapping[Number, int]) -> bool:
    """True if numbering goes on from here although some were left out (the source is defective, or a part).

    `last_at` gives the last place among the candidates at which a number stands with a text of its own.
    """
    awaited = [(1, 0)] if last is None else [(last[0] + 1, 0), (last[0], last[1] + 1)]
    if last is not None and number <= last:
        return False
    return all(last_at.get(n, -1) <= place for n in awaited)


def _label(number: Number) -> str:
    main, sub = number
    return f"第{to_chinese(main)}条" + (f"之{to_chinese(sub)}" if sub else "")


def _path_unit(line: str) -> tuple[int, str] | None:
    match = _PATH.match(line)
    if not match:
        return None
    title = re.sub(r"\s+", "", clean(match["title"]).replace("**", ""))
    if (
        len(title) > _PATH_TITLE_LENGTH
        or re.search(r"[。；，：]", title)
        or title.startswith(("的", "规定", "第"))
    ):
        return None
    return _DEPTH[match["unit"]], f"第{match['number']}{match['unit']} {title}".strip()


def _wrapped_title(lines: Sequence[str], index: int, headings: Container[int]) -> int | None:
    """Return the line that carries on a chapter title, if the title was wrapped."""
    for i in range(index + 1, min(index + 4, len(lines))):
        line = clean(lines[i])
        if line:
            other = re.search(r"[。；：]|^[#（(]|^[第笫].+[章节编条]|^目录$", line)
            return i if len(line) <= _PATH_TITLE_LENGTH and not other and i not in headings else None
    return None


def _unique(passages: Sequence[_Open]) -> Iterable[Passage]:
    seen: dict[str, int] = {}
    for passage in passages:
        closed = passage.closed()
        if closed is None:
            continue
        seen[closed.label] = count = seen.get(closed.label, 0) + 1
        yield Passage(f"{closed.label}（{count}）", closed.path, closed.text) if count > 1 else closed


def _gaps(numbers: Iterable[Number]) -> Iterable[str]:
    last: Number | None = None
    for number in numbers:
        if last is not None and not _follows(last, number):
            yield f"{_label(last)}之后是{_label(number)}，原文缺号或有误"
        last = number
