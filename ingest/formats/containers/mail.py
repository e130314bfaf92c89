"""Mails (EML) become text: the subject, the body, and the attachments as files of their own.

The headers are decoded here and not by email.policy.default: Chinese mailers write GBK where they declare
gb2312, or raw bytes, and its header parser was seen to fail on bytes that are no header.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from ingest.formats.pages.lines import fragment
from ingest.formats.pages.tree import concealed_note
from ingest.formats.reading import Member, Reading
from kb.errors import IngestError
from kb.normalise import clean, visible

MAX_PARTS = 200
MAX_NESTED = 3  # mails within mails
_MAX_MULTIPART = 20  # multiparts within multiparts
_MAX_CHARACTERS = 5_000_000
_MAX_HEADER = 10_000  # characters of a header that are decoded
_COMPOSITE = re.compile(rb"content-type\s*:\s*(?:multipart|message)/", re.I)
_KNOWN = re.compile(
    rb"^(?:from|to|subject|date|received|message-id|mime-version|return-path)[ \t]*:", re.I | re.M
)
_GB_WORD = re.compile(r"=\?(?:gb2312|gbk|gb_2312-80|x-gbk|cp936)\?", re.I)
_GB = frozenset({"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb18030"})
_ADDRESSED = re.compile(  # a header quoted in the body of an answer, with an address
    r"[>\s*]*(?:发件人|收件人|抄送|密送|发送人|回复|From|To|Cc|Bcc|Reply-To|Sender)[\s*]*[:：].*@", re.I
)
_WROTE = re.compile(r"^[>\s]*(?:在|On ).{0,200}@.{0,200}(?:写道|wrote)\s*[:：]?\s*$", re.I)
_BLANK_LINES = re.compile(r"\n{3,}")
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_SUFFIXES = {"text/html": ".html", "text/csv": ".csv", "text/plain": ".txt", "application/pdf": ".pdf"}
_DAMAGED = "邮件已损坏，读不出来。请在邮箱里重新导出为 .eml 再导入"


@dataclass(slots=True)
class _Parts:
    """The parts of a mail by what becomes of them."""

    plain: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)  # HTML, as lines
    members: list[Member] = field(default_factory=list)
    concealed: int = 0  # letters hidden in the pages
    pictures: int = 0  # shown within the text


def read(data: bytes, name: str) -> Reading:
    """Return the body of a mail, its subject as title, its date, and its attachments as members.

    Who wrote to whom is not kept. Nothing the mail links to is fetched.

    Raises:
        IngestError: if it is no mail, is encrypted or damaged, or has too many parts or nested mails.
    """
    if not _KNOWN.search(data[:100_000].partition(b"\n\n")[0]):
        raise IngestError(f"{name} 没有邮件头，不是邮件。请在邮箱里重新导出为 .eml 再导入")
    if len(_COMPOSITE.findall(data)) > MAX_PARTS:
        raise IngestError(f"{name} 的层次超过 {MAX_PARTS} 个，为安全起见不予读取。请把附件另存后单独导入")
    try:
        message = message_from_bytes(data)
        _hold_depth(message, name)
        parts = _sorted(message, name)
    except (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise IngestError(f"{name}：{_DAMAGED}") from error
    text = _without_addresses("\n\n".join(parts.plain or parts.pages))
    if len(text) > _MAX_CHARACTERS:
        raise IngestError(f"{name} 的正文超过 {_MAX_CHARACTERS} 字。请拆分后再导入")
    if not text and not parts.members:
        raise IngestError(f"{name} 里没有正文，也没有附件。请检查邮件是否导出完整")
    notes = (
        f"正文里有 {parts.pictures} 张图片，没有收入" if parts.pictures else "",
        concealed_note(parts.concealed) if parts.concealed and not parts.plain else "",
    )
    return Reading(
        text=text + "\n" if text else "", title=clean(_header(message, "Subject"))[:200],
        published=_date(_header(message, "Date")), notes=tuple(filter(None, notes)), members=tuple(parts.members),
    )  # fmt: skip


def _hold_depth(message: Message, name: str) -> None:
    """Refuse mails that lie too deep within mails, or multiparts within multiparts, or have too many parts."""
    waiting = [(message, 0, 0)]
    seen = 0
    while waiting:
        part, mails, depth = waiting.pop()
        seen += 1
        mails += part.get_content_type() == "message/rfc822"
        if mails > MAX_NESTED:
            raise IngestError(f"{name} 里的邮件套了超过 {MAX_NESTED} 层。请把最里面的邮件另存后单独导入")
        if seen > MAX_PARTS or depth > _MAX_MULTIPART:
            raise IngestError(
                f"{name} 的部分超过上限（{MAX_PARTS} 个），为安全起见不予读取。请把附件另存后单独导入"
            )
        waiting += [(inner, mails, depth + 1) for inner in _inner(part)]


def _inner(part: Message) -> list[Message]:
    found = part.get_payload() if part.is_multipart() else []
    return [inner for inner in found if isinstance(inner, Message)]


def _sorted(message: Message, name: str) -> _Parts:
    """Return the parts of a mail, in order; a mail within it stays whole, as a member."""
    parts = _Parts()
    waiting = [message]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        if kind in _SEALED and "signed-data" not in str(part.get_param("smime-type", "")):
            raise IngestError(f"{name} 是加密的邮件，打不开。请在邮箱里解密后另存再导入")
        if kind == "message/rfc822":
            parts.members += [_nested(inner, parts) for inner in _inner(part)]
        elif part.is_multipart():
            waiting += reversed(_inner(part))
        elif kind not in _SIGNATURES:
            _take(part, kind, parts)
    return parts


def _take(part: Message, kind: str, parts: _Parts) -> None:
    """Add one part that holds no others: text to the body, anything else as an attachment."""
    content = payload(part)
    if not content.strip():
        return
    file_name = _file_name(part)
    attached = part.get_content_disposition() == "attachment" or bool(file_name)
    if kind == "text/plain" and not attached:
        parts.plain.append(_text(content, _charset(part)).strip())
    elif kind == "text/html" and not attached:
        page = fragment(content, _charset(part))
        parts.pages.append("\n".join(page.lines))
        parts.concealed += page.concealed
    elif kind.startswith("image/") and (part.get("Content-ID") or not attached):
        parts.pictures += 1
    else:
        named = file_name or f"附件{_SUFFIXES.get(kind, '.bin')}"
        parts.members.append(Member(_free(named, parts), content))


def payload(part: Message) -> bytes:
    """Return what a part that holds no others holds, unpacked; b"" for nothing."""
    try:
        content = part.get_payload(decode=True)
    except (LookupError, ValueError):  # a charset that is none (undefined, idna) stops the library
        part.del_param("charset")
        content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _nested(inner: Message, parts: _Parts) -> Member:
    title = _UNSAFE.sub(" ", clean(_header(inner, "Subject")))[:60].strip(" .")
    return Member(_free(f"{title or '邮件'}.eml", parts), inner.as_bytes())


def _free(name: str, parts: _Parts) -> str:
    """Return a member's name that no other has: 表.xlsx, 表(2).xlsx."""
    taken = {member.name for member in parts.members}
    stem, suffix = posixpath.splitext(name)
    return next(
        tried
        for number in range(1, MAX_PARTS + 2)
        if (tried := name if number == 1 else f"{stem}({number}){suffix}") not in taken
    )


