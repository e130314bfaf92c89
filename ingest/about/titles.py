"""A text's title and its document number (文号), read from its first lines."""

import re
from collections.abc import Iterator, Sequence

from kb.normalise import clean, fold
from kb.numerals import NUMERAL

_FILE_DATE = re.compile(r"[(（_\s-]*\d{4}-\d{2}-\d{2}[)）]?$")
_TITLE_LENGTH = 80
_LOOKED_AT = 40  # lines in which a title's second half, or the title behind a cover, begins
_PUBLISHED_LINE = re.compile(r"发布(?:日期|时间)|浏览量|来源[:：]")
_BODY = re.compile(r"[。；！？!?;]|[:：]$")
_ENDS = re.compile(
    r"(?:通知|意见|公告|通告|通报|决定|决议|方案|预案|办法|规定|条例|规程|规范|标准|细则|规则|要求|指南|手册|纲要|要点|清单|批复|"
    r"函|命令|精神|问答|法|制度|计划|规划|解释|修正案)[》）)”]*(?:[（(][^（）()]{1,20}[）)])?$"
)
_NO_TITLE = re.compile(rf"[。；！？]|^第{NUMERAL}{{1,9}}条")
_BEGINS = re.compile(r"关于|印发|转发|《")
_COVER = re.compile(r"(?:印发|发布|公布)《(?P<book>[^《》]{4,60})》")
_PLAIN_COVER = re.compile(r"关于(?:印发|发布)(?P<name>[^《》]{4,60}?)的(?:通知|公告)$")
_LETTERHEAD = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,24}文件|(?:特急|加急|机密|秘密)(?:★.*)?|ICS\s*[\d.\s]*.*|CCS\s*\w.*|备案号.*|[A-Z]\s?\d{2}"
    r"|中华人民共和国.{0,8}标准|.{2,10}(?:地方|行业|团体)标准|(?:代替|代).{2,40})$"
)
STANDARD_NUMBER = re.compile(
    r"(?<![A-Za-z])(?:GB|GA|AQ|XF|DB\s?\d{2}|HG|SY|JGJ|MT|CJJ|TSG|YJ|SH|DL|JT|WS|QX|LY|SL|NB|GBZ)"
    r"(?:/[TZ])?\s?\d{1,5}(?:\.\d{1,3})?\s?[-—–－]{1,2}\s?(?:19|20)\d{2}(?!\d)"
)
_ORDER = re.compile(
    r"(?:国务院(?:、中央军事委员会|、中央军委)?|主席|(?!日)[\u4e00-\u9fff]{2,14}(?:部|局|总局|委员会|委|署|省人民政府|市人民政府))令\s*[(（]?第?\s*\d+\s*号"
)
_LETTER = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[日以]))(?P<body>(?![日以由])[\u4e00-\u9fff]{2,10})\s?[〔\[(【]\s*(?P<year>(?:19|20)\d{2})\s*[〕\])】]\s*第?\s*(?P<n>\d{1,5})\s*号"
)
_BASIS = re.compile("废止|根据|依据|按照")
_ANNOUNCED = re.compile(r"(?:[\u4e00-\u9fff]{2,16})?公告\s*[(（]?\s*(?:19|20)\d{2}\s*年?\s*第\s*\d{1,4}\s*号")


def titles(lines: Sequence[str], file_stem: str) -> tuple[str, str]:
    """Return (title, part): the text's title, and the name of the part when the file holds one of several.

    >>> titles(["# 甲法典", "", "# 合同编"], "x"), titles(["某科", "工作会议精神", "发布日期:2022-01-14"], "x")
    (('甲法典', '合同编'), ('工作会议精神', ''))
    >>> titles(["柳溪县人民政府", "关于印发", "《柳溪县防汛预案》的通知", "各乡镇：", "照办。"], "x")[0]
    '柳溪县防汛预案'
    """
    headings = [clean(line.lstrip("#")) for line in lines[:_LOOKED_AT] if re.match(r"^#\s+\S", line)]
    if headings:
        named = len(headings) > 1 and len(headings[1]) <= 12 and headings[1].endswith("编")
        return _out_of_cover(headings[0], lines), headings[1] if named else ""
    first = [clean(line) for line in lines[:_LOOKED_AT] if line.strip()][:12]
    for index, line in enumerate(first):
        if index and _PUBLISHED_LINE.search(line):
            return first[index - 1], ""
    while len(first) > 2 and (_LETTERHEAD.match(first[0]) or _is_number(first[0])):
        first = first[1:]
    if len(first) > 1 and len(first[0]) <= _TITLE_LENGTH and not _NO_TITLE.search(first[0]):
        return _out_of_cover(_whole(first), lines), ""
    return clean(_FILE_DATE.sub("", file_stem)), ""


