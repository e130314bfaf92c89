"""A git repository as a source: its newest files, copied out one by one.

There is never a checkout: the repository is kept bare, and the wanted files are read from it as data. So no
hook, filter, symbolic link or strange path in it means anything here.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.files import Failure
from ingest.pull.cache import STATE, Cache, write
from ingest.pull.git import Git, GitLimits
from ingest.pull.guard import Guard
from ingest.pull.names import mark, safe_path
from ingest.pull.report import SourceReport
from ingest.pull.sources import Source
from kb.errors import IngestError

REPOSITORY = ".repository"
_BATCH = 20_000_000  # bytes read from git at once
_MOST_AT_ONCE = 500  # files, likewise
_FILE_MODES = frozenset({"100644", "100755"})  # no symbolic links (120000), no submodules (160000)


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit."""

    path: str
    number: str  # of its content, in hexadecimal
    size: int  # bytes


def pull_repository(
    source: Source, cache: Cache, guard: Guard, report: SourceReport, limits: GitLimits | None = None
) -> None:
    """Bring the wanted files of a repository up to date; what is gone there goes here too.

    Files are replaced one at a time, each whole. If fetching fails, nothing here has changed.

    Raises:
        IngestError: if the repository cannot be fetched, or is not the commit the list names.
    """
    limits = limits or GitLimits()
    git = Git(cache.folder / REPOSITORY, guard, limits)
    git.prepare()
    commit = git.fetch(source.address, source.commit or source.branch or "HEAD")
    if source.commit and commit != source.commit:
        raise IngestError(f"取到的提交是 {commit}，来源清单写的是 {source.commit}。核对后再改来源清单")
    wanted = _placed(_chosen(_blobs(git, commit), source, limits, report))
    if not wanted:
        raise IngestError("仓库里没有符合 include 的文件。请核对来源清单；之前取到的文件还留着")
    _remove_gone(cache.folder, set(wanted), report)
    _copy(git, wanted, cache.folder, report)
    cache.state.commit = commit
    cache.save()


def _blobs(git: Git, commit: str) -> Iterator[Blob]:
    listing = git.run(["ls-tree", "-r", "-z", "-l", "--full-tree", commit])
    for line in listing.split(b"\0"):
        head, tab, path = line.partition(b"\t")
        if not tab:
            continue
        mode, _, number, length = head.decode("ascii").split()
        if mode in _FILE_MODES and length.isdigit():
            yield Blob(path.decode("utf-8", "surrogateescape"), number, int(length))


def _chosen(blobs: Iterator[Blob], source: Source, limits: GitLimits, report: SourceReport) -> Iterator[Blob]:
    count = 0
    for blob in blobs:
        hidden = any(part.startswith(".") for part in blob.path.split("/"))
        if hidden or not _matches(blob.path, source.include) or _matches(blob.path, source.exclude):
            continue
        if blob.size > limits.file:
            reason = f"有 {blob.size:,} 字节，超过上限 {limits.file:,} 字节，没有取"
            report.failed.append(Failure(_shown(blob.path), reason))
            continue
        count += 1
        if count > limits.files:
            raise IngestError(f"仓库里符合条件的文件超过 {limits.files:,} 个。请把 include 写窄一些")
        yield blob


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in globs)


def _placed(blobs: Iterator[Blob]) -> dict[str, Blob]:
    """Return the files by their place under our folder; names that would collide are told apart."""
    placed: dict[str, Blob] = {}
    taken: set[str] = set()
    for blob in sorted(blobs, key=lambda blob: blob.path):
        place = safe_path(blob.path)
        if place.casefold() in taken:
            stem, dot, suffix = place.rpartition(".")
            place = f"{stem}~{mark(blob.path)}{dot}{suffix}"
        taken.add(place.casefold())
        placed[place] = blob
    return placed


def _copy(git: Git, wanted: dict[str, Blob], folder: Path, report: SourceReport) -> None:
    missing = {place: blob for place, blob in wanted.items() if not _same(folder / place, blob)}
    report.unchanged = len(wanted) - len(missing)
    for batch in _batches(missing):
        contents = git.blobs([blob.number for blob in batch.values()])
        for place, content in zip(batch, contents, strict=True):
            target = folder / place
            (report.changed if target.exists() else report.new).append(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target, content)


def _batches(wanted: dict[str, Blob]) -> Iterator[dict[str, Blob]]:
    """Yield the files in groups that fit in memory."""
    batch: dict[str, Blob] = {}
    for place, blob in wanted.items():
        if batch and sum(other.size for other in batch.values()) + blob.size > _BATCH:
            yield batch
            batch = {}
        batch[place] = blob
        if len(batch) == _MOST_AT_ONCE:
            yield batch
            batch = {}
    if batch:
        yield batch


def _same(path: Path, blob: Blob) -> bool:
    """Whether a file holds a content, told the way git numbers contents."""
    if not path.is_file() or path.stat().st_size != blob.size:
        return False
    algorithm = "sha256" if len(blob.number) == 64 else "sha1"
    number = hashlib.new(algorithm, f"blob {blob.size}\0".encode(), usedforsecurity=False)
    number.update(path.read_bytes())
    return number.hexdigest() == blob.number


def _remove_gone(folder: Path, wanted: set[str], report: SourceReport) -> None:
    for root, _, names in os.walk(folder, topdown=False):
        place = Path(root).relative_to(folder)
        if place.parts[:1] == (REPOSITORY,):
            continue
        for name in names:
            whole = (place / name).as_posix()
            if whole in wanted or whole == STATE:
                continue
            Path(root, name).unlink()
            if not name.startswith("."):
                report.gone.append(whole)
        if place.parts and not any(Path(root).iterdir()):
            Path(root).rmdir()


def _shown(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")
