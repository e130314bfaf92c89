"""/learn/terms: words explained, by topic and by search."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kb.cards.library import Library
from kb.cards.records import Term
from kb.normalise import fold
from web.api.services import Served
from web.pages.learn.drawing import draw

router = APIRouter()

_LONGEST: Final = 60  # characters of a search
TOPICS: Final = {
    "hazards": "隐患与风险", "fire": "消防", "chemical": "危险化学品", "construction": "建筑施工", "occupational": "职业健康",
    "transport": "交通运输", "weather": "气象与灾害", "rescue": "救援与急救", "management": "安全管理", "enforcement": "执法与处罚",
    "law": "法律用语",
}  # fmt: skip  # name of the file -> topic
_REST: Final = "其他"


@router.get("/learn/terms")
def start(request: Request, services: Served, q: str = "", topic: str = "") -> HTMLResponse:
    """Return the words that fit, explained; or all of them as a list of names."""
    shelves, said = by_topic(services.cards), q.strip()[:_LONGEST]
    topic = topic if topic in shelves else ""
    held = [term for name, terms in shelves.items() if topic in ("", name) for term in terms]
    found = search(held, said) if said else held if topic else []
    return draw(
        request, "learn_terms.html", q=said, topic=topic, shelves=shelves, found=found,
        total=sum(map(len, shelves.values())),
    )  # fmt: skip


def by_topic(library: Library) -> dict[str, list[Term]]:
    """Return the terms under the topic of the file they stand in."""
    shelves: dict[str, list[Term]] = {topic: [] for topic in (*TOPICS.values(), _REST)}
    for item in library.placed:
        if isinstance(item.record, Term):
            shelves[TOPICS.get(item.path.stem, _REST)].append(item.record)
    return {topic: terms for topic, terms in shelves.items() if terms}


def search(terms: Sequence[Term], said: str) -> list[Term]:
    """Return the terms called so, then those whose name holds the words, then those explained with them."""
    wanted = fold(said)
    ranks = [(_rank(wanted, term), term) for term in terms]
    return [term for rank, term in sorted(ranks, key=lambda pair: pair[0]) if rank < _NONE]


_NONE: Final = 3


def _rank(wanted: str, term: Term) -> int:
    names = [fold(name) for name in (term.term, *term.also)]
    if wanted in names:
        return 0
    if any(wanted in name for name in names):
        return 1
    return 2 if wanted in fold(term.plain + term.confused) else _NONE
