"""科普课堂."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/learn")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "learn.html")
