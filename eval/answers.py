"""How good the answers are (回答评测): cited rightly, quoted to the letter, every number grounded, refused when due.

Citation precision and recall follow ALCE (Gao et al., EMNLP 2023, doi:10.18653/v1/2023.emnlp-main.398), with
gold articles in place of an entailment model.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from time import perf_counter
from typing import Protocol

from assistant.compose.quote import unmarked
from assistant.verify import MARK, Verifier
from eval.datasets import Question, article_key
from kb.datatypes import CARDS, Answer, AnswerState, Audience, Hit

_QUOTED_LINE = re.compile(r"^> ?(.+?) \[(\d+)\]$", re.M)
_PERCENTILES = (50, 95)


class Asker(Protocol):
    """What answers in growing snapshots: the assistant."""

    def ask(self, question: str, *, audience: Audience | None = None) -> Iterator[Answer]:
        """Yield growing snapshots of one answer."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what came of it."""

    question: Question
    answer: Answer
    first_words: float  # seconds until there was something to read
    seconds: float  # until the answer was complete


def ask_all(questions: Iterable[Question], asker: Asker) -> list[Answered]:
    """Ask every question as its audience, in order."""
    return [_ask(question, asker) for question in questions]


def _ask(question: Question, asker: Asker) -> Answered:
    started = perf_counter()
    first: float | None = None
    answer: Answer | None = None
    for answer in asker.ask(question.question, audience=_audience(question)):
        if first is None and (answer.text or answer.emergency):
            first = perf_counter() - started
    if answer is None:
        raise AssertionError("an assistant always answers")
    seconds = perf_counter() - started
    return Answered(question, answer, first if first is not None else seconds, seconds)


def _audience(question: Question) -> Audience | None:
    return Audience(question.audience) if question.audience in set(Audience) else None


def score(answered: Sequence[Answered]) -> dict[str, object]:
    """Return the figures over all questions, and the length by audience."""
    grounded = [one for one in answered if one.answer.state is AnswerState.GROUNDED]
    measured = [one for one in grounded if one.question.answerable]
    answerable = [one for one in answered if one.question.answerable]
    others = [one for one in answered if not one.question.answerable]
    quotes = [exact for one in grounded for exact in _exact_quotes(one.answer)]
    return {
        "n": len(answered),
        "answered": len(grounded),
        "citation_precision": _mean(_precision(one) for one in measured),
        "citation_recall": _mean(
            _recall(one) if one.answer.state is AnswerState.GROUNDED else 0.0 for one in answerable
        ),
        "citation_recall_when_answered": _mean(_recall(one) for one in measured),
        "quotes": len(quotes),
        "quotes_exact": _mean(quotes),
        "ungrounded_numbers": sum(len(_ungrounded(one)) for one in grounded),
        "refusal_recall": _mean(one.answer.state is AnswerState.NO_MATCH for one in others),
        "false_refusal": _mean(one.answer.state is AnswerState.NO_MATCH for one in answerable),
        "first_words_ms": _milliseconds([one.first_words for one in answered]),
        "complete_ms": _milliseconds([one.seconds for one in answered]),
        "length": {
            audience.value: round(fmean(lengths))
            for audience in Audience
            if (lengths := [len(one.answer.text) for one in grounded if one.answer.audience is audience])
        },
        "verification": _counted(one.answer.verification.value for one in grounded),
    }


def rows(answered: Iterable[Answered]) -> Iterator[dict[str, object]]:
    """Yield a row per question, for reading what went wrong."""
    for one in answered:
        yield {
            "id": one.question.id,
            "question": one.question.question,
            "state": one.answer.state.value,
            "gold": [gold.key for gold in one.question.gold],
            "cited": _cited(one.answer),
            "ungrounded": _ungrounded(one),
        }


def worse(now: Mapping[str, object], before: Mapping[str, object], tolerance: float = 0.02) -> list[str]:
    """Return what has become worse than a baseline by more than the tolerance, in Chinese."""
    found: list[str] = []
    for name, sign in _BETTER.items():
        new, old = now.get(name), before.get(name)
        if isinstance(new, int | float) and isinstance(old, int | float) and sign * (old - new) > tolerance:
            found.append(f"{name}：基线 {old:g}，现在 {new:g}")
    return found


_BETTER = {  # +1: more is better
    "citation_precision": 1, "citation_recall": 1, "quotes_exact": 1, "refusal_recall": 1,
    "false_refusal": -1, "ungrounded_numbers": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rubric:
    """A judge's five marks, 1 to 10 each (after LexRAG, Li et al., 2025)."""

    factuality: int
    satisfaction: int
    clarity: int
    coherence: int
    completeness: int


def judged(
    answered: Sequence[Answered], judge: Callable[[str, str, str], Rubric | None]
) -> dict[str, float | int]:
    """Return the mean of each mark over the answers a judge could mark.

    Args:
        answered: what was asked and answered.
        judge: called with (question, passages, answer); None where it gave no marks.
    """
    marks = [
        mark
        for one in answered
        if one.answer.state is AnswerState.GROUNDED
        and (mark := judge(one.question.question, _passages(one.answer), one.answer.text))
    ]
    names = Rubric.__slots__
    return {"judged": len(marks)} | {
        name: round(fmean(asdict(mark)[name] for mark in marks), 2) for name in names if marks
    }


def _passages(answer: Answer) -> str:
    return "\n\n".join(
        f"[{c.number}] 《{c.document.title}》{c.chunk.label}\n{c.chunk.text}" for c in answer.citations
    )


def _cited(answer: Answer) -> list[str]:
    """Return the articles cited; a card explains a rule and is none."""
    rules = (c for c in answer.citations if c.document.level not in CARDS)
    return list(dict.fromkeys(article_key(c.chunk.law, c.chunk.label) for c in rules))


def _precision(one: Answered) -> float:
    cited = _cited(one.answer)
    gold = {gold.key for gold in one.question.gold}
    return sum(key in gold for key in cited) / len(cited) if cited else 0.0


def _recall(one: Answered) -> float:
    cited = set(_cited(one.answer))
    gold = [gold.key for gold in one.question.gold]
    found = sum(key in cited for key in gold)
    return found / len(gold) if one.question.gold_mode == "all" else float(found > 0)


def _exact_quotes(answer: Answer) -> Iterator[bool]:
    """Yield, for each quotation shown and each citation kept, whether it is the passage's own words."""
    texts = {citation.number: unmarked(citation.chunk.text) for citation in answer.citations}
    for citation in answer.citations:
        yield citation.quote in citation.chunk.text
    for line, number in _QUOTED_LINE.findall(answer.text):
        yield line in texts.get(int(number), "")


def _ungrounded(one: Answered) -> list[str]:
    """Return the numbers of an answer that stand neither in the passages they are marked with nor in the question."""
    answer = one.answer
    hits = [Hit(c.chunk, c.document, c.status, 1.0) for c in answer.citations]
    verifier = Verifier(one.question.question, hits)
    lines = [
        line for line in answer.text.split("\n") if MARK.search(line) and not line.startswith(("**", "另见"))
    ]
    return [f"{line[:40]}：{number}" for line in lines for number in verifier.ungrounded(line)]


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return round(fmean(found), 4) if found else None


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"p{share}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1)
        for share in _PERCENTILES
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found
