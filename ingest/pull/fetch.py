"""Files over HTTP: only what changed, only from where it is allowed, whole or not at all."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

import httpx

from ingest.pull.cache import Cache, Entry, digest
from ingest.pull.download import Broken, Part, header, unpacked
from ingest.pull.guard import Guard
from ingest.pull.kinds import suffix_for
from ingest.pull.names import mark
from ingest.pull.robots import AGENT, Robots
from ingest.pull.transport import GuardedTransport
from kb.errors import IngestError

_ROBOTS_BYTES = 512_000
_PATIENCE = 60.0  # seconds a server may ask us to wait (Retry-After)
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pull may cost."""

    size: int = 50_000_000  # bytes of a file, as sent and unpacked
    connect: float = 10.0  # seconds
    read: float = 30.0  # seconds without a byte
    whole: float = 300.0  # seconds for one attempt at one file
    delay: float = 1.0  # seconds between two requests to a host
    redirects: int = 5
    attempts: int = 3


class Outcome(StrEnum):
    """What a visit found."""

    NEW = "新增"
    CHANGED = "更新"
    UNCHANGED = "未变"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to bring: from where, and the name it shall have (its suffix is found out)."""

    address: str
    stem: str
    sha256: str = ""  # "": whatever comes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is there now."""

    path: Path
    outcome: Outcome
    final: str  # the address after redirects


