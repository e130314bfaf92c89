"""What kind of text it is, who issued it, where it applies, what it repeals: read from the text itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb import regions
from kb.datatypes import Level
from kb.normalise import clean, fold, law_name

_FILE_DATE = re.compile(r"[(（_\s-]*\d{4}-\d{2}-\d{2}[)）]?$")
_TITLE_LENGTH = 80
_BOOK = re.compile(r"《([^《》]{3,60}?)》")
_REPEAL = re.compile(r"[^。\n]*同时废止[^。\n]*")
_NUMBER = re.compile(
    r"(?:国务院|[\u4e00-\u9fff]{2,14}(?:部|局|总局|委员会|署|省人民政府|市人民政府))令\s*[(（]?第?\s*\d+\s*号"
    r"|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,8}[〔\[]\d{4}[〕\]]\s*\d+号"
)
_PUBLISHED_LINE = re.compile(r"发布(?:日期|时间)|浏览量|来源[:：]")
_NATIONAL_CONGRESS = re.compile(r"全国人民代表大会(?:常务委员会|.{0,8}次会议)|全国人大常委会")
_LOCAL_CONGRESS = re.compile(
    r"([\u4e00-\u9fff]{2,12}?(?:省|市|自治区|自治州|自治县))(?:第[^人]{1,6}届)?(?:人民代表大会|人大)"
)
_STATE_COUNCIL = re.compile(
    r"国务院(?:、中央军事委员会|、中央军委)?令|国务院(?:第.{1,8}次常务会议|批准|发布|公布)"
)
_MINISTRY = re.compile(
    r"((?:国家)?(?![由经])[\u4e00-\u9fff]{1,14}?(?:总局|部|委员会|管理局|监察局|局|署))(?:令|\s*\d{4}-\d{1,2}-\d{1,2}\s*公布|.{0,6}部务会议|.{0,8}局长办公会议)"
)
_COURT = re.compile(r"最高人民法院(?:、最高人民检察院)?|最高人民检察院")
_DATE_END = re.compile(r"(?<=[\d一二三四五六七八九十])\s?日\s*|(?<=\d\s)日\s*")
_PARTY = re.compile(r"中共中央办公厅[、\s]*国务院办公厅|中共中央[、\s]*国务院")
_PARTY_BODIES = {True: "中共中央办公厅 国务院办公厅", False: "中共中央 国务院"}
_NOTICE = re.compile(r"(?:意见|通知|公告|通报|方案|决定|批复|函|纲要|要点|清单)$")
_PLAN = re.compile(r"预案(?:[》（(]|$)")
_STANDARD = re.compile(r"^(?:GB|AQ|XF|GA|DB|HG|SY|JGJ|MT)[/T\s]*\d", re.I)
# Where the header is silent: only the State Council may call its rules 条例 (行政法规制定程序条例).
_BY_NAME = (
    (re.compile(r"条例(?:（.*）|\(.*\))?$"), Level.ADMINISTRATIVE),
    (re.compile(r"(?:规定|办法|规程|细则|规则)(?:（.*）|\(.*\))?$"), Level.MINISTRY),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Who issued a text, at what level, for where."""

    level: Level
    issuer: str
    region: str


def titles(lines: Sequence[str], file_stem: str) -> tuple[str, str]:
    """Return (title, part): the text's title, and the name of the part when the file holds one of several.

    >>> titles(["# 甲法典", "", "# 合同编"], "x"), titles(["某科", "工作会议精神", "发布日期:2022-01-14"], "x")
    (('甲法典', '合同编'), ('工作会议精神', ''))
    """
    headings = [clean(line.lstrip("#")) for line in lines[:40] if re.match(r"^#\s+\S", line)]
    if headings:
        part = (
            headings[1] if len(headings) > 1 and len(headings[1]) <= 12 and headings[1].endswith("编") else ""
        )
        return _out_of_cover(headings[0]), part
    first = [clean(line) for line in lines[:12] if line.strip()]
    for index, line in enumerate(first):
        if index and _PUBLISHED_LINE.search(line):
            return first[index - 1], ""
    if len(first) > 1 and len(first[0]) <= _TITLE_LENGTH and not re.search(r"[。；！？]", first[0]):
        return first[0], ""
    return clean(_FILE_DATE.sub("", file_stem)), ""


