"""Which files the paths on the command line mean."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.cards.library import kind_of
from kb.errors import IngestError

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".pdf"})
_PLANNED = "目前支持：Markdown（.md）、纯文本（.txt）、带文字层的 PDF（.pdf）"
_SKIP = frozenset({"readme.md", "_index.md", "license.md", "changelog.md"})


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be brought in, and why, in Chinese."""

    path: str
    reason: str


def find(paths: Iterable[str], failures: list[Failure]) -> Iterator[Path]:
    """Yield the files to read, each once, in a steady order; what cannot be read joins `failures`.

    In a folder, files of other kinds, hidden files and index pages are passed over; a file named on the
    command line is never passed over in silence.
    """
    seen: set[Path] = set()
    for name in paths:
        try:
            for path in _expand(name, failures):
                real = path.resolve()
                if real not in seen:
                    seen.add(real)
                    yield path
        except IngestError as error:
            failures.append(Failure(name, str(error)))


def _expand(name: str, failures: list[Failure]) -> Iterator[Path]:
    if "://" in name:
        raise IngestError("本版本还不能直接抓取网址，请先把网页或文件下载到本机再导入")
    path = Path(name)
    if path.is_dir():
        yield from _walk(path, failures)
    elif path.is_file():
        if not _is_text(path):
            raise IngestError(f"不支持的文件类型 {path.suffix or '（无后缀）'}。{_PLANNED}")
        yield path
    elif path.exists():
        raise IngestError("不是普通文件（可能是设备或管道），不能导入")
    else:
        raise IngestError("路径不存在，请检查拼写，或先确认磁盘已挂载")


def _walk(folder: Path, failures: list[Failure]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        failures.append(Failure(str(error.filename), f"目录打不开：{error.strerror}。请检查权限"))

    for root, folders, names in os.walk(folder, onerror=refuse, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if _is_text(path) and not name.startswith(".") and name.lower() not in _SKIP:
                yield path


def _is_text(path: Path) -> bool:
    """Whether a file is of a kind that can be read: a text, or a list of records of ours (职责、罚则……)."""
    return path.suffix.lower() in SUFFIXES or kind_of(path) is not None
