"""Files become what they hold: old Word files are converted, archives opened, all of it in the sandbox."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ingest import formats
from ingest.formats.word import office
from ingest.sandbox.pool import Pool
from ingest.understand import Job, Understood
from kb.errors import IngestError

DEEPEST = 3  # archives within archives
INSIDE = "!"  # parts an archive's path from the path inside it
_CONVERTED = "由 LibreOffice 从旧格式转换"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: its document, or why there is none."""

    job: Job
    understood: Understood | None
    error: str = ""
    inside: tuple[str, ...] = ()  # sources of the files found inside it
    broken: int = 0  # how many of them failed, at any depth


def gathered(jobs: Iterable[Job], pool: Pool, depth: int = 0) -> Iterator[Outcome]:
    """Yield an outcome for every file; the files inside an archive come before the archive itself."""
    refused: list[Outcome] = []
    for job, found in pool.understand(_opened(jobs, refused)):
        yield from _drained(refused)
        if isinstance(found, IngestError):
            yield Outcome(job, None, str(found))
        elif found.members:
            yield from _members(job, found, pool, depth)
        else:
            yield Outcome(job, found)
    yield from _drained(refused)


def _members(job: Job, found: Understood, pool: Pool, depth: int) -> Iterator[Outcome]:
    if depth >= DEEPEST:
        yield Outcome(job, None, f"压缩包套了超过 {DEEPEST} 层，不再展开。请解压后再导入")
        return
    inside = [
        replace(job, source=f"{job.source}{INSIDE}{member.name}", data=member.data)
        for member in found.members
    ]
    broken, sources = 0, [one.source for one in inside]
    for outcome in gathered(inside, pool, depth + 1):
        broken += bool(outcome.error)
        sources += outcome.inside
        yield outcome
    yield Outcome(job, replace(found, members=()), "", tuple(sources), broken)


def _opened(jobs: Iterable[Job], refused: list[Outcome]) -> Iterator[Job]:
    """Yield the jobs with old Word files made into DOCX; what LibreOffice cannot open joins `refused`."""
    for job in jobs:
        if not formats.needs_office(job.data, job.name):
            yield job
            continue
        try:
            yield replace(job, data=office.convert(job.data, job.name), remark=_CONVERTED)
        except IngestError as error:
            refused.append(Outcome(job, None, str(error)))


def _drained(outcomes: list[Outcome]) -> Iterator[Outcome]:
    while outcomes:
        yield outcomes.pop(0)
