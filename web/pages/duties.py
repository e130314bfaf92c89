"""企业职责."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/duties")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "duties.html")
