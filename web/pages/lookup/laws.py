"""The list of the laws held."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict

from kb.datatypes import CARDS, Level, Status
from kb.versions import rank
from web.api import reading
from web.api.filters import LawFilter
from web.api.reading import HeldText
from web.api.services import Held
from web.pages.lookup.asking import read
from web.pages.lookup.drawing import LookupRoute, draw, likely_names
from web.pages.lookup.links import Links, address

router = APIRouter(route_class=LookupRoute)

PAGE: Final = 50


class Chosen(LawFilter):
    """What the list's form asks for."""

    model_config = ConfigDict(extra="ignore")

    sort: Literal["rank", "new", "name"] = "rank"

    def address(self, **changed: object) -> str:
        """Return the address of this list with some fields changed; a change leads to the first page."""
        values = {**self.model_dump(mode="json", by_alias=True, exclude_defaults=True), "page": "", **changed}
        return address("laws", **{name: str(value or "") for name, value in values.items()})


@router.get("/lookup/laws")
def laws(request: Request, kb: Held) -> HTMLResponse:
    """Return the laws that match, one row each."""
    chosen, faults = read(Chosen, request.query_params)
    statuses = kb.statuses(chosen.on)
    held = [text for text in reading.texts(kb, statuses) if text.shown.level not in CARDS]
    found = sorted(
        (text for text in held if chosen.fits(text.shown, statuses[text.shown.doc_id])),
        key=_order(chosen.sort),
    )
    first = (chosen.page - 1) * PAGE
    return draw(
        request,
        "lookup_laws.html",
        asked=chosen,
        faults=faults,
        rows=found[first : first + PAGE],
        total=len(found),
        pages=-(-len(found) // PAGE),
        statuses=statuses,
        links=Links.of(kb),
        options=_options(held, statuses),
        likely=likely_names(kb, chosen.q) if chosen.q and not found else (),
    )


def _order(sort: str) -> Callable[[HeldText], tuple[object, ...]]:
    def order(text: HeldText) -> tuple[object, ...]:
        published = -(text.shown.published or date.min).toordinal()
        if sort == "new":
            return (published, text.shown.name)
        return (text.shown.name,) if sort == "name" else (rank(text.shown), published, text.shown.name)

    return order


def _options(held: Sequence[HeldText], statuses: dict[str, Status]) -> dict[str, list[tuple[str, int]]]:
    """Return {field: (value, how many laws have it)} for the list's choices."""
    levels = Counter(text.shown.level for text in held)
    states = Counter(statuses[text.shown.doc_id] for text in held)
    places = Counter(text.shown.region for text in held)
    return {
        "level": [(level.value, levels[level]) for level in Level if levels[level]],
        "region": sorted(places.items(), key=lambda item: (-item[1], item[0])),
        "status": [(state.value, states[state]) for state in Status if states[state]],
    }
