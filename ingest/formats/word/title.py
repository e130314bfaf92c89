"""Which of the first lines of a Word document is its title, by looks: Word itself does not know."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ingest.formats.word.body import Line
from kb.normalise import fold
from kb.numerals import NUMERAL, to_int

_LOOKED_AT = 15  # lines
_LARGE = 36  # half points: 18 points (小二); text of official papers is 16 (三号), their titles 22 (二号)
_LONGEST = 80  # characters of a whole title
_MOST_LINES = 4
_BODY = re.compile(r"第[一1]\s*[条章编]|目\s*[录次]$|前\s*言$")
_NOT_TITLE = re.compile(
    r"(?:文件|令|公告|公报|简报)$|第?\s*\d+\s*号|〔\d{4}〕|\[\d{4}\]|\d{4}\s*年|[〇○一二三四五六七八九]{4}年|"
    r"^附件|来源|发布|日期|[:：。；]|^[（(]|^[|\d\W]+$|^(?:绝密|机密|秘密|特急|加急|急件)"
)
_ARTICLE = re.compile(
    rf"(第([0-9]{{1,9}}|(?:(?![0-9]){NUMERAL}){{1,9}})条)\s*([^\s的、至之第款项，；。）].*)$"
)
_COMPLETE = re.compile(
    r"(?:法|条例|规定|办法|细则|规则|规程|规范|标准|预案|方案|通知|意见|决定|通告|批复|制度|手册|指南|导则|方法|纲要|报告|"
    r"清单)(?:[（(].{1,8}[）)])?[》」]?$"
)


def with_title(lines: Sequence[Line], property_title: str = "") -> tuple[str, list[Line]]:
    """Return the title, "" if none shows, and the lines with it as one heading of the first level.

    In this order: the style Title, a heading of the first level, large type, a centred line; among the first
    15 lines and before the first article. The title in the file's properties counts only where a line says
    the same: it is mostly the template's, an older document's or the first words that were typed.
    """
    first = _before_body(lines)
    wanted = fold(property_title)
    tests: tuple[Callable[[Line], bool], ...] = (
        lambda line: line.title,
        lambda line: line.level == 1,
        lambda line: line.size >= _LARGE,
        lambda line: line.centred,
        lambda line: bool(wanted) and fold(line.text) == wanted,
    )
    for test in tests:
        for place, line in enumerate(first):
            if (
                line.loose
                and test(line)
                and 1 < len(line.text) <= _LONGEST
                and not _NOT_TITLE.search(line.text)
            ):
                count = _length(lines, place)
                title = "".join(each.text for each in lines[place : place + count])
                return title, [*lines[:place], replace(line, text=title, level=1), *lines[place + count :]]
    return "", list(lines)


def _before_body(lines: Sequence[Line]) -> Sequence[Line]:
    for place, line in enumerate(lines[:_LOOKED_AT]):
        if _BODY.match(line.text):
            return lines[:place]
    return lines[:_LOOKED_AT]


def _length(lines: Sequence[Line], place: int) -> int:
    """Return over how many lines a title is spread: the next ones look alike and it is not complete."""
    line, text = lines[place], lines[place].text
    count = 1
    for following in lines[place + 1 : place + _MOST_LINES]:
        text += following.text
        alike = _looks(following) == _looks(line) and (line.title or line.centred)
        wrapped = not _COMPLETE.search(lines[place + count - 1].text) and not _NOT_TITLE.search(
            following.text
        )
        if not (alike and wrapped and len(text) <= _LONGEST) or _BODY.match(following.text):
            break
        count += 1
    return count


def _looks(line: Line) -> tuple[int, bool, bool, int, bool]:
    return line.level, line.title, line.centred, line.size, line.loose


def spaced(lines: Iterable[Line]) -> list[Line]:
    """Return lines with a space after the article number (第二条) where the file lost it.

    Only for articles that count on one by one from 第一条, each at the beginning of its paragraph, so that a
    paragraph that refers to an article is left alone.

    >>> [line.text for line in spaced([Line("第一条起重机。"), Line("第二条、第三条"), Line("第二条吊具。")])]
    ['第一条 起重机。', '第二条、第三条', '第二条 吊具。']
    """
    result: list[Line] = []
    last = 0
    for line in lines:
        match = _ARTICLE.match(line.text) if line.loose else None
        if match and to_int(match[2]) == last + 1:
            last += 1
            line = replace(line, text=f"{match[1]} {match[3]}")
        result.append(line)
    return result
