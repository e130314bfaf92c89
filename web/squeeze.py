"""Fewer bytes on the way: pages, scripts and sheets compressed; what carries a digest kept by browsers for a year.

Answers that stream and everything below /admin (its pages hold secrets, see BREACH) are never compressed.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGES: Final = (
    "/anwen", "/duties", "/emergency", "/inspect", "/learn", "/lookup", "/regions.json", "/theme.css", "/widget",
)  # fmt: skip
_SMALLEST: Final = 600  # bytes; below it compression saves no packet
_YEAR: Final = "public, max-age=31536000, immutable"


class Squeeze:
    """ASGI layer that compresses what `_PAGES` serve and dates what never changes."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=_SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, compressed where the path is a page's."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        app = self._gzip if path == "/" or _below(path) else self._app
        await app(scope, receive, _dated(send) if _is_lasting(path, scope["query_string"]) else send)


def _is_lasting(path: str, query: bytes) -> bool:
    """Whether an address names one version of a file for ever.

    >>> [_is_lasting(*a) for a in (("/anwen/base.css", b"v=1"), ("/anwen/widget.js", b""), ("/assets/index-D1.js", b""))]
    [True, False, True]
    """
    return path.startswith("/assets/") or (path.startswith("/anwen/") and query.startswith(b"v="))


def _below(path: str) -> bool:
    return any(path == page or path.startswith(f"{page}/") for page in _PAGES)


def _dated(send: Send) -> Send:
    async def dated(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["cache-control"] = _YEAR
        await send(message)

    return dated
