"""What leaves the chat: an answer as a file, and the small page that other sites show in a frame."""

from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field
from starlette.responses import Response

from kb import regions
from kb.datatypes import Audience
from kb.errors import AnwenError
from web.api.errors import refusal, refuse_with
from web.api.models import Incoming, Name, Text
from web.api.services import Asked, Served, Services, answers
from web.clean import plain
from web.export.answers import Paper, answer_docx, answer_pdf
from web.pages.frame import page

router = APIRouter()
export = APIRouter()
_KINDS: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_DAY: Final = "public, max-age=86400"
_NAMED: Final = 40  # characters of the question in the file's name


class Wanted(Incoming):
    """A question whose answer is wanted as a file."""

    question: Annotated[Text, Field(min_length=1)]
    audience: Audience | None = None
    region: Name | None = None
    on: date | None = Field(None, alias="date")
    format: Literal["docx", "pdf"]


@export.post("/answer")
def answer_file(wanted: Wanted, services: Served) -> Response:
    """Ask again and return the answer as a file: no words of the client's stand in it but the question."""
    asked = Asked(wanted.question, wanted.audience, wanted.region, wanted.on)
    *_, answer = answers(services, asked)
    paper = Paper(plain(wanted.question), answer, date.today(), _newest(services))
    made = answer_docx(paper) if wanted.format == "docx" else answer_pdf(paper)
    name = quote(f"安问-{plain(wanted.question, 2_000)[:_NAMED]}.{wanted.format}", safe="", errors="replace")
    headers = {
        "content-disposition": f"attachment; filename=\"anwen.{wanted.format}\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(made, media_type=_KINDS[wanted.format], headers=headers)


def export_app(services: Services) -> FastAPI:
    """Return the app at /export, which refuses in the shape of /api."""
    app = FastAPI(title="安问", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    refuse_with(app, refusal)
    app.include_router(export)
    return app


@router.get("/widget")
def widget(request: Request) -> HTMLResponse:
    """Return the page for frames on other sites; which ones the guard's policy says."""
    return page(request, "widget.html")


@router.get("/regions.json")
def table() -> JSONResponse:
    """Return each province's places."""
    return JSONResponse(
        {province: regions.places(province) for province in regions.provinces()},
        headers={"cache-control": _DAY},
    )


def _newest(services: Services) -> date | None:
    if services.kb is None:
        return None
    try:
        return services.kb.stats().newest_published
    except AnwenError:
        return None
