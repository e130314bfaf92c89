"""One ingest run: what is new goes in, what changed is replaced, what is the same is passed over."""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.files import Failure, find
from ingest.parse import Given, Parsed, parse
from ingest.read import read_bytes, to_text
from kb.catalogue import Source
from kb.datatypes import Chunk
from kb.errors import IngestError
from kb.writer import Writer

_PARSER = "2"  # raise it when the same bytes would now be understood differently: everything is read anew
_ARTICLE = re.compile(r"^第.+条(?:之.+)?$")
Progress = Callable[[int, int, str], None]  # called with (files done, files to do, name of the file)


@dataclass(slots=True)
class Report:
    """What a run did: counts of documents, the chunks stored, and every file that failed."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    chunks: int = 0
    seconds: float = 0.0
    articles: int = 0
    missing: list[str] = field(
        default_factory=list
    )  # sources under the given folders that are gone from disk
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command contract spells it."""
        return asdict(self)


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
    known = writer.catalogue.sources()
    files = list(find(paths, report.failed))
    for done, path in enumerate(files, start=1):
        try:
            _one(writer, path, known, given, report)
        except IngestError as error:
            report.failed.append(Failure(str(path), str(error)))
        if progress:
            progress(done, len(files), path.name)
    report.missing = _missing(known, paths, files)
    if prune and report.missing:
        report.removed += len(writer.remove_sources(report.missing))
        report.missing = []
    writer.flush()
    report.seconds = round(time.perf_counter() - started, 2)
    writer.catalogue.add_run(report.as_json())
    return report


def _one(writer: Writer, path: Path, known: dict[str, Source], given: Given, report: Report) -> None:
    data = read_bytes(path)
    content_hash = hashlib.sha256(data + f"{_PARSER}{given}".encode()).hexdigest()
    name = str(path.resolve())
    old = known.get(name)
    if old and old.content_hash == content_hash:
        report.unchanged += 1
        return
    parsed = parse(to_text(path, data), path, content_hash, given)
    parsed, same = _settled(writer, parsed)
    if same:
        writer.put_source(Source(name, content_hash, parsed.document.doc_id))
        known[name] = Source(name, content_hash, parsed.document.doc_id)
        report.unchanged += 1
        report.notes.append(f"{path.name} 与知识库中的 {parsed.document.doc_id} 内容相同，未重复导入")
        return
    writer.put(parsed.document, parsed.chunks)
    known[name] = Source(name, content_hash, parsed.document.doc_id)
    report.notes += [f"{path.name}：{note}" for note in parsed.document.notes if "之后是" in note]
    report.chunks += len(parsed.chunks)
    report.articles += sum(bool(_ARTICLE.match(chunk.label)) for chunk in parsed.chunks)
    if old:
        report.updated += 1
        if old.doc_id != parsed.document.doc_id:
            writer.remove_sources([])  # the text moved to another doc_id: drop the document it left behind
    else:
        report.added += 1


def _settled(writer: Writer, parsed: Parsed) -> tuple[Parsed, bool]:
    """Return the document under a doc_id that is its own, and whether the same text is stored already.

    Two different texts with one name and date (a defective copy beside a good one) both stay, the later
    one marked ~2.
    """
    source = parsed.document.source
    doc_id, copy = parsed.document.doc_id, 1
    while True:
        sources = {s.source for s in writer.catalogue.sources_of(doc_id)}
        if not sources or (source in sources and len(sources) == 1):
            return (parsed if copy == 1 else _renamed(parsed, doc_id)), False
        if _texts(writer.catalogue.chunks(doc_id)) == _texts(parsed.chunks):
            return (parsed if copy == 1 else _renamed(parsed, doc_id)), True
        copy += 1
        doc_id = f"{parsed.document.doc_id}~{copy}"


def _texts(chunks: Iterable[Chunk]) -> list[tuple[str, str]]:
    return [(chunk.label, chunk.text) for chunk in chunks]


def _renamed(parsed: Parsed, doc_id: str) -> Parsed:
    document = replace(
        parsed.document, doc_id=doc_id, notes=(*parsed.document.notes, "与另一份同名同日文本不一致")
    )
    chunks = tuple(replace(c, doc_id=doc_id, chunk_id=f"{doc_id}#{c.label}") for c in parsed.chunks)
    return Parsed(document, chunks)


def _missing(known: dict[str, Source], paths: Sequence[str], files: Iterable[Path]) -> list[str]:
    """Return the known sources that lay under the given folders and are gone."""
    folders = [Path(name).resolve() for name in paths if Path(name).is_dir()]
    found = {str(path.resolve()) for path in files}
    return [
        source
        for source in known
        if source not in found
        and any(folder in Path(source).parents for folder in folders)
        and not Path(source).exists()
    ]
