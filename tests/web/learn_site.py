"""The pages of 科普课堂 and the emergency page over the real cards and a small real knowledge base."""

from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kb.cards.library import read_library
from tests.web.doors import STARTER, make
from web.api.services import Services
from web.middleware import Access, Guard
from web.pages import emergency, learn
from web.pages.frame import STATIC, STATIC_URL

CARDS = read_library(STARTER)


def learning(folder: Path) -> Services:
    """The services: the small base, all the cards."""
    return replace(make(folder), cards=CARDS)


def site_of(services: Services) -> FastAPI:
    """The app with these pages, their files and the guard, without Gradio."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.mount(STATIC_URL, StaticFiles(directory=STATIC))
    for part in (emergency, learn):
        app.include_router(part.router)
    app.add_middleware(Guard, access=Access.of("127.0.0.1"))
    return app
