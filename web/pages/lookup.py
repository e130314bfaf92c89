"""查条文."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/lookup")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "lookup.html")
