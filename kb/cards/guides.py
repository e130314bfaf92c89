"""Read the emergency guides (应急卡片): Markdown files with a strict YAML front matter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import yaml

from kb.datatypes import Audience, Chunk
from kb.errors import IngestError

KEYS = ("id", "title", "hazard", "audiences", "number", "phrases", "basis", "reviewed", "risk")
HAZARDS = (
    "火灾", "燃气", "危化品", "急救", "水旱", "气象", "地质", "设备", "作业", "矿山", "交通", "人群", "报警",
)  # fmt: skip
RISKS = ("高", "中")
HEADINGS = ("现在就做", "千万别做", "之后", "平时预防", "特殊情况")
FEWEST_STEPS, MOST_STEPS = 3, 6
FEWEST_PHRASES = 8

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.M)
_STEP = re.compile(r"^(\d+)[.、][ \t]*(\S.*?)[ \t]*$")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"\d{3,5}")


ASKED_LABEL = "常见问法"  # label of the passage that holds the phrases
_ASKED = "大家会这样问："


@dataclass(frozen=True, slots=True)
class GuideSection:
    """One part of a guide: its heading and its Markdown text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One emergency situation and what to do in it."""

    id: str  # ASCII slug, also the file's name: "gas-leak"
    title: str
    hazard: str  # one of HAZARDS
    audiences: tuple[Audience, ...]
    number: str  # the number to call first: "119"
    phrases: tuple[str, ...]  # how people say it
    basis: tuple[str, ...]  # what the key facts rest on
    reviewed: date
    risk: str  # one of RISKS
    sections: tuple[GuideSection, ...]  # exactly HEADINGS, in that order
    steps: tuple[str, ...]  # the items of 现在就做, in order, without their numbers


def read_guides(folder: Path) -> tuple[Guide, ...]:
    """Return every guide in a folder (`*.md`), sorted by id.

    Raises:
        IngestError: if the folder is missing or holds no guide, or a guide is malformed.
    """
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise IngestError(f"{folder}：没有找到应急卡片（*.md）。请检查路径是否正确。")
    return tuple(sorted((read_guide(path) for path in paths), key=lambda guide: guide.id))


def read_guide(path: Path) -> Guide:
    """Return one guide read from its file, whose name must be the guide's id.

    Raises:
        IngestError: if the file cannot be read, is malformed, or is named otherwise than its id.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{path}：读不出来（{error}）。请确认文件存在并以 UTF-8 保存。") from error
    guide = parse_guide(text, str(path))
    if guide.id != path.stem:
        raise IngestError(f"{path}：id 是“{guide.id}”，与文件名不一致。请把文件改名为 {guide.id}.md。")
    return guide


def asked_text(phrases: Sequence[str]) -> str:
    """Return the passage that holds what people say.

    >>> asked_text(["着火了", "冒烟了"])
    '大家会这样问：着火了；冒烟了'
    """
    return _ASKED + "；".join(phrases)


def asked_phrases(chunk: Chunk) -> list[str]:
    """Return what people say from the passage `asked_text` made; nothing from any other."""
    return chunk.text.removeprefix(_ASKED).split("；") if chunk.label == ASKED_LABEL else []


def is_guide(text: str) -> bool:
    r"""Whether a text's front matter has id, hazard and phrases; never raises.

    >>> is_guide("---\nid: a\nhazard: 火灾\nphrases: [着火]\n---\n")
    True
    >>> is_guide("# 第一章")
    False
    """
    found = _FRONT.match(_unix(text))
    if not found:
        return False
    try:
        front = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError):
        return False
    return isinstance(front, dict) and {"id", "hazard", "phrases"} <= front.keys()


