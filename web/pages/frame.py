"""What every page shares: the templates, the header with the places to go, the telephone numbers, the footer."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.datatypes import CARDS
from kb.errors import AnwenError
from web import words
from web.clean import paragraphs, plain
from web.ports import Counts

STATIC: Final = Path(__file__).parents[1] / "static"
STATIC_URL: Final = "/anwen"
_TEMPLATES: Final = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the main navigation."""

    path: str
    name: str


PLACES: Final = (
    Place("/", "问答"),
    Place("/lookup", "查条文"),
    Place("/duties", "企业职责"),
    Place("/inspect", "现场检查"),
    Place("/learn", "科普课堂"),
)


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page drawn from `web/templates/<template>`.

    Every value is escaped by the template. The policy of the site allows no inline script: a page's script
    stands in web/static and is named in the template's `scripts` block.

    Args:
        request: what was asked; its path marks the place in the navigation.
        template: file name below web/templates.
        status: HTTP status.
        values: what the template names.
    """
    return HTMLResponse(draw(template, request.url.path, _counts(request), **values), status)


def draw(template: str, path: str, counts: Counts | None, **values: Any) -> str:  # noqa: ANN401
    """Return a template filled in, for the page at `path`."""
    shared = {"words": words, "places": PLACES, "here": here(path), "extent": extent(counts), "asset": asset}
    return environment().get_template(template).render(**shared, **values)


@cache
def environment() -> Environment:
    """Return the templates: escaping everything, refusing a name nobody gave."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"plain": plain, "paragraphs": paragraphs, "date": day}
    return made


def here(path: str) -> str:
    """Return the path of the navigation entry a page belongs to, "" for none.

    >>> here("/lookup/安全生产法"), here("/"), here("/admin")
    ('/lookup', '/', '')
    """
    return next(
        (p.path for p in PLACES[1:] if path == p.path or path.startswith(f"{p.path}/")), "/" * (path == "/")
    )


@cache
def asset(name: str) -> str:
    """Return the address of a static file with its digest, so that a new version is fetched at once."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}/{name}?v={digest}"


def extent(counts: Counts | None) -> str:
    """Return how much the knowledge base holds and how fresh it is, in words.

    Rules and what this project wrote are counted apart, each version of a rule as one text.
    """
    if counts is None:
        return words.LIBRARY_UNREADABLE
    cards = sum(counts.by_level.get(level, 0) for level in CARDS)
    held = f"法规{counts.documents - cards:,}份" + (f"、卡片{cards:,}份" if cards else "")
    newest = counts.newest_published
    return f"{held}，截至{day(newest)}" if newest else held


def day(value: Any) -> str:  # noqa: ANN401 - templates hand over what they have
    """Return a date as people write it, 不明 where it is not known.

    >>> from datetime import date
    >>> day(date(2024, 5, 1)), day(None)
    ('2024年5月1日', '不明')
    """
    return f"{value.year}年{value.month}月{value.day}日" if value else "不明"


def _counts(request: Request) -> Counts | None:
    services = getattr(request.app.state, "services", None)
    if services is None or services.kb is None:
        return None
    try:
        return services.kb.stats()  # type: ignore[no-any-return]
    except AnwenError:
        return None
