"""Which files the paths on the command line mean."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.formats import IMAGES, SUFFIXES
from ingest.formats.paper import ocr
from kb.cards.library import kind_of
from kb.errors import IngestError

MAX_BYTES = 50_000_000
_PAGE_FILES = ("_files", ".files")  # what a browser saves beside a page
_SKIP = frozenset({"readme.md", "_index.md", "license.md", "changelog.md", "manifest.csv"})


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
        raise IngestError(
            "网址不能和文件一起导入。请把它写进来源清单后运行 python -m ingest pull，或先下载到本机"
        )
    path = Path(name)
    if path.is_dir():
        yield from _walk(path, failures)
    elif path.is_file():
        if not _is_text(path):
            kinds = "、".join(sorted(SUFFIXES))
            raise IngestError(f"不支持的文件类型 {path.suffix or '（无后缀）'}。目前支持：{kinds}")
        yield path
    elif path.exists():
        raise IngestError("不是普通文件（可能是设备或管道），不能导入")
    else:
        raise IngestError("路径不存在，请检查拼写，或先确认磁盘已挂载")


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes.

    Raises:
        IngestError: if it cannot be opened, is no regular file, is empty, or is larger than 50 MB.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not make us wait
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise IngestError("不是普通文件（可能是设备或管道），不能导入")
            if status.st_size > MAX_BYTES:
                size, most = status.st_size / 1e6, MAX_BYTES / 1e6
                raise IngestError(f"文件有 {size:.0f} MB，超过上限 {most:.0f} MB。请拆分后再导入")
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise IngestError(f"打不开文件：{error.strerror}。请检查路径和权限") from error
    if not data.strip():
        raise IngestError("文件是空的")
    return data


def _walk(folder: Path, failures: list[Failure]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        failures.append(Failure(str(error.filename), f"目录打不开：{error.strerror}。请检查权限"))

    for root, folders, names in os.walk(folder, onerror=refuse, followlinks=False):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not name.endswith(_PAGE_FILES)
        )
        for name in sorted(names):
            path = Path(root, name)
            if not _is_text(path) or name.startswith((".", "~$")) or name.lower() in _SKIP:
                continue
            if path.is_symlink():
                failures.append(Failure(str(path), "是符号链接，可能指向别处的文件，不读取。请放入文件本身"))
            elif path.suffix.lower() not in IMAGES or ocr.available():
                yield path


def _is_text(path: Path) -> bool:
    """Whether a file's name is of a kind that can be read: a text, or a list of records of ours (职责……)."""
    return path.suffix.lower() in SUFFIXES or kind_of(path) is not None
