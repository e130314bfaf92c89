"""How the processes talk: a frame is a JSON head and some blobs, each with its length in front.

Nothing that comes from a child is ever unpickled: a reader that a hostile file has taken over can lie
about what the file says, but not run anything in the process that asked.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")
MAX_HEAD = 400_000_000  # bytes
MAX_BLOBS = 5_000
MAX_BLOB = 250_000_000  # bytes


class BrokenFrameError(Exception):
    """The other side stopped in the middle of a frame, or what it sent is none."""


def write(stream: BinaryIO, head: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Send a frame."""
    data = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(data)) + data + _LENGTH.pack(len(blobs)))
    for blob in blobs:
        stream.write(_LENGTH.pack(len(blob)))
        stream.write(blob)
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """Return the next frame, or None at the end of the stream.

    Raises:
        BrokenFrameError: if the stream ends inside a frame or its numbers are absurd.
    """
    first = stream.read(_LENGTH.size)
    if not first:
        return None
    try:
        head = json.loads(_exactly(stream, _number(first, MAX_HEAD)).decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise BrokenFrameError("the head is no JSON") from error
    if not isinstance(head, dict):
        raise BrokenFrameError("the head is no object")
    count = _number(_exactly(stream, _LENGTH.size), MAX_BLOBS)
    blobs = [_exactly(stream, _number(_exactly(stream, _LENGTH.size), MAX_BLOB)) for _ in range(count)]
    return head, blobs


def _number(data: bytes, most: int) -> int:
    if len(data) != _LENGTH.size or (value := _LENGTH.unpack(data)[0]) > most:
        raise BrokenFrameError("a length is absurd")
    return int(value)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            raise BrokenFrameError("the stream ended inside a frame")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
