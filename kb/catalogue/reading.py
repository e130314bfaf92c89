"""Opening a catalogue and reading it: documents, chunks, links, sources, and what is still to be done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, func, or_, select
from sqlalchemy.exc import DBAPIError

from kb import schema
from kb.datatypes import Chunk, Document
from kb.errors import KnowledgeBaseError
from kb.links import Link, Relation

FILE_NAME = "catalogue.sqlite3"
_FIRST_INDEX = "index-1"
_IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Source:
    """A file or address already read: what it held and which document came of it."""

    source: str
    content_hash: str
    doc_id: str


class Reading:
    """The catalogue of one knowledge base, for reading. Safe to share between threads."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the catalogue in `folder`.

        Raises:
            KnowledgeBaseError: if there is none and `create` is false, or it cannot be read or made.
        """
        self._folder = folder
        path = folder / FILE_NAME
        if not create and not path.is_file():
            raise KnowledgeBaseError(
                f"{folder} 里没有知识库。先导入资料：python -m ingest 文件或目录 --kb {folder}"
            )
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
            event.listen(self._engine, "connect", configure)
            with self._engine.begin() as connection:
                found = schema.prepared(connection, create)
        except (OSError, DBAPIError) as error:
            raise KnowledgeBaseError(
                f"打不开知识库 {path}：{reason(error)}。请检查目录是否存在、可写、磁盘未满；"
                f"文件若已损坏，请从备份恢复或换一个目录重新导入"
            ) from error
        if found != str(schema.VERSION):
            raise KnowledgeBaseError(
                f"知识库 {path} 的格式版本是 {found}，本程序需要 {schema.VERSION}；请换一个 --kb 目录重新导入"
            )

    def close(self) -> None:
        """Release the database connections."""
        self._engine.dispose()

    def fact(self, name: str) -> str | None:
        """Return a stored fact ("generation", "embedding_model"), or None."""
        with self._engine.connect() as connection:
            return connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == name))

    def index_folder(self) -> Path:
        """Return the folder that holds the caches in use."""
        return self._folder / (self.fact("index") or _FIRST_INDEX)

    def documents(self) -> tuple[Document, ...]:
        """Return every document, ordered by doc_id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(schema.documents).order_by(schema.documents.c.doc_id))
            return tuple(schema.to_document(row) for row in rows)

    def documents_by_id(self, doc_ids: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist among `doc_ids`."""
        query = select(schema.documents).where(schema.documents.c.doc_id.in_(doc_ids[:_IDS_PER_QUERY]))
        with self._engine.connect() as connection:
            return {row.doc_id: schema.to_document(row) for row in connection.execute(query)}

    def chunks(self, doc_id: str) -> list[Chunk]:
        """Return a document's chunks in their order."""
        query = (
            schema.chunk_query().where(schema.chunks.c.doc_id == doc_id).order_by(schema.chunks.c.position)
        )
        with self._engine.connect() as connection:
            return [schema.to_chunk(row) for row in connection.execute(query)]

    def chunks_by_id(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """Return the chunks that exist among `chunk_ids`."""
        found: dict[str, Chunk] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(chunk_ids), _IDS_PER_QUERY):
                wanted = chunk_ids[start : start + _IDS_PER_QUERY]
                for row in connection.execute(
                    schema.chunk_query().where(schema.chunks.c.chunk_id.in_(wanted))
                ):
                    found[row.chunk_id] = schema.to_chunk(row)
        return found

    def chunk_ids(self) -> set[str]:
        """Return the ids of all chunks."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(schema.chunks.c.chunk_id)))

    def counts(self) -> dict[str, int]:
        """Return {doc_id: number of chunks}."""
        query = select(schema.chunks.c.doc_id, func.count()).group_by(schema.chunks.c.doc_id)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def sources(self) -> dict[str, Source]:
        """Return every source read so far, by its path or address."""
        with self._engine.connect() as connection:
            return {row.source: Source(*row) for row in connection.execute(select(schema.sources))}

    def sources_of(self, doc_id: str) -> list[Source]:
        """Return the sources that hold one document."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(schema.sources).where(schema.sources.c.doc_id == doc_id))
            return [Source(*row) for row in rows]

    def pending(self) -> list[str]:
        """Return the doc_ids whose chunks the caches do not hold yet."""
        query = (
            select(schema.documents.c.doc_id)
            .where(~schema.documents.c.indexed)
            .order_by(schema.documents.c.doc_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def stale_chunks(self) -> list[str]:
        """Return the chunk ids the caches must forget."""
        with self._engine.connect() as connection:
            return list(connection.scalars(select(schema.stale_chunks.c.chunk_id)))

    def links(self, *ends: str) -> list[Link]:
        """Return the links from and to the ends (chunk ids, or "law#article"), the surest first."""
        columns = schema.links.c
        query = (
            select(columns.source, columns.target, columns.relation, columns.likeness)
            .where(or_(columns.source.in_(ends), columns.target.in_(ends)))
            .order_by(columns.likeness.desc(), columns.source, columns.target)
        )
        with self._engine.connect() as connection:
            return [
                Link(source, target, Relation(relation), likeness)
                for source, target, relation, likeness in connection.execute(query)
            ]

    def penalties(self, duties: Sequence[str]) -> list[tuple[str, str]]:
        """Return (duty, article that punishes its breach) for chunks among `duties`."""
        columns = schema.links.c
        query = select(columns.source, columns.target).where(
            columns.source.in_(duties), columns.relation == Relation.PENALTY.value
        )
        with self._engine.connect() as connection:
            return [(row.source, row.target) for row in connection.execute(query)]

    def unlinked(self) -> set[str]:
        """Return the names of the laws that changed since their links were worked out."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(schema.unlinked.c.name)))

    def run_reports(self, most: int = 50) -> list[tuple[str, dict[str, Any]]]:
        """Return (finished, report) of the last ingest runs, newest first."""
        query = select(schema.runs).order_by(schema.runs.c.run_id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [(row.finished, json.loads(row.report)) for row in connection.execute(query)]

    def corrections(self) -> dict[str, dict[str, str]]:
        """Return {source: {field: value}}: what a person set right."""
        found: dict[str, dict[str, str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(select(schema.corrections)):
                found.setdefault(row.source, {})[row.field] = row.value
        return found

    def sketch(self, doc_id: str) -> tuple[int, ...]:
        """Return what a document looks like, () if it was stored without a sketch."""
        columns = schema.sketches.c
        query = select(columns.value).where(columns.doc_id == doc_id).order_by(columns.value)
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query))

    def sketched_like(self, sketch: Sequence[int]) -> list[str]:
        """Return the doc_ids whose sketch shares half of `sketch` or more, the likest first."""
        times = func.count().label("times")
        query = (
            select(schema.sketches.c.doc_id)
            .where(schema.sketches.c.value.in_(sketch))
            .group_by(schema.sketches.c.doc_id)
            .having(times * 2 >= len(sketch))
            .order_by(times.desc(), schema.sketches.c.doc_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))


def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    """Set up a fresh SQLite connection: write-ahead log, foreign keys."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def reason(error: Exception) -> str:
    """Return what the database driver said."""
    return str(getattr(error, "orig", None) or error)
