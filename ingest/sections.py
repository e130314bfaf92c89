"""Texts without articles (通知、意见、会议精神、预案、标准) become chunks by their numbered sections."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.statute import Passage
from kb.normalise import clean

_LONG = 500  # characters; a longer section is cut at sentence ends
_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z]")
_TITLE_LENGTH = 30
_LABEL_LENGTH = 60
_CN = "[一二三四五六七八九十百]"
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_BOLD = re.compile(r"\*\*|^\|\s*|\s*\|$")


@dataclass(frozen=True, slots=True)
class _Style:
    """A way of numbering; `depth` orders the styles from outermost to innermost."""

    depth: int
    pattern: re.Pattern[str]  # groups: label, title


_STYLES = (
    _Style(0, re.compile(r"^#{1,2}\s+(?P<label>)(?P<title>\S.*)$")),
    _Style(1, re.compile(r"^#{3,6}\s+(?P<label>)(?P<title>\S.*)$")),
    _Style(2, re.compile(rf"^(?P<label>第{_CN}{{1,4}}(?:部分|章|节))\s*(?P<title>.*)$")),
    _Style(3, re.compile(rf"^(?P<label>{_CN}{{1,4}}、)\s*(?P<title>.*)$")),
    _Style(3, re.compile(r"^(?P<label>附件\s*\d{0,2}|附录\s*[A-Z\d]{0,2})\s*[:：]?(?P<title>.{0,40})$")),
    _Style(3, re.compile(r"^(?P<label>\d{1,2})[\s　]+(?P<title>[\u4e00-\u9fff]\S{1,30})$")),
    _Style(4, re.compile(rf"^(?P<label>[（(]{_CN}{{1,4}}[）)])\s*(?P<title>.*)$")),
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


@dataclass(slots=True)
class _Section:
    """A section being filled. `token` is its bare number ("一、"), `name` number and title."""

    depth: int
    token: str
    name: str
    parents: tuple["_Section", ...] = ()
    lines: list[str] = field(default_factory=list)

    def label(self) -> str:
        """Return the numbers from the outermost to this one: "一、（二）"; a title where there is no number."""
        chain = [s.token for s in (*self.parents, self)]
        own = [
            token
            for token, below in zip(chain, [*chain[1:], ""], strict=True)
            if not below.startswith(f"{token}.")
        ]
        return "·".join(own)[-_LABEL_LENGTH:].replace("、·", "、").replace("）·", "）")


def split(text: str, title: str) -> list[Passage]:
    """Return the sections of a text, in order; long ones in several pieces. The title line is left out.

    >>> found = split("某通知\\n一、总体要求\\n坚持安全第一，把责任落到实处。\\n（一）排查。全面排查每月至少一次。", "某通知")
    >>> [(p.label, p.path, p.text) for p in found]
    [('一、', ('一、总体要求',), '坚持安全第一，把责任落到实处。'), ('一、（一）', ('一、总体要求',), '排查。全面排查每月至少一次。')]
    """
    sections = [_Section(-1, "", "")]
    open_sections: list[_Section] = []
    for raw in _COMMENT.sub("", text).split("\n"):
        line = clean(_BOLD.sub("", raw.strip()))
        if not line or (title in line and len(line) <= len(title) + 20):
            continue
        found = _heading(line)
        if not found:
            sections[-1].lines.append(line)
            continue
        depth, number, rest = found
        is_title = bool(rest) and len(rest) <= _TITLE_LENGTH and not re.search(r"[。；：]", rest)
        open_sections = [section for section in open_sections if section.depth < depth]
        name = f"{number}{rest}" if is_title else number
        section = _Section(depth, number or rest[:_TITLE_LENGTH], name, tuple(open_sections))
        if not is_title:
            section.lines.append(rest)
        open_sections.append(section)
        sections.append(section)
    return list(_passages(sections))


def _heading(line: str) -> tuple[int, str, str] | None:
    for style in _STYLES:
        match = style.pattern.match(line)
        if match:
            return style.depth, re.sub(r"\s", "", match["label"]), match["title"].strip()
    return None


def _passages(sections: Iterable[_Section]) -> Iterable[Passage]:
    """Yield a passage per section or piece of one, with labels that occur once in the text."""
    seen: dict[str, int] = {}
    for section in sections:
        pieces = [piece for piece in _pieces(section.lines) if _WORDS.search(piece)]
        path = tuple(s.name for s in (*section.parents, section) if s.name not in ("", s.token))
        label = section.label()
        for piece in pieces:
            seen[label] = seen.get(label, 0) + 1
            several = len(pieces) > 1 or seen[label] > 1 or not label
            yield Passage(f"{label}第{seen[label]}段" if several else label, path, piece)


def _pieces(lines: Sequence[str]) -> list[str]:
    body = "\n".join(line for line in lines if line)
    if len(body) <= _LONG:
        return [body]
    return [piece.strip() for piece in _splitter.split_text(_INLINE.sub(lambda m: m[0] + "\n", body))]
