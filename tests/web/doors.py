"""A small real knowledge base with the doors on it, for the tests of the doors."""

import hashlib
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import anyio
import httpx
import uvicorn
from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.triage import Triage
from kb.base import KnowledgeBase
from kb.cards.library import read_library
from kb.datatypes import Chunk, Document, Level
from kb.embed import load_embedder
from kb.journal import Journal
from kb.writer import open_writer
from web.api.include import include
from web.api.services import Services
from web.limits import Limits
from web.metrics import Metrics, WatchedAnswerer
from web.middleware import Access, Guard

STARTER = Path(__file__).parents[2] / "starter"
SOME = (
    "guides/gas-leak.md",
    "guides/aed-use.md",
    "sheets/big-event.yaml",
    "terms/chemical.yaml",
    "signals/accidents.yaml",
)
GARDEN = "青桥市屋顶花园安全条例"
_GENERAL, _LIABLE = "第一章 总则", "第二章 罚则"
TEXTS = {
    f"{GARDEN}@2019-03-01": (
        date(2019, 3, 1),
        (
            (_GENERAL, "第一条", "为了让屋顶花园不伤人，制定本条例。"),
            (_GENERAL, "第二条", "屋顶花园的主人应当每季度检查一次护栏。"),
            (_LIABLE, "第三条", "违反本条例第二条规定，护栏没有检查的，处一百元以上五百元以下罚款。"),
        ),
    ),
    f"{GARDEN}@2024-05-06": (
        date(2024, 5, 6),
        (
            (_GENERAL, "第一条", "为了让屋顶花园不伤人，制定本条例。"),
            (_GENERAL, "第二条", "屋顶花园应当登记造册。"),
            (
                _GENERAL,
                "第三条",
                "屋顶花园的主人应当：\n（一）每月检查一次护栏；\n（二）大风预警发布后两小时内收起花盆。",
            ),
            (
                _LIABLE,
                "第四条",
                "违反本条例第三条规定，护栏没有检查的，处二百元以上一千元以下罚款；花盆坠落伤人的，处五千元罚款。",
            ),
        ),
    ),
    "风筝安全法@2020-04-08": (
        date(2020, 4, 8),
        (
            ("", "第一条", "为了规范风筝放飞活动，制定本法。"),
            ("", "第二条", "禁止在高压线五百米范围内放风筝。"),
        ),
    ),
}


def make(folder: Path) -> Services:
    """Write the made-up rules and some cards into folder/kb; return the services on them."""
    for name in SOME:
        (folder / "cards" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(STARTER / name, folder / "cards" / name)
    with open_writer(folder / "kb", load_embedder(None)) as writer:
        for doc_id, (day, articles) in TEXTS.items():
            writer.put(*_document(doc_id, day, articles))
        writer.flush()
        writer.link()
    kb, metrics = KnowledgeBase.open(folder / "kb"), Metrics()
    assistant = WatchedAnswerer(Assistant(kb, Triage.load(STARTER)), metrics)
    cards = read_library(folder / "cards")
    return Services(assistant, kb, cards, Journal(folder / "kb"), metrics=metrics, limits=Limits(free=("",)))


def _document(doc_id: str, day: date, articles) -> tuple[Document, list[Chunk]]:
    name = doc_id.partition("@")[0]
    local = name == GARDEN
    document = Document(
        doc_id,
        name if local else f"中华人民共和国{name}",
        name,
        Level.LOCAL if local else Level.LAW,
        "全国",
        f"/srv/private/{doc_id}.md",
        hashlib.sha256(doc_id.encode()).hexdigest(),
        issuer="青桥市人民代表大会常务委员会" if local else "",
        published=day,
        effective=day + timedelta(days=90),
    )
    return document, [
        Chunk(f"{doc_id}#{label}", doc_id, name, label, (part,) if part else (), text, at)
        for at, (part, label, text) in enumerate(articles)
    ]


def broken(services: Services) -> Services:
    """The same where the knowledge base could not be opened."""
    assistant = Assistant(None, Triage.load(STARTER), "法规库没有打开")
    return replace(services, assistant=assistant, kb=None, journal=None)


def app_of(services: Services) -> FastAPI:
    """The site's app with the doors and the guard, without Gradio."""
    app = FastAPI(title="安问", docs_url=None, redoc_url=None, openapi_url=None)
    include(app, services)
    app.add_middleware(Guard, access=Access.of("127.0.0.1", ["kb.example"]))
    return app


class Caller:
    """Speaks to an app in this process, as a program from `address` would."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1") -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000))

    def __call__(self, method: str, path: str, **options) -> httpx.Response:
        async def call() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        with ThreadPoolExecutor(1) as aside:  # a browser's driver may hold this thread's event loop
            return aside.submit(anyio.run, call).result()


@contextmanager
def listening(app: FastAPI):
    """Serve an app by a real uvicorn on a free port; yields its address."""
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
