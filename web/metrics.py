"""Prometheus figures of the running site: how many, how long, how big. No question, no address."""

import hmac
import time
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.datatypes import Answer, AnswerState, Audience
from kb.errors import AnwenError
from web.limits import address_of
from web.ports import Answerer, Counts, Library

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_DOORS: Final = (
    "/api/articles", "/api/ask", "/api/compare", "/api/feedback", "/api/guides", "/api/health", "/api/laws",
    "/api/ready", "/api/search", "/api/sheets", "/api/signals", "/api/terms", "/api/verify", "/v1/models",
    "/v1/chat/completions", "/export/answer", "/widget", "/mcp", "/metrics", "/gradio_api", "/anwen", "/assets",
)  # fmt: skip
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip")
_CLOSED: Final = "监控指标只对本机开放。要从别处读取，请配置令牌，并带上 Authorization: Bearer 令牌。"


class Metrics:
    """The figures of one site, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.requests = Counter(
            "anwen_requests", "Requests", ["route", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "anwen_request_seconds",
            "Seconds to the last byte",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge("anwen_requests_in_flight", "Requests being answered", registry=registry)
        self.answers = Counter("anwen_answers", "Complete answers", ["state", "audience"], registry=registry)
        self.answer_seconds = Histogram(
            "anwen_answer_seconds", "Seconds to the complete answer", buckets=_SECONDS, registry=registry
        )
        self.emergencies = Counter("anwen_emergencies", "Answers with an emergency card", registry=registry)
        self.refusals = Counter(
            "anwen_refusals", "Answers without grounds: nothing found, or out of scope", registry=registry
        )
        self.documents = Gauge("anwen_documents", "Texts in the knowledge base", registry=registry)
        self.chunks = Gauge("anwen_chunks", "Articles and sections in the knowledge base", registry=registry)
        self.age = Gauge(
            "anwen_newest_age_days", "Days since the newest text was published", registry=registry
        )
        self.up = Gauge(
            "anwen_knowledge_base_up", "1 where the knowledge base can be read", registry=registry
        )

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count one complete answer."""
        self.answers.labels(answer.state.value, answer.audience.value).inc()
        self.answer_seconds.observe(seconds)
        if answer.emergency:
            self.emergencies.inc()
        if answer.state is AnswerState.NO_MATCH:
            self.refusals.inc()

    def text(self, library: Library | None) -> bytes:
        """Return all figures in Prometheus' text format."""
        counts = _counts(library)
        self.up.set(counts is not None)
        if counts is not None:
            self.documents.set(counts.documents)
            self.chunks.set(counts.chunks)
            newest = counts.newest_published
            self.age.set((date.today() - newest).days if newest else float("nan"))
        return generate_latest(self.registry)


class WatchedAnswerer:
    """An answerer whose complete answers are counted; wrap the assistant once, and every door counts."""

    def __init__(self, inner: Answerer, metrics: Metrics) -> None:
        """Take what answers and where to count."""
        self._inner = inner
        self._metrics = metrics

    def ask(
        self,
        question: str,
        *,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Yield what the assistant yields; count the last one."""
        start = time.monotonic()
        answer: Answer | None = None
        for answer in self._inner.ask(question, audience=audience, region=region, on=on, history=history):
            yield answer
        if answer is not None:
            self._metrics.answered(answer, time.monotonic() - start)


class Watch:
    """ASGI layer that counts requests by route and status, and their time to the last byte."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Take the app and where to count."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count; an app that breaks before it answers counts as 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, time.monotonic()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        route = route_of(scope["path"])
        method = scope["method"] if scope["method"] in _METHODS else "other"
        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, watched)
        finally:
            self._metrics.requests.labels(route, method, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.monotonic() - start)


class MetricsDoor:
    """GET /metrics, for this machine itself or who shows the token."""

    def __init__(self, metrics: Metrics, library: Library | None, token: str = "") -> None:
        """With an empty token the door stays local."""
        self._metrics = metrics
        self._library = library
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the figures, or 403."""
        response: Response = PlainTextResponse(_CLOSED, 403)
        if scope["method"] not in {"GET", "HEAD"}:
            response = PlainTextResponse("只接受 GET。", 405, {"allow": "GET, HEAD"})
        elif self._is_shown(scope) or is_local(scope):
            response = Response(self._metrics.text(self._library), media_type=CONTENT_TYPE_LATEST)
        await response(scope, receive, send)

    def _is_shown(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        return (
            bool(self._token)
            and scheme.lower() == "bearer"
            and hmac.compare_digest(given.encode(), self._token)
        )


def is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine and not through a proxy on it."""
    headers = Headers(scope=scope)
    address = address_of((scope.get("client") or ("", 0))[0])
    return address is not None and address.is_loopback and not any(name in headers for name in _FORWARDED)


def route_of(path: str) -> str:
    """Return the door a path belongs to; never the path itself, which may hold anything.

    >>> [route_of(path) for path in ("/", "/api/laws/消防法", "/gradio_api/queue/join", "/wp-login.php")]
    ['/', '/api/laws', '/gradio_api', 'other']
    """
    if path == "/":
        return "/"
    return next((door for door in _DOORS if path == door or path.startswith(f"{door}/")), "other")


def _counts(library: Library | None) -> Counts | None:
    try:
        return library.stats() if library else None
    except AnwenError:
        return None
