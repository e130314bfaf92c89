"""Back from a backup: unpacked and indexed aside, then switched to in one transaction; or nothing changes.

The live catalogue is overwritten by SQLite's own backup call, which is one transaction and which every open
connection sees. It names the new index and the new folder of files, so all three change at the same moment.
"""

import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from kb.catalogue import FILE_NAME
from kb.errors import KnowledgeBaseError
from kb.lock import writing
from kb.writer import rebuild
from web.admin.ground import FACT, Ground
from web.admin.jobs import Job, Result, Work
from web.admin.shelf import FILES
from web.admin.unpacking import Unpacked, unpack
from web.admin.vault import FILE as PASSWORD

LINK: Final = "/admin/backup"
_AUDIT_LINES: Final = 20_000
_SOURCES: Final = (("sources", "source", ""), ("documents", "source", ""), ("corrections", "source", ""),
                   ("facts", "name", "whole:"))  # fmt: skip


def restore(ground: Ground, archive: Path, *, with_password: bool) -> Work:
    """Return a job that puts a backup in place of the knowledge base; the file is deleted in any case.

    Args:
        ground: the knowledge base.
        archive: the backup, in a folder of its own.
        with_password: also take the password from it, which ends every session.
    """

    def work(job: Job) -> Result:
        try:
            job.progress(0, 0, "检查备份")
            unpacked = unpack(archive, archive.parent / "kb")
            rebuild(unpacked.folder, ground.embedder(), job.progress)
            job.progress(0, 0, "切换")
            with writing(ground.folder):
                switch(ground, unpacked)
            if with_password and unpacked.password:
                (unpacked.folder / PASSWORD).chmod(0o600)
                (unpacked.folder / PASSWORD).replace(ground.folder / PASSWORD)
        finally:
            shutil.rmtree(archive.parent, ignore_errors=True)
        ground.note("恢复备份", f"{unpacked.made} 的备份，{unpacked.documents} 份文档")
        return Result(
            f"已恢复到 {unpacked.made} 的备份：{unpacked.documents:,} 份文档，索引已重建", link=LINK
        )

    return work


def receiving(ground: Ground) -> Path:
    """Return a new folder for a backup that is being uploaded."""
    folder = ground.shelf.uploads / f"restore-{secrets.token_hex(6)}"
    folder.mkdir(parents=True, mode=0o700)
    return folder


def switch(ground: Ground, unpacked: Unpacked) -> None:
    """Make the unpacked knowledge base the live one. Hold the lock.

    Raises:
        KnowledgeBaseError: if it cannot be done; everything is then as before.
    """
    live, staged = ground.folder / FILE_NAME, unpacked.folder / FILE_NAME
    index = ground.folder / f"index-{_next(ground.folder, 'index')}"
    files = ground.shelf.uploads / f"{FILES}-{_next(ground.shelf.uploads, FILES)}"
    old = [path for path in ground.shelf.uploads.glob(f"{FILES}*") if path.is_dir()]
    try:
        _prepare(staged, live, files, unpacked.uploads)
        (unpacked.folder / _index_of(staged)).rename(index)
        _set(staged, "index", index.name)
        unpacked.files.rename(files)
        with closing(sqlite3.connect(staged)) as source, closing(sqlite3.connect(live, timeout=30)) as target:
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(index, ignore_errors=True)
        shutil.rmtree(files, ignore_errors=True)
        raise KnowledgeBaseError(f"没有恢复成：{error}。现在的知识库没有改动") from error
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(staged: Path, live: Path, files: Path, uploads: str) -> None:
    """Let the staged catalogue say where its files will lie, with a later generation and the live audit log."""
    place = str(files.parent.resolve() / files.name)
    with closing(sqlite3.connect(staged)) as database:
        for table, column, before in _SOURCES:
            old = f"{before}{uploads}/"
            database.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE substr({column}, 1, ?) = ?",
                (f"{before}{place}/", len(old) + 1, len(old), old),
            )
        database.commit()
    earlier = _facts(live)
    later = max(int(earlier.get("generation", 0)), int(_facts(staged).get("generation", 0))) + 1
    _set(staged, "generation", str(later))
    _set(staged, FACT, files.name)
    _merge_audit(staged, live)


def _facts(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    with closing(sqlite3.connect(path, timeout=30)) as database:
        return dict(database.execute("SELECT name, value FROM facts"))


def _set(path: Path, name: str, value: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))
        database.commit()


def _index_of(staged: Path) -> str:
    return _facts(staged)["index"]


def _merge_audit(staged: Path, live: Path) -> None:
    """Carry over what was done here since: nobody loses his traces by restoring an older state."""
    if not live.is_file():
        return
    with closing(sqlite3.connect(live, timeout=30)) as here, closing(sqlite3.connect(staged)) as there:
        if not _has_audit(here):
            return
        rows = here.execute(f"SELECT at, what, detail FROM audit ORDER BY entry_id DESC LIMIT {_AUDIT_LINES}")
        lines = list(reversed(rows.fetchall()))
        if not _has_audit(there):
            there.execute(here.execute("SELECT sql FROM sqlite_master WHERE name = 'audit'").fetchone()[0])
        known = set(there.execute("SELECT at, what, detail FROM audit"))
        new = [line for line in lines if line not in known]
        there.executemany("INSERT INTO audit (at, what, detail) VALUES (?, ?, ?)", new)
        there.commit()


def _has_audit(database: sqlite3.Connection) -> bool:
    found = database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit'")
    return found.fetchone() is not None


def _next(folder: Path, name: str) -> int:
    numbers = [path.name.rpartition("-")[2] for path in folder.glob(f"{name}-*")] if folder.is_dir() else []
    return max((int(number) for number in numbers if number.isdigit()), default=1) + 1
