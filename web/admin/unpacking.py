"""A backup file is opened with distrust: everything in it is counted, measured and compared before it is used."""

import hashlib
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.catalogue import FILE_NAME, Catalogue
from kb.errors import KnowledgeBaseError
from kb.schema import VERSION
from web.admin.backup import FORMAT, MANIFEST, UPLOADS
from web.admin.shelf import safe_name
from web.admin.vault import FILE as PASSWORD
from web.admin.vault import is_vault

MOST_BYTES: Final = 2_000_000_000  # of the backup file
_MOST_UNPACKED: Final = 8_000_000_000
_MOST_ENTRIES: Final = 20_000
_MANIFEST_BYTES: Final = 8_000_000
_PIECE: Final = 1 << 20
_NONE = "这不是安问的备份文件，或已经损坏。现在的知识库没有改动，请换一份备份再试"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup that passed every check, in a folder of its own."""

    folder: Path
    files: Path  # the uploaded files
    uploads: str  # where those files lay when the backup was made
    made: str
    documents: int
    password: str  # the password file, "" if there was none


def unpack(archive: Path, folder: Path) -> Unpacked:
    """Unpack a backup into `folder`, which must be new.

    Raises:
        KnowledgeBaseError: if it is no backup of ours, is damaged, too large, or of another version.
    """
    try:
        folder.mkdir(parents=True)
        (folder / UPLOADS).mkdir()
        with zipfile.ZipFile(archive) as packed:
            manifest = _manifest(packed)
            _extract(packed, manifest, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise KnowledgeBaseError(_NONE) from error
    except OSError as error:
        raise KnowledgeBaseError(f"备份没有解开：{error.strerror or error}。请检查磁盘空间") from error
    documents = _inspect(folder)
    password = folder / PASSWORD
    return Unpacked(
        folder, folder / UPLOADS, str(manifest["uploads"]), str(manifest["made"])[:40], documents,
        password.read_text("utf-8") if password.is_file() else "",
    )  # fmt: skip


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    names = packed.namelist()
    if len(names) > _MOST_ENTRIES or len(set(names)) != len(names) or MANIFEST not in names:
        raise KnowledgeBaseError(_NONE)
    if packed.getinfo(MANIFEST).file_size > _MANIFEST_BYTES:
        raise KnowledgeBaseError(_NONE)
    with packed.open(MANIFEST) as stream:
        manifest = json.loads(stream.read(_MANIFEST_BYTES))
    if not isinstance(manifest, dict) or not {"uploads", "made", "files", "schema"} <= manifest.keys():
        raise KnowledgeBaseError(_NONE)
    if manifest.get("format") != FORMAT or not 1 <= int(manifest["schema"]) <= VERSION:
        raise KnowledgeBaseError(
            f"备份的格式版本是 {manifest.get('format')}/{manifest['schema']}，本程序能读到 {FORMAT}/{VERSION}。"
            f"请先把程序升级到做备份时的版本"
        )
    listed = {str(entry["name"]) for entry in manifest["files"]}
    if listed | {MANIFEST} != set(names) or FILE_NAME not in listed or not all(map(_is_fit, listed)):
        raise KnowledgeBaseError(_NONE)
    if sum(int(entry["size"]) for entry in manifest["files"]) > _MOST_UNPACKED:
        raise KnowledgeBaseError(f"备份解开后超过 {_MOST_UNPACKED // 10**9} GB，不予恢复")
    return manifest


def _is_fit(name: str) -> bool:
    """Whether a name is one that a backup may hold: nothing outside its two places.

    >>> [_is_fit(n) for n in ("catalogue.sqlite3", "uploads/制度.docx", "uploads/../x.md", "/etc/passwd", "x.py")]
    [True, True, False, False, False]
    """
    if name in {FILE_NAME, PASSWORD}:
        return True
    file = name.removeprefix(UPLOADS)
    return name.startswith(UPLOADS) and bool(file) and safe_name(file) == file


def _extract(packed: zipfile.ZipFile, manifest: Mapping[str, Any], folder: Path) -> None:
    for entry in manifest["files"]:
        name, left = str(entry["name"]), int(entry["size"])
        digest = hashlib.sha256()
        with packed.open(name) as source, (folder / name).open("xb") as out:
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise KnowledgeBaseError(f"备份里的 {name} 比清单上写的大，已停止恢复。{_NONE}")
                digest.update(piece)
                out.write(piece)
        if left or digest.hexdigest() != entry["sha256"]:
            raise KnowledgeBaseError(f"备份里的 {name} 与清单对不上。{_NONE}")


def _inspect(folder: Path) -> int:
    """Return how many documents the catalogue holds, once it is known to be whole and plain tables only."""
    try:
        with closing(sqlite3.connect(folder / FILE_NAME)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            database.execute("PRAGMA cell_size_check=ON")
            made = database.execute("SELECT type, coalesce(sql, '') FROM sqlite_master").fetchall()
            odd = [k for k, sql in made if k not in {"table", "index"} or "VIRTUAL" in sql.upper()]
            if odd or database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise KnowledgeBaseError(_NONE)
        with closing(Catalogue(folder)) as catalogue:
            return len(catalogue.documents())
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise KnowledgeBaseError(_NONE) from error
    finally:
        if (folder / PASSWORD).is_file() and not is_vault((folder / PASSWORD).read_text("utf-8", "replace")):
            (folder / PASSWORD).unlink()
