"""The pages' own frame: addresses, badges, and a page for everything that goes wrong."""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from rapidfuzz import fuzz, process
from starlette.concurrency import run_in_threadpool

from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Document, Status
from kb.errors import AnwenError, ArticleNotFoundError
from kb.normalise import fold, law_name
from web.api import reading
from web.api.services import services_of
from web.clean import plain
from web.pages.frame import page
from web.pages.lookup.links import address
from web.render import STATUS_CLASS

logger = logging.getLogger(__name__)

_LIKELY: Final = 6
_LIKE: Final = 55.0  # per cent of likeness from which a name is offered


@dataclass(frozen=True, slots=True)
class Badge:
    """Whether a text is in force, in a word and a colour; what this project wrote has none."""

    text: str
    style: str

    @classmethod
    def of(cls, document: Document, status: Status) -> "Badge":
        """Return the badge of a document."""
        if document.level in CARDS:
            return cls("本项目编写", "is-card")
        return cls(status.value, STATUS_CLASS[status])


class LookupRoute(APIRoute):
    """A route that answers our errors, and addresses that cannot be read, with a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the errors caught."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:
                return await run_in_threadpool(missing, request, "这个地址没有看懂。")
            except ArticleNotFoundError as error:
                return await run_in_threadpool(missing, request, plain(str(error), 300))
            except AnwenError as error:
                logger.warning("a page could not be drawn: %s", error)  # may name paths: for the log only
                return unavailable(request)

        return guarded


def draw(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page of 查条文."""
    return page(request, template, status, address=address, badge=Badge.of, cards=CARDS, **values)


def unavailable(request: Request) -> HTMLResponse:
    """Return the page shown while the knowledge base cannot be read."""
    return draw(request, "lookup_missing.html", 503, reason="", likely=(), law="")


def missing(request: Request, reason: str) -> HTMLResponse:
    """Return the page for a law or an article that is not here, with the names that come nearest."""
    kb = services_of(request).kb
    if kb is None:
        return unavailable(request)
    asked = plain(str(request.path_params.get("law", "")), 100)
    try:
        held = _held(kb, asked)
        likely = () if held else likely_names(kb, asked)
    except AnwenError:
        return unavailable(request)
    if asked and not held:
        reason = f"库里没有《{asked.strip('《》 ')}》。"
    return draw(request, "lookup_missing.html", 404, reason=reason, likely=likely, law=held)


def likely_names(kb: KnowledgeBase, asked: str) -> tuple[str, ...]:
    """Return the names of laws held that are most like what was asked for, the likest first."""
    names = {d.name: fold(d.name) for d in kb.documents() if d.level not in CARDS}
    wanted = fold(law_name(asked))
    if not wanted:
        return ()
    found = process.extract(wanted, names, scorer=_likeness, limit=_LIKELY, score_cutoff=_LIKE)
    return tuple(name for _, _, name in found)


def _likeness(wanted: str, name: str, **_options: object) -> float:
    """Return how like two names are in per cent; one that stands inside the other counts nearly as much."""
    return max(fuzz.ratio(wanted, name), 0.9 * fuzz.partial_ratio(wanted, name) if len(name) > 3 else 0.0)


def _held(kb: KnowledgeBase, asked: str) -> str:
    """Return the name of a law that is here, "" if it is not."""
    try:
        return reading.family(kb, asked)[-1].name if asked else ""
    except ArticleNotFoundError:
        return ""
