"""Uploaded files on their way in: each in a folder of its own until it is brought in, then side by side."""

import filecmp
import json
import re
import shutil
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Final

from ingest.files import MAX_BYTES
from ingest.formats import SUFFIXES
from ingest.gather import INSIDE
from kb.errors import IngestError
from kb.normalise import INVISIBLE

REQUEST_BYTES: Final = 200_000_000  # of one upload, all its files together
MOST_WAITING: Final = 500  # files not yet brought in
FILES: Final = "files"  # folder of what was brought in, until a restore names another
_NAME_BYTES: Final = 180
_PIECE: Final = 1 << 20
_ITEM: Final = re.compile(r"[0-9]{14}-[0-9a-f]{8}")
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*!#]+')
_TRIAL, _SAID = "trial.json", "said.json"
_REPLACED: Final = "replaced.json"  # the file of the same name, until the new one is in


@dataclass(frozen=True, slots=True)
class Item:
    """An uploaded file that is not in the knowledge base yet.

    `trial` is what would come of it, one entry per document (None: not read yet); `said` what the
    administrator set right, by document; `error` why it could not be brought in.
    """

    item_id: str
    path: Path
    size: int
    sent: datetime
    trial: tuple[dict[str, Any], ...] | None
    said: Mapping[str, Mapping[str, str]]
    error: str = ""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def is_readable(self) -> bool:
        """Whether anything in it can be brought in."""
        return self.trial is not None and any("error" not in entry for entry in self.trial)


