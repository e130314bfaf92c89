"""Ask a knowledge base every question once, and keep what came back as a TREC run file (评测运行)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Literal, Protocol

from eval.datasets import Question, article_key
from kb.datatypes import Answer, AnswerState, Audience, Hit, Status
from kb.errors import EvaluationError

Mode = Literal["hybrid", "lexical", "dense"]


class Searcher(Protocol):
    """What can be searched: the knowledge base."""

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        on: date | None = None,
        region: str | None = None,
        mode: Mode = "hybrid",
    ) -> list[Hit]:
        """At most k hits, best first."""
        ...


class Answerer(Protocol):
    """What answers a question: the assistant."""

    def answer(
        self,
        question: str,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
    ) -> Answer:
        """One answer."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question brought."""

    question_id: str
    ranked: tuple[str, ...]  # best first, no name twice; see `ranking`
    seconds: float  # the search alone
    refused: bool | None  # None: no answer was asked for


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How the questions are asked."""

    mode: Mode = "hybrid"
    depth: int = 10  # hits asked for
    on: date | None = None  # None: today


def run(
    questions: Iterable[Question], searcher: Searcher, answerer: Answerer | None, options: RunOptions
) -> list[Outcome]:
    """Ask every question, in order; without an answerer nothing counts as refused or answered."""
    return [_ask(question, searcher, answerer, options) for question in questions]


def ranking(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Names of the hits, place for place: `law#article` for the version in force, never twice.

    Every hit keeps its place. One that must not count gets a name that no gold article has: a version not in
    force its chunk id (安全生产法@2014-08-31#第二十一条), a second piece of one article a mark (…#第二十一条~2).
    """
    seen: Counter[str] = Counter()
    names: list[str] = []
    for hit in hits:
        if hit.status is Status.IN_FORCE:
            name = article_key(hit.chunk.law, hit.chunk.label)
        else:
            name = "".join(f"{hit.chunk.doc_id}@{hit.status}#{hit.chunk.label}".split())
        seen[name] += 1
        names.append(f"{name}~{seen[name]}" if seen[name] > 1 else name)
    return tuple(names)


def write_run(path: Path, outcomes: Iterable[Outcome], tag: str) -> None:
    """Write the rankings as a TREC run file: `qid Q0 docid rank score tag`, score falling with the rank.

    Raises:
        EvaluationError: if the file cannot be written.
    """
    lines = [
        f"{outcome.question_id} Q0 {name} {rank} {len(outcome.ranked) - rank + 1} {tag}\n"
        for outcome in outcomes
        for rank, name in enumerate(outcome.ranked, start=1)
    ]
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"写不了运行文件 {path}：{error}。请换一个可写的位置。") from error


def read_run(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a TREC run file back: question id -> names, best first.

    A question that brought no hit has no line, and so is not in the result.

    Raises:
        EvaluationError: if the file cannot be read or a line is broken.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"读不了运行文件 {path}：{error}。请检查路径。") from error
    rows: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if len(fields) != 6 or not fields[3].isdecimal():
            raise EvaluationError(
                f"运行文件 {path} 第 {number} 行有误。请写成“题号 Q0 法规#条号 名次 分数 标签”六列。"
            )
        rows.setdefault(fields[0], []).append((int(fields[3]), fields[2]))
    return {question_id: tuple(name for _, name in sorted(ranks)) for question_id, ranks in rows.items()}


def _ask(question: Question, searcher: Searcher, answerer: Answerer | None, options: RunOptions) -> Outcome:
    start = perf_counter()
    hits = searcher.search(question.question, options.depth, on=options.on, mode=options.mode)
    seconds = perf_counter() - start
    refused = None
    if answerer is not None:
        answer = answerer.answer(question.question, _audience(question.audience), on=options.on)
        refused = answer.state is AnswerState.NO_MATCH
    return Outcome(question.id, ranking(hits), seconds, refused)


def _audience(name: str) -> Audience | None:
    return Audience(name) if name in list(Audience) else None
