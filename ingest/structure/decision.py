"""Decisions that amend a law (修正案、关于修改…的决定): one passage per item, what it quotes left whole."""

import re
from collections.abc import Sequence
from itertools import islice

from ingest.structure import sections, statute
from ingest.structure.sections import CN, Heading, Section
from ingest.structure.statute import Passage
from kb.numerals import to_int

_ITEM = re.compile(rf"^(?P<token>(?P<number>{CN}{{1,4}})、)\s*(?P<rest>\S.*)$")
_PART = re.compile(rf"^(?P<token>[（(]{CN}{{1,3}}[）)]|[0-9]{{1,3}}\s?[.．、](?![0-9]))\s*(?P<rest>\S.*)$")
_CLOSING = re.compile(
    r"^(?:本(?:决定|修正案|规定|解释)自|根据本(?:决定|修正案)|此外[，,]对(?:条文|.{0,6}顺序))"
)
_ACTS = re.compile(r"修改|增加|删[去除]|废止|作为|改为|调整|施行|生效|第.{1,9}条")
_ARTICLE_ONE = re.compile(r"^(?:#{1,6}\s*)?(?:\*\*)?第[一1]条(?:\*\*)?[\s　]", re.M)
_FIRST_ITEM = re.compile(r"^[ \t　]*一、", re.M)
_OWN_ARTICLE = re.compile(rf"^[ \t　]*(?:#{{1,6}}\s*)?(?:\*\*)?第{CN}{{1,9}}条(?:\*\*)?[\s　]", re.M)
_TRIED = 20  # lines that begin 第一条 and may begin the law printed below
CLOSING = "施行"


def split(text: str, title: str) -> list[Passage]:
    """Return the items (一、, 一、（一）, 一、1.) of a decision; a law printed after it keeps its articles.

    A quoted 第十条 or （一） is part of the item that quotes it, however many lines the quotation has.

    >>> text = "甲法修正案\\n一、将甲法第二条修改为：\\n“第二条 下列行为：\\n“（一）放火；\\n“（二）失火。”\\n二、删去第三条。"
    >>> [(p.label, p.text.count("\\n")) for p in split(text, "甲法修正案")]
    [('一、', 3), ('二、', 0)]
    """
    law = _law_after(text)
    decision = text[: len(text) - len(law)]
    found = sections.outline(sections.lines(decision, title), _Items().heading)
    for section in found:
        if len(sections.cut(section.lines)) > 1:  # each of its pieces says what is being amended
            section.name = _head(section)
    enacted = statute.split(law) if law else None
    return [*sections.passages(found), *(enacted.passages if enacted else ())]


def has_items(text: str) -> bool:
    """Whether a decision is made of items, not of articles of its own (宪法修正案第三十二条).

    >>> has_items("一、将第二条修改为：“第二条 禁止。”"), has_items("第三十二条 序言修改为：“甲”")
    (True, False)
    """
    return bool(_FIRST_ITEM.search(text)) or not _OWN_ARTICLE.search(text)


class _Items:
    """Tells items from what they quote, going through the lines once."""

    def __init__(self) -> None:
        self._quoting = False
        self._item = 0
        self._part = 0

    def heading(self, line: str, _: Sequence[Section]) -> Heading | None:
        quoted = self._quoting
        self._quoting = _open_after(line, quoted)
        item = _ITEM.match(line)
        if item and to_int(item["number"]) == self._item + 1 and (not quoted or _ACTS.search(item["rest"])):
            self._item, self._part = self._item + 1, 0
            self._quoting = _open_after(line, False)
            return Heading(0, item["token"], item["rest"], is_title=False)
        if quoted or line.startswith("“"):
            return None
        part = _PART.match(line)
        if part and self._item and _ACTS.search(part["rest"]) and _value(part["token"]) == self._part + 1:
            self._part += 1
            return Heading(1, re.sub(r"[．、\s]", ".", part["token"]), part["rest"], is_title=False)
        if self._item and _CLOSING.match(line):
            return Heading(0, CLOSING, line, is_title=False)
        return None


def _open_after(line: str, before: bool) -> bool:
    """Whether a quotation is open at the end of the line."""
    opening, closing = line.rfind("“"), line.rfind("”")
    return before if opening == closing else opening > closing


def _value(token: str) -> int:
    return to_int(re.sub(r"[^0-9一二三四五六七八九十百]", "", token))


def _law_after(text: str) -> str:
    """Return the law as amended, where it is printed below the decision; else ""."""
    found = next(
        (m for m in islice(_ARTICLE_ONE.finditer(text), _TRIED) if _stands_free(text[: m.start()])), None
    )
    if not found or not (law := statute.split(text[found.start() :])) or len(law.passages) < 3:
        return ""
    return text[found.start() :]


def _stands_free(before: str) -> bool:
    return re.search(r"^[一1][、.]", before, re.M) is not None and before.rfind("“") <= before.rfind("”")


def _head(section: Section) -> str:
    rest = section.lines[0] if section.lines else ""
    return f"{section.token}{re.split('[：“。]', rest, maxsplit=1)[0]}"[:60]
