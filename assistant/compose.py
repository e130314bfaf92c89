"""Extractive answers: the passages' own words, shaped for who asks, every sentence with its citation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.clauses import paragraphs
from kb.datatypes import Audience, Citation, Hit, Level, Status
from kb.regions import NATIONWIDE
from kb.tokens import bigrams

_WHOLE = {Audience.CITIZEN: 220, Audience.MANAGER: 360, Audience.INSPECTOR: 4_000}  # characters quoted uncut
_EXCERPT_SENTENCES = 3
_MOST_PASSAGES = 3
_MOST_EXACT = 8
_CLOSE = 0.6  # of the best score: as good a source as the first
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_ASKS_NUMBER = re.compile(r"多少|几|多久|多长|多大|什么时候|罚")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万]+(?:元|日|天|年|个|人|倍|小时|学时|次)")
_NUMBER_WEIGHT = 1.5
_NOT_LAW = frozenset({Level.OTHER, Level.CASE})


@dataclass(frozen=True, slots=True)
class Composed:
    """The body of an answer and the passages it quotes."""

    blocks: tuple[str, ...]  # Markdown, in reading order
    citations: tuple[Citation, ...]


def compose(question: str, hits: Sequence[Hit], audience: Audience, *, exact: bool) -> Composed:
    """Return the answer that `hits` (best first, at least one) give to a question.

    Args:
        question: decides which sentences of a long passage are shown.
        hits: what was found.
        audience: how much is quoted and in what order.
        exact: the hits were asked for by article number, so all are shown, whole.
    """
    chosen = [hit for hit in hits if hit.looked_up or hit.relation][:_MOST_EXACT] if exact else _best(hits)
    blocks: list[str] = []
    citations: list[Citation] = []
    for number, hit in enumerate(chosen, start=1):
        lines = _quoted(question, hit, audience, exact)
        text = hit.focus or hit.chunk.text
        whole = lines == [line for line in text.split("\n") if line]
        quote = text if whole else max(lines, key=lambda line: (_overlap(question, line), len(line)))
        citations.append(Citation(number, hit.chunk, hit.document, hit.status, quote))
        further = number > 1 and not exact and hit.document.doc_id != chosen[0].document.doc_id
        lead = f"{hit.relation} " if hit.relation else "另见 " if further else ""
        blocks.append(f"{lead}**{_name(hit)}**{_badge(hit)} [{number}]\n\n{_block(lines, number, hit)}")
    return Composed(tuple(blocks), tuple(citations))


def _best(hits: Sequence[Hit]) -> list[Hit]:
    """Return the first hit and those close behind it; a guide, if it comes first, stands alone."""
    if hits[0].document.level is Level.GUIDE:
        return [hit for hit in hits if hit.document.doc_id == hits[0].document.doc_id]
    top = hits[0].score
    linked = [hit for hit in hits[1:] if hit.relation]
    close = [hit for hit in hits[1:] if not hit.relation][: _MOST_PASSAGES - 1]
    return [hits[0], *linked, *(hit for hit in close if hit.score >= _CLOSE * top)]


def _quoted(question: str, hit: Hit, audience: Audience, exact: bool) -> list[str]:
    """Return lines of the passage, each an exact substring of it."""
    text = hit.focus or hit.chunk.text
    if exact or hit.document.level is Level.GUIDE or len(text) <= _WHOLE[audience]:
        return [line for line in text.split("\n") if line]
    return excerpt(question, text)


def excerpt(question: str, text: str) -> list[str]:
    """Return the lines of a long passage that bear on the question; an item brings the sentence it hangs on.

    >>> text = "单位有下列行为之一的，处五万元罚款：\\n（一）未建账的；\\n（二）未巡查的。\\n" + "其他规定。" * 3
    >>> excerpt("没有巡查罚多少", text)[:2]
    ['单位有下列行为之一的，处五万元罚款：', '（二）未巡查的。']
    """
    scored: list[tuple[float, int, list[str]]] = []
    order = 0
    for paragraph in paragraphs(text):
        stem, *items = paragraph.split("\n")
        for line in [stem, *items]:
            for sentence in _SENTENCE.findall(line) if line is stem else [line]:
                context = [stem] if line is not stem else []
                scored.append((_overlap(question, sentence), order, [*context, sentence]))
                order += 1
    best = sorted(scored, key=lambda entry: (-entry[0], entry[1]))[:_EXCERPT_SENTENCES]
    kept = [entry for entry in best if entry[0] >= best[0][0] / 2]
    lines = [line for _, _, group in sorted(kept, key=lambda entry: entry[1]) for line in group]
    return list(dict.fromkeys(lines))


def _overlap(question: str, sentence: str) -> float:
    """Share of the question's terms in the sentence; figures count more where a number is asked for."""
    asked = set(bigrams(question))
    if not asked:
        return 0.0
    share = len(asked & set(bigrams(sentence))) / len(asked)
    return share * (_NUMBER_WEIGHT if _ASKS_NUMBER.search(question) and _NUMBER.search(sentence) else 1)


def _block(lines: Sequence[str], number: int, hit: Hit) -> str:
    if hit.document.level is Level.GUIDE:
        return "\n".join(f"{line} [{number}]" for line in lines)
    return "\n>\n".join(f"> {line} [{number}]" for line in lines)


def _name(hit: Hit) -> str:
    if hit.document.level is Level.GUIDE:
        return f"{hit.document.title} · {hit.chunk.label}"
    return f"《{hit.document.title}》{hit.chunk.label}"


def _badge(hit: Hit) -> str:
    """Return what a reader must know of the source at once: status, level, where it holds, its date."""
    document = hit.document
    if document.level is Level.GUIDE:
        return ""
    if document.level in _NOT_LAW:
        return f"（{document.published} 发布）" if document.published else ""
    parts = [hit.status.value, document.level.value]
    if document.region != NATIONWIDE:
        parts.append(document.region)
    if hit.status is not Status.IN_FORCE and document.published:
        parts.append(f"{document.published} 版")
    return f"（{'，'.join(parts)}）"
