"""What each part of the search adds (消融): `python -m eval.ablation --kb DIR --questions FILE`, or `--bank`.

Rows build on one another: keywords; with the thesaurus; with the dense search; with the bank's nearest
questions; reranked without and with what the question is after; with articles looked up. `--bank` asks the bank's validation questions, each left out of the bank; use an
embedding model that has not seen them (`ANWEN_EMBEDDING_MODEL`).
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.datasets import article_key, read_questions
from eval.metrics import hit_at_k, mrr_at_k, recall_at_k
from kb import console
from kb.bank import read_bank
from kb.catalogue import Catalogue
from kb.datatypes import Chunk
from kb.embed import load_embedder
from kb.errors import EvaluationError
from kb.rerank.features import INTENT_COLUMNS
from kb.retrieve import Query, Retriever
from kb.settings import Settings

_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Item:
    """A question, the keys of the articles that answer it, and what must be left out of the bank."""

    question: str
    gold: frozenset[str]
    leave_out: str = ""


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("eval.ablation", "逐项加上检索的各个部分，看每一项带来什么")
    console.add_kb(arguments, settings)
    arguments.add_argument("--questions", type=Path, help="题集 JSONL")
    arguments.add_argument("--bank", action="store_true", help="用题库的验证题")
    options = arguments.parse_args()
    items = _bank_items() if options.bank else _file_items(options.questions)
    retriever = Retriever(Catalogue(options.kb), load_embedder(settings.embedding_model))
    sys.stdout.write(table(retriever, items) + "\n")
    return 0


def table(retriever: Retriever, items: Sequence[Item]) -> str:
    """Return a Markdown table: a row per ranking, its figures over the items."""
    ranked: dict[str, list[list[str]]] = {}
    for item in items:
        for name, keys in _rankings(retriever, item):
            ranked.setdefault(name, []).append(keys)
    lines = ["| 检索 | hit@1 | hit@5 | hit@10 | recall@10 | mrr@10 |", "|---|---|---|---|---|---|"]
    for name, lists in ranked.items():
        figures = [
            [hit_at_k(keys, item.gold, k) for keys, item in zip(lists, items, strict=True)]
            for k in (1, 5, 10)
        ]
        figures.append([recall_at_k(keys, item.gold, 10) for keys, item in zip(lists, items, strict=True)])
        figures.append([mrr_at_k(keys, item.gold, 10) for keys, item in zip(lists, items, strict=True)])
        lines.append(f"| {name} | " + " | ".join(f"{sum(f) / len(f):.3f}" for f in figures) + " |")
    return "\n".join([*lines, "", f"{len(items)} 题"])


def _rankings(retriever: Retriever, item: Item) -> Iterator[tuple[str, list[str]]]:
    today = date.today()
    query = Query(item.question, _DEPTH, today)
    lexical = retriever.find(Query(item.question, _DEPTH, today, mode="lexical"))
    yield "关键词", [_key(hit.chunk) for hit in lexical.hits]
    gathered = retriever.gather(query, item.leave_out)
    yield "＋口语词表", _keys(retriever, gathered.lexical)
    yield "＋语义", _keys(retriever, {fused.chunk_id: fused.score for fused in gathered.fused})
    candidates = retriever.candidates(gathered)
    yield "＋题库", [_key(candidate.chunk) for candidate in candidates[:_DEPTH]]
    rows = retriever.features(item.question, gathered, candidates)
    blind = rows.copy()
    blind[:, INTENT_COLUMNS] = 0.0
    for name, seen in (("＋重排", blind), ("＋意图", rows)):
        yield name, [_key(hit.chunk) for hit in retriever.rerank(query, gathered, candidates, seen)[:_DEPTH]]
    if not item.leave_out:
        yield "＋条号直达", [_key(hit.chunk) for hit in retriever.find(query).hits]


def _keys(retriever: Retriever, scores: Mapping[str, float]) -> list[str]:
    best = sorted(scores, key=lambda name: (-scores[name], name))[:_DEPTH]
    chunks = retriever.passages(best)
    return [_key(chunks[name]) for name in best if name in chunks]


def _key(chunk: Chunk) -> str:
    return article_key(chunk.law, chunk.label)


def _bank_items() -> list[Item]:
    return [
        Item(question.question, frozenset({article_key(question.law, question.article)}), question.question)
        for question in read_bank()
        if question.is_validation
    ]


def _file_items(path: Path | None) -> list[Item]:
    if path is None:
        raise EvaluationError("请给出 --questions 题集，或用 --bank 测题库的验证题")
    return [
        Item(question.question, frozenset(article_key(gold.law, gold.article) for gold in question.gold))
        for question in read_questions(path)
        if question.answerable
    ]


if __name__ == "__main__":
    console.run(main)
