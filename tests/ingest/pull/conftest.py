"""A web site on this machine that misbehaves on request."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest.pull import Fetcher, Guard, Limits

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Routes by path, and the requests that came."""

    routes: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    host: str = ""
    server: ThreadingHTTPServer | None = None

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def page(self, path: str, body: bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        self.routes[path] = lambda handler: say(handler, 200, body, {"Content-Type": kind, **headers})

    def redirect(self, path: str, target: str) -> None:
        self.routes[path] = lambda handler: say(handler, 302, b"", {"Location": target})


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = site.routes.get(self.path, lambda handler: say(handler, 404, b"", {}))
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that hangs up is no news
    site.server = server
    site.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def slept() -> list[float]:
    """The pauses the fetcher wanted; none is really made."""
    return []


@pytest.fixture
def fetcher(site: Site, slept: list[float]) -> Iterator[Fetcher]:
    limits = Limits(size=200_000, connect=2, read=0.5, whole=2, delay=0, attempts=3)
    with Fetcher(Guard([site.host], local_git=True), limits, slept.append) as fetcher:
        yield fetcher
