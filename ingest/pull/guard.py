"""Which addresses a pull may visit: public ones, and those the administrator names.

A list page, a redirect or a name server may point anywhere, also at the machines of the own network
(server-side request forgery). So an address is looked at twice: what it says, before anything is sent,
and the numbers its host resolves to, at the moment of connecting.
"""

import re
import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from kb.errors import IngestError, SettingsError

Resolve = Callable[[str, int], Sequence[str]]  # host, port -> numeric addresses
_HOST = re.compile(r"[a-z0-9._:-]+")
_PORTS = {"http": 80, "https": 443}
_HIDING = tuple(  # ranges that stand for another address, or that Python's is_global lets through
    ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "192.88.99.0/24",  # 6to4 relays
        "fec0::/10",  # site-local, withdrawn
        "100.64.0.0/10",  # carrier-grade NAT
    )
)


def system_resolve(host: str, port: int) -> list[str]:
    """Return the numeric addresses the system gives for a host.

    Raises:
        OSError: if it knows none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Says yes or no to addresses."""

    def __init__(
        self, allowed: Iterable[str] = (), resolve: Resolve = system_resolve, *, local_git: bool = False
    ) -> None:
        """Remember what the administrator allows.

        Args:
            allowed: hosts that may be private or use another port: "10.0.0.8", "docs.example:8080",
                "[::1]:8080". Without a port, 80 and 443 are meant.
            resolve: finds the addresses of a host; tests give their own.
            local_git: whether a git source may be a folder of this machine (file://).

        Raises:
            SettingsError: if an allowed host cannot be understood.
        """
        self._allowed = frozenset(pair for entry in allowed for pair in _pairs(entry))
        self._resolve = resolve
        self.local_git = local_git

    def check(self, address: str) -> httpx.URL:
        """Return the address as a URL that may be visited, as far as its words tell.

        Raises:
            IngestError: if it may not; the message shows no user name or password.
        """
        try:
            url = httpx.URL(address)
            host = _host(url)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise IngestError(f"网址 {address[:80]!r} 写法不对：{error}。请改来源清单") from error
        shown = f"{url.scheme}://{url.host}"
        if url.scheme not in _PORTS or not host:
            raise IngestError(f"网址 {address[:80]!r} 不是 http 或 https，不访问")
        if url.userinfo:
            raise IngestError(f"网址 {shown} 里带了用户名或密码，不访问。请从来源清单里去掉")
        port = _PORTS[url.scheme] if url.port is None else url.port
        if port not in _PORTS.values() and (host, port) not in self._allowed:
            raise IngestError(
                f"网址 {shown} 用了端口 {port}，不访问。确属可信时把 {host}:{port} 写进 ANWEN_PULL_HOSTS"
            )
        return url

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the numeric addresses to connect to: every one of them public, or the host allowed.

        Raises:
            IngestError: if the host is unknown, or any of its addresses is not public.
        """
        try:
            found = tuple(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise IngestError(f"找不到主机 {host}（{error}）。请检查网址、网络和域名解析") from error
        if not found:
            raise IngestError(f"找不到主机 {host}。请检查网址、网络和域名解析")
        if (host.lower().rstrip("."), port) in self._allowed:
            return found
        for address in found:
            if not is_public(address):
                raise IngestError(
                    f"{host} 指向内部地址 {address}，不访问。确属可信时把 {host}:{port} 写进 ANWEN_PULL_HOSTS"
                )
        return found


def is_public(address: str) -> bool:
    """Whether a numeric address lies on the open internet and stands for itself.

    >>> [is_public(a) for a in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1%eth0")]
    [True, False, False, False, False]
    """
    try:
        number: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(number, IPv6Address) and number.scope_id:
        return False
    special = number.is_multicast or number.is_reserved or number.is_unspecified or number.is_link_local
    return number.is_global and not special and not any(number in network for network in _HIDING)


def _host(url: httpx.URL) -> str:
    """Return the host as it is compared: lower case, no final dot; "" if it is none."""
    host = url.raw_host.decode("ascii").strip("[]").lower().rstrip(".")
    return host if _HOST.fullmatch(host) else ""


def _pairs(entry: str) -> list[tuple[str, int]]:
    try:
        url = httpx.URL(f"http://{entry.strip()}")
        host, plain = _host(url), url.path in {"", "/"} and not url.userinfo and not url.query
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise SettingsError(f"ANWEN_PULL_HOSTS 里的 {entry!r} 不是主机名：{error}") from error
    if not host or not plain:
        raise SettingsError(f"ANWEN_PULL_HOSTS 里的 {entry!r} 不是主机名。写成 主机 或 主机:端口")
    explicit = entry.rstrip().rpartition(":")[2]
    if explicit.isdigit() and not entry.rstrip().endswith("]"):
        return [(host, int(explicit))]  # httpx drops :80, which is the default of http
    return [(host, port) for port in _PORTS.values()]
