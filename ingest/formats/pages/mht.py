"""Web archives (MHT, MHTML): one mail-shaped file that holds a page and its pictures."""

import re
from collections.abc import Iterable
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from ingest.formats.containers.mail import payload
from ingest.formats.pages import lines as html_lines
from ingest.formats.reading import Reading
from kb.errors import IngestError

MAX_PARTS = 500
_HEAD = re.compile(rb"\A\s*(?:[!-9;-~]{1,60}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n)*){1,40}")
_KIND = re.compile(rb"^content-type:\s*(?:multipart/related|multipart/alternative|text/html)", re.I | re.M)
_DAMAGED = "网页存档已损坏，读不出来。请在浏览器里打开后另存为网页（.html）再导入"


def is_mht(data: bytes) -> bool:
    """Whether a file begins as a web archive does: with the head of a mail that holds HTML.

    >>> is_mht(b"MIME-Version: 1.0\\nContent-Type: multipart/related; boundary=x\\n\\n"), is_mht(b"<p>a</p>")
    (True, False)
    """
    head = _HEAD.match(data[:20_000].removeprefix(b"\xef\xbb\xbf"))
    return bool(head and _KIND.search(head[0]))


def read(data: bytes, name: str) -> Reading:
    """Return the page in a web archive. Nothing it links to is fetched; its pictures are not read.

    Raises:
        IngestError: if the archive is damaged or holds no text.
    """
    found = lines(data)
    if not found:
        raise IngestError(f"{name} 里没有文字。请确认网页保存完整，再重新导入")
    heading = next((line for line in found[:5] if line.startswith("# ")), "")
    return Reading("\n".join(found) + "\n", title=heading.removeprefix("# "))


def lines(data: bytes) -> list[str]:
    """Return the lines of the page in a web archive, [] if it has none.

    The first HTML part is the page; the others are frames, read only where the page itself is empty.

    Raises:
        IngestError: if the archive is damaged, has more than 500 parts, or its encoding cannot be told.
    """
    parts = _parts(data)
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    for page in pages:
        content = payload(page)
        if content.strip() and (found := html_lines.lines(html_lines.parse(content, _charset(page)))):
            return found
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    texts = [html_lines.decode(payload(part), _charset(part)) for part in plain]
    return [line.strip() for text in texts for line in text.split("\n") if line.strip()]


def _parts(data: bytes) -> list[Message]:
    if data.lower().count(b"boundary=") > MAX_PARTS:
        raise IngestError(_DAMAGED)
    try:
        parts = [part for part in _walk(message_from_bytes(data.lstrip())) if not part.is_multipart()]
    except (MessageError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise IngestError(_DAMAGED) from error
    return parts


def _walk(message: Message) -> Iterable[Message]:
    """Yield the parts in order, at most 500."""
    waiting = [message]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        if part.is_multipart():
            inner = part.get_payload()
            waiting.extend(reversed([p for p in inner if isinstance(p, Message)]))


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except (LookupError, ValueError, TypeError):  # a charset written in a way RFC 2231 does not know
        return ""
