"""File names that say what is inside and are safe on every system."""

import hashlib
import re
import unicodedata

_LONGEST = 150  # bytes of UTF-8, of the 255 a file system gives: room for marks and suffixes
_BARRED = re.compile(r'[\\/:*?"<>|\s]+')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
_INDEX = frozenset({"readme", "index", "_index"})  # says nothing: named after its folder


def safe_name(text: str) -> str:
    r"""Return one path component for a title: readable, never hidden, never leading elsewhere.

    >>> safe_name("关于“动火”\n作业的通知/2026")
    '关于“动火” 作业的通知 2026'
    >>> safe_name("../.."), safe_name("CON"), safe_name("")
    ('未命名', '_CON', '未命名')
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    text = _BARRED.sub(" ", text).strip(" .")
    text = text.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore").strip(" .")
    if text.partition(".")[0].lower() in _DEVICES:
        return f"_{text}"
    return text or "未命名"


def safe_path(path: str) -> str:
    """Return the place of a repository's file under our folder; a README takes its folder's name.

    >>> safe_path("docs/social/mine-law/README.md"), safe_path("地方/河南/某条例(2020-01-01).md")
    ('docs/social/mine-law.md', '地方/河南/某条例(2020-01-01).md')
    """
    *folders, name = path.split("/")
    stem, dot, suffix = name.rpartition(".")
    if folders and dot and stem.lower() in _INDEX:
        name = f"{folders.pop()}.{suffix}"
    stem, dot, suffix = name.rpartition(".")
    last = f"{safe_name(stem)}.{safe_name(suffix)}" if stem and dot else safe_name(name)
    return "/".join([*(safe_name(folder) for folder in folders), last])


def mark(text: str) -> str:
    """Return six hexadecimal digits that tell one address from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:6]
