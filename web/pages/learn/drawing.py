"""What the pages of 科普课堂 share: their own navigation, pictograms, links to articles."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.pages import pictograms
from web.pages.frame import page
from web.pages.lookup.links import address


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of the navigation below the heading."""

    path: str
    name: str
    picture: str


TABS: Final = (
    Tab("/learn", "应急卡片", "kit"),
    Tab("/learn/signals", "预警分级", "warning"),
    Tab("/learn/quiz", "知识题", "quiz"),
    Tab("/learn/plan", "家庭计划", "plan"),
    Tab("/learn/terms", "术语", "book"),
)


def draw(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page of 科普课堂; every value is escaped by the template."""
    shared = {"tabs": TABS, "tab": _tab(request.url.path), "picture": pictograms.address, "article": address}
    return page(request, template, status, **shared, **values)


def missing(request: Request, what: str) -> HTMLResponse:
    """Return the page that says what is not here, with the way back."""
    return draw(request, "learn_missing.html", 404, what=what)


def whole(text: str, least: int, most: int, default: int) -> int:
    """Return a whole number a form sent, brought between two bounds; `default` for anything else.

    >>> whole("7", 1, 50, 10), whole("900", 1, 50, 10), whole("七", 1, 50, 10), whole("-3", 1, 50, 10)
    (7, 50, 10, 1)
    """
    digits = text.strip().removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _DIGITS:
        return default
    return min(max(int(text), least), most)


_DIGITS: Final = 9


def _tab(path: str) -> str:
    return next((t.path for t in TABS[1:] if path == t.path or path.startswith(f"{t.path}/")), TABS[0].path)
