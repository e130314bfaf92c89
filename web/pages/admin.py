"""知识库管理."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages.frame import page

router = APIRouter()


@router.get("/admin")
def start(request: Request) -> HTMLResponse:
    """Return the page."""
    return page(request, "admin.html")
