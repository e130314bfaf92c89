"""What structure a text has, and the one place that says how each structure is split."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from ingest.structure import decision, faq, plan, rows, sections, standard, statute
from ingest.structure.statute import Passage, Statute
from kb.numerals import is_article


class Structure(StrEnum):
    """How a text is built: it decides how it is split into passages."""

    STATUTE = "法规条文"
    DECISION = "修正决定"
    PLAN = "应急预案"
    STANDARD = "标准"
    NOTICE = "通知公文"
    GUIDE = "科普指南"
    FAQ = "问答"
    TABLE = "表格"
    OTHER = "其他"


_FEW = 3  # articles: fewer, in a text otherwise numbered 1.1, are quoted from a law
_ROW_SHARE = 0.8
_LEAST_ROWS = 3
_DECISION = re.compile(r"关于(?:修改|修正|废止|修订).{0,500}的?决定$|修正案(?:[（(].{0,100}[）)])?$")
_OF_COURTS = re.compile(r"最高人民(?:法院|检察院)")
_NOTICE = re.compile(
    r"(?:意见|通知|公告|通报|通告|方案|决定|决议|批复|函|纲要|要点|清单|精神|纪要|讲话|报告|命令|安排|规定|办法)(?:[（(].{0,100}[）)])?$"
)
_GUIDE = re.compile(r"指南|手册|常识|须知|自救|急救|怎么办|科普|知识|攻略|技巧|要领|避险|提示|第一课|小课堂")
_SECTION = re.compile(
    r"^[ \t　]*(?:\*\*)?(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])", re.M
)
_HEADING = re.compile(r"^#{1,6}\s+\S", re.M)


def recognise(text: str, title: str, reading_table: bool) -> Structure:
    """Return how a text is built.

    Args:
        text: the text, lines ended by \\n.
        title: its title.
        reading_table: the file held nothing but rows (`Reading.table`).

    >>> recognise("一、检查\\n每周一次。\\n二、整改\\n当天改完。", "关于检查的通知", False)
    <Structure.NOTICE: '通知公文'>
    """
    if reading_table or _mostly_rows(text):
        return Structure.TABLE
    if _DECISION.search(title) and decision.has_items(text):
        return Structure.DECISION
    if not _OF_COURTS.search(title) and faq.is_faq(text):
        return Structure.FAQ
    law = statute_in(text)
    if law and _articles(law) >= _FEW:
        return Structure.STATUTE
    if plan.is_plan(text, title):
        return Structure.PLAN
    if standard.is_standard(text, title):
        return Structure.STANDARD
    return Structure.STATUTE if law else _prose(text, title)


def split(structure: Structure, text: str, title: str) -> list[Passage]:
    """Return a text's passages, in order; their labels occur once and do not depend on what follows.

    >>> [p.label for p in split(Structure.NOTICE, "一、检查\\n每周一次。", "通知")]
    ['一、']
    """
    return _SPLITTERS.get(structure, sections.split)(text, title)


@lru_cache(maxsize=2)
def statute_in(text: str) -> Statute | None:
    """Return `statute.split(text)`, remembered: recognising and splitting a text read it once."""
    return statute.split(text)


def _articles_of(text: str, title: str) -> list[Passage]:
    found = statute_in(text)
    return list(found.passages) if found else sections.split(text, title)


_SPLITTERS: dict[Structure, Callable[[str, str], list[Passage]]] = {
    Structure.STATUTE: _articles_of,
    Structure.DECISION: decision.split,
    Structure.PLAN: plan.split,
    Structure.STANDARD: standard.split,
    Structure.FAQ: faq.split,
    Structure.TABLE: rows.split,
}


def _mostly_rows(text: str) -> bool:
    if text.count("；") < _LEAST_ROWS or text.count("：") < _LEAST_ROWS * 2:
        return False
    filled = [line.strip() for line in text.split("\n") if line.strip()]
    found = sum(1 for line in filled if rows.ROW.match(line))
    return found >= _LEAST_ROWS and found >= _ROW_SHARE * len(filled)


def _articles(law: Statute) -> int:
    return sum(is_article(p.label) for p in law.passages)


def _prose(text: str, title: str) -> Structure:
    if _GUIDE.search(title):
        return Structure.GUIDE
    numbered = len(_SECTION.findall(text))
    if _NOTICE.search(title) or numbered >= _LEAST_ROWS:
        return Structure.NOTICE
    return Structure.GUIDE if len(_HEADING.findall(text)) > _LEAST_ROWS else Structure.OTHER
