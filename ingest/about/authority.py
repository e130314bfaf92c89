"""What kind of text it is, who issued it, where it applies: read from the text itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.about.titles import STANDARD_NUMBER
from kb import regions
from kb.datatypes import Level
from kb.normalise import fold

_NATIONAL_CONGRESS = re.compile(r"全国人民代表大会(?:常务委员会|.{0,8}次会议)|全国人大常委会")
_LOCAL_CONGRESS = re.compile(
    r"([\u4e00-\u9fff]{2,12}?(?:省|市|自治区|自治州|自治县))(?:第[^人]{1,6}届)?(?:人民代表大会|人大)"
)
_STATE_COUNCIL = re.compile(
    r"国务院(?:、中央军事委员会|、中央军委)?令|国务院(?:第.{1,8}次常务会议|批准|发布|公布)"
)
_MINISTRY = re.compile(
    r"((?:国家)?(?![由经])[\u4e00-\u9fff]{1,14}?(?:总局|部|委员会|改革委|健康委|计生委|国资委|管理局|监察局|局|署))(?:令|\s*\d{4}-\d{1,2}-\d{1,2}\s*公布|.{0,6}部务会议|.{0,8}局长办公会议)"
)
_ALONE = re.compile(
    r"^(国家[\u4e00-\u9fff]{2,12}(?:总局|委员会|管理局|监察局)|[\u4e00-\u9fff]{2,8}部)$", re.M
)
_FULL_NAMES = {
    "国家安全监管总局": "国家安全生产监督管理总局",
    "国家发展改革委": "国家发展和改革委员会",
    "国家卫生健康委": "国家卫生健康委员会",
    "国务院安委会": "国务院安全生产委员会",
    "国务院安委会办公室": "国务院安全生产委员会办公室",
}
# Bureaus under a ministry (部委管理的国家局) make no rules of their own (立法法): what they issue is 规范性文件.
_UNDER_A_MINISTRY = frozenset({"国家煤矿安全监察局", "国家矿山安全监察局", "国家能源局"})
_COVER = re.compile(r"^([\u4e00-\u9fff]{2,20}?)关于(?:印发|转发|做好|进一步|加强|开展|公布|发布)", re.M)
_SIGNED = re.compile(
    r"^([\u4e00-\u9fff]{2,20}(?:人民政府(?:办公[厅室])?|管理局|监督局|总局|部|厅|委员会(?:办公室)?|指挥部(?:办公室)?))$",
    re.M,
)
_COUNTY = re.compile(r"^([\u4e00-\u9fff]{2,7}?(?:自治县|县|旗|区|市|镇|乡|街道))")
_NO_COUNTY = re.compile(
    r"(?:地|社|厂|园|山|景|矿|校|库|发|护|小|市|灾|辖|城|各|本|乡|村|全)(?:区|县|市|镇|乡)$|^(?:城市|乡镇|全|各)"
)
_LETTER_YEAR = re.compile(
    r"^[^\w\n]*[\u4e00-\u9fff]{2,10}\s?[〔\[(]\s*\d{4}\s*[〕\])]\s*第?\s*\d+\s*号\s*$", re.M
)
_COURT = re.compile(r"最高人民法院(?:、最高人民检察院)?|最高人民检察院")
_COURT_SITS = re.compile(r"最高人民法院(?=审判委员会)|最高人民检察院(?=(?:第.{1,6}届)?检察委员会)")
_DATE_END = re.compile(r"(?<=[\d一二三四五六七八九十])\s?日\s*|(?<=\d\s)日\s*")
_PARTY = re.compile(r"中共中央办公厅[、\s]*国务院办公厅|中共中央[、\s]*国务院")
_PARTY_BODIES = {True: "中共中央办公厅 国务院办公厅", False: "中共中央 国务院"}
_NOTICE = re.compile(r"(?:意见|通知|公告|通报|方案|决定|批复|函|纲要|要点|清单)$")
_PLAN = re.compile(r"预案(?:[》（(]|$)")
_STANDARD = re.compile(r"^(?:GB|AQ|XF|GA|DB|HG|SY|JGJ|MT)[/T\s]*\d", re.I)
# Where the header is silent: only the State Council may call its rules 条例 (行政法规制定程序条例).
_BY_NAME = (
    (re.compile(r"条例(?:（.{0,100}）|\(.{0,100}\))?$"), Level.ADMINISTRATIVE),
    (re.compile(r"(?:规定|办法|规程|细则|规则)(?:（.{0,100}）|\(.{0,100}\))?$"), Level.MINISTRY),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Who issued a text, at what level, for where."""

    level: Level
    issuer: str
    region: str


