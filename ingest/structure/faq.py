"""Questions and answers (问答、常见问题) become one passage per question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.structure import sections
from ingest.structure.statute import Passage
from kb.normalise import clean

_NUMBER = r"(?:\d{1,3}\s*[.、．）)]|[（(]\d{1,3}[）)]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十\d]{1,3}问[:：、]?)"
_ASKED = re.compile(
    rf"^(?:#{{1,6}}\s*)?{_NUMBER}?\s*(?:问题?|Q|Question)\s*\d{{0,3}}\s*[:：.、．]\s*(?P<question>\S.*)$",
    re.I,
)
_ANSWERED = re.compile(
    r"^(?:#{1,6}\s*)?(?:答案?|回答|A|Answer)\s*\d{0,3}\s*[:：.、．]\s*(?P<answer>.*)$", re.I
)
_NUMBERED = re.compile(rf"^(?:#{{1,6}}\s*)?{_NUMBER}\s*(?P<question>[^。！]{{2,100}}[？?])\s*(?P<answer>.*)$")
_HEADED = re.compile(r"^#{1,6}\s*(?P<question>[^。！]{2,100}[？?])$")
_BARE = re.compile(r"^(?P<question>[^。！：:]{2,100}[？?])$")
_GROUP = re.compile(r"^(?:#{1,6}\s+(?P<head>\S.*)|(?P<part>[一二三四五六七八九十]{1,3}、[^。；？?]{2,30}))$")
_ANSWER_INSIDE = re.compile(r"(?<=[？?])\s*答\s*[:：]\s*")
_QUESTION_LENGTH = 30
_LEAST = 2  # questions that make a text one of questions and answers
_SHARE = 0.5  # of its characters, from the first question on


@dataclass(slots=True)
class _Entry:
    question: str
    group: str
    answer: list[str] = field(default_factory=list)


def is_faq(text: str) -> bool:
    """Whether a text is made of questions, each with an answer.

    >>> is_faq("灭火器问答\\n问：多久检查一次？\\n答：每月一次。\\n问：压力低怎么办？\\n答：送修。")
    True
    >>> is_faq("一、要思考：责任落实了吗？隐患清零了吗？\\n二、要行动。")
    False
    """
    if (
        text.count("？")
        + text.count("?")
        + len(re.findall(r"^[^\w\n]*(?:问|Q)\s*\d{0,3}\s*[:：]", text, re.M))
        < _LEAST
    ):
        return False
    before, entries = _entries(text, "")
    answered = [entry for entry in entries if any(entry.answer)]
    strays = sum(1 for entry in answered for line in entry.answer if line.startswith("#"))
    inside = sum(len(entry.question) + sum(map(len, entry.answer)) for entry in answered)
    total = inside + sum(map(len, before))
    return len(answered) > max(_LEAST - 1, strays) and inside >= _SHARE * total


def split(text: str, title: str) -> list[Passage]:
    """Return a passage per question, holding the question and its answer.

    >>> found = split("灭火器问答\\n问：多久检查一次？\\n答：每月一次。\\n问：压力低怎么办？\\n答：送修。", "灭火器问答")
    >>> [(p.label, p.text) for p in found]
    [('问：多久检查一次', '多久检查一次？\\n每月一次。'), ('问：压力低怎么办', '压力低怎么办？\\n送修。')]
    """
    before, entries = _entries(text, title)
    found = sections.split("\n".join(before), title)
    seen: dict[str, int] = {}
    for entry in entries:
        label = f"问：{entry.question.rstrip('？?').strip()[:_QUESTION_LENGTH]}"
        seen[label] = seen.get(label, 0) + 1
        label += f"（{seen[label]}）" if seen[label] > 1 else ""
        pieces = sections.cut(entry.answer)
        for place, piece in enumerate(pieces, start=1):
            found.append(
                Passage(
                    f"{label}第{place}段" if len(pieces) > 1 else label,
                    (entry.group,) if entry.group else (),
                    f"{entry.question}\n{piece}".strip(),
                )
            )
    return found


def _entries(text: str, title: str) -> tuple[list[str], list[_Entry]]:
    """Return the lines before the first question, and the questions."""
    before: list[str] = []
    entries: list[_Entry] = []
    group = ""
    body = list(sections.lines(_ANSWER_INSIDE.sub("\n答：", text), title))
    for place, line in enumerate(body):
        asked = _question(body, place)
        if asked:
            entries.append(_Entry(asked["question"].strip(), group))
            rest = asked.groupdict().get("answer") or ""
            if rest:
                entries[-1].answer.append(rest)
        elif answer := _ANSWERED.match(line):
            (entries[-1].answer if entries else before).append(answer["answer"] or "")
        elif (head := _GROUP.match(line)) and _asks(body, place + 1):
            group = clean(head["head"] or head["part"])
        else:
            (entries[-1].answer if entries else before).append(line)
    return before, entries


def _question(body: Sequence[str], place: int) -> re.Match[str] | None:
    line = body[place]
    asked = _ASKED.match(line) or _HEADED.match(line) or _NUMBERED.match(line)
    if asked:
        return asked
    below = body[place + 1] if place + 1 < len(body) else ""
    return _BARE.match(line) if _ANSWERED.match(below) else None


def _asks(body: Sequence[str], place: int) -> bool:
    return place < len(body) and _question(body, place) is not None
