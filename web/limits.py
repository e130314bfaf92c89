"""How often one client may ask: a token bucket per client and kind of request, as an ASGI layer.

Own code, because the kept library (limits 5.8) has fixed, moving and sliding windows but no bucket with a
burst, and its memory store grows with every address seen. What is kept here has an upper bound.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.errors import SettingsError
from web.words import HOTLINE_SENTENCE

Network = IPv4Network | IPv6Network

MOST_CLIENTS: Final = 20_000  # buckets kept per budget; the one longest unused goes first
_IPV6_PREFIX: Final = 64  # bits that name one subscriber
_MOST_HOPS: Final = 20  # entries of X-Forwarded-For looked at
TOO_OFTEN: Final = f"请求太频繁，请{{seconds}}秒后再试。{HOTLINE_SENTENCE}"


@dataclass(frozen=True, slots=True)
class Budget:
    """`per_minute` requests on average, `burst` at once."""

    per_minute: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may do, which proxies are believed, and which pages are never limited."""

    answers: Budget = Budget(30, 10)
    searches: Budget = Budget(120, 40)
    others: Budget = Budget(600, 200)
    trusted: tuple[Network, ...] = ()  # proxies whose X-Forwarded-For is believed
    free: tuple[str, ...] = (
        "/emergency",
        "/api/guides",
        "/api/health",
        "/api/ready",
        "/anwen",
        "/assets",
    )  # path prefixes


# Exact path, or path and everything below it -> which budget pays.
_ANSWERS: Final = ("/api/ask", "/v1/chat/completions", "/gradio_api/queue/join", "/export/answer")
_SEARCHES: Final = ("/api/search", "/api/verify", "/api/compare", "/mcp")


def trusted_proxies(listed: str) -> tuple[Network, ...]:
    """Return the networks in a comma-separated setting.

    Raises:
        SettingsError: if an entry is no address and no network.

    >>> trusted_proxies("127.0.0.1, 10.0.0.0/8")
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/8'))
    """
    names = [name.strip() for name in listed.split(",") if name.strip()]
    try:
        return tuple(ip_network(name, strict=False) for name in names)
    except ValueError as error:
        raise SettingsError(
            f"受信任的代理“{listed}”写法不对：请写 IP 或网段，逗号分隔，如 10.0.0.0/8"
        ) from error


def client_of(scope: Scope, trusted: Iterable[Network] = ()) -> str:
    """Return whom a request is counted to: an IPv4 address, an IPv6 /64, or "" where none is known.

    X-Forwarded-For is read from its end, and only as far as the hops are trusted proxies.

    >>> def scope(address: str, forwarded: str = "") -> dict:
    ...     return {"client": (address, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    >>> proxies = trusted_proxies("10.0.0.0/8")
    >>> client_of(scope("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2"), proxies)
    '198.51.100.7'
    >>> client_of(scope("203.0.113.5", "6.6.6.6"), proxies), client_of(scope("2001:db8::a:1"))
    ('203.0.113.5', '2001:db8::/64')
    """
    address = address_of((scope.get("client") or ("", 0))[0])
    if address is None:
        return ""
    networks = tuple(trusted)
    if networks and _is_in(address, networks):
        listed = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        for hop in reversed(listed[-_MOST_HOPS:]):
            further = address_of(hop.strip())
            if further is None:
                break
            address = further
            if not _is_in(address, networks):
                break
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


@dataclass(slots=True)
class Buckets:
    """The token buckets of one budget, at most `most` of them."""

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    most: int = MOST_CLIENTS
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, client: str) -> float:
        """Take a token; return 0.0, or the seconds until there is one.

        >>> buckets = Buckets(Budget(60, 2), clock=lambda: 0.0)
        >>> [buckets.wait("a"), buckets.wait("a"), buckets.wait("a"), buckets.wait("b")]
        [0.0, 0.0, 1.0, 0.0]
        """
        now, rate = self.clock(), self.budget.per_minute / 60
        tokens, since = self._held.pop(client, (float(self.budget.burst), now))
        tokens = min(float(self.budget.burst), tokens + (now - since) * rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / rate
        self._held[client] = (tokens if wait else tokens - 1, now)
        if len(self._held) > self.most:
            self._held.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._held)


class RateLimit:
    """Answers 429 where a client asks too often. Runs on the event loop, so it needs no lock."""

    def __init__(self, app: ASGIApp, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds; tests turn it by hand."""
        self._app = app
        self._limits = limits
        self._answers = Buckets(limits.answers, clock)
        self._searches = Buckets(limits.searches, clock)
        self._others = Buckets(limits.others, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, then pass on or refuse."""
        if scope["type"] != "http" or _below(scope["path"], self._limits.free):
            await self._app(scope, receive, send)
            return
        wait = self._buckets(scope["path"]).wait(client_of(scope, self._limits.trusted))
        if wait:
            await refused(scope["path"], math.ceil(wait))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _buckets(self, path: str) -> Buckets:
        if _below(path, _ANSWERS):
            return self._answers
        return self._searches if _below(path, _SEARCHES) else self._others


def refused(path: str, seconds: int) -> JSONResponse:
    """Return the 429 in the shape that the door at `path` speaks."""
    said = TOO_OFTEN.format(seconds=seconds)
    body: dict[str, object] = {"error": {"code": "busy", "message": said}}
    if _below(path, ("/v1",)):
        problem = {"message": said, "type": "rate_limit_error", "param": None, "code": "rate_limit_exceeded"}
        body = {"error": problem}
    elif _below(path, ("/gradio_api",)):
        body = {"detail": said}
    return JSONResponse(body, 429, {"retry-after": str(seconds)})


def _below(path: str, doors: Iterable[str]) -> bool:
    return any(path == door or path.startswith(f"{door}/") for door in doors)


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, an IPv4 one where it comes wrapped in IPv6; None for anything else."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_in(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
