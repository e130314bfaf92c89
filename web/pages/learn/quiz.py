"""/learn/quiz: questions drawn by a seed that stands in the address, so that a class shares them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.base import KnowledgeBase
from kb.cards.quiz import Article, Kind, Question, bank
from kb.cards.quiz import draw as draw_questions
from kb.cards.records import Rule
from kb.datatypes import Audience
from kb.errors import AnwenError
from web.api.services import Served, Services
from web.pages.learn.drawing import draw, whole

router = APIRouter()

COUNTS: Final = (5, 10, 20)
_MOST_SEED: Final = 999_999
KINDS: Final = {
    Kind.ACTION: "遇险怎么做", Kind.SIGNAL: "预警与分级", Kind.NUMBER: "数字与期限", Kind.PENALTY: "罚多少",
    Kind.TERM: "术语",
}  # fmt: skip
WHO: Final = {Audience.CITIZEN: "市民", Audience.MANAGER: "企业", Audience.INSPECTOR: "执法"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which questions: of one kind or all, for one audience or all, how many, which draw."""

    kind: Kind | None
    who: Audience | None
    count: int
    seed: int  # 0 where none is chosen yet

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Chosen":
        """Read a query string; what cannot be read counts as not given."""
        kind, who = fields.get("kind", ""), fields.get("who", "")
        return cls(
            Kind(kind) if kind in set(Kind) else None,
            Audience(who) if who in set(Audience) else None,
            whole(fields.get("n", ""), 1, COUNTS[-1], COUNTS[1]),
            whole(fields.get("seed", ""), 0, _MOST_SEED, 0),
        )

    def query(self, seed: int | None = None) -> str:
        """Return the query string of this draw, or of another one of the same choice."""
        fields = {"kind": self.kind or "", "who": self.who or "", "n": self.count, "seed": seed or self.seed}
        return urlencode({name: str(value) for name, value in fields.items() if value})


@router.get("/learn/quiz")
def start(request: Request, services: Served) -> Response:
    """Return the form; with `go` send to a draw; with a seed return its questions, marked if answered."""
    chosen = Chosen.of(request.query_params)
    if not chosen.seed:
        if "go" in request.query_params:
            return RedirectResponse(f"/learn/quiz?{chosen.query(_seed())}", 303)
        return draw(request, "learn_quiz_start.html", chosen=chosen, kinds=KINDS, whos=WHO, sizes=COUNTS)
    questions = _questions(request, services, chosen)
    if not questions:
        return draw(request, "learn_quiz_none.html", **_shown(chosen))
    picked = _picked(request.query_params, questions)
    right = sum(question.answer == pick for question, pick in zip(questions, picked, strict=True))
    return draw(
        request, "learn_quiz.html", **_shown(chosen), asked=list(zip(questions, picked, strict=True)),
        is_marked="done" in request.query_params, right=right,
    )  # fmt: skip


@router.get("/learn/quiz/paper")
def paper(request: Request, services: Served) -> HTMLResponse:
    """Return the same questions to print, the answers on a page of their own."""
    chosen = Chosen.of(request.query_params)
    questions = _questions(request, services, chosen)
    if not questions:
        return draw(request, "learn_quiz_none.html", **_shown(chosen))
    return draw(request, "learn_quiz_paper.html", **_shown(chosen), questions=questions)


def _shown(chosen: Chosen) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "query": chosen.query(),
        "another": chosen.query(_seed()),
        "topic": KINDS[chosen.kind] if chosen.kind else "各类题目",
        "reader": WHO[chosen.who] if chosen.who else "",
    }


def _seed() -> int:
    return random.SystemRandom().randint(1, _MOST_SEED)


def _picked(fields: Mapping[str, str], questions: Sequence[Question]) -> list[int]:
    """Return which choice was picked for each question, -1 for none."""
    return [whole(fields.get(f"a{n}", ""), 0, len(q.choices) - 1, -1) for n, q in enumerate(questions)]


def _questions(request: Request, services: Services, chosen: Chosen) -> tuple[Question, ...]:
    kinds = (chosen.kind,) if chosen.kind else tuple(KINDS)
    return draw_questions(
        _bank(request, services), chosen.count, chosen.seed, audience=chosen.who, kinds=kinds
    )


def _bank(request: Request, services: Services) -> tuple[Question, ...]:
    """Return every question there is; made at the first visit and kept with the app."""
    held: tuple[Question, ...] | None = getattr(request.app.state, "quiz_bank", None)
    if held is None:
        held = bank(services.cards, article=_articles(services.kb))
        request.app.state.quiz_bank = held
    return held


def _articles(kb: KnowledgeBase | None) -> Article | None:
    """Return the reader of articles; one that is not in the knowledge base reads as nothing."""
    if kb is None:
        return None

    def text(rule: Rule) -> str:
        try:
            return kb.article(rule.law, rule.article).chunk.text
        except AnwenError:
            return ""

    return text
