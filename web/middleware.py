"""The guards in front of the app, as plain ASGI layers: who may ask, how much, and what browsers may do.

Gradio sends no security headers, reflects any Origin off localhost and takes JSON bodies of any size
(measured, see SECURITY.md), so these checks stand before it.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.errors import SettingsError
from web import bodies, words

JSON_LIMIT: Final = 64 * 1024  # bytes of a request body
_ROOM: Final = {  # path -> bytes of a body there, where 64 kB are too few
    "/duties/export": 512 * 1024,  # a list's notes
    "/inspect/export": 15 * 1024 * 1024,  # an inspection's photos
}
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ORIGIN: Final = re.compile(
    r"https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?"
)
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_JOIN: Final = "/gradio_api/queue/join"

# Behind /gradio_api only what the page itself calls is open: no uploads, files, proxy, API pages or edits.
_API: Final = "/gradio_api/"
_OPEN_API: Final = (
    "queue/join",
    "queue/data",
    "heartbeat/",
    "cancel",
    "reset",
    "startup-events",
    "theme.css",
)
_CLOSED: Final = ("/config", "/docs", "/login", "/monitoring", "/openapi.json", "/redoc", "/svelte")

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


_TALKING: Final = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"  # the chat may listen

# What other sites may take: the page made for their frames, and the script that puts it there.
_FRAMED: Final = "/widget"
_FOR_OTHERS: Final = (_FRAMED, "/anwen/widget.js")


def content_policy(nonce: str = "", ancestors: str = "'self'") -> str:
    """Return the Content-Security-Policy: this server only, and inline scripts only with `nonce`.

    `ancestors` are the sites that may show the page in a frame.

    Styles may be inline because Gradio sets them from script; nothing may be evaluated from a string,
    which is why no page uses `gr.HTML` (its templates are evaluated in the browser).
    """
    scripts = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
    )


@dataclass(frozen=True, slots=True)
class Access:
    """Which names this server answers to."""

    hosts: frozenset[str]  # lower-case names without port; "*" allows every name
    embedders: tuple[str, ...] = ()  # origins whose pages may show /widget in a frame

    @classmethod
    def of(cls, host: str, allowed_hosts: Iterable[str] = ()) -> "Access":
        """Return the list of this machine, the configured host and the names allowed beside them.

        >>> sorted(Access.of("0.0.0.0", ["KB.corp"]).hosts)
        ['127.0.0.1', '::1', 'kb.corp', 'localhost']
        """
        named = {name.strip().lower() for name in (host, *allowed_hosts)} - {"", "0.0.0.0", "::"}
        return cls(_LOCAL_HOSTS | named)

    def embedded_by(self, listed: str) -> "Access":
        """Return the same with the sites of a comma-separated setting allowed to frame the widget.

        Raises:
            SettingsError: if an entry is no http(s) origin.

        >>> Access.of("127.0.0.1").embedded_by("https://www.example.cn, http://10.0.0.8:8080").embedders
        ('https://www.example.cn', 'http://10.0.0.8:8080')
        """
        sites = tuple(site.strip().rstrip("/") for site in listed.split(",") if site.strip())
        for site in sites:
            if not _ORIGIN.fullmatch(site):
                raise SettingsError(
                    f"可以嵌入的网站“{site}”写法不对：请写成 https://www.example.cn 的样子，多个用逗号分隔（设置 ANWEN_EMBED_SITES）"
                )
        return replace(self, embedders=sites)

    def admits_host(self, host_header: str) -> bool:
        """Whether the Host header names this server, so that a rebound DNS name does not.

        >>> [Access.of("127.0.0.1").admits_host(h) for h in ("localhost:7860", "[::1]:7860", "evil.example")]
        [True, True, False]
        """
        return "*" in self.hosts or _hostname(f"//{host_header}") in self.hosts

    def admits_origin(self, origin: str, host_header: str) -> bool:
        """Whether a page at `origin` may call: this very server, or a name allowed on purpose.

        Another port of localhost is another site.

        >>> access = Access.of("127.0.0.1", ["kb.corp"])
        >>> [access.admits_origin(o, "localhost:7860") for o in (
        ...     "http://localhost:7860", "http://localhost:3000", "https://kb.corp", "null")]
        [True, False, True, False]
        """
        _, _, netloc = origin.lower().partition("://")
        if netloc and netloc == host_header.lower():
            return True
        return _hostname(origin) in self.hosts - _LOCAL_HOSTS


class Guard:
    """Refuses foreign hosts and sites, closed doors and oversized bodies; adds the security headers."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        json_limit: int = JSON_LIMIT,
        streams: Callable[[Scope], int] = lambda _scope: 0,
    ) -> None:
        """Wrap the app.

        Args:
            app: what answers.
            access: which names this server answers to.
            json_limit: the largest request body in bytes.
            streams: told of a request before its body is read; returns how many bytes of it may pass
                through unbuffered (an administrator's upload), 0 for the usual limit.
        """
        self._app = app
        self._access = access
        self._json_limit = json_limit
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on; server-sent events stream through untouched."""
        if scope["type"] == "websocket":  # no page uses one
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _with_headers(send, scope["path"], self._access.embedders)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        if passing := self._streams(scope):
            receive = bodies.counted(receive, passing)
        elif scope["method"] not in _SAFE_METHODS:
            body = await bodies.read(receive, self._room(scope))
            if body is None:
                await _too_big()(scope, receive, guarded)
                return
            receive = bodies.replay(body, receive)
        if scope["path"].rstrip("/") == _JOIN:
            guarded = _busy_in_chinese(guarded)
        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._access.admits_host(host):
            return PlainTextResponse(
                "本服务不接受这个地址。请把域名写进设置 ANWEN_ALLOWED_HOSTS 后重启。", 421
            )
        origin = headers.get("origin")
        if origin is not None and not self._access.admits_origin(origin, host):
            return PlainTextResponse("不接受其他网站发来的请求。", 403)
        if scope["method"] not in _SAFE_METHODS and headers.get("sec-fetch-site") == "cross-site":
            return PlainTextResponse("不接受其他网站发来的请求。", 403)
        if _is_closed(scope["path"]):
            return PlainTextResponse("没有这个页面。", 404)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._room(scope):
            return _too_big()
        return None

    def _room(self, scope: Scope) -> int:
        return self._streams(scope) or _ROOM.get(scope["path"], self._json_limit)


def _is_closed(path: str) -> bool:
    """Whether a path is a door of Gradio's that these pages do not use.

    >>> [_is_closed(p) for p in ("/gradio_api/file=/etc/passwd", "/config/", "/gradio_api/queue/join", "/")]
    [True, True, False, False]
    """
    if path.startswith(_API):
        return not path.removeprefix(_API).startswith(_OPEN_API)
    return any(path == door or path.startswith(f"{door}/") for door in _CLOSED)


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _too_big() -> JSONResponse:
    return JSONResponse({"detail": words.TOO_BIG}, 413, {"connection": "close"})


def _with_headers(send: Send, path: str, embedders: tuple[str, ...]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("content-security-policy", content_policy())
            if path == "/":
                headers["permissions-policy"] = _TALKING
            if path in _FOR_OTHERS:
                headers["cross-origin-resource-policy"] = "cross-origin"
            if path == _FRAMED:
                del headers["x-frame-options"]  # knows one site only; frame-ancestors says which
                headers["content-security-policy"] = content_policy(
                    ancestors=" ".join(("'self'", *embedders))
                )
        await send(message)

    return guarded


def _busy_in_chinese(send: Send) -> Send:
    """Turn Gradio's 503 for a full queue into a message its page will show as written."""
    is_full = False

    async def translated(message: Message) -> None:
        nonlocal is_full
        if message["type"] == "http.response.start" and message["status"] == 503:
            is_full = True
            return
        if not is_full:
            await send(message)
            return
        if not message.get("more_body", False):
            body = json.dumps({"detail": words.BUSY}, ensure_ascii=False).encode()
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"retry-after", b"5"),
            ]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return translated
