"""One text becomes one document with its chunks: the kind of text decides how."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ingest.about import authority, dates, ledger
from ingest.about.repeal import repeals
from ingest.about.titles import document_number, titles
from ingest.formats.reading import Reading
from ingest.structure import kinds
from ingest.structure.kinds import Structure
from ingest.structure.pages import located
from ingest.structure.statute import Passage
from kb import regions
from kb.cards.guides import ASKED_LABEL, Guide, asked_text, is_guide, parse_guide
from kb.cards.library import kind_of, parse_records
from kb.cards.passages import LEVELS, passages
from kb.cards.strict import Record
from kb.datatypes import CARDS, Chunk, Document, Level
from kb.errors import IngestError
from kb.identity import document_id, plain
from kb.normalise import law_name
from kb.numerals import is_article

_HEADER_LINES, _FOOTER_LINES = 12, 6
_CLOSING_ARTICLES = 3
_RULES = (
    "triage.yaml"  # stands beside the guides it points to; a guide from elsewhere cannot take their place
)
_OWN_CARD = "自编卡片·"
_FAMILY_NOISE = re.compile(r"（(?:试行|暂行|修订|修正|\d{4}年.{0,6})）$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document ready to be stored, and how its text is built."""

    document: Document
    chunks: tuple[Chunk, ...]
    structure: Structure = Structure.OTHER


@dataclass(frozen=True, slots=True)
class Given:
    """What the person at the keyboard says about the files, stronger than what is read from them."""

    level: Level | None = None
    region: str | None = None


def parse(reading: Reading, source: str, content_hash: str, given: Given) -> Parsed:
    """Return the document a file holds.

    Args:
        reading: what the file says.
        source: path or address; gives, where the text has none, title and date.
        content_hash: sha256 of the file's bytes.
        given: level and region said by the user.

    Raises:
        IngestError: if nothing in it can be kept.
    """
    path = Path(source)
    if kind := kind_of(path):
        return _records(kind, reading.text, path, content_hash)
    if is_guide(reading.text):
        return _guide(parse_guide(reading.text, source), path, content_hash)
    lines = reading.text.split("\n")
    if reading.title:
        title, part = titles([f"# {reading.title}"], path.stem)
    else:
        title, part = titles(lines, path.stem)
    structure = kinds.recognise(reading.text, title, reading.table)
    passages = kinds.split(structure, reading.text, title)
    if not passages:
        raise IngestError("读不出正文：只有标题，或内容全是符号")
    law = kinds.statute_in(reading.text) if structure is Structure.STATUTE else None
    header = law.header if law else tuple(lines[:_HEADER_LINES] + lines[-_FOOTER_LINES:])
    document = _document(title, part, path, content_hash, header, passages)
    notes = (*document.notes, *(law.gaps if law else ()), *reading.notes)
    document = replace(
        document,
        level=given.level or document.level,
        region=given.region or document.region,
        issuer=document.issuer or reading.issuer,
        document_number=document.document_number or reading.document_number,
        notes=notes,
    )
    if document.published is None and reading.published:
        document = _dated(document, reading.published)
    pages = located(lines, reading.pages, passages)
    return Parsed(document, _chunks(document, passages, pages), structure)


def _dated(document: Document, published: date) -> Document:
    """Return a text whose own words give no date with the one its page gives."""
    doc_id = document_id(document.name, published, document.effective, document.part)
    return replace(document, published=published, doc_id=doc_id)


def _document(
    title: str, part: str, path: Path, content_hash: str, header: Sequence[str], passages: Sequence[Passage]
) -> Document:
    name = law_name(title)
    kind = authority.kind(title, header)
    closing = [p.text for p in passages if is_article(p.label)] or [p.text for p in passages]
    closing = closing[-_CLOSING_ARTICLES:]
    found = dates.read(path.stem, header, closing)
    known = ledger.entry(name, kind.level, found.published)
    number = document_number(header)
    effective = known.effective or found.effective
    legal = kind.level not in {Level.OTHER, Level.PLAN, Level.NORMATIVE, *CARDS}
    notes = [known.warning, "施行日期原文未载明" if legal and effective is None else ""]
    return Document(
        doc_id=document_id(name, found.published, found.effective, part),
        title=title,
        name=name,
        part=part,
        level=kind.level,
        region=kind.region,
        issuer=kind.issuer,
        document_number=number,
        published=found.published,
        effective=effective,
        expires=known.expires or found.expires,
        short_names=_short_names(name, number if kind.level is Level.STANDARD else ""),
        repeals=repeals(closing),
        notes=tuple(note for note in notes if note),
        source=str(path),
        content_hash=content_hash,
    )


def _chunks(document: Document, passages: Sequence[Passage], pages: Sequence[int] = ()) -> tuple[Chunk, ...]:
    return tuple(
        Chunk(
            chunk_id=f"{document.doc_id}#{passage.label}",
            doc_id=document.doc_id,
            law=document.name,
            label=passage.label,
            path=passage.path,
            text=passage.text,
            position=position,
            page=pages[position] if pages else 0,
        )
        for position, passage in enumerate(passages)
    )


def _short_names(name: str, number: str) -> tuple[str, ...]:
    """Return the name without （试行） and the like, which people leave out, and a standard's number."""
    short = _FAMILY_NOISE.sub("", name)
    return tuple(other for other in (short, number) if other and other != name)


def _guide(guide: Guide, path: Path, content_hash: str) -> Parsed:
    document = replace(
        _card_document(guide.title, Level.GUIDE, path, content_hash),
        doc_id=guide.id if (path.parent.parent / _RULES).is_file() else f"{_OWN_CARD}{guide.id}",
        published=guide.reviewed,
        effective=guide.reviewed,
        notes=tuple(f"依据：{basis}" for basis in guide.basis),
    )
    passages = [Passage(section.heading, (guide.hazard,), section.text) for section in guide.sections]
    asked = Passage(ASKED_LABEL, (guide.hazard,), asked_text(guide.phrases))
    return Parsed(document, _chunks(document, [*passages, asked]))


def _records(kind: type[Record], text: str, path: Path, content_hash: str) -> Parsed:
    """Return a file of records as one document, a passage for each record."""
    file = parse_records(kind, text, str(path))
    document = _card_document(file.title, LEVELS[kind], path, content_hash)
    found: dict[str, Passage] = {}
    for record in file.records:
        for passage in passages(record):
            if passage.label in found:
                raise IngestError(f"{path.name}：“{passage.label}”写了两次。请改名或合并。")
            text = f"{passage.label}\n{passage.text}"  # its name is what people search for
            found[passage.label] = Passage(passage.label, passage.path, text)
    return Parsed(document, _chunks(document, list(found.values())))


def _card_document(title: str, level: Level, path: Path, content_hash: str) -> Document:
    return Document(
        doc_id=plain(title),
        title=title,
        name=title,
        level=level,
        region=regions.NATIONWIDE,
        issuer="安问编写组",
        source=str(path),
        content_hash=content_hash,
    )
