"""/learn/plan: a family's emergency plan. The answers are drawn from and forgotten.

Names, telephone numbers and meeting places never come here: they are written on the page, in the browser.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from kb.cards.household import DAYS, Home, Household, Members, Near, plan
from kb.errors import SettingsError
from web.api.services import Served
from web.clean import plain
from web.pages.learn.drawing import draw

router = APIRouter()

COUNTS: Final = (
    ("adults", "成人", "18岁到59岁", 2),
    ("children", "儿童", "3岁到17岁", 0),
    ("infants", "婴幼儿", "不满3岁", 0),
    ("elderly", "老人", "60岁以上", 0),
    ("disabled", "行动不便的人", "含看不清、听不清的；不再算进上面几项", 0),
    ("pets", "宠物", "猫、狗等", 0),
)  # name, label, hint, what the empty form shows
_LONGEST, _MOST_FIELDS = 9, 30  # characters of a number; fields of the form


async def _sent(request: Request) -> FormData:
    """Return the form's fields; files are refused."""
    return await request.form(max_files=0, max_fields=_MOST_FIELDS)


@router.get("/learn/plan")
def start(request: Request) -> HTMLResponse:
    """Return the form."""
    first = {name: str(count) for name, _, _, count in COUNTS} | {"floor": "1"}
    return _form(request, first, gas=True)


@router.post("/learn/plan")
def drawn(request: Request, services: Served, form: Annotated[FormData, Depends(_sent)]) -> HTMLResponse:
    """Return the plan made of the answers."""
    names = (*(name for name, *_ in COUNTS), "floor")
    said = {name: str(form.get(name, "")).strip()[:_LONGEST] for name in names}
    gas, near = "gas" in form, [str(value) for value in form.getlist("near")]
    try:
        household = _household(said, gas, near)
    except SettingsError as error:
        return _form(request, said, gas, near, str(error))
    made = plan(household, services.cards.guides)
    response = draw(
        request, "learn_plan.html", sections=[s for s in made.sections if s.guide_id], supplies=made.supplies,
        days=DAYS, people=household.members.people, floor=household.home.floor,
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


def _household(said: Mapping[str, str], gas: bool, near: Sequence[str]) -> Household:
    members = {name: _number(said[name], label, "0") for name, label, *_ in COUNTS}
    known = frozenset(place for place in Near if place.value in near)
    return Household(Members(**members), Home(_number(said["floor"], "楼层", "1"), gas, known))


def _number(text: str, label: str, empty: str) -> int:
    """Return the whole number in a field; an empty one counts as `empty`."""
    digits = (text or empty).removeprefix("-")
    if not digits.isascii() or not digits.isdigit():
        raise SettingsError(f"{label}填了“{plain(text)}”：请填整数。")
    return int(text or empty)


def _form(
    request: Request, said: Mapping[str, str], gas: bool, near: Sequence[str] = (), problem: str = ""
) -> HTMLResponse:
    return draw(
        request, "learn_plan_form.html", 422 if problem else 200, said=said, members=COUNTS, gas=gas, near=near,
        nearby=[place.value for place in Near], problem=problem,
    )  # fmt: skip
