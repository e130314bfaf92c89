"""企业职责: five answers, the unit's own checklist, and the files made of it.

Ticks, notes and dates live in the visitor's browser; they come here only for an export and are not kept.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from kb import regions
from kb.cards.checklist import Checklist, Item, When, checklist
from kb.cards.frequency import DAYS, MONTHS, Frequency
from kb.cards.passages import money
from kb.cards.records import Duty, Penalty
from kb.cards.units import questions
from kb.errors import SettingsError
from web.api.services import Served, Services
from web.export.calendars import due_dates_ics
from web.export.checklists import ListPaper, checklist_docx, checklist_xlsx
from web.pages.downloads import download
from web.pages.frame import page
from web.pages.marks import marks_of
from web.pages.unit_answers import Answers

router = APIRouter()

_FIRST: Final = 4  # duties shown on top
_CLASSES: Final = {When.ALWAYS: "always", When.CHECK: "check", When.OCCASION: "occasion"}
Text = Annotated[str, Form()]


@router.get("/duties")
def start(
    request: Request,
    services: Served,
    trade: str = "",
    headcount: str = "",
    area_m2: str = "",
    region: str = "",
    features: Annotated[Sequence[str], Query()] = (),
) -> HTMLResponse:
    """Return the questions, and below them the list once they are answered."""
    answers = Answers.of(
        {"trade": trade, "headcount": headcount, "area_m2": area_m2, "region": region}, features
    )
    if not answers.given:
        return _asked(request, Answers(region=answers.region))
    try:
        made = _checklist(services, answers)
    except SettingsError as error:
        return _asked(request, answers, str(error))
    return page(request, "duties_list.html", **_questions(answers), **_shown(made, answers), problem="")


@router.post("/duties/export")
def export(
    request: Request,
    services: Served,
    trade: Text = "",
    headcount: Text = "",
    area_m2: Text = "",
    region: Text = "",
    features: Annotated[Sequence[str], Form()] = (),
    name: Text = "",
    marks: Text = "",
    kind: Text = "xlsx",
) -> Response:
    """Return the list as a file: `kind` is xlsx, docx or ics."""
    answers = Answers.of(
        {"trade": trade, "headcount": headcount, "area_m2": area_m2, "region": region}, features
    )
    try:
        paper = ListPaper(_checklist(services, answers), date.today(), name[:60], marks_of(marks))
        return download(_file(paper, kind), paper.title, kind)
    except SettingsError as error:
        return _asked(request, answers, str(error))


def _file(paper: ListPaper, kind: str) -> bytes:
    if kind == "xlsx":
        return checklist_xlsx(paper)
    if kind == "docx":
        return checklist_docx(paper)
    if kind == "ics":
        own = {duty: mark.due for duty, mark in paper.marks.items() if mark.due}
        return due_dates_ics(paper.checklist, paper.start, paper.name, own)
    raise SettingsError("导出格式只有 Excel（xlsx）、Word（docx）和日历（ics）。请回到清单页重新选。")


def _checklist(services: Services, answers: Answers) -> Checklist:
    unit = answers.unit()
    return checklist(unit, services.cards.of(Duty), services.cards.of(Penalty))


def _asked(request: Request, answers: Answers, problem: str = "") -> HTMLResponse:
    return page(request, "duties.html", 422 if problem else 200, **_questions(answers), problem=problem)


def _questions(answers: Answers) -> dict[str, Any]:
    around = {province: regions.places(province) for province in regions.provinces()}
    return {"answers": answers, "asked": {asked.field: asked for asked in questions()}, "regions": around}


def _shown(made: Checklist, answers: Answers) -> dict[str, Any]:
    today = date.today()
    return {
        "unit": made.unit,
        "groups": {group: [_row(item, today) for item in items] for group, items in made.groups().items()},
        "first": [item.duty for item in _leading(made)],
        "total": len(made.items),
        "states": {when.value: sum(i.when is when for i in made.items) for when in When},
        "query": answers.query(),
        "today": today,
    }


def _leading(made: Checklist) -> list[Item]:
    """Return what to read first: what the unit's size brings, then the heaviest of what is always due."""
    sized = [
        item
        for item in made.items
        if item.reasons and item.reasons[0].startswith("你单位") and "人，" in item.reasons[0]
    ]
    heavy = sorted((i for i in made.items if i.when is When.ALWAYS), key=lambda i: -i.weight)
    return list(dict.fromkeys((*sorted(sized, key=lambda i: -i.weight)[:2], *heavy)))[:_FIRST]


def _row(item: Item, today: date) -> dict[str, Any]:
    dated = [
        (cycle, day)
        for cycle, day in item.due(today)
        if cycle.every not in (Frequency.SHIFT, Frequency.DAILY)
    ]
    cycle = dated[0][0] if dated and item.when is not When.OCCASION else None
    every = cycle.every if cycle and not cycle.month_day else None  # a fixed day is not counted on from today
    return {
        "item": item,
        "duty": item.duty,
        "class": _CLASSES[item.when],
        "often": _often(item),
        "due": dated[0][1] if cycle else None,
        "days": DAYS.get(every, 0) if every else 0,
        "months": MONTHS.get(every, 0) if every else 0,
        "fines": [f"{fine.on}（{fine.when}）：{money(fine)}" for fine in item.fines],
    }


def _often(item: Item) -> str:
    """Return how often in words, "" where nothing more than 随时 or 一次性 is known."""
    said = [cycle.words or cycle.every.value for cycle in item.cycles]
    plain = {Frequency.CONTINUOUS.value, ""}
    return "；".join(words for words in dict.fromkeys(said) if words not in plain)