def kind(title: str, header: Sequence[str]) -> Kind:
    """Return level, issuer and region, from the title and the lines before the first article."""
    text = _DATE_END.sub("日\n", fold("\n".join(header))).replace("中华人民共和国", "")
    folded_title = fold(title)
    region = _region(folded_title, text)
    if _PLAN.search(folded_title):
        return Kind(Level.PLAN, _issuer_of_notice(folded_title), region)
    if _STANDARD.match(folded_title):
        return Kind(Level.STANDARD, "", region)
    court = _COURT.search(folded_title)
    if court:
        return Kind(Level.JUDICIAL, court[0], regions.NATIONWIDE)
    party = _PARTY.search(folded_title + "\n" + text)
    if party:
        return Kind(Level.NORMATIVE, _PARTY_BODIES[bool(re.search("办公厅", party[0]))], regions.NATIONWIDE)
    if region != regions.NATIONWIDE:
        congress = [m[1] for m in _LOCAL_CONGRESS.finditer(text) if m[1] != "全国"]
        if congress:
            return Kind(Level.LOCAL, f"{_own_congress(congress, region)}人民代表大会常务委员会", region)
    if _NATIONAL_CONGRESS.search(text):
        return Kind(Level.LAW, "全国人民代表大会常务委员会", regions.NATIONWIDE)
    if _NOTICE.search(folded_title):
        return Kind(Level.NORMATIVE, _issuer_of_notice(folded_title), region)
    return _executive(folded_title, text, region)


def document_number(header: Sequence[str]) -> str:
    """Return the last document number (文号) in the header, or "".

    >>> document_number(["2003年11月24日 中华人民共和国国务院令第393号公布"])
    '国务院令第393号'
    """
    found = [match[0] for line in header for match in _NUMBER.finditer(fold(line))]
    return re.sub(r"\s+", "", found[-1]).removeprefix("中华人民共和国") if found else ""


def repeals(closing: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the texts declared repealed in the last passages.

    >>> repeals(["本条例自2024年5月1日起施行。《甲监察条例》和《乙特别规定》同时废止。"])
    ('甲监察条例', '乙特别规定')
    """
    names = [
        law_name(name)
        for text in closing
        for clause in _REPEAL.findall(text)
        for name in _BOOK.findall(clause)
    ]
    return tuple(dict.fromkeys(names))


def _out_of_cover(title: str) -> str:
    """Return the title inside 某某印发《…》."""
    match = re.search(r"印发《([^《》]{4,60})》", title)
    return match[1] if match else title


def _region(title: str, header: str) -> str:
    head = re.sub(r"^(?:中华人民共和国|关于)", "", title)[:12]
    found = regions.find(head)
    if found and (head.startswith(found[:2]) or found in header):
        return found
    return regions.NATIONWIDE


def _own_congress(names: Sequence[str], region: str) -> str:
    return next((name for name in names if name.endswith(region) or region.startswith(name)), names[0])


def _issuer_of_notice(title: str) -> str:
    match = re.match(
        r"^(国务院安委会|国务院办公厅|国务院|[\u4e00-\u9fff]{2,16}?(?:部|局|厅|委员会|办公室|人民政府))关于",
        title,
    )
    return match[1] if match else ""


def _executive(title: str, header: str, region: str) -> Kind:
    ministries = list(_MINISTRY.finditer(header))
    council = _STATE_COUNCIL.search(header)
    if council and (not ministries or council.start() <= ministries[0].start() or "国务院批准" in header):
        return Kind(Level.ADMINISTRATIVE, "国务院", regions.NATIONWIDE)
    if region != regions.NATIONWIDE:
        return Kind(Level.OTHER, "", region)
    if ministries:
        return Kind(Level.MINISTRY, ministries[-1][1], region)
    for ending, level in _BY_NAME:
        if ending.search(title):
            return Kind(level, "国务院" if level is Level.ADMINISTRATIVE else "", region)
    return Kind(Level.OTHER, "", region)
