"""现场检查."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/inspect")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "inspect.html")
