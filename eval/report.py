"""The figures of a run (报告), as JSON values and as a Markdown table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from eval.datasets import ArticleKey, Question
from eval.metrics import hit_at_k, mrr_at_k, ndcg_at_k, percentile, recall_at_k
from eval.runs import Outcome

_RANKED = ("hit@1", "hit@5", "hit@10", "recall@10", "mrr@10", "ndcg@10")
_REFUSALS = ("refusal_recall", "false_refusal")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one run in one search mode; None where there was nothing to measure."""

    mode: str
    n: int  # questions asked, answerable or not
    figures: Mapping[str, float | None]  # the measures above, each a mean or a share in [0, 1]
    by: Mapping[str, Mapping[str, float | int | None]]  # audience -> n and the same figures
    latency_ms: Mapping[str, float]  # p50, p95 of the search alone
    gold_missing: int  # gold articles of which the knowledge base holds no version in force

    def to_json(self) -> dict[str, object]:
        """The report under the keys of the command-line contract."""
        return {
            "n": self.n,
            **self.figures,
            "latency_ms": dict(self.latency_ms),
            "by": {audience: dict(figures) for audience, figures in self.by.items()},
            "gold_missing": self.gold_missing,
            "mode": self.mode,
        }


def score(
    questions: Sequence[Question], outcomes: Sequence[Outcome], known: Collection[ArticleKey], mode: str
) -> Report:
    """Score a run: ranking figures over the answerable questions, refusals over each kind.

    Args:
        questions: at least one.
        outcomes: what each question brought, in the same order.
        known: the articles the knowledge base holds in force.
        mode: the search mode, for the report.
    """
    pairs = [*zip(questions, outcomes, strict=True)]
    by = {
        audience: _with_count([pair for pair in pairs if pair[0].audience == audience])
        for audience in dict.fromkeys(question.audience for question in questions)
    }
    milliseconds = [outcome.seconds * 1000 for outcome in outcomes]
    latency = {f"p{share}": round(percentile(milliseconds, share / 100), 3) for share in (50, 95)}
    return Report(mode, len(pairs), _figures(pairs), by, latency, len(missing(questions, known)))


def missing(questions: Sequence[Question], known: Collection[ArticleKey]) -> list[ArticleKey]:
    """Gold articles the knowledge base does not hold in force, each once, in the questions' order."""
    gold = dict.fromkeys(article.key for question in questions for article in question.gold)
    return [key for key in gold if key not in known]


def markdown(reports: Sequence[Report]) -> str:
    """The reports as Markdown: modes side by side, then one table of audiences for each mode."""
    header = ["检索方式", "题数", *_RANKED, "拒答召回", "误拒率", "p50 ms", "p95 ms"]
    rows = [
        [report.mode, report.n, *report.figures.values(), *report.latency_ms.values()] for report in reports
    ]
    parts = [table(header, rows)]
    for report in reports:
        audiences = [[audience, *figures.values()] for audience, figures in report.by.items()]
        parts.append(f"{report.mode}，按提问者：\n\n" + table(["提问者", *header[1:-2]], audiences))
    parts.append(f"库中没有现行文本的标准答案条文：{reports[0].gold_missing} 条（仍计为未命中）。")
    return "\n\n".join(parts)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; fractions with three digits, None as a dash.

    >>> print(table(["名", "值"], [["a", 0.5], ["b", None]]))
    | 名 | 值 |
    | --- | --- |
    | a | 0.500 |
    | b | — |
    """
    lines = [[*header], ["---"] * len(header), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "—"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _with_count(pairs: Sequence[tuple[Question, Outcome]]) -> dict[str, float | int | None]:
    return {"n": len(pairs), **_figures(pairs)}


def _figures(pairs: Sequence[tuple[Question, Outcome]]) -> dict[str, float | None]:
    ranked = [_ranked_figures(question, outcome) for question, outcome in pairs if question.answerable]
    means = {name: fmean(figures[name] for figures in ranked) if ranked else None for name in _RANKED}
    return means | {
        name: _share_refused([outcome for question, outcome in pairs if question.answerable is answerable])
        for name, answerable in zip(_REFUSALS, (False, True), strict=True)
    }


def _ranked_figures(question: Question, outcome: Outcome) -> dict[str, float]:
    ranked, gold, need_all = outcome.ranked, question.gold_keys, question.gold_mode == "all"
    hits = {f"hit@{k}": hit_at_k(ranked, gold, k, need_all=need_all) for k in (1, 5, 10)}
    return hits | {
        "recall@10": recall_at_k(ranked, gold, 10),
        "mrr@10": mrr_at_k(ranked, gold, 10),
        "ndcg@10": ndcg_at_k(ranked, gold, 10),
    }


def _share_refused(outcomes: Sequence[Outcome]) -> float | None:
    known = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    return fmean(known) if known else None
