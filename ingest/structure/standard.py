"""Standards (GB 50016、AQ、XF): one passage per numbered clause, with its notes and list items."""

import re
from collections.abc import Sequence

from ingest.structure import rows, sections
from ingest.structure.sections import Heading, Section
from ingest.structure.statute import Passage

NUMBER = re.compile(
    r"(?<![A-Za-z])(?P<code>GB|GA|AQ|XF|DB\s?\d{2}|HG|SY|JGJ|MT|CJJ|TSG|YJ|SH|DL|JT|WS|QX|LY|SL|NB|GBZ|T)"
    r"(?P<kind>/[TZ]\s?|\s?)(?:\d{1,5}(?:\.\d{1,3})?)\s?[-—–－]\s?(?:19|20)\d{2}(?!\d)"
)
_CLAUSE = re.compile(
    r"^(?P<token>(?:\d{1,2}|[A-Z])(?:\.\d{1,3}){1,5})(?![\d.．])[.．]?(?P<gap>[\s　]*)(?P<rest>.*)$"
)
_CHAPTER = re.compile(r"^(?P<token>\d{1,2}|[A-Z])[\s　]+(?P<rest>[\u4e00-\u9fff][^。；：，]{1,30})$")
_ANNEX = re.compile(r"^(?P<token>附录\s?[A-Z])\s*(?P<rest>.{0,60})$")
_ANNEX_ALONE = re.compile(r"^附录\s?[A-Z](?:\s*[（(](?:规范|资料|提示)性(?:附录)?[）)])?$")
_TABLE = re.compile(
    r"^(?P<token>表\s?(?:[A-Z]\.)?\d{1,3}(?:[.\-—]\d{1,3}){0,4})(?P<rest>[\s　]*(?![\s　的规中所给列和、，或与])[^。；]{1,60}|)$"
)
_AFTER_TABLE = re.compile(r"[。；]$")
_NOTE = re.compile(r"^注\s?\d{0,2}\s*[:：]|^[a-z\d]{1,2}[)）]")
# What follows a quantity, not a clause's number: 2.5 MPa, 3.0 m, 1.2 倍, 2024.5 …
_UNIT = re.compile(
    r"^(?:[kMGmcμdn]?(?:Pa|m|g|W|V|A|J|N|s|L|Hz|mol)(?:[²³\d/·]|\b)|℃|°|%|％|‰|[×xX~～±≤≥<>/*]|至|倍|万|亿|千|百|元|人|年|月|日|天|小时|分钟|秒|米|厘米|毫米|公里|吨|千克|公斤|级|度|个|台|套|次|以上|以下|以内|左右)"
)
_TERM_TITLE = re.compile(r"^[\u4e00-\u9fff（）()、]{2,20}(?:[\s　]+[A-Za-z][A-Za-z\s\-;,/()]*)?$")
_LEAST_CLAUSES = 5
_MAX_STEP = 5  # clauses that may be missing between two


def is_standard(text: str, title: str) -> bool:
    """Whether a text is a standard: its title has the number of one, or it is made of clauses like 5.5.3.

    >>> is_standard("4.1 一般要求\\n4.1.1 应设一名看守。\\n4.1.2 应有两盏灯。", "GB 99999—2020 风筝场安全要求")
    True
    """
    found = [match["token"] for line in text.split("\n") if (match := _clause(line.strip(" *#|")))]
    if NUMBER.search(title) or re.match(r"^(?:GB|AQ|XF|GA|JGJ)[\s/T]*\d", title):
        return len(found) > 1
    deep = sum(1 for token in found if token.count(".") > 1)
    return bool(NUMBER.search(text[:2000])) and len(found) >= _LEAST_CLAUSES and deep > 1


def split(text: str, title: str) -> list[Passage]:
    """Return the clauses of a standard, tables and terms with their own labels.

    >>> text = "4 灯具\\n4.1.1灯应每月试一次。\\n注：试灯不少于\\n2.5 小时。\\n4.1.2\\n坏灯应换。\\n表 1 灯数\\n场地：小；灯：2"
    >>> [(p.label, p.text) for p in split(text, "灯具要求")][:2]
    [('4.1.1', '灯应每月试一次。\\n注：试灯不少于\\n2.5 小时。'), ('4.1.2', '坏灯应换。')]
    """
    body = _joined(list(sections.lines(text, title)))
    return sections.passages(sections.outline(body, _Reader().heading))


def _joined(body: Sequence[str]) -> list[str]:
    """Return the lines with a number that stood alone set before the next line; an annex before its title."""
    found: list[str] = []
    for line in body:
        alone = found and (match := _CLAUSE.match(found[-1])) and not match["rest"]
        untitled = found and _ANNEX_ALONE.match(found[-1]) and not sections.SAYS.search(line)
        if (alone or untitled) and not _CLAUSE.match(line) and not _UNIT.match(line):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


class _Reader:
    """Finds the clauses, each of which must follow on the one before, going through the lines once."""

    def __init__(self) -> None:
        self._last: tuple[int, ...] = ()
        self._in_table = False

    def heading(self, line: str, _: Sequence[Section]) -> Heading | None:
        """Return the heading a line is: of a chapter, a clause, an annex or a table."""
        if annex := _ANNEX.match(line):
            self._last, self._in_table = (), False
            return Heading(
                3, re.sub(r"\s", "", annex["token"]), annex["rest"].strip(), is_title=bool(annex["rest"])
            )
        if table := _TABLE.match(line):
            self._in_table = True
            return Heading(
                9, re.sub(r"\s", "", table["token"]), table["rest"].strip(), is_title=bool(table["rest"])
            )
        match = _clause(line) or _CHAPTER.match(line)
        if match and self._follows(match["token"]):
            self._in_table = False
            token, rest = match["token"], match["rest"].strip()
            says = sections.SAYS.search(rest) or "，" in rest
            is_title = False if says else True if _TERM_TITLE.match(rest) else None
            return Heading(3 + token.count("."), token, rest, is_title=is_title)
        if (
            self._in_table
            and _AFTER_TABLE.search(line)
            and not rows.ROW.match(line)
            and not _NOTE.match(line)
        ):
            self._in_table = False
            return Heading(9, "", line, is_title=False)
        return None if re.match(r"^[\d.]", line) else _markdown(line)

    def _follows(self, token: str) -> bool:
        """Whether a clause number may come here; remembers it if so."""
        number = tuple(ord(part) - 64 if part.isalpha() else int(part) for part in token.split("."))
        if "." in token and number[-1] == 0 and len(number) == 2 and self._last[:1] != number[:1]:
            return False
        if self._last:
            shared = next(
                (i for i, (a, b) in enumerate(zip(self._last, number, strict=False)) if a != b), None
            )
            if shared is None and len(number) <= len(self._last):
                return False
            if shared is not None and not 0 < number[shared] - self._last[shared] <= _MAX_STEP:
                return False
        self._last = number
        return True


def _clause(line: str) -> re.Match[str] | None:
    """Match a line that begins with a clause's number, not with a quantity or a date."""
    match = _CLAUSE.match(line)
    if match and match["rest"] and (_UNIT.match(match["rest"]) or match["rest"][0] in "。，；：、）)"):
        return None
    return match


def _markdown(line: str) -> Heading | None:
    head = sections.heading(line)
    return head if head and not head.token else None
