"""Stems, right and wrong choices of quiz questions from warnings, grades, time limits and words."""

import random
import re
from collections.abc import Iterator, Sequence

from kb.cards.library import Library
from kb.cards.passages import cited
from kb.cards.records import Signal, Term
from kb.cards.stems import SKIPPED_UNITS, WRONG, Draft, asked, number, wrong_numbers
from kb.quantities import quantities
from kb.tokens import bigrams

# -- warnings and grades ---------------------------------------------------------------------------

_COLOURS = ("蓝色", "黄色", "橙色", "红色")
_LONGEST_THRESHOLD = 90
_LOCAL = "各省标准可能不同，以当地发布为准。"


def of_signal(
    signal: Signal, signals: Sequence[Signal], true: frozenset[float], chance: random.Random
) -> Iterator[Draft]:
    """Yield a question from a level's threshold to its name, and one on each time limit for reporting."""
    if signal.kind == "报告时限":
        yield from _time_limits(signal, true, chance)
        return
    if signal.kind not in ("预警信号", "事故等级"):
        return
    levels = [s.level for s in signals if (s.kind, s.hazard) == (signal.kind, signal.hazard)]
    choices = list(_COLOURS) if set(levels) <= set(_COLOURS) else list(dict.fromkeys(levels))
    said = signal.threshold.replace(_LOCAL, "").rstrip("。")
    told = re.search("[蓝黄橙红]色", said) or any(level in said for level in choices)
    if told or len(choices) != WRONG + 1 or signal.level not in choices:
        return
    if not quantities(said) or len(said) > _LONGEST_THRESHOLD:
        return
    warned = signal.kind == "预警信号"
    yield Draft(
        f"{signal.id}-level",
        f"{said}。按国家标准，这是{signal.hazard}{'的哪一级预警' if warned else '的哪一级'}？",
        signal.level,
        tuple(level for level in choices if level != signal.level),
        f"{signal.hazard}{signal.level}：{signal.threshold}",
        "；".join(text for text in (cited(signal.rules), *signal.basis) if text),
        signal.rules,
    )


def _time_limits(signal: Signal, true: frozenset[float], chance: random.Random) -> Iterator[Draft]:
    if not signal.hazard.endswith(("事故", "突发事件")):
        return
    for place, figure in enumerate(signal.figures):
        if figure.unit in SKIPPED_UNITS or quantities(figure.means) or "半" in figure.means:
            continue
        wrong = wrong_numbers(figure, true | {n.value for n in quantities(signal.threshold)}, chance)
        if len(wrong) == WRONG:
            yield Draft(
                f"{signal.id}-{place}",
                f"报告{signal.hazard}：{asked(figure)}",
                number(figure.value, figure.unit),
                tuple(wrong),
                signal.threshold,
                "；".join(text for text in (cited(signal.rules), *signal.basis) if text),
                signal.rules,
            )


# -- words -----------------------------------------------------------------------------------------

_LONGEST_PLAIN = 60


def of_terms(library: Library, seed: int) -> Iterator[Draft]:
    """Yield a question from each meaning to its word; words that share a syllable pair or are named are kept out."""
    files: dict[str, list[Term]] = {}
    for item in library.placed:
        if isinstance(item.record, Term):
            files.setdefault(item.path.name, []).append(item.record)
    for terms in files.values():
        for term in terms:
            draft = _meaning(term, terms, random.Random(f"{seed}:{term.id}"))
            if draft:
                yield draft


def _meaning(term: Term, terms: Sequence[Term], chance: random.Random) -> Draft | None:
    said = re.split(r"(?<=。)", term.plain)[0].rstrip("。")
    own = {pair for name in (term.term, *term.also) for pair in bigrams(name)}
    if not 12 <= len(said) <= _LONGEST_PLAIN or own & set(bigrams(said)):
        return None
    spoken = set(bigrams(term.plain + term.confused)) | own
    free = sorted(
        other.term
        for other in terms
        if other.id != term.id
        and not spoken & {pair for name in (other.term, *other.also) for pair in bigrams(name)}
    )
    if len(free) < WRONG:
        return None
    return Draft(
        f"{term.id}-meaning",
        f"“{said}”，说的是哪个词？",
        term.term,
        tuple(sorted(chance.sample(free, WRONG))),
        f"{term.term}：{term.plain}{term.confused}",
        "；".join(text for text in (cited(term.rules), *term.basis) if text),
        term.rules,
    )
