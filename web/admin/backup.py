"""The knowledge base as one file: the catalogue, the uploaded files, the password, and a list with digests."""

import hashlib
import json
import secrets
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kb.catalogue import FILE_NAME, Catalogue
from kb.errors import KnowledgeBaseError
from kb.schema import VERSION
from web.admin.ground import Ground
from web.admin.vault import FILE as PASSWORD

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
UPLOADS: Final = "uploads/"
_PIECE: Final = 1 << 20


def write(ground: Ground) -> Path:
    """Return a new .zip beside the uploads, mode 600; whoever asked deletes it when it is sent.

    It holds a consistent copy even while somebody writes. Indexes are left out: they are made again.

    Raises:
        KnowledgeBaseError: if there is no knowledge base, or no room.
    """
    with closing(Catalogue(ground.folder)) as catalogue:
        files = ground.files(catalogue)
        counts = {"documents": len(catalogue.documents()), "chunks": sum(catalogue.counts().values())}
    work = ground.shelf.uploads / "outgoing"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(8)
    copy, target = work / f"{name}.sqlite3", work / f"{name}.zip"
    try:
        _copy_of(ground.folder / FILE_NAME, copy)
        parts = {FILE_NAME: copy, PASSWORD: ground.folder / PASSWORD}
        parts |= {f"{UPLOADS}{path.name}": path for path in sorted(files.glob("*")) if path.is_file()}
        about = {
            "format": FORMAT,
            "schema": VERSION,
            "made": _now(),
            **counts,
            "uploads": str(files.resolve()),
        }
        _pack(target, {name: path for name, path in parts.items() if path.is_file()}, about)
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise KnowledgeBaseError(f"备份没有做成：{error}。请检查磁盘空间后重试") from error
    finally:
        copy.unlink(missing_ok=True)
    return target


def _copy_of(live: Path, target: Path) -> None:
    with closing(sqlite3.connect(live, timeout=30)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it


def _pack(target: Path, parts: dict[str, Path], about: dict[str, Any]) -> None:
    target.touch(mode=0o600)
    listed = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, path in parts.items():
            digest, size = hashlib.sha256(), 0
            with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as out:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
            listed.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        archive.writestr(MANIFEST, json.dumps({**about, "files": listed}, ensure_ascii=False, indent=1))


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
