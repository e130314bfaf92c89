"""The wire under httpx: connects only to addresses the guard has seen, and hangs up at the deadline."""

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import certifi
import httpcore
import httpx

from ingest.pull.guard import Guard

_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
_Options = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]


class GuardedTransport(httpx.BaseTransport):
    """Sends requests over connections made to checked addresses.

    The host name is resolved once, its addresses are checked, and the connection goes to one of these very
    addresses: a name server that answers differently a moment later (DNS rebinding) changes nothing. TLS is
    verified against the host name. No proxy, no environment.
    """

    def __init__(self, guard: Guard) -> None:
        self._backend = _Backend(guard)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_verifying(), max_connections=4, keepalive_expiry=5.0, network_backend=self._backend
        )

    def hang_up_at(self, moment: float) -> None:
        """Set when whatever is under way is given up, in seconds of `time.monotonic`."""
        self._backend.deadline = moment

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return the response, its body not yet read.

        Raises:
            httpx.TransportError: if the connection failed or took too long.
            IngestError: if the host's addresses may not be visited.
        """
        core = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            response = self._pool.handle_request(core)
        except _FAILURES as error:
            raise httpx.TransportError(_said(error), request=request) from error
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_stream()
        except _FAILURES as error:
            raise httpx.TransportError(_said(error)) from error

    def close(self) -> None:
        self._response.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._system = httpcore.SyncBackend()
        self.deadline = float("inf")

    def left(self, timeout: float | None) -> float:
        """Return the seconds a step may take; raise once there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self._guard.addresses(host, port):
            try:
                wire = self._system.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
                return _Wire(wire, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise httpcore.ConnectError(f"连不上 {host}:{port}：{failure}")


class _Wire(httpcore.NetworkStream):
    def __init__(self, wire: httpcore.NetworkStream, backend: _Backend) -> None:
        self._wire, self._backend = wire, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._wire.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._wire.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._wire.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._wire.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        return _Wire(secure, self._backend)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 — httpcore's own signature
        return self._wire.get_extra_info(info)


def _verifying() -> ssl.SSLContext:
    """Trust the system's authorities (a company's own among them) and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _said(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "服务器太慢，超时"
    return str(error) or type(error).__name__