def kind(title: str, header: Sequence[str]) -> Kind:
    """Return level, issuer and region, from the title and the lines before the first article.

    >>> kind("柳溪县防汛应急预案", ["柳溪县人民政府办公室", "2025年5月6日"])
    Kind(level=<Level.PLAN: '预案'>, issuer='柳溪县人民政府办公室', region='柳溪县')
    """
    text = _DATE_END.sub("日\n", fold("\n".join(header))).replace("中华人民共和国", "")
    found = _kind(fold(title), text)
    return replace(found, issuer=_FULL_NAMES.get(found.issuer, found.issuer))


def _kind(title: str, text: str) -> Kind:
    region = _region(title, text)
    if _PLAN.search(title):
        return Kind(Level.PLAN, _issuer_of_notice(title, text), region)
    if _STANDARD.match(title) or _own_standard_number(text):
        return Kind(Level.STANDARD, "", region)
    if court := _COURT.search(title) or _COURT_SITS.search(text):
        return Kind(Level.JUDICIAL, court[0], regions.NATIONWIDE)
    if party := _PARTY.search(title + "\n" + text):
        return Kind(Level.NORMATIVE, _PARTY_BODIES["办公厅" in party[0]], regions.NATIONWIDE)
    return _of_congress(text, region) or _of_government(title, text, region)


def _of_congress(text: str, region: str) -> Kind | None:
    local = [m[1] for m in _LOCAL_CONGRESS.finditer(text) if m[1] != "全国"]
    if region != regions.NATIONWIDE and local:
        return Kind(Level.LOCAL, f"{_own_congress(local, region)}人民代表大会常务委员会", region)
    if _NATIONAL_CONGRESS.search(text):
        return Kind(Level.LAW, "全国人民代表大会常务委员会", regions.NATIONWIDE)
    return None


def _of_government(title: str, text: str, region: str) -> Kind:
    cover = _COVER.search(text)
    if _NOTICE.search(title) or (cover and _LETTER_YEAR.search(text)):
        return Kind(Level.NORMATIVE, _issuer_of_notice(title, text), region)
    return _executive(title, text, region)


def _own_standard_number(text: str) -> bool:
    """Whether a line of the header is the number of a standard and nothing else."""
    return any(STANDARD_NUMBER.fullmatch(line.strip(" *#").upper()) for line in text.split("\n"))


def _region(title: str, header: str) -> str:
    head = re.sub(r"^(?:中华人民共和国|关于(?:印发)?)", "", title)[:12]
    found = regions.find(head)
    if found and (head.startswith(found[:2]) or found in header):
        return found
    return _county(head, title, header) or regions.NATIONWIDE


def _county(head: str, title: str, header: str) -> str:
    """Return the county or town whose own text it is, as its government signs it or its plan is named."""
    match = _COUNTY.match(head)
    if not match or _NO_COUNTY.search(match[1]):
        return ""
    own = _PLAN.search(title) or re.search(
        rf"{match[1]}(?:人民政府|人大|[\u4e00-\u9fff]{{2,8}}局$)", header, re.M
    )
    return match[1] if own else ""


def _own_congress(names: Sequence[str], region: str) -> str:
    return next((name for name in names if name.endswith(region) or region.startswith(name)), names[0])


def _issuer_of_notice(title: str, text: str) -> str:
    """Return who sends a notice: named in its title, on its cover, or signed below it."""
    match = re.match(
        r"^(国务院安委会(?:办公室)?|国务院办公厅|国务院|[\u4e00-\u9fff]{2,16}?(?:部|局|厅|委员会|办公室|人民政府))关于",
        title,
    )
    if match or (match := _COVER.search(text)):
        return match[1]
    signed = _SIGNED.findall(text)
    return signed[-1] if signed else ""


def _executive(title: str, header: str, region: str) -> Kind:
    ministries = list(_MINISTRY.finditer(header))
    council = _STATE_COUNCIL.search(header)
    if council and (not ministries or council.start() <= ministries[0].start() or "国务院批准" in header):
        return Kind(Level.ADMINISTRATIVE, "国务院", regions.NATIONWIDE)
    if region != regions.NATIONWIDE:
        return Kind(Level.OTHER, "", region)
    names = [match[1] for match in ministries] or _ALONE.findall(header)[:1]
    if names:
        bureau = _FULL_NAMES.get(names[-1], names[-1]) in _UNDER_A_MINISTRY and "令" not in header
        return Kind(Level.NORMATIVE if bureau else Level.MINISTRY, names[-1], region)
    for ending, level in _BY_NAME:
        if ending.search(title):
            return Kind(level, "国务院" if level is Level.ADMINISTRATIVE else "", region)
    return Kind(Level.OTHER, "", region)
