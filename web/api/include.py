"""Put every door into the site's app."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI
from starlette.routing import Mount, Route

from web.api import ask, cards, laws, search
from web.api.errors import refusal, refuse_with
from web.api.openai_door import openai_app
from web.api.services import Services
from web.limits import RateLimit
from web.mcp_door import PATH, McpDoor
from web.metrics import MetricsDoor, Watch

_ABOUT: Final = (
    "安全法规与应急知识：检索、读条文、比版本、核对引文、问答，句句有依据。"
    '出错时返回 {"error": {"code", "message"}}。说明见 docs/api.md。'
)


def include(app: FastAPI, services: Services) -> None:
    """Mount /api, /v1, /mcp and /metrics on `app` and put the counting and the limits before all of it.

    Call it before Gradio is mounted at the root, which takes every path left, and before the Guard is
    added, which must stand outermost.
    """
    app.router.routes += [_door("/api", api_app(services)), _door("/v1", openai_app(services))]
    mcp = McpDoor(services.kb, services.access.hosts)
    app.router.routes.append(Route(PATH, mcp, include_in_schema=False))
    figures = MetricsDoor(services.metrics, services.kb, services.metrics_token)
    app.router.routes.append(Route("/metrics", figures, include_in_schema=False))
    _close_at_end(app, mcp)
    app.add_middleware(RateLimit, limits=services.limits)
    app.add_middleware(Watch, metrics=services.metrics)


def api_app(services: Services) -> FastAPI:
    """Return the REST app, with its OpenAPI document at /openapi.json below where it is mounted."""
    app = FastAPI(
        title="安问",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.services = services
    refuse_with(app, refusal)
    for part in (ask, search, laws, cards):
        app.include_router(part.router)
    return app


def _door(path: str, app: FastAPI) -> Mount:
    """Return a mount that also takes paths with a line break, so that they too are refused in the door's shape."""
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _close_at_end(app: FastAPI, mcp: McpDoor) -> None:
    earlier = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - Starlette's own type
        async with earlier(running) as state:
            try:
                yield state
            finally:
                await mcp.close()

    app.router.lifespan_context = lifespan
