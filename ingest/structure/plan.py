"""Emergency plans (应急预案): response levels, their triggers and measures, and each unit's duties apart."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.structure import rows, sections
from ingest.structure.sections import CN, Heading, Section
from ingest.structure.statute import Passage

_TITLE = re.compile(r"预案》?(?:[（(].{0,100}[）)])?(?:的通知)?$")
_NUMBERED = re.compile(
    r"^[^\w\n]*(?:\d{1,2}(?:\.\d{1,2}){0,3}[\s　]*[\u4e00-\u9fff]|[一二三四五六七八九十]{1,3}、)", re.M
)
_SIGNS = re.compile(r"启动条件|应急响应|响应措施|成员单位|响应终止|先期处置|应急保障|信息报告|指挥部")
_LEAST_SIGNS = 4  # different ones, for a text whose title does not say that it is a plan

_CLAUSE = re.compile(
    r"^(?P<token>\d{1,2}(?:\.\d{1,2}){1,4})(?![\d.．])[.．、]?[\s　]*(?P<rest>[\u4e00-\u9fffⅠ-ⅫIV《“（(].*)$"
)
_CHAPTER = re.compile(
    r"^(?P<token>\d{1,2})(?P<sign>[.．、]?[\s　]*)(?P<rest>[\u4e00-\u9fff][^。；：，]{1,20})$"
)
_MARKER = rf"(?:[（(](?:\d{{1,2}}|{CN}{{1,3}})[）)]|\d{{1,2}}[.．、）)]|{CN}{{1,3}}、|[①-⑳])?\s*"
_RANK = r"(?P<rank>Ⅰ|Ⅱ|Ⅲ|Ⅳ|III|II|IV|I|[一二三四1-4])\s*级(?:[（(][^）)]{1,10}[）)])?\s*"
_ROMAN = {
    sign: roman for roman, signs in zip("ⅠⅡⅢⅣ", ("I一1", "二2", "三3", "四4"), strict=True) for sign in signs
}
_ROMAN |= {"II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ"}
_LEVEL = re.compile(rf"{_RANK}(?:应急)?响应")
_FACETS = {
    "启动条件": r"(?:响应)?启动(?:条件|标准|情形)|响应条件",
    "启动程序": r"启动(?:程序|权限|方式)|响应启动",
    "响应措施": r"(?:应急)?响应(?:措施|行动|内容)|应急措施|(?:应急)?处置措施|应对措施|工作措施",
    "响应终止": r"(?:应急)?(?:响应)?(?:终止|结束|解除)(?:条件|程序)?",
}
_FACET = "|".join(f"(?P<f{place}>{words})" for place, words in enumerate(_FACETS.values()))
_FACET_TITLE = re.compile(_FACET)
_TAGGED = re.compile(
    rf"^{_MARKER}(?:启动)?(?:{_RANK}(?P<response>(?:应急)?响应)?)?(?:{_FACET})?\s*(?:[:：。]\s*(?P<rest>.*))?$"
)
_TRIGGER = re.compile(
    r"(?:之一|下列|以下|条件|情形|情况).{0,40}(?:启动|进入)|(?:启动|进入).{0,40}(?:之一|下列|以下|条件|情形)"
    r"|^.{0,30}(?:下列|以下)(?:条件|情形|情况)"
)
_MEASURE = re.compile(
    r"(?:措施|工作|行动)(?:如下)?[:：]$|(?:采取|落实)(?:下列|以下).{0,8}(?:措施|行动)|(?:启动.{0,12}响应|响应启动)后"
)
_DUTIES = re.compile(
    r"成员单位|(?:部门|单位|机构|小组|[\u4e00-\u9fff]组)[^，。]{0,8}(?:职责|分工|任务)|职责分工|任务分工"
)
_BODIES = "局|委|部|办|厅|公司|队|政府|中心|站|院|社|会|台|军区|街道|镇|乡|办公室|组|集团|银行|学校|处|署"
_DUTY = re.compile(rf"^{_MARKER}(?P<unit>[\u4e00-\u9fff（）()、“”·]{{2,40}}?)\s*[:：]\s*(?P<duty>\S.*)$")
_DUTY_VERB = re.compile(
    rf"^{_MARKER}(?P<unit>[\u4e00-\u9fff（）()、]{{1,28}}?(?:{_BODIES}))\s*(?P<duty>(?:主要)?(?:负责|牵头|承担|做好|配合|协助).+)$"
)
_NO_UNIT = re.compile(
    r"职责|如下|主要|情况|要求|条件|措施|内容|成员|方面|以下|下列|下设|组成|^.是|^单位$|^部门$"
)
_OTHERS = re.compile(rf"^{_MARKER}(?:其[他它]|各)[^:：]{{0,12}}(?:单位|部门|组)")
_ANNEX = re.compile(r"^附[件录表]\s*[\dA-Z一二三四五六七八九十]{0,3}\s*[:：]?$")
_TERMS = re.compile(r"名词|术语|用语|定义")
_TERM = re.compile(
    rf"^{_MARKER}[“\"]?(?P<term>[\u4e00-\u9fffA-Za-z（）()]{{2,20}}?)[”\"]?\s*(?:[:：]|[,，]?\s*是?指)\s*\S.+$"
)
_UNIT_COLUMN, _DUTY_COLUMN = re.compile(r"单位|部门|机构|成员"), re.compile(r"职责|任务|分工")
_LIST, _LEVEL_LINE, _FACET_LINE, _PART = 7.5, 8, 9, 10  # depths below the longest number, 1.1.1.1.1


def is_plan(text: str, title: str) -> bool:
    """Whether a text is an emergency plan: numbered, and called one or speaking like one.

    >>> is_plan("1 总则\\n1.1 目的\\n快。\\n2 组织\\n", "某县防汛应急预案"), is_plan("", "预案管理办法")
    (True, False)
    """
    if len(_NUMBERED.findall(text)) < 2:
        return False
    if _TITLE.search(title):
        return True
    return "本预案" in text and bool(_LEVEL.search(text)) and len(set(_SIGNS.findall(text))) >= _LEAST_SIGNS


def split(text: str, title: str) -> list[Passage]:
    """Return a plan's sections; those of a response level carry it in their label.

    >>> text = "4.3 分级响应\\n4.3.1 一级响应\\n（1）启动条件：堤防决口。\\n（2）响应措施：转移群众。"
    >>> [(p.label, p.text) for p in split(text, "某县预案")]
    [('4.3.1·Ⅰ级响应·启动条件', '堤防决口。'), ('4.3.1·Ⅰ级响应·响应措施', '转移群众。')]
    """
    return sections.passages(sections.outline(_body(text, title), _Reader().heading))


def _body(text: str, title: str) -> list[str]:
    """Return the lines, bars of tables as blanks, an annex's number and its title in one line."""
    body: list[str] = []
    for line in sections.lines(text, title):
        line = re.sub(r"\s*\|\s*", " ", line).strip("- ")
        titled = body and _ANNEX.match(body[-1]) and len(line) <= sections.TITLE_LENGTH
        if titled and not re.search(r"[。；：]", line):
            body[-1] += f" {line}"
        elif line:
            body.append(line)
    return body


