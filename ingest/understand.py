"""What happens inside the sandbox: the bytes of one file become a document, or a reason why not."""

import re
from dataclasses import dataclass

from ingest import formats
from ingest.formats import Member, Reading
from ingest.parse import Given, Parsed, parse
from kb.errors import IngestError
from kb.normalise import visible
from kb.sketch import sketch

_MAX_CHARACTERS = 20_000_000
_MAX_PASSAGES = 60_000


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be understood."""

    source: str  # path or address, the file inside an archive after "!": "/d/a.zip!预案/b.docx"
    data: bytes
    content_hash: str
    given: Given
    remark: str = ""  # what happened to it before: "由 LibreOffice 转换"

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.source.replace("!", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Understood:
    """What came of a file: its document (None for a mere container), and the files inside it."""

    parsed: Parsed | None
    members: tuple[Member, ...] = ()
    sketch: tuple[int, ...] = ()


def preload(name: str, data: bytes) -> None:
    """Load the reader this file will likely need, by its name and first bytes alone; nothing is opened."""
    form = formats.likely(data, name)
    if form is not None:
        formats.preload(form)


def understand(job: Job) -> Understood:
    """Return what came of a file.

    Raises:
        IngestError: if it cannot be read or nothing in it can be kept; says why and what to do.
    """
    reading = formats.read(job.data, job.name)
    text = visible(reading.text).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > _MAX_CHARACTERS:
        raise IngestError(f"文字超过 {_MAX_CHARACTERS} 字，请拆分后再导入")
    if not re.search(r"[\u3400-\u9fffA-Za-z]", text):
        if reading.members:
            return Understood(None, reading.members)
        raise IngestError("没有读到文字")
    parsed = parse(_with(reading, text, job.remark), job.source, job.content_hash, job.given)
    if len(parsed.chunks) > _MAX_PASSAGES:
        raise IngestError(f"分出 {len(parsed.chunks)} 段，超过上限 {_MAX_PASSAGES} 段。请拆分后再导入")
    return Understood(parsed, reading.members, sketch([chunk.text for chunk in parsed.chunks]))


def _with(reading: Reading, text: str, remark: str) -> Reading:
    notes = (remark, *reading.notes) if remark else reading.notes
    return Reading(
        text, reading.pages, reading.title, reading.published, reading.document_number, reading.issuer,
        reading.table, notes,
    )  # fmt: skip