def _file_name(part: Message) -> str:
    """Return an attachment's name without folders, "" if it has none."""
    raw = part.get_filename()
    name = _decoded(str(raw)).replace("\\", "/").rpartition("/")[2] if raw else ""
    name = _UNSAFE.sub("_", visible(name)).strip("_. ")
    stem, suffix = posixpath.splitext(name)
    return stem[:100] + suffix[:10]


def _header(message: Message, wanted: str) -> str:
    """Return the first header of this name, decoded."""
    return next((_decoded(str(raw)) for key, raw in message.raw_items() if key.lower() == wanted.lower()), "")


def _decoded(raw: str) -> str:
    """Return a header as text: encoded words, raw bytes of Chinese mailers, folded lines."""
    raw = raw[:_MAX_HEADER]
    if any("\udc80" <= char <= "\udcff" for char in raw):
        raw = _text(raw.encode("utf-8", "surrogateescape"), "")
    words = re.sub(r"\r?\n[ \t]*", " ", _GB_WORD.sub("=?gb18030?", raw))
    try:
        pieces = decode_header(words)
    except (MessageError, ValueError):
        return words
    return "".join(
        piece if isinstance(piece, str) else _text(piece, charset or "") for piece, charset in pieces
    )


def _charset(part: Message) -> str:
    charset = part.get_content_charset() or ""
    return "gb18030" if charset in _GB else charset


def _text(content: bytes, charset: str) -> str:
    """Return bytes as text: as declared, else UTF-8, else GB18030; what fits none is marked, not guessed."""
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return visible(content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"))
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return visible(content.decode(charset if charset == "gb18030" else "utf-8", "replace"))


def _without_addresses(text: str) -> str:
    """Return a body without the quoted headers that name people and their addresses."""
    kept: Iterator[str] = (
        line.rstrip()
        for line in text.split("\n")
        if not (_ADDRESSED.match(line[:_MAX_HEADER]) or _WROTE.match(line[:_MAX_HEADER]))
    )
    return _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()


def _date(text: str) -> date | None:
    """Return the day of a Date header, where the sender was; None if it tells none."""
    try:
        day = parsedate_to_datetime(text[:200]).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return day if 1990 <= day.year <= 2100 else None
