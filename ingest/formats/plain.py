"""Plain text and Markdown: bytes become text, or a clear reason why not."""

import re

from charset_normalizer import from_bytes

from ingest.formats.reading import Reading
from kb.errors import IngestError

_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"MZ",
    b"\x1f\x8b",
)
_NOT_TEXT = "内容不是文本（像是二进制文件或改了后缀的文件）。请用原来的软件另存为文本后再导入"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read(data: bytes, name: str) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Return the text held in `data`.

    Raises:
        IngestError: if the bytes are no text.
    """
    return Reading(decode(data))


def decode(data: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16 with a mark, GB18030, else what looks likest.

    Raises:
        IngestError: if they are no text, or in no encoding we know.
    """
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith(_BINARY) or (b"\x00" in data[:100_000] and not utf16):
        raise IngestError(_NOT_TEXT)
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return _without_controls(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    guess = from_bytes(data).best()
    if guess is None or "\ufffd" in str(guess):
        raise IngestError("认不出文字编码。请另存为 UTF-8 后再导入")
    return _without_controls(str(guess))


def _without_controls(text: str) -> str:
    """Return text without stray control characters; many of them mean it is no text."""
    if len(_CONTROL.findall(text)) > len(text) // 200:
        raise IngestError(_NOT_TEXT)
    return _CONTROL.sub("", text)
