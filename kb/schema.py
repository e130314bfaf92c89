"""The tables of the catalogue, their format's version, and how rows become documents and chunks."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
    text,
)

from kb.datatypes import Chunk, Document, Level

VERSION = 3
_OLDER = ("1", "2")  # versions brought up to date when opened: 1 had no links, 2 no pages

metadata = MetaData()
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", String))
documents = Table(
    "documents",
    metadata,
    Column("doc_id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("name", String, nullable=False, index=True),
    Column("part", String, nullable=False),
    Column("level", String, nullable=False),
    Column("region", String, nullable=False),
    Column("issuer", String, nullable=False),
    Column("document_number", String, nullable=False),
    Column("published", Date),
    Column("effective", Date),
    Column("expires", Date),
    Column("short_names", String, nullable=False),
    Column("repeals", String, nullable=False),
    Column("notes", String, nullable=False),
    Column("source", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("indexed", Boolean, nullable=False, index=True),
)
chunks = Table(
    "chunks",
    metadata,
    Column("chunk_id", String, primary_key=True),
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("label", String, nullable=False),
    Column("path", String, nullable=False),
    Column("text", String, nullable=False),
    Column("page", Integer, nullable=False, server_default="0"),
)
sources = Table(
    "sources",
    metadata,
    Column("source", String, primary_key=True),
    Column("content_hash", String, nullable=False),
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), nullable=False, index=True),
)
stale_chunks = Table("stale_chunks", metadata, Column("chunk_id", String, primary_key=True))
links = Table(
    "links",
    metadata,
    Column("source", String, primary_key=True),
    Column("target", String, primary_key=True, index=True),
    Column("relation", String, primary_key=True),
    Column("likeness", Float, nullable=False),
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), nullable=False, index=True),
)
unlinked = Table("unlinked", metadata, Column("name", String, primary_key=True))  # laws whose links are due
sketches = Table(  # what a text looks like, to find the same text from another site: see kb.likeness
    "sketches",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("value", Integer, primary_key=True, index=True),
)
corrections = Table(  # what a person set right about a source; holds when it is read again
    "corrections",
    metadata,
    Column("source", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", String, nullable=False),
)
runs = Table(
    "runs",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("finished", String, nullable=False),
    Column("report", String, nullable=False),
)

_TUPLES = ("short_names", "repeals", "notes")


def chunk_query() -> Select[Any]:
    """Return the query for chunks with the name of their law."""
    return select(chunks, documents.c.name).join(documents, chunks.c.doc_id == documents.c.doc_id)


def to_chunk(row: Row[Any]) -> Chunk:
    """Return the chunk in a row of `chunk_query`."""
    return Chunk(
        chunk_id=row.chunk_id,
        doc_id=row.doc_id,
        law=row.name,
        label=row.label,
        path=tuple(json.loads(row.path)),
        text=row.text,
        position=row.position,
        page=row.page,
    )


def from_chunk(chunk: Chunk) -> dict[str, Any]:
    """Return a chunk as column values."""
    return {
        "chunk_id": chunk.chunk_id,
        "doc_id": chunk.doc_id,
        "position": chunk.position,
        "label": chunk.label,
        "path": json.dumps(chunk.path, ensure_ascii=False),
        "text": chunk.text,
        "page": chunk.page,
    }


def to_document(row: Row[Any]) -> Document:
    """Return the document in a row."""
    values = row._asdict()
    values.pop("indexed")
    values["level"] = Level(values["level"])
    for name in _TUPLES:
        values[name] = tuple(json.loads(values[name]))
    return Document(**values)


def from_document(document: Document) -> dict[str, Any]:
    """Return a document as column values, `indexed` left out."""
    values = {
        column.name: getattr(document, column.name) for column in documents.c if column.name != "indexed"
    }
    values["level"] = document.level.value
    for name in _TUPLES:
        values[name] = json.dumps(values[name], ensure_ascii=False)
    return values


def prepared(connection: Connection, create: bool) -> str | None:
    """Make the tables that are missing; return the format's version as it is now."""
    found = get_fact(connection, "schema") if not create or _is_made(connection) else None
    if create or found in _OLDER:
        metadata.create_all(connection)
    if found in _OLDER and "page" not in {
        column["name"] for column in inspect(connection).get_columns(chunks.name)
    }:
        connection.execute(text("ALTER TABLE chunks ADD COLUMN page INTEGER NOT NULL DEFAULT 0"))
    if found == _OLDER[0]:
        unlink(connection, list(connection.scalars(select(documents.c.name).distinct())))
    if (create and found is None) or found in _OLDER:
        found = str(VERSION)
        set_fact(connection, "schema", found)
    return found


def _is_made(connection: Connection) -> bool:
    return inspect(connection).has_table(facts.name)


def unlink(connection: Connection, names: Sequence[str]) -> None:
    """Note that the links of these laws are due."""
    if names:
        rows = [{"name": name} for name in names]
        connection.execute(insert(unlinked).prefix_with("OR IGNORE"), rows)


def get_fact(connection: Connection, name: str) -> str | None:
    """Return a stored fact, or None."""
    return connection.scalar(select(facts.c.value).where(facts.c.name == name))


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Store a fact in place of the one of its name."""
    connection.execute(delete(facts).where(facts.c.name == name))
    connection.execute(insert(facts).values(name=name, value=value))


def forget_chunks(connection: Connection, doc_ids: Sequence[str], keep: set[str] | None = None) -> None:
    """Delete the documents' chunks and note for the caches those that will not come back."""
    kept = keep or set()
    old = set(connection.scalars(select(chunks.c.chunk_id).where(chunks.c.doc_id.in_(doc_ids))))
    connection.execute(delete(chunks).where(chunks.c.doc_id.in_(doc_ids)))
    gone = [{"chunk_id": chunk_id} for chunk_id in sorted(old - kept)]
    if gone:
        connection.execute(insert(stale_chunks).prefix_with("OR IGNORE"), gone)
    if kept:
        connection.execute(delete(stale_chunks).where(stale_chunks.c.chunk_id.in_(list(kept))))
