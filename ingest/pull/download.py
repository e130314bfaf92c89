"""A body on its way to disk: counted, unpacked, and kept when the line breaks so that it can go on."""

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.pull.cache import write
from ingest.pull.names import mark
from kb.errors import IngestError

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_LONGEST_HEADER = 500  # signs of an ETag
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_PLAIN = frozenset({"", "identity"})


class Broken(Exception):  # noqa: N818 — not an error yet: the request is tried again
    """The transfer did not end well; another attempt may."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait  # seconds the server asks to wait


class _Begun(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    validator: str  # a strong ETag, or Last-Modified


class Part:
    """The beginning of a file, in the folder it will stand in, under a hidden name."""

    def __init__(self, folder: Path, address: str) -> None:
        self.path = folder / f".{mark(address)}.part"
        self._note = folder / f".{mark(address)}.part.json"
        self._address = address

    def range_headers(self) -> dict[str, str]:
        """Return the headers that ask for the rest of the file, only if it is still the same; {} if none has begun."""
        try:
            begun = _Begun.model_validate_json(self._note.read_bytes())
            have = self.path.stat().st_size
        except (OSError, ValidationError):
            return {}
        if begun.address != self._address or not have:
            return {}
        return {"Range": f"bytes={have}-", "If-Range": begun.validator}

    def receive(self, response: httpx.Response, most: int) -> None:
        """Write a body (200), or the rest of it (206), to the part.

        Args:
            response: with its body unread.
            most: bytes the file may have, as sent and unpacked.

        Raises:
            Broken: if the transfer broke; what came stays for the next attempt if the server can go on.
            IngestError: if the body is too large or packed in a way we do not read.
        """
        going_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        total = self._expected(response) if going_on else _length(response)
        if total is not None and total > most:
            raise IngestError(f"文件有 {total:,} 字节，超过上限 {most:,} 字节，没有下载")
        if not going_on:
            self.drop()
            self._begin(response)
        start = self.path.stat().st_size if going_on else 0
        with self.path.open("ab") as file:
            try:
                for piece in unpacked(response, most - start):
                    file.write(piece)
            except httpx.TransportError as error:
                raise Broken(f"传输中断：{error}") from error
            finally:
                file.flush()
                os.fsync(file.fileno())
        got = self.path.stat().st_size
        if total is not None and _coding(response) in _PLAIN and got != total:
            self.drop()
            raise Broken(f"应有 {total:,} 字节，收到 {got:,} 字节")

    def drop(self) -> None:
        """Forget what came."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def settle(self, target: Path) -> None:
        """Put the finished file in its place."""
        self._note.unlink(missing_ok=True)
        self.path.replace(target)

    def _begin(self, response: httpx.Response) -> None:
        etag = header(response, "etag")
        validator = etag if etag.startswith('"') else header(response, "last-modified")
        if validator and _coding(response) in _PLAIN and response.headers.get("accept-ranges") == "bytes":
            write(self._note, _Begun(address=self._address, validator=validator).model_dump_json().encode())

    def _expected(self, response: httpx.Response) -> int:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        have = self.path.stat().st_size if self.path.is_file() else 0
        if not found or int(found[1]) != have or int(found[2]) + 1 != int(found[3]) or not have:
            self.drop()
            raise Broken("续传时服务器给的不是余下的部分")
        if _coding(response) not in _PLAIN:
            self.drop()
            raise Broken("续传时服务器换了压缩方式")
        return int(found[3])


def header(response: httpx.Response, name: str) -> str:
    """Return a header that will be sent back one day; "" if it is not there, or is no plain ASCII."""
    value = str(response.headers.get(name, ""))
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_HEADER else ""


def unpacked(response: httpx.Response, most: int) -> Iterator[bytes]:
    """Yield the body, unpacked, never more than `most` bytes of it.

    Raises:
        Broken: if a packed body ends too soon or cannot be unpacked.
        IngestError: if it is longer, or packed in a way we do not read.
    """
    coding = _coding(response)
    if coding not in _PACKED | _PLAIN:
        raise IngestError(f"服务器用 {coding[:20]} 压缩，不支持")
    count, sent = 0, 0
    unpack = None if coding in _PLAIN else zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    for piece in response.iter_raw():
        sent += len(piece)
        for out in [piece] if unpack is None else _pieces(unpack, piece):
            count += len(out)
            if max(count, sent) > most:
                raise IngestError(f"内容解开后超过上限 {most:,} 字节，没有收下")
            yield out
    if unpack is not None and not unpack.eof:
        raise Broken("压缩的内容不完整")


def _pieces(unpack: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    try:
        while data and not unpack.eof:
            out = unpack.decompress(data, 65_536)
            data = unpack.unconsumed_tail
            if out:
                yield out
    except zlib.error as error:
        raise Broken(f"压缩的内容损坏：{error}") from error
    if unpack.unused_data:
        raise Broken("压缩的内容后面还有别的数据")


def _coding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


def _length(response: httpx.Response) -> int | None:
    said = response.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else None
