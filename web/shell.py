"""What stands in the page before any script runs: name, telephone numbers, footer.

Gradio draws the conversation in the browser. This ASGI layer rewrites its HTML page so that the numbers
to call are there at the first byte, with the scripts broken or switched off, and gives each inline script
of the page the nonce that the content policy asks for.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import words
from web.clean import escape, phone_link
from web.middleware import content_policy
from web.ports import Counts

STATIC: Final = Path(__file__).parent / "static"
STATIC_URL: Final = "/anwen"

_SCRIPT: Final = re.compile(r"<script(?=[\s>])")
_BODY: Final = re.compile(r"<body[^>]*>")
_SOCIAL: Final = re.compile(r'\s*<meta\s+(?:property="og|name="twitter)[^>]*>|\s*<link rel="manifest"[^>]*>')
_ENGLISH: Final = re.compile(r'lang="en"')


def rewrite(page: str, nonce: str, counts: Counts | None) -> str:
    """Return Gradio's page with our shell around it and every inline script allowed by `nonce`."""
    page = _SOCIAL.sub("", page)
    page = _ENGLISH.sub('lang="zh-CN"', page, count=1)
    page = _SCRIPT.sub(f'<script nonce="{nonce}"', page)
    page = page.replace("</head>", f"{_head()}</head>", 1)
    page = _BODY.sub(lambda body: body[0] + _top(counts), page, count=1)
    return page.replace("</body>", f"{_bottom()}</body>", 1)


class Shell:
    """ASGI layer around the app that owns the page at `/`."""

    def __init__(self, app: ASGIApp, counts: Callable[[], Counts | None]) -> None:
        """`counts` is asked once per page; None means that the knowledge base cannot be read."""
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through but a GET of the page itself."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        head: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._reply(head[0], bytes(body), send)

        await self._app(scope, receive, collect)

    async def _reply(self, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(raw=start["headers"])
        if headers.get("content-type", "").startswith("text/html"):
            nonce = secrets.token_urlsafe(18)
            body = rewrite(body.decode("utf-8"), nonce, self._counts()).encode("utf-8")
            headers["content-length"] = str(len(body))
            headers["content-security-policy"] = content_policy(nonce)
            headers["cache-control"] = "no-store"
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})


def _head() -> str:
    return (
        f"<title>{words.NAME} · {words.TAGLINE}</title>"
        '<meta name="color-scheme" content="light dark"><meta name="format-detection" content="telephone=no">'
        f'<link rel="stylesheet" href="{_asset("page.css")}">'
        f'<script src="{_asset("page.js")}" defer></script>'
    )


def _asset(name: str) -> str:
    """Return the address of a static file with its digest, so that a new version is fetched at once."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}/{name}?v={digest}"


def _top(counts: Counts | None) -> str:
    calls = "".join(
        phone_link(line.number, line.label, "call" if line.is_emergency else "call report")
        for line in words.HOTLINES
    )
    return (
        f'<header id="aw-head"><h1>{words.NAME}</h1><p>{words.TAGLINE}</p>'
        f'<p class="extent">{escape(_extent(counts))}</p></header>'
        f'<nav id="aw-calls" aria-label="紧急电话">{calls}</nav>'
        f'<noscript><p class="noscript">{words.NO_SCRIPT}</p></noscript>'
    )


def _bottom() -> str:
    return f'<footer id="aw-foot"><p>{words.FOOTER}</p></footer>'


def _extent(counts: Counts | None) -> str:
    if counts is None:
        return words.LIBRARY_UNREADABLE
    newest = counts.newest_published
    until = f"截至 {newest.year}年{newest.month}月{newest.day}日，" if newest else ""
    return f"法规库{until}{counts.documents:,} 部 {counts.chunks:,} 条"