def parse_guide(text: str, source: str) -> Guide:
    """Return the guide a text holds.

    Args:
        text: the whole Markdown file.
        source: its path, for messages.

    Raises:
        IngestError: naming the source, the line where known, and the remedy.
    """
    text = _unix(text)
    found = _FRONT.match(text)
    if not found:
        raise IngestError(f"{source} 第1行：缺少 YAML 头。请以一行 --- 开头，再以一行 --- 结束。")
    front = _load_front(found[1], source)
    _check_keys(front, found[1], source)
    sections = _parse_sections(text, found.end(), source)
    field = _Fields(front, found[1], source)
    return Guide(
        id=field.matching("id", _SLUG, "小写英文、数字和连字符，例如 gas-leak"),
        title=field.text("title"),
        hazard=field.one_of("hazard", HAZARDS),
        audiences=tuple(map(Audience, field.some_of("audiences", tuple(Audience)))),
        number=field.matching("number", _NUMBER, '带引号的号码，例如 "119"'),
        phrases=field.texts("phrases", FEWEST_PHRASES),
        basis=field.texts("basis", 1),
        reviewed=field.day("reviewed"),
        risk=field.one_of("risk", RISKS),
        sections=sections,
        steps=_parse_steps(text, sections[0], source),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """Typed access to a front matter; every refusal names the file, line and remedy."""

    front: Mapping[str, object]
    raw: str
    source: str

    def text(self, key: str) -> str:
        value = self.front[key]
        if not isinstance(value, str) or not value.strip():
            raise self._refuse(key, "应是一段不空的文字（号码要加引号）")
        return value.strip()

    def matching(self, key: str, pattern: re.Pattern[str], hint: str) -> str:
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self._refuse(key, f"应是{hint}，现在是“{value}”")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self._refuse(key, f"“{value}”不在 {'|'.join(allowed)} 之中，请改成其中一个")
        return value

    def texts(self, key: str, fewest: int) -> tuple[str, ...]:
        items = self.front[key]
        if not isinstance(items, list) or not all(isinstance(i, str) and i.strip() for i in items):
            raise self._refuse(key, "应是列表，每一项都是不空的文字；请删去空项，数字加引号")
        if len(items) < fewest:
            raise self._refuse(key, f"只有{len(items)}项，至少要{fewest}项，请补足")
        stripped = tuple(item.strip() for item in cast(list[str], items))
        if len(set(stripped)) < len(stripped):
            raise self._refuse(key, "有重复的项，请删去重复")
        return stripped

    def some_of(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        items = self.texts(key, 1)
        for item in items:
            if item not in allowed:
                raise self._refuse(key, f"“{item}”不在 {'|'.join(allowed)} 之中，请改成其中一个")
        return items

    def day(self, key: str) -> date:
        value = self.front[key]
        if type(value) is not date:  # a datetime is a date too
            raise self._refuse(key, "应是日期，写成 2026-11-24 的样子，不加引号")
        return value

    def _refuse(self, key: str, reason: str) -> IngestError:
        return IngestError(f"{self.source} 第{_line_of(self.raw, key)}行：{key} {reason}。")


def _load_front(raw: str, source: str) -> dict[str, object]:
    try:
        front = yaml.safe_load(raw)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise IngestError(
            f"{source} 第{line}行：YAML 写法不对（{error.problem}）。请检查缩进、冒号和引号。"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise IngestError(f"{source}：YAML 头读不懂（{error}）。请检查日期和特殊字符。") from error
    if not isinstance(front, dict):
        raise IngestError(f"{source} 第2行：YAML 头应是“键: 值”的形式。")
    return front


def _check_keys(front: Mapping[str, object], raw: str, source: str) -> None:
    for key in front:
        if key not in KEYS:
            line = _line_of(raw, str(key))
            raise IngestError(f"{source} 第{line}行：不认识的键“{key}”。请删去，只能有：{'、'.join(KEYS)}。")
    missing = [key for key in KEYS if key not in front]
    if missing:
        raise IngestError(f"{source}：YAML 头缺少 {'、'.join(missing)}。请补上。")
    written = re.findall(r"^(\w+)[ \t]*:", raw, re.M)
    for key in KEYS:
        if written.count(key) > 1:
            raise IngestError(f"{source}：键“{key}”写了两次。请只留一个。")


def _parse_sections(text: str, start: int, source: str) -> tuple[GuideSection, ...]:
    found = list(_HEADING.finditer(text, start))
    headings = tuple(match[1] for match in found)
    if headings != HEADINGS:
        line = _line_at(text, found[0].start() if found else start)
        raise IngestError(
            f"{source} 第{line}行起：小节是“{'、'.join(headings) or '无'}”。请依次写成：{'、'.join(HEADINGS)}。"
        )
    before = text[start : found[0].start()]
    if before.strip():
        line = _line_at(text, start + len(before) - len(before.lstrip()))
        raise IngestError(f"{source} 第{line}行：第一个小节前有别的文字。请移到小节里。")
    ends = [match.start() for match in found[1:]] + [len(text)]
    bodies = [text[match.end() : end].strip() for match, end in zip(found, ends, strict=True)]
    for match, body in zip(found, bodies, strict=True):
        if not body:
            raise IngestError(
                f"{source} 第{_line_at(text, match.start())}行：小节“{match[1]}”是空的。请写上内容。"
            )
    return tuple(map(GuideSection, headings, bodies))


def _parse_steps(text: str, section: GuideSection, source: str) -> tuple[str, ...]:
    first = _line_at(text, text.index(section.text, text.index(f"## {section.heading}")))
    steps: list[str] = []
    for offset, line in enumerate(section.text.splitlines()):
        if not line.strip():
            continue
        found = _STEP.match(line)
        if not found or int(found[1]) != len(steps) + 1:
            raise IngestError(f"{source} 第{first + offset}行：步骤应一行一条，从 1. 起连续编号。")
        steps.append(found[2])
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        raise IngestError(
            f"{source} 第{first}行：“{section.heading}”有{len(steps)}步，应为{FEWEST_STEPS}到{MOST_STEPS}步。请增删。"
        )
    return tuple(steps)


def _line_of(raw: str, key: str) -> int:
    """Line of a top-level key in the file, whose first line is the opening ---."""
    found = re.search(rf"^['\"]?{re.escape(key)}['\"]?[ \t]*:", raw, re.M)
    return _line_at(raw, found.start()) + 1 if found else 2


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
