"""Jobs and what came of them as plain values and bytes, to cross between processes."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from ingest.formats import Member
from ingest.parse import Given, Parsed
from ingest.structure.kinds import Structure
from ingest.understand import Job, Understood
from kb.datatypes import Chunk, Document, Level

_DAYS = ("published", "effective", "expires")
_TUPLES = ("short_names", "repeals", "notes")
_CHUNK = tuple(field.name for field in fields(Chunk))
Frame = tuple[dict[str, Any], list[bytes]]


def from_job(job: Job) -> Frame:
    """Return a job as values and bytes."""
    given = {"level": job.given.level, "region": job.given.region}
    head = {"source": job.source, "name": job.name, "hash": job.content_hash, "given": given}
    return head | {"remark": job.remark}, [job.data]


def to_job(head: dict[str, Any], data: bytes) -> Job:
    """Return the job in a frame."""
    level, region = head["given"]["level"], head["given"]["region"]
    return Job(
        head["source"], data, head["hash"], Given(Level(level) if level else None, region), head["remark"]
    )


def from_understood(found: Understood) -> Frame:
    """Return what came of a file as values and bytes."""
    head: dict[str, Any] = {"members": [member.name for member in found.members], "sketch": found.sketch}
    if found.parsed:
        document = asdict(found.parsed.document)
        document |= {day: document[day].isoformat() for day in _DAYS if document[day]}
        chunks = [[getattr(chunk, name) for name in _CHUNK] for chunk in found.parsed.chunks]
        head |= {"document": document, "chunks": chunks, "structure": found.parsed.structure.value}
    return head, [member.data for member in found.members]


def to_understood(head: dict[str, Any], blobs: list[bytes]) -> Understood:
    """Return what came of a file; the values are made into our types one by one, never trusted as they are."""
    members = tuple(Member(str(name), data) for name, data in zip(head["members"], blobs, strict=True))
    parsed = None
    if "document" in head:
        chunks = tuple(_chunk(values) for values in head["chunks"])
        parsed = Parsed(_document(head["document"]), chunks, Structure(head["structure"]))
    return Understood(parsed, members, tuple(int(value) for value in head["sketch"]))


def _document(values: dict[str, Any]) -> Document:
    values = dict(values)
    values["level"] = Level(values["level"])
    values |= {day: date.fromisoformat(values[day]) for day in _DAYS if values[day]}
    values |= {name: tuple(str(text) for text in values[name]) for name in _TUPLES}
    return Document(**values)


def _chunk(values: list[Any]) -> Chunk:
    named = dict(zip(_CHUNK, values, strict=True))
    return Chunk(**named | {"path": tuple(str(part) for part in named["path"])})
