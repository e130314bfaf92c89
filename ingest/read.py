"""Bytes become text, or a clear reason why not."""

import io
import re
from pathlib import Path

from charset_normalizer import from_bytes
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from kb.errors import IngestError
from kb.normalise import visible

MAX_BYTES = 50_000_000
_MAX_PAGES = 3_000
_MAX_CHARACTERS = 20_000_000
_MIN_CHARACTERS_PER_PAGE = 15
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


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes.

    Raises:
        IngestError: if it cannot be opened, is empty, or is larger than 50 MB.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise IngestError(
                f"文件有 {size / 1e6:.0f} MB，超过上限 {MAX_BYTES / 1e6:.0f} MB。请拆分后再导入"
            )
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"打不开文件：{error.strerror}。请检查路径和权限") from error
    if not data.strip():
        raise IngestError("文件是空的")
    return data


def to_text(path: Path, data: bytes) -> str:
    """Return the text held in `data`, lines ended by \\n.

    Raises:
        IngestError: if the bytes are no text of the kind the suffix says.
    """
    text = visible(_pdf_text(data) if path.suffix.lower() == ".pdf" else _plain_text(data))
    if len(text) > _MAX_CHARACTERS:
        raise IngestError(f"文字超过 {_MAX_CHARACTERS} 字，请拆分后再导入")
    if not re.search(r"[\u3400-\u9fffA-Za-z]", text):
        raise IngestError("没有读到文字")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain_text(data: bytes) -> str:
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


def _pdf_text(data: bytes) -> str:
    try:
        pages = PdfReader(io.BytesIO(data)).pages
        if len(pages) > _MAX_PAGES:
            raise IngestError(f"PDF 有 {len(pages)} 页，超过上限 {_MAX_PAGES} 页。请拆分后再导入")
        texts = [page.extract_text() for page in pages]
    except (DependencyError, FileNotDecryptedError) as error:
        raise IngestError("PDF 有密码，打不开。请先去掉密码再导入") from error
    except LimitReachedError as error:
        raise IngestError("PDF 的内容异常庞大，为安全起见已停止读取") from error
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise IngestError(f"PDF 已损坏或格式不对：{type(error).__name__}") from error
    if sum(len(text.strip()) for text in texts) < _MIN_CHARACTERS_PER_PAGE * len(texts):
        raise IngestError("PDF 里没有文字层，像是扫描件。请先做文字识别（OCR）再导入")
    return "\n".join(texts)
