"""The retrieval test bench (试检索): one question, what was found and why, and whether it would be answered."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from assistant.evidence import coverage, is_supported, missing_standards, weighed
from assistant.scope import out_of_scope
from kb.base import KnowledgeBase
from kb.datatypes import Answer, Audience, Found
from kb.evidence import NAMES
from web.counted import CountedAnswerer
from web.ports import Answerer

HITS: Final = 10
_MODELS: Final = {"with_bank": "题库覆盖的法规", "without_bank": "题库未覆盖的资料", "guides": "应急卡片"}
_MEANINGS: Final = {
    "dense": "语义最近的一段，余弦", "lexical": "关键词最高分，按词平均", "bank": "题库里最近的问题，余弦",
    "bank_lexical": "题库关键词最高分，按词平均", "coverage": "第一段覆盖问题信息的比例", "margin": "第一、二名的差距",
    "logit": "精排给第一名的分", "logits": "前五名平均分", "lead": "第一名高出后五名多少", "together": "前五段合起来的覆盖",
    "missing": "前五段都没有的最罕见词", "words": "前五段含有的词", "words_first": "第一段含有的词",
    "laws": "前五段来自几部法规", "terms": "问题的词数",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one question."""

    found: Found
    signals: tuple[tuple[str, str, float], ...]  # name, meaning, value
    verdict: str
    is_answered: bool
    model: str
    probability: float | None
    threshold: float | None
    coverage: float
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its circumstances."""

    question: str
    region: str | None
    on: date | None
    audience: Audience | None


def tried(asked: Asked, kb: KnowledgeBase, answerer: Answerer) -> Tried:
    """Return what a question finds and what is made of it. It is not counted among the visitors' questions."""
    found = kb.find(asked.question, HITS, on=asked.on, region=asked.region)
    rule = out_of_scope(asked.question, kb.titles())
    supported = is_supported(asked.question, found)
    answer = _answered(asked, answerer)
    weight = weighed(found)
    return Tried(
        found, _signals(found), _verdict(asked.question, found, bool(rule), supported), supported and not rule,
        _MODELS[weight[0]] if weight else "", weight[1] if weight else None, weight[2] if weight else None,
        coverage(asked.question, found), answer,
    )  # fmt: skip


def _answered(asked: Asked, answerer: Answerer) -> Answer | None:
    inner = answerer.inner if isinstance(answerer, CountedAnswerer) else answerer
    snapshots = inner.ask(asked.question, audience=asked.audience, region=asked.region, on=asked.on)
    return next(iter(deque(snapshots, maxlen=1)), None)


def _verdict(question: str, found: Found, is_outside: bool, supported: bool) -> str:
    if is_outside:
        return "拒答：不在知识库的业务范围内（按规则）"
    if found.exact:
        return "回答：问题点了条号，直接查到" if supported else "拒答：点了条号，但没有这一条"
    if not found.hits:
        return "拒答：什么也没有检索到"
    if missing := missing_standards(question, found):
        return f"拒答：问题点名的标准不在检索结果里：{'、'.join(missing)}"
    return (
        "回答：依据的可能性达到阈值" if supported else "拒答：依据的可能性低于阈值，或问题的词几乎不在正文里"
    )


def _signals(found: Found) -> tuple[tuple[str, str, float], ...]:
    values: Sequence[float] = found.signals.values
    if not values:
        return ()
    return tuple(
        (name, _MEANINGS.get(name, "第一名的精排特征"), value)
        for name, value in zip(NAMES, values, strict=True)
    )
