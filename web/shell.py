"""What stands in the page before any script runs: name, telephone numbers, footer.

Gradio draws the conversation in the browser. This ASGI layer rewrites its HTML page so that the numbers
to call are there at the first byte, with the scripts broken or switched off, and gives each inline script
of the page the nonce that the content policy asks for.
"""

import re
import secrets
from collections.abc import Callable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb import regions
from web.middleware import content_policy
from web.pages.frame import draw
from web.ports import Counts

_SCRIPT: Final = re.compile(r"<script(?=[\s>])")
_BODY: Final = re.compile(r"<body[^>]*>")
_SOCIAL: Final = re.compile(r'\s*<meta\s+(?:property="og|name="twitter)[^>]*>|\s*<link rel="manifest"[^>]*>')
_RESIZER: Final = re.compile(r"(iframeResizer\.contentWindow[^<]*?)document\.head\.appendChild\(script\);")
_MODULE: Final = re.compile(r'<script[^>]*type="module"|</head>')
_ENGLISH: Final = re.compile(r'lang="en"')


def rewrite(page: str, nonce: str, counts: Counts | None, region: str | None = None) -> str:
    """Return Gradio's page with our shell around it and every inline script allowed by `nonce`.

    `region` is where questions are about when their asker chose no place.
    """
    page = _SOCIAL.sub("", page)
    page = _ENGLISH.sub('lang="zh-CN"', page, count=1)
    page = _SCRIPT.sub(f'<script nonce="{nonce}"', page)
    page = _RESIZER.sub(r"\1", page)  # 6 kB that only a framed page needs
    scripts = _part("chat_scripts.html", counts)  # before Gradio's: deferred scripts run in the page's order
    page = _MODULE.sub(lambda module: scripts + module[0], page, count=1)
    page = page.replace("</head>", f"{_part('chat_head.html', counts)}</head>", 1)
    page = _BODY.sub(lambda body: body[0] + _part("chat_top.html", counts, region), page, count=1)
    return page.replace("</body>", f"{_part('chat_bottom.html', counts)}</body>", 1)


def _part(template: str, counts: Counts | None, home: str | None = None) -> str:
    return draw(
        template, "/", counts, home=home, provinces=regions.provinces(), nationwide=regions.NATIONWIDE
    )


class Shell:
    """ASGI layer around the app that owns the page at `/`."""

    def __init__(self, app: ASGIApp, counts: Callable[[], Counts | None], region: str | None = None) -> None:
        """Wrap the app.

        Args:
            app: what answers.
            counts: asked once per page; None means that the knowledge base cannot be read.
            region: where questions are about when their asker chose no place.
        """
        self._app = app
        self._region = region
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
            body = rewrite(body.decode("utf-8"), nonce, self._counts(), self._region).encode("utf-8")
            headers["content-length"] = str(len(body))
            headers["content-security-policy"] = content_policy(nonce)
            headers["cache-control"] = "no-store"
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})