def document_number(header: Sequence[str]) -> str:
    """Return the document number (文号) of a text, or "".

    A line that holds nothing else goes first, then the last number of an order in the header, then one in
    passing that is not the number of a text named in 《》 before it.

    >>> document_number(["2003年11月24日 中华人民共和国国务院令第393号公布"])
    '国务院令第393号'
    >>> document_number(["某县人民政府文件", "某政办（2020）3号", "按照《乙通知》（乙办〔2019〕8号）办理"])
    '某政办〔2020〕3号'
    """
    folded = [fold(line).strip(" *#|") for line in header]
    alone = [line for line in folded if _is_number(line)]
    together = "\n".join(folded).replace("中华人民共和国", "")
    orders = [match[0] for match in _ORDER.finditer(together)]
    passing = [number for line in folded for number in _in_passing(line)]
    found = alone[:1] or orders[-1:] or passing[-1:]
    return _spelt(found[0]) if found else ""


def _in_passing(line: str) -> Iterator[str]:
    """Yield the numbers in a line, but for those that what stands before them gives to another text."""
    basis = _BASIS.search(line)
    until = basis.end() if basis else len(line)
    for pattern in (_LETTER, _ANNOUNCED):
        for match in pattern.finditer(line):
            start = match.start()
            if start < until and not re.search(r"》\s?\($", line[max(start - 3, 0) : start]):
                yield match[0]


def _is_number(line: str) -> bool:
    bare = re.sub(r"^文号\s*[:：]\s*", "", fold(line)).strip("() ")
    whole = (_LETTER, _ANNOUNCED)
    return any(pattern.fullmatch(bare) for pattern in whole) or bool(STANDARD_NUMBER.fullmatch(bare.upper()))


def _spelt(number: str) -> str:
    """Return a number without blanks, its year in 〔〕; a standard's with one blank and a long dash."""
    bare = re.sub(r"^文号\s*[:：]\s*", "", number).strip("() ")
    if STANDARD_NUMBER.fullmatch(bare.upper()):
        head, year = re.split(r"\s?[-—–－]{1,2}\s?(?=\d{4}$)", bare.upper())
        return f"{re.sub(r'(?<=[A-Z])[ ]?(?=[0-9])', ' ', head)}—{year}"
    tight = re.sub(r"\s+", "", bare).removeprefix("中华人民共和国")
    letter = _LETTER.fullmatch(tight)
    return f"{letter['body']}〔{letter['year']}〕{letter['n']}号" if letter else tight


def _whole(first: Sequence[str]) -> str:
    """Return the title whose lines were broken: an issuer's line, 关于…, and what follows up to its last word."""
    title = first[0]
    for line in first[1:4]:
        done = _ENDS.search(title) and not (_BEGINS.match(line) and not _ENDS.search(title))
        wrapped = _BEGINS.match(line) or _BEGINS.search(title)
        if done or not wrapped or len(title + line) > _TITLE_LENGTH or _BODY.search(line) or _is_number(line):
            break
        title += line
    return title if _ENDS.search(title) else first[0]


def _out_of_cover(title: str, lines: Sequence[str]) -> str:
    """Return the title inside 某某印发《…》, or after 关于印发 where a line of the text is that title."""
    if match := _COVER.search(title):
        return match["book"]
    if match := _PLAIN_COVER.search(title):
        named = match["name"]
        if any(clean(line.strip("# *")) == named for line in lines):
            return named
    return title
