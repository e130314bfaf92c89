"""One pull: every source in turn; what fails keeps its last good copy and stops nobody else."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.files import Failure
from ingest.pull.cache import Cache
from ingest.pull.feed import pull_feed, pull_page
from ingest.pull.fetch import Fetcher
from ingest.pull.report import PullReport, SourceReport
from ingest.pull.repository import pull_repository
from ingest.pull.sources import Source
from kb.errors import IngestError, LockedError


def pull(sources: Sequence[Source], folder: Path, fetcher: Fetcher, *, force: bool = False) -> PullReport:
    """Bring each source's files up to date under `folder/<its name>`.

    Args:
        sources: where to pull from, as `ingest.pull.sources.choose` gives them.
        folder: usually `<kb>/pull`; made if need be.
        fetcher: brings files over HTTP; its guard also rules over git.
        force: visit sources too whose interval has not passed.

    Raises:
        LockedError: if another process is pulling into the folder.
        IngestError: if the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".pull.lock", timeout=0):
            return PullReport([_one(source, folder, fetcher, force) for source in sources])
    except Timeout as error:
        raise LockedError(f"另一个进程正在往 {folder} 拉取。等它结束后再试") from error
    except OSError as error:
        raise IngestError(f"目录 {folder} 不可写：{error.strerror}。请检查权限和磁盘空间") from error


def _one(source: Source, folder: Path, fetcher: Fetcher, force: bool) -> SourceReport:
    started = time.perf_counter()
    place = folder / source.name
    report = SourceReport(source.name, source.title, place, source.level, source.region)
    try:
        cache = Cache(place)
        if not force and (wait := _wait(cache.state.finished, source.interval)):
            report.skipped = wait
            return report
        _bring(source, cache, fetcher, report)
        if not report.failed:
            cache.state.finished = datetime.now(UTC).isoformat(timespec="seconds")
            cache.save()
    except IngestError as error:
        report.failed.append(Failure(source.address, str(error)))
    except OSError as error:
        report.failed.append(Failure(str(place), f"存不下：{error.strerror or error}。请检查磁盘空间和权限"))
    report.seconds = round(time.perf_counter() - started, 2)
    return report


def _bring(source: Source, cache: Cache, fetcher: Fetcher, report: SourceReport) -> None:
    match source.kind:
        case "git":
            pull_repository(source, cache, fetcher.guard, report)
        case "page":
            pull_page(source, cache, fetcher, report)
        case "feed" if source.selectors is not None:
            pull_feed(source, source.selectors, cache, fetcher, report)


def _wait(finished: str, days: int) -> str:
    """Return why a source is not visited again yet, or "" if its time has come."""
    try:
        last = datetime.fromisoformat(finished)
    except ValueError:
        return ""
    if last.tzinfo is None or not timedelta(0) <= datetime.now(UTC) - last < timedelta(days=days):
        return ""
    return (
        f"{last.astimezone():%Y-%m-%d %H:%M} 取过，每 {days} 天取一次，这次跳过（用 --source 指定可立即取）"
    )
