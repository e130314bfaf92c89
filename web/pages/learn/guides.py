"""/learn: the guides on their shelf, one guide, and the same as a poster."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kb.cards.guides import HAZARDS, Guide
from web.api.services import Served, Services
from web.pages import pictograms
from web.pages.guide_shelf import LONGEST, PLACES, Shelved, call_of, lines, pick, shelve
from web.pages.learn.drawing import draw, missing
from web.pages.learn.poster_fit import fitting

router = APIRouter()

_RELATED: Final = 6
_POSTER_DONTS: Final = 5


@router.get("/learn")
def start(request: Request, services: Served, q: str = "", hazard: str = "", place: str = "") -> HTMLResponse:
    """Return the guides that fit the words, the hazard and the place."""
    said, shelf = q.strip()[:LONGEST], shelve(services.cards.guides)
    hazard, place = hazard if hazard in HAZARDS else "", place if place in PLACES else ""
    found = pick(shelf, said, hazard, place)
    return draw(
        request, "learn.html", q=said, hazard=hazard, place=place, found=found, groups=_groups(found, said),
        total=len(shelf), hazards=_hazards(shelf), grounds=tuple(PLACES),
    )  # fmt: skip


@router.get("/learn/guides/{card}")
def guide(request: Request, services: Served, card: str) -> HTMLResponse:
    """Return one guide."""
    found = _named(services, card)
    if found is None:
        return missing(request, "没有这张应急卡片")
    return draw(request, "learn_guide.html", **_parts(found), related=_related(services, found))


@router.get("/learn/guides/{card}/poster")
def poster(request: Request, services: Served, card: str) -> HTMLResponse:
    """Return one guide as a poster: one sheet of A4."""
    found = _named(services, card)
    if found is None:
        return missing(request, "没有这张应急卡片")
    parts = _parts(found)
    donts = parts["donts"][:_POSTER_DONTS]
    size = fitting(found.title, found.steps, donts).name
    return draw(request, "learn_poster.html", **parts | {"donts": donts}, size=size)


def _parts(guide: Guide) -> dict[str, Any]:
    return {
        "guide": guide,
        "sign_name": pictograms.of_guide(guide),
        "call": call_of(guide),
        "donts": lines(guide, "千万别做"),
        "special": lines(guide, "特殊情况"),
        "after": lines(guide, "之后"),
        "before": lines(guide, "平时预防"),
    }


def _named(services: Services, card: str) -> Guide | None:
    return next((guide for guide in services.cards.guides if guide.id == card), None)


def _hazards(shelf: tuple[Shelved, ...]) -> list[tuple[str, str]]:
    """Return the hazards there are guides for, each with its pictogram."""
    present = {s.guide.hazard for s in shelf}
    return [(hazard, pictograms.OF_HAZARD[hazard]) for hazard in HAZARDS if hazard in present]


def _groups(found: list[Shelved], said: str) -> list[tuple[str, list[Shelved]]]:
    """Return the guides by hazard, or as one list in the order of fitness where somebody searched."""
    if said:
        return [("", found)] if found else []
    kept = {hazard: [s for s in found if s.guide.hazard == hazard] for hazard in HAZARDS}
    return [(hazard, shelved) for hazard, shelved in kept.items() if shelved]


def _related(services: Services, guide: Guide) -> list[Shelved]:
    """Return guides near this one: with the same pictogram, then of the same hazard."""
    own = pictograms.of_guide(guide)
    others = [s for s in shelve(services.cards.guides) if s.guide.id != guide.id]
    near = [s for s in others if s.picture == own]
    return (near + [s for s in others if s.guide.hazard == guide.hazard and s not in near])[:_RELATED]
