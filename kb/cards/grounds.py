"""Hold the written knowledge against the statutes of a knowledge base: what is cited must be there."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import date

from kb.base import KnowledgeBase
from kb.cards.library import Library, Placed
from kb.cards.records import Duty, Figure, Penalty, Rule, Sheet, Signal, Term
from kb.datatypes import Hit, Status
from kb.errors import ArticleNotFoundError
from kb.normalise import law_name
from kb.quantities import Quantity, quantities

Find = Callable[[str, str], Hit]


def problems(library: Library, kb: KnowledgeBase, on: date | None = None) -> list[str]:
    """Return what does not hold, in Chinese, one line each: file, id, article, reason.

    Every cited article must exist in a version in force on the day, under exactly that name; every figure
    of a duty, a fine or a signal with rules must stand in an article it cites.
    """

    def find(law: str, article: str) -> Hit:
        return kb.article(law, article, on=on)

    return [
        f"{item.path.parent.name}/{item.path.name} {item.record.id}：{problem}"
        for item in library.placed
        for problem in _of(item, find)
    ]


def _of(item: Placed, find: Find) -> Iterator[str]:
    record = item.record
    match record:
        case Duty():
            texts = yield from _texts([*record.basis, *record.penalty], find)
            yield from _missing(record.figures, texts)
        case Penalty():
            crimes = [Rule(law=crime.law, article=crime.article) for crime in record.crime]
            local = [Rule(law=rule.law, article=rule.article) for rule in record.local]
            yield from _texts([*record.basis, *crimes, *local], find)
            texts = yield from _texts(record.liability, find)
            yield from _missing(_fines(record), texts)
        case Signal() if record.rules:
            texts = yield from _texts(record.rules, find)
            yield from _missing(record.figures, texts)
        case Term():
            yield from _texts(record.rules, find)
        case Sheet():
            rules = [rule for check in record.items for rule in (*check.basis, *check.penalty)]
            yield from _texts(list(dict.fromkeys(rules)), find)


def _fines(penalty: Penalty) -> Iterator[Figure]:
    for fine in penalty.fines:
        for value in {fine.least, fine.most} - {0}:
            yield Figure(value=value, unit=fine.unit, means=f"{fine.on}（{fine.when}）罚款")


def _texts(rules: Sequence[Rule], find: Find) -> Generator[str, None, list[str]]:
    """Yield what is wrong with the references; return the texts of the articles that are there."""
    found: list[str] = []
    for rule in rules:
        try:
            hit = find(rule.law, rule.article)
        except ArticleNotFoundError as error:
            yield f"《{rule.law}》{rule.article}：{error}"
            continue
        if hit.document.name != law_name(rule.law):
            yield f"《{rule.law}》应写作《{hit.document.name}》"
        if hit.status is not Status.IN_FORCE:
            yield f"《{rule.law}》{rule.article} 不是现行有效版本（{hit.status.value}）"
        found.append(hit.chunk.text)
    return found


def _missing(figures: Iterable[Figure], texts: Sequence[str]) -> Iterator[str]:
    there = {quantity for text in texts for quantity in quantities(text)}
    for figure in figures:
        (wanted,) = quantities(f"{figure.value}{figure.unit}") or [Quantity(figure.value, figure.unit)]
        if wanted not in there:
            yield f"{figure.means}：{figure.value}{figure.unit} 不在所引条文里"
