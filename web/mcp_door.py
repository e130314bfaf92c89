"""The MCP door: three tools for other people's assistants, over streamable HTTP at /mcp and over stdio.

`python -m web.mcp_door --kb DIR` speaks over stdio. The `mcp` package is imported when the first client
calls, not when the site starts: it costs more than the pages may wait.
"""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from anyio import to_thread
from pydantic import Field
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.base import KnowledgeBase
from kb.datatypes import Hit
from kb.errors import AnwenError, ArticleNotFoundError
from web.api import reading
from web.api.errors import UNAVAILABLE
from web.api.models import LONGEST_NAME, Passage, Version
from web.clean import plain
from web.words import MAX_QUESTION

if TYPE_CHECKING:
    from mcp.server import MCPServer

PATH: Final = "/mcp"
MOST_HITS: Final = 20
_LARGEST_BODY: Final = 64 * 1024
_ABOUT: Final = (
    "安问：中国安全生产、消防、应急法规与自救互救知识。先用 search 找条文，再用 look_up_article 读原文；"
    "引用前用 verify_citation 核对。有人身危险时先打 119（火警）、120（急救）、110（报警）、122（交通事故）。"
)

_DESCRIBED: Final = {
    "look_up_article": "读一条法规的原文：在所给日期有效的版本，附时效、所在章节、前后条号和相关条文。",
    "search": "检索现行法规条文、职责、罚则和应急卡片；返回最相关的几段原文和时效。",
    "verify_citation": "核对一句引文：是否一字不差地出自所说的那一条、是哪个版本、是否现行。",
}

Law = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME, description="法规名称或通称，如 安全生产法")
]
Number = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, description="条号：第三条、3、134条之1")]
Day = Annotated[date | None, Field(description="按哪一天的规定，默认今天，写成 2026-01-31")]
Query = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="问题或关键词")]
Region = Annotated[str, Field(max_length=LONGEST_NAME, description="所在地区，如 河南省；不写只按全国规定")]
Count = Annotated[int, Field(ge=1, le=MOST_HITS, description="最多几段")]
Words = Annotated[str, Field(min_length=2, max_length=MAX_QUESTION, description="所引的话，逐字")]


class Tools:
    """The three tools over one knowledge base; None where it could not be opened."""

    def __init__(self, kb: KnowledgeBase | None) -> None:
        """Take the knowledge base."""
        self._kb = kb

    def look_up_article(self, law: Law, article: Number, date: Day = None) -> dict[str, Any]:
        """Return one article as it stands on a day, with its place and what belongs to it."""
        kb = self._open()
        hit = reading.article(kb, law, article, on=date)
        before, _, after = kb.neighbours(hit.chunk.chunk_id)
        return _passage(hit) | {
            "before": before.label if before else None,
            "after": after.label if after else None,
            "links": [
                {"relation": other.relation, **_passage(other)} for other in kb.linked(hit, date)[:MOST_HITS]
            ],
        }

    def search(self, query: Query, region: Region = "", k: Count = 5) -> dict[str, Any]:
        """Return the best passages for a question."""
        found = self._open().find(plain(query), k, region=region or None)
        return {"notice": found.notice, "hits": [_passage(hit) for hit in found.hits]}

    def verify_citation(self, law: Law, article: Number, quote: Words) -> dict[str, Any]:
        """Say whether a quotation stands in an article, in which version, and whether that is in force."""
        found = reading.quoted(self._open(), law, article, quote)
        places = [
            {
                "article": hit.chunk.label,
                "version": Version.of(hit.document, hit.status).model_dump(mode="json"),
            }
            for hit in found.places[:MOST_HITS]
        ]
        return {
            "stands": found.stands,
            "in_force": found.in_force,
            "message": found.message,
            "places": places,
        }

    def _open(self) -> KnowledgeBase:
        if self._kb is None:
            raise AnwenError("the knowledge base is not open")
        return self._kb


def build_server(kb: KnowledgeBase | None) -> "MCPServer[Any]":
    """Return the MCP server with its tools. Imports `mcp`."""
    from functools import wraps

    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import ToolAnnotations

    def told(tool: Any) -> Any:  # noqa: ANN401 - any tool, its signature kept
        @wraps(tool)
        def run(*args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
            try:
                found: dict[str, Any] = tool(*args, **kwargs)
            except ArticleNotFoundError as error:
                raise ToolError(str(error)) from error
            except AnwenError as error:
                raise ToolError(UNAVAILABLE) from error
            return found

        return run

    server: MCPServer[Any] = MCPServer("anwen", title="安问", instructions=_ABOUT, log_level="WARNING")
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    tools = Tools(kb)
    for name, described in _DESCRIBED.items():
        server.add_tool(told(getattr(tools, name)), description=described, annotations=reads)
    return server


class McpDoor:
    """The ASGI endpoint at /mcp: stateless, JSON replies; made when the first request comes."""

    def __init__(self, kb: KnowledgeBase | None, hosts: Iterable[str]) -> None:
        """`hosts` are the names this server answers to; "*" allows every name."""
        self._kb = kb
        self._hosts = sorted(hosts)
        self._app: ASGIApp | None = None
        self._starting = asyncio.Lock()
        self._stop = asyncio.Event()
        self._held: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        async with self._starting:
            if self._app is None:
                self._app = await self._start()
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Stop what the first request started."""
        self._stop.set()
        if self._held is not None:
            await self._held

    async def _start(self) -> ASGIApp:
        app, server = await to_thread.run_sync(self._build)
        ready = asyncio.Event()

        async def hold() -> None:
            # The session manager's task group must be entered and left by one task.
            async with server.session_manager.run():
                ready.set()
                await self._stop.wait()

        self._held = asyncio.create_task(hold())
        await ready.wait()
        return app

    def _build(self) -> "tuple[ASGIApp, MCPServer[Any]]":
        from mcp.server.transport_security import TransportSecuritySettings

        server = build_server(self._kb)
        names = [f"[{name}]" if ":" in name else name for name in self._hosts]
        foreign = [name for name in names if name not in {"localhost", "127.0.0.1", "[::1]"}]
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection="*" not in self._hosts,
            allowed_hosts=[*names, *(f"{name}:*" for name in names)],
            # A page on another port of this machine is another site: only names allowed on purpose.
            allowed_origins=[f"{scheme}://{name}{port}" for name in foreign for scheme in ("http", "https") for port in ("", ":*")],
        )  # fmt: skip
        app = server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            max_request_body_size=_LARGEST_BODY,
            transport_security=security,
        )
        return app, server


def _passage(hit: Hit) -> dict[str, Any]:
    version = Version.of(hit.document, hit.status)
    return Passage.of(hit.chunk).model_dump() | {"version": version.model_dump(mode="json")}


def main() -> int:
    """Serve one client over stdio; return the exit code."""
    from kb.settings import read_settings, seal_environment

    try:
        settings = read_settings()
        seal_environment()
        parser = ArgumentParser(prog="python -m web.mcp_door", description="以 MCP 协议（stdio）提供条文检索")
        parser.add_argument("--kb", type=Path, default=settings.kb_dir, metavar="目录", help="知识库目录")
        options = parser.parse_args()
        with KnowledgeBase.open(
            options.kb, model=settings.embedding_model, reranker=settings.reranker_model
        ) as kb:
            build_server(kb).run("stdio")
    except AnwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
