"""Texts without articles (通知、意见、会议精神) become chunks by their numbered sections.

The outline made here serves the other kinds too: plans, standards and decisions say only which of their
lines are headings.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.structure.statute import Passage, without_comments
from kb.normalise import clean, law_name

CN = "[一二三四五六七八九十百]"
TITLE_LENGTH = 30  # characters; what stands after a number and is longer is text, not a title
_LONG = 500  # characters; a longer section is cut at sentence ends
_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z]")
_LABEL_LENGTH = 60
_TITLE_LINES = 12  # the title is looked for in these first lines only
_COVER = re.compile(  # what may stand around the title on its own line
    r"(?:[^\w。；！？]|_|附件\s?\d{0,2}|标题|题目|名称|中华人民共和国|(?:国家|行业|地方|团体|企业)标准|[A-Z]{2,6}(?:/[A-Z]{1,2})?\s?[\d.]+"
    r"|(?:19|20)\d\d(?:年(?:\d{1,2}月)?(?:\d{1,2}日)?)?|试行|暂行|草案|(?:征求意见|送审|报批)稿|修订|修正|第.版|版|全文|正文"
    r"|关于|印发|发布|公布|的(?:通知|公告|公示)(?:$|(?=\W)))*+"
)
_ISSUED = re.compile(
    rf"(?!{CN}{{1,4}}、|[（(\d])[^，。；：]{{0,40}}(?:印发|发布|公布|转发|批转)[《“]?"
)  # 某市人民政府关于印发《
_BOLD = re.compile(r"\*\*|^\||\|$")
SAYS = re.compile(r"应当?[^急]|不[得应宜准]|严禁|禁止|必须|负责|宜|\d{3}")
_DOTTED = re.compile(r"^\d+(?:\.\d+)*$")
_SENTENCE = re.compile(r"[。；：]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a section.

    `token` is its bare number ("一、", "4.2"), `rest` what follows it, `mark` a word the label carries
    after the numbers ("Ⅰ级响应"). `is_title` None means: a title if it is short and no sentence.
    """

    depth: float  # orders headings from outermost to innermost
    token: str
    rest: str
    mark: str = ""
    is_title: bool | None = None


@dataclass(slots=True)
class Section:
    """A section being filled. `token` is its bare number ("一、"), `name` number and title."""

    depth: float
    token: str
    name: str
    mark: str = ""
    parents: tuple["Section", ...] = ()
    title: str = ""  # a title that stands in no passage yet
    lines: list[str] = field(default_factory=list)

    def label(self) -> str:
        """Return the numbers from the outermost to this one: "一、（二）"; a title where there is no number."""
        chain = [s.token for s in (*self.parents, self) if s.token]
        own = [
            token
            for token, below in zip(chain, [*chain[1:], ""], strict=False)
            if not below.startswith(f"{token}.")
        ]
        marks = [s.mark for s in (*self.parents, self) if s.mark and s.mark not in own]
        label = "·".join([*own, *dict.fromkeys(marks)])[-_LABEL_LENGTH:]
        return label.replace("、·", "、").replace("）·", "）")


FindHeading = Callable[[str, Sequence[Section]], Heading | None]


_UNITS = (
    "小时|分钟|秒|天|日|月|年|周|米|公里|厘米|毫米|度|个|人|次|元|吨|公斤|千克|名|台|辆|支|起|万|亿|以上|以下"
)


@dataclass(frozen=True, slots=True)
class _Style:
    """A way of numbering."""

    depth: int
    pattern: re.Pattern[str]  # groups: label, title


_STYLES = (
    _Style(0, re.compile(r"^#{1,2}\s+(?P<label>)(?P<title>\S.*)$")),
    _Style(1, re.compile(r"^#{3,6}\s+(?P<label>)(?P<title>\S.*)$")),
    _Style(2, re.compile(rf"^(?P<label>第{CN}{{1,4}}(?:部分|章|节))\s*(?P<title>.*)$")),
    _Style(3, re.compile(rf"^(?P<label>{CN}{{1,4}}、)\s*(?P<title>.*)$")),
    _Style(3, re.compile(r"^(?P<label>附件\s*\d{0,2}|附录\s*[A-Z\d]{0,2})\s*[:：]?(?P<title>.{0,40})$")),
    _Style(3, re.compile(rf"^(?P<label>\d{{1,2}})[\s　]+(?!{_UNITS})(?P<title>[\u4e00-\u9fff]\S{{1,30}})$")),
    _Style(4, re.compile(rf"^(?P<label>[（(]{CN}{{1,4}}[）)])\s*(?P<title>.*)$")),
    _Style(4, re.compile(r"^(?P<label>\d{1,2}\.\d{1,2})[\s　]+(?P<title>.*)$")),
    _Style(5, re.compile(r"^(?P<label>\d{1,2}\.\d{1,2}(?:\.\d{1,2})+)[\s　]+(?P<title>.*)$")),
)
_INLINE = re.compile(r"[。；](?=[一二三四五六七八九十]是)")
_splitter = RecursiveCharacterTextSplitter(
    separators=["\n", "。", "；", "，", ""],
    keep_separator="end",
    chunk_size=_LONG,
    chunk_overlap=0,
)


