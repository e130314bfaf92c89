"""Our search beside its peers: the same articles, the same questions, one run (对照评测)."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from time import perf_counter
from typing import TypeVar

from eval.datasets import GoldArticle, Question, article_key
from eval.metrics import hit_at_k, mrr_at_k, percentile, recall_at_k
from eval.peers import Peer
from eval.report import table
from eval.runs import Searcher, ranking
from kb.datatypes import Chunk
from kb.errors import EvaluationError

SEED = 20261124
MOST_QUESTIONS = 200  # rank_bm25 needs a good part of a second for each over 80,000 articles
DEPTH = 10
OURS = "安问"

_MEASURES = {
    "index_seconds": "建索引 s",
    "query_p50_ms": "p50 ms",
    "query_p95_ms": "p95 ms",
    "hit@1": "hit@1",
    "hit@5": "hit@5",
    "hit@10": "hit@10",
    "recall@10": "recall@10",
    "mrr@10": "mrr@10",
}
_CLAUSE = re.compile(r"[^，。；：、\n（）]{8,30}")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class System:
    """One system's figures under the names of `_MEASURES`; None: its index was not made in this run."""

    name: str
    note: str
    measures: Mapping[str, float | None]

    def ratios_to(self, ours: "System") -> dict[str, float | None]:
        """This system's figures divided by ours; None where either is unknown or ours is 0."""
        return {name: _ratio(self.measures[name], ours.measures[name]) for name in _MEASURES}


@dataclass(frozen=True, slots=True)
class Sample:
    """The questions put to every system."""

    questions: tuple[Question, ...]
    source: str  # where they come from, for the reader of the figures


@dataclass(frozen=True, slots=True)
class Bench:
    """What was compared, and the figures, ours first."""

    articles: int
    sample: Sample
    systems: tuple[System, ...]

    def to_json(self) -> dict[str, object]:
        """JSON values; `ratios` are peer / ours, so above 1 where the peer's figure is the larger."""
        ours, *peers = self.systems
        return {
            "articles": self.articles,
            "n": len(self.sample.questions),
            "questions": self.sample.source,
            "seed": SEED,
            "systems": [{"name": s.name, "note": s.note, **s.measures} for s in self.systems],
            "ratios": {peer.name: peer.ratios_to(ours) for peer in peers},
        }

    def markdown(self) -> str:
        """A table of the figures, one of the ratios, and how each system was set up."""
        ours, *peers = self.systems
        header = ["系统", *_MEASURES.values()]
        n = len(self.sample.questions)
        return "\n\n".join(
            [
                f"现行条文 {self.articles} 段（对照系统也只收这些，版本筛选已代做），"
                f"{n} 题（{self.sample.source}，随机种子 {SEED}）。",
                table(header, [[s.name, *s.measures.values()] for s in self.systems]),
                f"对照 ÷ {OURS}：",
                table(header, [[peer.name, *peer.ratios_to(ours).values()] for peer in peers]),
                "\n".join(f"- {s.name}：{s.note}" for s in self.systems),
            ]
        )


def sample_questions(questions: Sequence[Question]) -> Sample:
    """At most 200 of the answerable questions, drawn with a fixed seed.

    Raises:
        EvaluationError: if none is answerable.
    """
    answerable = [question for question in questions if question.answerable]
    if not answerable:
        raise EvaluationError("题集里没有可答的题（answerable 为真），无法对照。请换一个题集。")
    drawn = random.Random(SEED).sample(answerable, min(MOST_QUESTIONS, len(answerable)))
    return Sample(tuple(drawn), f"题集中可答的 {len(answerable)} 题里抽取")


def known_items(chunks: Sequence[Chunk]) -> Sample:
    """Questions made from the articles themselves: one clause of each of at most 200, drawn with a fixed seed.

    They measure speed and exact recall of words, not how lay questions are understood.

    Raises:
        EvaluationError: if no article has a clause of 8 to 30 characters.
    """
    chance = random.Random(SEED)
    questions: list[Question] = []
    for chunk in chance.sample(chunks, len(chunks)):
        if len(questions) == MOST_QUESTIONS:
            break
        if clauses := _CLAUSE.findall(chunk.text):
            gold = GoldArticle(law=chunk.law, article=chunk.label)
            number = len(questions) + 1
            questions.append(Question(id=f"item-{number}", question=chance.choice(clauses), gold=(gold,)))
    if not questions:
        raise EvaluationError("知识库里没有可作题目的现行条文。请先运行 python -m ingest 收入法规。")
    return Sample(tuple(questions), "由条文中的一个分句作题，只比速度与原词命中")


def measure_ours(searcher: Searcher, sample: Sample, index_seconds: float | None) -> System:
    """Our figures; one question is asked beforehand, so that loading is not counted."""
    found, seconds = _time(sample, lambda question: searcher.search(question, DEPTH))
    note = "本项目的混合检索（条号直达 + 关键词 + 语义），含版本筛选"
    return System(OURS, note, _measures(sample, [ranking(hits) for hits in found], seconds, index_seconds))


def measure_peer(peer: Peer, chunks: Sequence[Chunk], sample: Sample) -> System:
    """A peer's figures over the chunks; the peer is closed afterwards.

    It is given what our own indexes are given: the law's name, the headings, the label and the text.
    """
    passages = [" ".join((chunk.law, *chunk.path, chunk.label, chunk.text)) for chunk in chunks]
    try:
        start = perf_counter()
        peer.index(passages)
        index_seconds = perf_counter() - start
        found, seconds = _time(sample, lambda question: peer.search(question, DEPTH))
    finally:
        peer.close()
    rankings = [[article_key(chunks[i].law, chunks[i].label) for i in places] for places in found]
    return System(peer.name, peer.note, _measures(sample, rankings, seconds, index_seconds))


def _time(sample: Sample, search: Callable[[str], _Found]) -> tuple[list[_Found], list[float]]:
    search(sample.questions[0].question)
    found: list[_Found] = []
    seconds: list[float] = []
    for question in sample.questions:
        start = perf_counter()
        found.append(search(question.question))
        seconds.append(perf_counter() - start)
    return found, seconds


def _measures(
    sample: Sample,
    rankings: Sequence[Sequence[str]],
    seconds: Sequence[float],
    index_seconds: float | None,
) -> dict[str, float | None]:
    pairs = [*zip(sample.questions, rankings, strict=True)]
    hits = {
        f"hit@{k}": fmean(
            hit_at_k(ranked, q.gold_keys, k, need_all=q.gold_mode == "all") for q, ranked in pairs
        )
        for k in (1, 5, 10)
    }
    return {
        "index_seconds": None if index_seconds is None else round(index_seconds, 3),
        "query_p50_ms": round(percentile(seconds, 0.50) * 1000, 3),
        "query_p95_ms": round(percentile(seconds, 0.95) * 1000, 3),
        **hits,
        "recall@10": fmean(recall_at_k(ranked, q.gold_keys, 10) for q, ranked in pairs),
        "mrr@10": fmean(mrr_at_k(ranked, q.gold_keys, 10) for q, ranked in pairs),
    }


def _ratio(theirs: float | None, ours: float | None) -> float | None:
    return round(theirs / ours, 3) if theirs is not None and ours else None