class _Reader:
    """Finds the headings of a plan, going through the lines once."""

    def __init__(self) -> None:
        self._chapter = 0
        self._sign: str | None = None  # how chapters are written: "1 " or "1."
        self._in_row = False

    def heading(self, line: str, opened: Sequence[Section]) -> Heading | None:
        """Return the heading a line is, of a numbered section or of a part that has no number."""
        after_row, self._in_row = self._in_row, bool(rows.ROW.match(line))
        if self._in_row:
            return _row(line)
        if head := self._numbered(line, opened):
            return _tagged_number(head, [section for section in opened if section.depth < head.depth])
        within = _names(opened)
        found = _response(line, opened, within) or _listed(line, within)
        return found or (Heading(_PART, "", line, is_title=False) if after_row else None)

    def _numbered(self, line: str, opened: Sequence[Section]) -> Heading | None:
        if clause := _CLAUSE.match(line):
            return Heading(3 + clause["token"].count("."), clause["token"], clause["rest"].strip())
        if self._is_chapter(chapter := _CHAPTER.match(line)) and chapter:
            self._chapter, self._sign = int(chapter["token"]), chapter["sign"].strip()
            return Heading(3, chapter["token"], chapter["rest"])
        head = sections.heading(line)
        if head is None or re.fullmatch(r"[\d.]+", head.token):
            return None
        if head.token.startswith("附"):
            self._chapter = 0
            return replace(head, depth=2.5)
        below_clause = any(re.fullmatch(r"[\d.]+", section.token) for section in opened)
        return replace(head, depth=_LIST) if head.depth in (3, 4) and below_clause else head

    def _is_chapter(self, match: re.Match[str] | None) -> bool:
        """Whether it is the next chapter; an item of a list is written otherwise or out of turn."""
        if not match or int(match["token"]) != self._chapter + 1:
            return False
        return self._sign is None or match["sign"].strip() == self._sign