def split(text: str, title: str) -> list[Passage]:
    """Return the sections of a text, in order; long ones in several pieces. The title line is left out.

    >>> found = split("某通知\\n一、总体要求\\n坚持安全第一，把责任落到实处。\\n（一）排查。全面排查每月至少一次。", "某通知")
    >>> [(p.label, p.path, p.text) for p in found]
    [('一、', ('一、总体要求',), '坚持安全第一，把责任落到实处。'), ('一、（一）', ('一、总体要求',), '排查。全面排查每月至少一次。')]
    """
    return passages(outline(lines(text, title), lambda line, _: heading(line)))


def lines(text: str, title: str) -> Iterator[str]:
    """Yield the lines of a text that say something, cleaned of bold signs; the title is left out."""
    filled = 0
    for raw in without_comments(text).split("\n"):
        line = clean(_BOLD.sub("", raw.strip()))
        filled += bool(line)
        if line and not (filled <= _TITLE_LINES and _is_title(line, title)):
            yield line


def _is_title(line: str, title: str) -> bool:
    """Whether a line is the title, bare or with what a cover puts around it.

    >>> [_is_title(line, "某办法") for line in ("《某办法》（试行）", "关于印发《某办法》的通知", "某办法由市局解释。")]
    [True, True, False]
    """
    if not title or title not in line:
        return bool(title) and law_name(line) == law_name(title)
    before, after = line.split(title, 1)
    return bool(_COVER.fullmatch(after) and (_COVER.fullmatch(before) or _ISSUED.fullmatch(before)))


def outline(found: Iterable[str], heading_of: FindHeading) -> list[Section]:
    """Return the sections that `heading_of` finds among the lines; the first holds what precedes them."""
    sections = [Section(-1, "", "")]
    opened: list[Section] = []
    for line in found:
        head = heading_of(line, opened)
        if head is None:
            sections[-1].lines.append(line)
            continue
        opened = [section for section in opened if section.depth < head.depth and _holds(section, head)]
        section = open_section(head, opened)
        opened.append(section)
        sections.append(section)
    return sections


def _holds(section: Section, head: Heading) -> bool:
    """Whether a section may stand around a heading: 5.5.3 is no part of 4.3, nor of 4."""
    numbers = _DOTTED.match(head.token) and _DOTTED.match(section.token)
    return not numbers or head.token.startswith(f"{section.token}.")


def open_section(head: Heading, opened: Sequence[Section]) -> Section:
    """Return the empty section below `opened` that a heading begins."""
    rest = head.rest
    short = bool(rest) and len(rest) <= TITLE_LENGTH and not _SENTENCE.search(rest)
    is_title = short if head.is_title is None else head.is_title
    token = head.token or ("" if head.mark or head.is_title is False else rest[:TITLE_LENGTH])
    name = f"{head.token}{rest if is_title else head.mark}"
    section = Section(head.depth, token, name, head.mark, tuple(opened), rest if is_title else "")
    if not is_title and rest:
        section.lines.append(rest)
    return section


def heading(line: str) -> Heading | None:
    """Return the heading of a notice that a line is: 一、 （一） 1.2 附件 or a Markdown heading."""
    for style in _STYLES:
        match = style.pattern.match(line)
        if match:
            return Heading(style.depth, re.sub(r"\s", "", match["label"]), match["title"].strip())
    return None


def passages(sections: Sequence[Section]) -> list[Passage]:
    """Return a passage per section or piece of one, with labels that occur once in the text.

    A title with nothing below it is a passage only if it says something by itself (出口应分散布置).
    """
    seen: dict[str, int] = {}
    found: list[Passage] = []
    parents = {id(parent) for section in sections for parent in section.parents}
    for section in sections:
        alone = id(section) not in parents and SAYS.search(section.title)
        body = section.lines or ([section.title] if alone else [])
        pieces = [piece for piece in cut(body) if _WORDS.search(piece)]
        path = tuple(s.name for s in (*section.parents, section) if s.name not in ("", s.token))
        label = section.label()
        for piece in pieces:
            seen[label] = seen.get(label, 0) + 1
            several = len(pieces) > 1 or seen[label] > 1 or not label
            found.append(Passage(f"{label}第{seen[label]}段" if several else label, path, piece))
    return found


def cut(body: Sequence[str]) -> list[str]:
    """Return the lines as one text, or as several cut at sentence ends where it is long."""
    text = "\n".join(line for line in body if line)
    if len(text) <= _LONG:
        return [text]
    return [piece.strip() for piece in _splitter.split_text(_INLINE.sub(lambda m: m[0] + "\n", text))]
