"""Web archives (MHT, MHTML): one mail-shaped file that holds a page and its pictures."""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from ingest.formats.containers.mail import payload
from ingest.formats.pages import lines, tree, web_page
from ingest.formats.pages.lines import Fragment
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
    """Return the article of the page in a web archive. Nothing it links to is fetched; its pictures are not read.

    The first HTML part is the page; the others are frames, read only where the page itself has no article.

    Raises:
        IngestError: if the archive is damaged or holds no article.
    """
    parts = _parts(data)
    for content, charset in _texts(parts, "text/html"):
        reading = web_page.read_page(content, charset)
        if reading is not None:
            return reading
    plain = _plain(parts)
    if not plain:
        raise IngestError(f"{name} 里没有读到正文。请确认网页保存完整，再重新导入")
    return Reading("\n".join(plain) + "\n")


def fragment(data: bytes) -> Fragment:
    """Return what a person sees of the page in a web archive, its navigation with it; no lines if it has none.

    Raises:
        IngestError: if the archive is damaged, has more than 500 parts, or its encoding cannot be told.
    """
    parts = _parts(data)
    for content, charset in _texts(parts, "text/html"):
        found = lines.fragment(content, charset)
        if found.lines:
            return found
    return Fragment(tuple(_plain(parts)))


def _texts(parts: Sequence[Message], kind: str) -> Iterator[tuple[bytes, str]]:
    """Yield what the parts of a kind hold and the charset they name; none that is empty."""
    for part in parts:
        if part.get_content_type() == kind and (content := payload(part)).strip():
            yield content, _charset(part)


def _plain(parts: Sequence[Message]) -> list[str]:
    texts = (tree.decode(content, charset) for content, charset in _texts(parts, "text/plain"))
    return [line.strip() for text in texts for line in text.split("\n") if line.strip()]


def _parts(data: bytes) -> list[Message]:
    if data.lower().count(b"boundary=") > MAX_PARTS:
        raise IngestError(_DAMAGED)
    try:
        parts = [part for part in _walk(message_from_bytes(data.lstrip())) if not part.is_multipart()]
    except (MessageError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise IngestError(_DAMAGED) from error
    return parts


def _walk(message: Message) -> Iterator[Message]:
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
