"""What was understood goes into the knowledge base: under its own id, once, with what people set right."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.parse import Parsed
from ingest.report import Report
from ingest.understand import Understood
from kb.catalogue import Source
from kb.datatypes import CARDS, Chunk, Document
from kb.identity import corrected, relabelled
from kb.numerals import is_article
from kb.sketch import SIZE, likeness
from kb.writer import Writer

_SAME_TEXT = 0.95  # likeness from which two texts of one name and day are one text
_SAME_BY_TEXT_ALONE = 0.98  # ... and from which they are one text whatever they are called
_DIFFERENCES_SHOWN = 3
_KEPT_QUIET = ("依据：", "施行日期原文未载明")  # stands with the document; too common to tell at every run


class Store:
    """Puts documents into one knowledge base and keeps the report of it."""

    def __init__(self, writer: Writer, report: Report) -> None:
        """Reads what is known so far; one `Store` per run."""
        self._writer = writer
        self._report = report
        self._corrections = writer.catalogue.corrections()
        self.known = writer.catalogue.sources()

    def put(self, understood: Understood, source: str, content_hash: str) -> None:
        """Store a document; joined to the one held if that says the same."""
        assert understood.parsed is not None
        parsed = self._corrected(understood.parsed, source)
        old = self.known.get(source)
        parsed, same = _settled(self._writer, parsed, source)
        held = self._held(parsed, understood.sketch, source) if not same and not old else None
        if held and parsed.document.published and held.published is None:
            self._replace(held, parsed, understood, source, content_hash)
        elif held:
            self._join(held.doc_id, source, content_hash, _remark(self._writer, held.doc_id, parsed))
        elif same:
            remark = f"与知识库中的 {parsed.document.doc_id} 内容相同，未重复导入"
            self._join(parsed.document.doc_id, source, content_hash, "" if old else remark)
        else:
            self._store(parsed, understood, source, content_hash)
            self._count(parsed, old)

    def _store(self, parsed: Parsed, understood: Understood, source: str, content_hash: str) -> None:
        document = replace(parsed.document, content_hash=content_hash)
        self._writer.put(document, parsed.chunks, understood.sketch)
        self.known[source] = Source(source, content_hash, document.doc_id)

    def _replace(
        self, held: Document, parsed: Parsed, understood: Understood, source: str, content_hash: str
    ) -> None:
        """Put a text that gives its date in place of the same text without one."""
        sources = self._writer.catalogue.sources_of(held.doc_id)
        self._store(parsed, understood, source, content_hash)
        for old in sources:
            self._writer.put_source(replace(old, doc_id=parsed.document.doc_id))
            self.known[old.source] = replace(old, doc_id=parsed.document.doc_id)
        self._writer.remove_sources([])
        self._count(parsed, sources[0])
        self._report.notes.append(f"{_file(source)} 与知识库中未载明日期的 {held.doc_id} 是同一文本，已合并")

    def _corrected(self, parsed: Parsed, source: str) -> Parsed:
        document = corrected(parsed.document, self._corrections.get(source, {}))
        if document == parsed.document:
            return parsed
        return replace(parsed, document=document, chunks=relabelled(parsed.chunks, document))

    def _join(self, doc_id: str, source: str, content_hash: str, remark: str) -> None:
        self._writer.put_source(Source(source, content_hash, doc_id))
        self.known[source] = Source(source, content_hash, doc_id)
        self._report.unchanged += 1
        if remark:
            self._report.notes.append(f"{_file(source)} {remark}")

    def _held(self, parsed: Parsed, sketch: Sequence[int], source: str) -> Document | None:
        """Return the document that says the same in all but trifles: the same text from another place."""
        new = parsed.document
        if len(sketch) < SIZE or new.level in CARDS:
            return None
        likely = self._writer.catalogue.sketched_like(sketch)
        documents = self._writer.catalogue.documents_by_id(likely)
        for doc_id in likely:
            old = documents[doc_id]
            alike = likeness(sketch, self._writer.catalogue.sketch(doc_id))
            needed = _SAME_TEXT if old.name == new.name else _SAME_BY_TEXT_ALONE
            if alike >= needed and _one_version(old, new) and old.source != source:
                return old
        return None

    def _count(self, parsed: Parsed, old: Source | None) -> None:
        name = _file(parsed.document.source)
        self._report.notes += [
            f"{name}：{note}" for note in parsed.document.notes if not note.startswith(_KEPT_QUIET)
        ]
        self._report.chunks += len(parsed.chunks)
        self._report.articles += sum(is_article(chunk.label) for chunk in parsed.chunks)
        if old is None:
            self._report.added += 1
            return
        self._report.updated += 1
        if old.doc_id != parsed.document.doc_id:
            self._writer.remove_sources([])  # the text moved to another id: drop the document it left behind


def _settled(writer: Writer, parsed: Parsed, source: str) -> tuple[Parsed, bool]:
    """Return the document under a doc_id that is its own, and whether the same text is stored already.

    Two different texts with one name and date (a defective copy beside a good one) both stay, the later
    one marked ~2.
    """
    doc_id, copy = parsed.document.doc_id, 1
    while True:
        sources = {s.source for s in writer.catalogue.sources_of(doc_id)}
        if not sources or (source in sources and len(sources) == 1):
            return (parsed if copy == 1 else _renamed(parsed, doc_id)), False
        if _texts(writer.catalogue.chunks(doc_id)) == _texts(parsed.chunks):
            return (parsed if copy == 1 else _renamed(parsed, doc_id)), True
        copy += 1
        doc_id = f"{parsed.document.doc_id}~{copy}"


def _one_version(old: Document, new: Document) -> bool:
    """Whether nothing says that two like texts are two versions, or rules of two places."""
    days = {old.published, new.published} - {None}
    return len(days) <= 1 and old.region == new.region and old.part == new.part


def _remark(writer: Writer, held: str, parsed: Parsed) -> str:
    old = {chunk.label: chunk.text for chunk in writer.catalogue.chunks(held)}
    new = {chunk.label: chunk.text for chunk in parsed.chunks}
    different = [label for label in {**old, **new} if old.get(label) != new.get(label)]
    shown = "、".join(different[:_DIFFERENCES_SHOWN]) + ("等" if len(different) > _DIFFERENCES_SHOWN else "")
    return f"与知识库中的 {held} 几乎相同，已合并为一份；{len(different)} 处文字有出入：{shown}，请核对"


def _texts(chunks: Iterable[Chunk]) -> list[tuple[str, str]]:
    return [(chunk.label, chunk.text) for chunk in chunks]


def _renamed(parsed: Parsed, doc_id: str) -> Parsed:
    notes = (*parsed.document.notes, "与另一份同名同日文本不一致")
    document = replace(parsed.document, doc_id=doc_id, notes=notes)
    return replace(parsed, document=document, chunks=relabelled(parsed.chunks, document))


def _file(source: str) -> str:
    return source.rpartition("/")[2]