class Shelf:
    """The uploads of one knowledge base."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the knowledge base's; folders are made when the first file comes."""
        self._incoming = folder / "uploads" / "incoming"
        self.uploads = folder / "uploads"

    def take(self, name: str, stream: IO[bytes]) -> Item:
        """Store one uploaded file.

        Args:
            name: as the browser says; only its last part is used, and that cleaned.
            stream: its bytes.

        Raises:
            IngestError: if it is of another kind, empty, too large, or cannot be written; nothing stays.
        """
        safe = safe_name(name)
        if Path(safe).suffix.lower() not in SUFFIXES:
            raise IngestError(f"不支持这种文件。可以上传：{'、'.join(sorted(SUFFIXES))}")
        if sum(1 for _ in self._folders()) >= MOST_WAITING:
            raise IngestError(f"等待导入的文件已有 {MOST_WAITING} 份，请先导入或放弃一部分")
        folder = self._incoming / f"{datetime.now():%Y%m%d%H%M%S}-{token_hex(4)}"
        try:
            folder.mkdir(parents=True, mode=0o700)
            _copy(stream, folder / safe)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise IngestError(f"存不下这个文件：{error.strerror}。请检查磁盘空间") from error
        except IngestError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if any(filecmp.cmp(folder / safe, item.path, shallow=False) for item in self._others(folder, safe)):
            shutil.rmtree(folder)
            raise IngestError("同样的文件已经在等待导入，没有再收一份")
        return _item(folder, folder / safe)

    def items(self) -> list[Item]:
        """Return what waits, newest first; it is all still there after a restart."""
        found = [_item(folder, file) for folder in self._folders() if (file := _file_in(folder))]
        return sorted(found, key=lambda item: item.item_id, reverse=True)

    def item(self, item_id: str) -> Item | None:
        """Return one waiting file, or None."""
        folder = self._incoming / item_id
        if not _ITEM.fullmatch(item_id) or not folder.is_dir():
            return None
        file = _file_in(folder)
        return _item(folder, file) if file else None

    def keep_trial(self, item: Item, trial: list[dict[str, Any]]) -> None:
        """Keep what would come of a file."""
        _write(item.path.parent / _TRIAL, trial)

    def keep_said(self, item: Item, inside: str, values: Mapping[str, str]) -> None:
        """Keep what the administrator set right about one document of a file."""
        _write(item.path.parent / _SAID, {**item.said, inside: dict(values)})

    def drop(self, item: Item) -> None:
        """Delete a waiting file."""
        shutil.rmtree(item.path.parent)

    def place(self, item: Item, folder: Path, *, instead: bool) -> Path:
        """Move a file to those brought in; return where it lies.

        Args:
            item: the waiting file.
            folder: where files brought in lie.
            instead: in place of the file of its name; otherwise beside it, under another name.
        """
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / item.name
        number = 2
        while not instead and target.exists():
            target = folder / f"{item.path.stem}（{number}）{item.path.suffix}"
            number += 1
        if target.exists():
            target.replace(item.path.parent / _REPLACED)
        item.path.replace(target)
        return target.resolve()

    def settle(self, item: Item) -> None:
        """Forget a file that has been brought in."""
        shutil.rmtree(item.path.parent, ignore_errors=True)

    def put_back(self, item: Item, path: Path, why: str) -> None:
        """Let a file that could not be brought in wait again, with the reason."""
        path.replace(item.path)
        if (old := item.path.parent / _REPLACED).exists():
            old.replace(path)
        _write(item.path.parent / _TRIAL, [{"path": item.name, "error": why}])

    def _others(self, folder: Path, name: str) -> list[Item]:
        return [item for item in self.items() if item.name == name and item.path.parent != folder]

    def recover(self, folder: Path, known: Collection[str]) -> int:
        """Let files wait again that were placed but never read, as a killed job leaves them; return how many.

        Args:
            folder: where files brought in lie.
            known: the files the knowledge base has read.
        """
        found = [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else []
        lost = [path for path in found if str(path.resolve()) not in known]
        for path in lost:
            waiting = self._incoming / f"{datetime.now():%Y%m%d%H%M%S}-{token_hex(4)}"
            waiting.mkdir(parents=True, mode=0o700)
            path.replace(waiting / path.name)
        return len(lost)

    def _folders(self) -> list[Path]:
        if not self._incoming.is_dir():
            return []
        return [path for path in self._incoming.iterdir() if _ITEM.fullmatch(path.name) and path.is_dir()]


def safe_name(name: str) -> str:
    r"""Return a name fit for a file here: no folder, no sign with a meaning, not too long.

    >>> [safe_name(n) for n in ("../../etc/passwd", "C:\\私\\制度.docx", " .隐藏.md", "a\u202egpj.md", "a!b#c.zip")]
    ['passwd', '制度.docx', '隐藏.md', 'agpj.md', 'a_b_c.zip']
    >>> len(safe_name("长" * 500 + ".pdf").encode()) <= 180
    True
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = _UNFIT.sub("_", INVISIBLE.sub("", last)).strip().strip(".").strip() or "未命名"
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 12:
        stem, dot, suffix = clean, "", ""
    room = _NAME_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + suffix


def file_of(source: str) -> str:
    """Return the file a source lies in: the archive, for what lies inside one."""
    return source.partition(INSIDE)[0]


def _copy(stream: IO[bytes], target: Path) -> None:
    size = 0
    with target.open("xb") as out:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MAX_BYTES:
                raise IngestError(f"超过单个文件的上限 {MAX_BYTES // 1_000_000} MB。请拆分后再上传")
            out.write(piece)
    if not size:
        raise IngestError("文件是空的")


def _file_in(folder: Path) -> Path | None:
    files = [
        path for path in folder.iterdir() if path.is_file() and path.name not in (_TRIAL, _SAID, _REPLACED)
    ]
    return files[0] if len(files) == 1 else None


def _item(folder: Path, file: Path) -> Item:
    status = file.stat()
    trial, said = _read(folder / _TRIAL), _read(folder / _SAID)
    entries = tuple(trial) if isinstance(trial, list) else None
    errors = [str(entry["error"]) for entry in entries or () if "error" in entry]
    alone = errors[0] if entries is not None and len(errors) == len(entries) and errors else ""
    sent = datetime.fromtimestamp(status.st_mtime).astimezone()
    return Item(
        folder.name, file, status.st_size, sent, entries, said if isinstance(said, dict) else {}, alone
    )


def _read(path: Path) -> Any:  # noqa: ANN401 - what the file holds is looked at by the caller
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _write(path: Path, value: object) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    new.replace(path)