class Fetcher:
    """Brings files; use it in a `with`. One thread at a time."""

    def __init__(
        self, guard: Guard, limits: Limits | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Get ready; nothing is connected yet."""
        self.guard, self.limits, self._sleep = guard, limits or Limits(), sleep
        self._transport = GuardedTransport(guard)
        self._client = httpx.Client(
            transport=self._transport,
            headers={"User-Agent": f"{AGENT}/1", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
            trust_env=False,
        )
        self._robots = Robots(self._read_robots)
        self._visited: dict[str, float] = {}  # host -> when last asked

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, wanted: Wanted, cache: Cache) -> Fetched:
        """Bring one file into the cache's folder, or find that it is there already.

        Raises:
            IngestError: if it could not be had; the copy from before, if any, is untouched.
        """
        reason = ""
        for attempt in range(self.limits.attempts):
            try:
                return self._once(wanted, cache)
            except (Broken, httpx.TransportError) as error:
                reason = str(error)
                wait = getattr(error, "wait", 0.0)
            if attempt + 1 < self.limits.attempts:
                self._sleep(max(wait, 2.0**attempt))
        raise IngestError(
            f"试了 {self.limits.attempts} 次都没取到（{reason}）。请检查网络后再运行，会接着下载"
        )

    def _once(self, wanted: Wanted, cache: Cache) -> Fetched:
        held, part = cache.held(wanted.address), Part(cache.folder, wanted.address)
        headers = part.range_headers() or _if_changed(held)
        with self._open(wanted.address, headers) as response:
            status = response.status_code
            if status == httpx.codes.NOT_MODIFIED and held and "Range" not in headers:
                return self._pinned(
                    Fetched(cache.folder / held.name, Outcome.UNCHANGED, held.final), held, wanted
                )
            resumed = status == httpx.codes.PARTIAL_CONTENT and "Range" in headers
            if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.drop()
                raise Broken("服务器不能从断点继续")
            if status != httpx.codes.OK and not resumed:
                raise _refusal(response)
            suffix = suffix_for(response.headers.get("content-type", ""), wanted.address)
            try:
                part.receive(response, self.limits.size)
            except IngestError:
                part.drop()
                raise
            return self._keep(wanted, cache, part, _entry(wanted, suffix, response))

    def _keep(self, wanted: Wanted, cache: Cache, part: Part, entry: Entry) -> Fetched:
        got = digest(part.path)
        if wanted.sha256 and got != wanted.sha256:
            part.drop()
            raise IngestError(f"内容与来源清单里的 sha256 不符（得到 {got}）。核对原文后再改来源清单")
        held = cache.held(wanted.address)
        old = cache.state.entries.get(wanted.address)
        name = _free(entry.name, wanted.address, cache)
        part.settle(cache.folder / name)
        if old and old.name != name and Path(old.name).name == old.name:
            (cache.folder / old.name).unlink(missing_ok=True)
        cache.state.entries[wanted.address] = entry.model_copy(update={"name": name, "sha256": got})
        cache.save()
        same = held is not None and held.sha256 == got and held.name == name
        outcome = Outcome.UNCHANGED if same else Outcome.CHANGED if old else Outcome.NEW
        return Fetched(cache.folder / name, outcome, entry.final)

    def _pinned(self, fetched: Fetched, held: Entry, wanted: Wanted) -> Fetched:
        if wanted.sha256 and held.sha256 != wanted.sha256:
            raise IngestError(f"内容与来源清单里的 sha256 不符（现有 {held.sha256}）。核对原文后再改来源清单")
        return fetched

    @contextmanager
    def _open(
        self, address: str, headers: Mapping[str, str], *, ask: bool = True
    ) -> Iterator[httpx.Response]:
        """Send a request, follow its redirects, and give the response with its body unread."""
        url = self.guard.check(address)
        deadline = time.monotonic() + self.limits.whole
        for _ in range(self.limits.redirects + 1):
            self._wait(url.host, self._robots.check(url) if ask else 0.0)
            self._transport.hang_up_at(deadline)
            response = self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)
            try:
                self._client.cookies.clear()
                if not response.has_redirect_location:
                    yield response
                    return
                url = self._next(url, response.headers["location"])
            finally:
                response.close()
        raise IngestError(
            f"转了 {self.limits.redirects} 次还没有到，可能是循环跳转。请在浏览器里找到最终网址"
        )

    def _next(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = str(url.join(location))
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise IngestError(f"网站要转到的地址 {location[:80]!r} 写法不对：{error}") from error
        checked = self.guard.check(target)
        if url.scheme == "https" and checked.scheme != "https":
            raise IngestError(f"网站要从 https 转到不加密的 {checked.scheme}://{checked.host}，不跟随")
        return checked

    def _wait(self, host: str, asked: float) -> None:
        since = time.monotonic() - self._visited.get(host, float("-inf"))
        pause = max(self.limits.delay, asked) - since
        if pause > 0:
            self._sleep(pause)
        self._visited[host] = time.monotonic()

    def _read_robots(self, address: str) -> tuple[int, bytes]:
        try:
            with self._open(address, {}, ask=False) as response:
                body = b"".join(islice(unpacked(response, _ROBOTS_BYTES), 1_000))
                return response.status_code, body
        except (Broken, httpx.TransportError) as error:
            raise IngestError(str(error)) from error


def _if_changed(held: Entry | None) -> dict[str, str]:
    """Return the headers that ask for a file only if it is another one now."""
    if held is None:
        return {}
    asked = {"If-None-Match": held.etag, "If-Modified-Since": held.modified}
    return {name: value for name, value in asked.items() if value}


def _entry(wanted: Wanted, suffix: str, response: httpx.Response) -> Entry:
    etag, modified = header(response, "etag"), header(response, "last-modified")
    final = str(response.request.url)
    return Entry(name=wanted.stem + suffix, sha256="", final=final, etag=etag, modified=modified)


def _free(name: str, address: str, cache: Cache) -> str:
    """Return the name, told apart if another address of this source has it already."""
    taken = {entry.name.lower() for other, entry in cache.state.entries.items() if other != address}
    if name.lower() not in taken:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}~{mark(address)}{dot}{suffix}"


def _refusal(response: httpx.Response) -> IngestError | Broken:
    status = response.status_code
    if status in _TRY_AGAIN:
        asked = response.headers.get("retry-after", "")
        wait = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0.0
        return Broken(f"服务器忙或出错，状态 {status}", min(wait, _PATIENCE))
    if status in {404, 410}:
        return IngestError(f"网页已经不在（状态 {status}）。请核对网址；之前取到的副本还留着")
    return IngestError(f"服务器不给（状态 {status}）。请在浏览器里打开看看，可能要登录或验证")