def _names(opened: Sequence[Section]) -> str:
    return "·".join(section.name for section in opened)


def _tagged_number(head: Heading, opened: Sequence[Section]) -> Heading:
    """Return a numbered heading with what its title says of level, part of the response or unit."""
    within = _names(opened)
    if _DUTIES.search(within) and (duty := _DUTY.match(head.rest)) and not _NO_UNIT.search(duty["unit"]):
        return replace(head, rest=duty["duty"], mark=duty["unit"], is_title=False)
    title, _, content = head.rest.partition("：")
    if len(title) > sections.TITLE_LENGTH or "。" in title:
        return head
    marks = [_level(rank) for rank in dict.fromkeys(m["rank"] for m in _LEVEL.finditer(title))]
    tagged = _TAGGED.match(title)
    if not marks and tagged and tagged["rank"] and re.search("响应|启动", within):
        marks = [_level(tagged["rank"])]
    facet = _FACET_TITLE.search(title)
    if facet and (marks or any("级响应" in section.mark for section in opened)):
        marks.append(_facet(facet))
    if not marks:
        return head
    return replace(head, rest=content or title, mark="·".join(marks), is_title=not content)


def _response(line: str, opened: Sequence[Section], within: str) -> Heading | None:
    """A line without a section's number that opens a level, or a part of one: its triggers, its measures."""
    tagged = _TAGGED.match(line)
    rest = (tagged["rest"] or "") if tagged else ""
    facet = _facet(tagged) if tagged else ""
    if tagged and tagged["rank"] and (tagged["response"] or re.search("响应|启动", within)):
        level = _level(tagged["rank"])
        other = [s.depth for s in opened if "级响应" in s.mark and level not in s.mark]
        mark = "·".join(filter(None, (level, facet)))
        return Heading(min([*other, _LEVEL_LINE]), "", rest, mark, is_title=False)
    at_level = next((place for place, s in enumerate(opened) if "级响应" in s.mark), None)
    if at_level is None:
        return None
    below = [s for s in opened[at_level:] if any(name in s.mark for name in _FACETS)]
    if facet:
        return Heading(_FACET_LINE, "", rest, facet, is_title=False)
    if below and below[-1].token:  # a section of its own number says what it holds
        return None
    implied = "响应措施" if _MEASURE.search(line) else "启动条件" if _TRIGGER.search(line) else ""
    if implied and not (below and implied in below[-1].mark):
        return Heading(_FACET_LINE, "", line, implied, is_title=False)
    return None


def _level(rank: str) -> str:
    return f"{_ROMAN.get(rank, rank)}级响应"


def _facet(match: re.Match[str]) -> str:
    return next((name for place, name in enumerate(_FACETS) if match[f"f{place}"]), "")


def _listed(line: str, within: str) -> Heading | None:
    """A unit with its duties, or a term with its meaning."""
    if _DUTIES.search(within):
        duty = _DUTY.match(line) or _DUTY_VERB.match(line)
        if _OTHERS.match(line):
            return Heading(_PART, "", line, is_title=False)
        if duty and not _NO_UNIT.search(duty["unit"]):
            return Heading(_PART, "", duty["duty"], duty["unit"], is_title=False)
    if _TERMS.search(within) and (term := _TERM.match(line)):
        return Heading(_PART, "", line, term["term"], is_title=False)
    return None


def _row(line: str) -> Heading:
    """A row of a table; the row of a unit goes by the unit's name."""
    cells = rows.cells(line)
    duties = any(_DUTY_COLUMN.search(name) for name, _ in cells)
    unit = next((value for name, value in cells if duties and value and _UNIT_COLUMN.search(name)), "")
    return Heading(_PART, "", line, unit[: sections.TITLE_LENGTH] or rows.row_name(line), is_title=False)
