"""Extractive answers: the passages' own words, shaped for who asks, every sentence with its citation."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.compose.quote import badge, block, name, overlap, quoted
from assistant.compose.thresholds import compare, contradicts
from kb.datatypes import CARDS, Audience, Citation, Hit, Level
from kb.intent import Intent, intents
from kb.links import BACKWARDS, FORWARDS, Relation

_OTHERS = {Audience.CITIZEN: 1, Audience.MANAGER: 2, Audience.INSPECTOR: 2}  # further passages shown
_MOST_EXACT = 8
_MOST_COMPARISONS = 2
_CLOSE = 0.6  # of the best score: as good a source as the first
_LEADS = {
    FORWARDS[Relation.CITES]: "依据条文",
    BACKWARDS[Relation.CITES]: "要点",
    BACKWARDS[Relation.HIGHER]: "地方或配套规定",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """The body of an answer and the passages it quotes."""

    blocks: tuple[str, ...]  # Markdown, in reading order
    citations: tuple[Citation, ...]  # as many as blocks


def compose(question: str, hits: Sequence[Hit], audience: Audience, *, exact: bool) -> Composed:
    """Return the answer that `hits` (best first, at least one) give to a question.

    Args:
        question: decides which sentences of a long passage are shown.
        hits: what was found, those that belong to another right behind it, with their relation.
        audience: how much is quoted and in what order.
        exact: the hits were asked for by article number, so all are shown, whole.
    """
    chosen = (
        [hit for hit in hits if hit.looked_up or hit.relation][:_MOST_EXACT]
        if exact
        else _best(question, hits, audience)
    )
    blocks: list[str] = []
    citations: list[Citation] = []
    for number, hit in enumerate(chosen, start=1):
        lines = quoted(question, hit, audience, exact=exact)
        text = hit.focus or hit.chunk.text
        whole = lines == [line for line in text.split("\n") if line]
        quote = text if whole else max(lines, key=lambda line: (overlap(question, line), len(line)))
        citations.append(Citation(number, hit.chunk, hit.document, hit.status, quote))
        further = number > 1 and not exact and hit.document.doc_id != chosen[0].document.doc_id
        lead = f"{_LEADS.get(hit.relation, hit.relation)} " if hit.relation else "另见 " if further else ""
        parts = [f"{lead}**{name(hit)}**{badge(hit)} [{number}]", block(lines, number, hit)]
        blocks.append("\n\n".join([*parts, *_comparisons(question, hit, number)]))
    if len(chosen) > 1 and exact and Intent.COMPARISON in intents(question):
        blocks[-1] += "\n\n" + _table(chosen)
    return Composed(tuple(blocks), tuple(citations))


def _best(question: str, hits: Sequence[Hit], audience: Audience) -> list[Hit]:
    """Return the first hit, what belongs to it, and those close behind it; a guide, if first, stands alone."""
    if hits[0].document.level is Level.GUIDE:
        return [hit for hit in hits if hit.document.doc_id == hits[0].document.doc_id]
    top = max(hit.score for hit in hits if not hit.relation) if not hits[0].relation else hits[0].score
    linked = [hit for hit in hits[1:] if hit.relation]
    others = [hit for hit in hits[1:] if not hit.relation and hit.document.level is not Level.GUIDE]
    close = [hit for hit in others if hit.score >= _CLOSE * top and not contradicts(question, hit.chunk.text)]
    return [hits[0], *linked, *close[: _OTHERS[audience]]]


def _comparisons(question: str, hit: Hit, number: int) -> list[str]:
    """Return lines that hold the asker's numbers against the article's limits."""
    if hit.document.level in CARDS:
        return []
    return [
        f"您说的 **{found.asked}** 与这一条的“{found.limit}”相符，适用：“{found.part}” [{number}]"
        for found in compare(question, hit.chunk.text)[:_MOST_COMPARISONS]
    ]


def _table(hits: Sequence[Hit]) -> str:
    """Return the passages side by side, a row each."""
    rows = ["| 版本或规定 | 内容 |", "|---|---|"]
    for number, hit in enumerate(hits, start=1):
        words = (hit.focus or hit.chunk.text).replace("\n", " ").replace("|", "｜")
        rows.append(f"| {name(hit)}{badge(hit)} | {words} [{number}] |")
    return "\n".join(rows)
