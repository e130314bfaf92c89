"""The pages of 企业职责 and 现场检查 on a small real knowledge base, with the made-up sheet that cites it."""

import shutil
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kb.cards.library import read_library
from tests.web.doors import STARTER, make
from web.api.include import include
from web.api.services import Services
from web.middleware import Access, Guard
from web.pages import duties, emergency, inspect
from web.pages.frame import STATIC, STATIC_URL

SHEET = "roof-garden"
_ITEM = """
  - item: 护栏{number}
    look: 伸手摇一摇，看松不松。
    standard: 摇不动，没有锈穿。
    basis: [{{law: 青桥市屋顶花园安全条例, article: 第三条}}]
    penalty: [{{law: 青桥市屋顶花园安全条例, article: 第四条}}]
    consequence: 没检查的罚二百元到一千元。
"""
_GONE = """
  - item: 风筝线
    look: 量一量。
    standard: 不碰高压线。
    basis: [{law: 没有收录的办法, article: 第一条}]
"""


def shelved(folder: Path, with_duties: bool = False) -> Services:
    """The services: the small base and one sheet of twelve items, and all the duties and penalties if asked for."""
    services = make(folder)
    for name in ("duties", "penalties") if with_duties else ():
        shutil.copytree(STARTER / name, folder / "cards" / name)
    head = f"id: {SHEET}\ntitle: 屋顶花园检查表\nindustry: 通用\nscope: 给有屋顶花园的单位用\nitems:"
    items = "".join(_ITEM.format(number=number) for number in range(1, 12))
    (folder / "cards" / "sheets" / f"{SHEET}.yaml").write_text(head + items + _GONE, "utf-8")
    return replace(services, cards=read_library(folder / "cards"))


def site_of(services: Services) -> FastAPI:
    """The app with the doors, these pages, their files and the guard, without Gradio."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.mount(STATIC_URL, StaticFiles(directory=STATIC))
    include(app, services)
    for part in (emergency, duties, inspect):
        app.include_router(part.router)
    app.add_middleware(Guard, access=Access.of("127.0.0.1"))
    return app
