"""应急电话与自救要点."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/emergency")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "emergency.html")
