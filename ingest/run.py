"""One ingest run: what is new goes in, what changed is replaced, what is the same is passed over."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ingest.files import Failure, find, read_bytes
from ingest.gather import INSIDE, Outcome, gathered
from ingest.parse import Given
from ingest.report import Report
from ingest.sandbox.pool import shared
from ingest.store import Store
from ingest.understand import Job
from kb.errors import IngestError
from kb.writer import Writer

_PARSER = "3"  # raise it when the same bytes would now be understood differently: everything is read anew
_WHOLE = "whole:"  # fact: the archive of this name went in without a failure, with this hash
Progress = Callable[[int, int, str], None]  # called with (files done, files to do, name of the file)


def ingest(
    writer: Writer,
    paths: Sequence[str],
    given: Given,
    *,
    prune: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring files and folders into the knowledge base. A bad file is reported and does not stop the rest.

    Args:
        writer: the open knowledge base.
        paths: files and folders.
        given: level and region said by the user.
        prune: remove documents whose file is gone from the given folders.
        progress: told of each file.
    """
    started = time.perf_counter()
    report = Report()
    store = Store(writer, report)
    files = list(find(paths, report.failed))
    typed = {str(path.resolve()): str(path) for path in files}
    for outcome in gathered(_new(writer, store, report, _told(files, progress), given), shared()):
        _take(writer, store, report, outcome, typed)
    report.missing = _missing(store.known, paths, files)
    if prune and report.missing:
        report.removed += len(writer.remove_sources(report.missing))
        report.missing = []
    writer.flush()
    report.seconds = round(time.perf_counter() - started, 2)
    writer.catalogue.add_run(report.as_json())
    return report


def read_jobs(files: Iterable[Path], given: Given, failed: list[Failure]) -> Iterator[Job]:
    """Yield the files with their bytes; those that cannot be opened join `failed`."""
    for path in files:
        try:
            data = read_bytes(path)
        except IngestError as error:
            failed.append(Failure(str(path), str(error)))
        else:
            yield Job(str(path.resolve()), data, fingerprint(data, given), given)


def fingerprint(data: bytes, given: Given) -> str:
    """Return the content hash of a file that is read the way `given` says."""
    return hashlib.sha256(data + f"{_PARSER}{given}".encode()).hexdigest()


def _new(writer: Writer, store: Store, report: Report, files: Iterable[Path], given: Given) -> Iterator[Job]:
    """Yield the files that are not in the knowledge base as they are now."""
    archives = Counter(source.partition(INSIDE)[0] for source in store.known if INSIDE in source)
    for job in read_jobs(files, given, report.failed):
        old = store.known.get(job.source)
        inside = archives[job.source]
        if inside and writer.catalogue.fact(_WHOLE + job.source) == job.content_hash:
            report.unchanged += inside + bool(old)
        elif old and old.content_hash == job.content_hash:
            report.unchanged += 1
        else:
            yield job


def _take(writer: Writer, store: Store, report: Report, outcome: Outcome, typed: Mapping[str, str]) -> None:
    job = outcome.job
    if outcome.error or outcome.understood is None:
        file, inside, member = job.source.partition(INSIDE)
        report.failed.append(Failure(f"{typed.get(file, file)}{inside}{member}", outcome.error))
        return
    if outcome.inside:
        if not outcome.broken:
            writer.catalogue.set_fact(_WHOLE + job.source, job.content_hash)
        prefix = job.source + INSIDE
        gone = [s for s in store.known if s.startswith(prefix) and s not in outcome.inside]
        report.removed += len(writer.remove_sources(gone))
    if outcome.understood.parsed:
        # A container some of whose files failed is not done: it is read again next time.
        store.put(outcome.understood, job.source, job.content_hash + "!" * bool(outcome.broken))


def _told(files: Sequence[Path], progress: Progress | None) -> Iterator[Path]:
    for done, path in enumerate(files, start=1):
        yield path
        if progress:
            progress(done, len(files), path.name)


def _missing(known: Iterable[str], paths: Sequence[str], files: Iterable[Path]) -> list[str]:
    """Return the known sources that lay under the given folders and are gone."""
    folders = [Path(name).resolve() for name in paths if Path(name).is_dir()]
    found = {str(path.resolve()) for path in files}
    return [
        source
        for source in known
        if (file := source.partition(INSIDE)[0]) not in found
        and any(folder in Path(file).parents for folder in folders)
        and not Path(file).exists()
    ]
