"""应急电话与自救要点: numbers, what to say, the first steps. No script; nothing but the written cards.

It is the page of last resort: it is drawn the same way when the knowledge base could not be opened.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kb.cards.guides import Guide
from web.api.services import Served
from web.pages import pictograms
from web.pages.frame import page
from web.pages.guide_shelf import URGENT

router = APIRouter()

_STEPS: Final = 3


@dataclass(frozen=True, slots=True)
class Urgent:
    """A guide as this page shows it."""

    guide: Guide
    picture: str
    steps: tuple[str, ...]


@router.get("/emergency")
def start(request: Request, services: Served) -> HTMLResponse:
    """Return the page."""
    held = {guide.id: guide for guide in services.cards.guides}
    groups = [
        (heading, [_urgent(held[card]) for card in cards if card in held])
        for heading, cards in URGENT.items()
    ]
    return page(
        request, "emergency.html", groups=[(heading, found) for heading, found in groups if found],
        picture=pictograms.address, total=len(held),
    )  # fmt: skip


def _urgent(guide: Guide) -> Urgent:
    return Urgent(guide, pictograms.of_guide(guide), guide.steps[:_STEPS])
