"""Questions to learn from (安全知识题), drawn by rule from the written knowledge; the same seed, the same questions."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.cards.library import Library
from kb.cards.meanings import of_signal, of_terms
from kb.cards.records import Duty, Penalty, Rule, Signal
from kb.cards.stems import Draft, of_duty, of_guide, of_penalty
from kb.datatypes import Audience
from kb.quantities import Quantity, quantities


class Kind(StrEnum):
    """What a question asks for."""

    NUMBER = "数字"
    PENALTY = "罚款"
    ACTION = "处置"
    SIGNAL = "预警与分级"
    TERM = "术语"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right choice.

    Attributes:
        id: stable as long as the record it comes from is.
        answer: index of the right one in `choices`.
        citation: what the answer rests on, in words.
        rules: the articles of that, if any; guide_id: the guide, if any.
    """

    id: str
    kind: Kind
    audience: Audience
    stem: str
    choices: tuple[str, ...]
    answer: int
    explanation: str
    citation: str
    rules: tuple[Rule, ...] = ()
    guide_id: str = ""


Article = Callable[[Rule], str]
_KINDS = {
    Kind.NUMBER: Audience.MANAGER,
    Kind.PENALTY: Audience.INSPECTOR,
    Kind.ACTION: Audience.CITIZEN,
    Kind.SIGNAL: Audience.CITIZEN,
    Kind.TERM: Audience.MANAGER,
}


def bank(library: Library, seed: int = 0, article: Article | None = None) -> tuple[Question, ...]:
    """Return every question the knowledge gives, in the knowledge's order.

    Args:
        library: the written knowledge.
        seed: decides wrong choices and the order of choices.
        article: the text of an article; with it no wrong number stands in an article that is cited.
            Without it the numbers of all records that cite the same article are kept out.
    """
    truths = _Truths(library, article)
    drafts: Iterator[tuple[Kind, Draft]] = _drafts(library, truths, seed)
    found: dict[str, Question] = {}
    for kind, draft in drafts:
        question = _shuffled(kind, draft, seed)
        found.setdefault(question.stem, question)
    return tuple(found.values())


def draw(
    questions: Sequence[Question],
    count: int,
    seed: int,
    *,
    audience: Audience | None = None,
    kinds: Iterable[Kind] = tuple(Kind),
) -> tuple[Question, ...]:
    """Return at most `count` questions, the kinds by turns; the same seed gives the same ones."""
    chance = random.Random(f"draw:{seed}")
    piles: list[list[Question]] = []
    for kind in kinds:
        pile = [q for q in questions if q.kind is kind and audience in (None, q.audience)]
        chance.shuffle(pile)
        piles.append(pile)
    drawn: list[Question] = []
    while len(drawn) < count and any(piles):
        drawn += [pile.pop() for pile in piles if pile]
    return tuple(drawn[: max(count, 0)])


class _Truths:
    """Which numbers are true of the articles a record cites."""

    def __init__(self, library: Library, article: Article | None) -> None:
        self._article = article
        self._said: dict[Rule, set[Quantity]] = {}
        for item in library.placed:
            match item.record:
                case Duty() as duty:
                    rules: Sequence[Rule] = (*duty.basis, *duty.penalty)
                    text = " ".join((duty.title, duty.applies, duty.what, duty.frequency, duty.consequence))
                    figures = [(figure.value, figure.unit) for figure in duty.figures]
                case Signal() as signal:
                    rules, text = signal.rules, signal.threshold
                    figures = [(figure.value, figure.unit) for figure in signal.figures]
                case Penalty() as penalty:
                    rules, text, figures = penalty.liability, penalty.title, []
                    figures += [(value, f.unit) for f in penalty.fines for value in (f.least, f.most)]
                case _:
                    continue
            numbers = {Quantity(float(value), unit) for value, unit in figures} | set(quantities(text))
            for rule in rules:
                self._said.setdefault(rule, set()).update(numbers)

    def values(self, rules: Iterable[Rule]) -> frozenset[float]:
        """Return every number that stands in the articles or in a record citing them, whatever its unit."""
        found = {float(number.value) for rule in rules for number in self._said.get(rule, ())}
        if self._article:
            found |= {float(number.value) for rule in rules for number in quantities(self._article(rule))}
        return frozenset(found)


def _drafts(library: Library, truths: _Truths, seed: int) -> Iterator[tuple[Kind, Draft]]:
    penalties = library.of(Penalty)
    for duty in library.of(Duty):
        chance = random.Random(f"{seed}:{duty.id}")
        for draft in of_duty(duty, truths.values((*duty.basis, *duty.penalty)), chance):
            yield Kind.NUMBER, draft
    for penalty in penalties:
        for draft in of_penalty(penalty, penalties, random.Random(f"{seed}:{penalty.id}")):
            yield Kind.PENALTY, draft
    for guide in library.guides:
        for draft in of_guide(guide, random.Random(f"{seed}:{guide.id}")):
            yield Kind.ACTION, draft
    signals = library.of(Signal)
    for signal in signals:
        for draft in of_signal(
            signal, signals, truths.values(signal.rules), random.Random(f"{seed}:{signal.id}")
        ):
            yield Kind.SIGNAL, draft
    for draft in of_terms(library, seed):
        yield Kind.TERM, draft


def _shuffled(kind: Kind, draft: Draft, seed: int) -> Question:
    choices = [draft.right, *draft.wrong]
    random.Random(f"{seed}:{draft.id}:order").shuffle(choices)
    return Question(
        draft.id, kind, _KINDS[kind], draft.stem, tuple(choices), choices.index(draft.right), draft.explanation,
        draft.citation, draft.rules, draft.guide_id,
    )  # fmt: skip
