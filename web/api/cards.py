"""What this project wrote itself: emergency guides, warning levels, terms, inspection sheets.

Read from the written knowledge, not from the knowledge base: they are there when that is not.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from kb.cards.guides import Guide
from kb.cards.records import Sheet, Signal, Term
from kb.datatypes import Audience
from kb.errors import ArticleNotFoundError
from kb.normalise import fold
from web.api.errors import documented
from web.api.services import Served

router = APIRouter()

GuideId = Annotated[str, Path(max_length=80, examples=["gas-leak"])]
SheetId = Annotated[str, Path(max_length=80, examples=["big-event"])]
Words = Annotated[str, Query(max_length=100, description="含有这些字的；不写则全部")]


class GuideRow(BaseModel):
    """One emergency guide in the list."""

    id: str = Field(description="编号", examples=["gas-leak"])
    title: str
    hazard: str = Field(description="类别")
    number: str = Field(description="先打哪个电话", examples=["119"])


class Section(BaseModel):
    """One part of a guide."""

    heading: str
    text: str = Field(description="Markdown")


class GuideCard(GuideRow):
    """An emergency guide."""

    audiences: list[Audience]
    steps: list[str] = Field(description="现在就做的几步，按先后")
    sections: list[Section]
    basis: list[str] = Field(description="要点的依据")
    reviewed: str = Field(description="审阅日期")


class SheetRow(BaseModel):
    """One inspection sheet in the list."""

    id: str
    title: str
    industry: str = Field(description="行业")
    scope: str = Field(description="给谁用")
    items: int = Field(description="检查项数")


class Rule(BaseModel):
    """An article a statement rests on."""

    law: str
    article: str


class Figure(BaseModel):
    """A number that matters."""

    value: float
    unit: str
    means: str = Field(description="是什么数")


class SignalCard(BaseModel):
    """One level of a warning, a response, an accident grade or a time limit for reporting."""

    id: str
    kind: str = Field(description="预警信号、应急响应、事故等级、报告时限、烈度等级")
    hazard: str
    level: str
    threshold: str = Field(description="什么情况")
    figures: list[Figure]
    citizens: list[str] = Field(description="市民怎么做")
    enterprises: list[str] = Field(description="单位怎么做")
    schools: list[str] = Field(description="学校怎么做")
    government: list[str] = Field(description="政府怎么做")
    basis: list[str] = Field(description="依据的名称")
    rules: list[Rule] = Field(description="依据的条文")


class TermCard(BaseModel):
    """A word explained."""

    id: str
    term: str
    also: list[str] = Field(description="也叫")
    plain: str = Field(description="用平常话说")
    confused: str = Field(description="容易和什么混淆")
    basis: list[str]
    rules: list[Rule]


class CheckItem(BaseModel):
    """One item of an inspection sheet."""

    item: str
    look: str = Field(description="看什么")
    standard: str = Field(description="怎样算合格")
    basis: list[Rule]
    penalty: list[Rule] = Field(description="罚则条文")
    consequence: str = Field(description="不合格的后果")


class SheetCard(BaseModel):
    """An inspection sheet."""

    id: str
    title: str
    industry: str
    scope: str
    items: list[CheckItem]


@router.get("/guides", response_model=list[GuideRow], responses=documented(422), summary="应急卡片")
def guides(services: Served, q: Words = "") -> list[GuideRow]:
    """List the emergency guides whose title, hazard or usual words hold `q`."""
    return [
        _row(guide) for guide in services.cards.guides if _holds(q, guide.title, guide.hazard, *guide.phrases)
    ]


@router.get(
    "/guides/{card}", response_model=GuideCard, responses=documented(404, 422), summary="一张应急卡片"
)
def guide(services: Served, card: GuideId) -> GuideCard:
    """Return one guide."""
    found = next((guide for guide in services.cards.guides if guide.id == card), None)
    if found is None:
        raise ArticleNotFoundError("没有这张应急卡片。请先用 GET /api/guides 查编号")
    return GuideCard(
        **dict(_row(found)),
        audiences=list(found.audiences),
        steps=list(found.steps),
        sections=[Section(heading=part.heading, text=part.text) for part in found.sections],
        basis=list(found.basis),
        reviewed=found.reviewed.isoformat(),
    )


@router.get("/signals", response_model=list[SignalCard], responses=documented(422), summary="预警信号与分级")
def signals(services: Served, q: Words = "") -> list[SignalCard]:
    """List the warning levels, accident grades and time limits that hold `q`."""
    return [
        SignalCard.model_validate(signal.model_dump())
        for signal in services.cards.of(Signal)
        if _holds(q, f"{signal.hazard}{signal.level}{signal.kind}", signal.threshold)
    ]


@router.get("/terms", response_model=list[TermCard], responses=documented(422), summary="术语")
def terms(services: Served, q: Words = "") -> list[TermCard]:
    """List the terms that hold `q` in their names, or else in their explanation."""
    held = services.cards.of(Term)
    named = [term for term in held if _holds(q, term.term, *term.also)]
    found = named or [term for term in held if _holds(q, term.plain)]
    return [TermCard.model_validate(term.model_dump()) for term in found]


@router.get("/sheets", response_model=list[SheetRow], responses=documented(422), summary="检查表")
def sheets(services: Served, q: Words = "") -> list[SheetRow]:
    """List the inspection sheets whose title, industry or scope hold `q`."""
    return [
        SheetRow(id=s.id, title=s.title, industry=s.industry, scope=s.scope, items=len(s.items))
        for s in services.cards.of(Sheet)
        if _holds(q, s.title, s.industry, s.scope)
    ]


@router.get("/sheets/{card}", response_model=SheetCard, responses=documented(404, 422), summary="一张检查表")
def sheet(services: Served, card: SheetId) -> SheetCard:
    """Return one inspection sheet."""
    found = next((sheet for sheet in services.cards.of(Sheet) if sheet.id == card), None)
    if found is None:
        raise ArticleNotFoundError("没有这张检查表。请先用 GET /api/sheets 查编号")
    return SheetCard.model_validate(found.model_dump())


def _row(guide: Guide) -> GuideRow:
    return GuideRow(id=guide.id, title=guide.title, hazard=guide.hazard, number=guide.number)


def _holds(q: str, *texts: str) -> bool:
    wanted = fold(q).strip()
    return any(wanted in fold(text) for text in texts)
