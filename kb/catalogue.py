"""The only source of truth: documents, chunk texts and what is still to be indexed, in SQLite.

Dense and lexical indexes are caches made from here. Every change is one transaction that also notes
what the caches have to do (`indexed = 0`, `stale_chunks`), so a kill at any moment loses nothing: the
next writer finishes the work.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, delete, event, func, insert, or_, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

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


class Catalogue:
    """Reads and writes the catalogue of one knowledge base. Safe to share between threads for reading."""

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
            event.listen(self._engine, "connect", _configure)
            with self._engine.begin() as connection:
                found = schema.prepared(connection, create)
        except (OSError, DBAPIError) as error:
            raise KnowledgeBaseError(
                f"打不开知识库 {path}：{_reason(error)}。请检查目录是否存在、可写、磁盘未满；"
                f"文件若已损坏，请从备份恢复或换一个目录重新导入"
            ) from error
        if found != str(schema.VERSION):
            raise KnowledgeBaseError(
                f"知识库 {path} 的格式版本是 {found}，本程序需要 {schema.VERSION}；请换一个 --kb 目录重新导入"
            )

    def close(self) -> None:
        """Release the database connections."""
        self._engine.dispose()

    # -- reading ---------------------------------------------------------------------------------

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

    # -- writing (one process at a time: kb.writer holds the lock) ---------------------------------

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Store a document with all its chunks in place of what stood under its doc_id, as one change."""
        with self._writing() as connection:
            schema.forget_chunks(connection, [document.doc_id], keep={chunk.chunk_id for chunk in chunks})
            values = schema.from_document(document) | {"indexed": False}
            same = schema.documents.c.doc_id == document.doc_id
            if connection.execute(update(schema.documents).where(same).values(**values)).rowcount == 0:
                connection.execute(insert(schema.documents).values(**values))
            if chunks:
                connection.execute(insert(schema.chunks), [schema.from_chunk(chunk) for chunk in chunks])
            _put_source(connection, Source(document.source, document.content_hash, document.doc_id))
            schema.unlink(connection, [document.name])

    def put_source(self, source: Source) -> None:
        """Note that a further source holds a document already stored."""
        with self._writing() as connection:
            _put_source(connection, source)

    def remove_sources(self, sources: Iterable[str]) -> list[str]:
        """Forget sources; a document left with none is removed. Returns the doc_ids removed."""
        with self._writing() as connection:
            connection.execute(delete(schema.sources).where(schema.sources.c.source.in_(list(sources))))
            orphans = select(schema.documents.c.doc_id).where(
                ~schema.documents.c.doc_id.in_(select(schema.sources.c.doc_id))
            )
            removed = list(connection.scalars(orphans))
            schema.forget_chunks(connection, removed)
            names = select(schema.documents.c.name).where(schema.documents.c.doc_id.in_(removed))
            schema.unlink(connection, list(connection.scalars(names)))
            connection.execute(delete(schema.documents).where(schema.documents.c.doc_id.in_(removed)))
            return removed

    def mark_indexed(self, doc_ids: Sequence[str], forgotten: Sequence[str]) -> None:
        """Record that the caches hold `doc_ids` and have forgotten `forgotten`; readers see a new generation."""
        with self._writing() as connection:
            for start in range(0, len(doc_ids), _IDS_PER_QUERY):
                wanted = doc_ids[start : start + _IDS_PER_QUERY]
                connection.execute(
                    update(schema.documents).where(schema.documents.c.doc_id.in_(wanted)).values(indexed=True)
                )
            for start in range(0, len(forgotten), _IDS_PER_QUERY):
                gone = forgotten[start : start + _IDS_PER_QUERY]
                connection.execute(
                    delete(schema.stale_chunks).where(schema.stale_chunks.c.chunk_id.in_(gone))
                )
            _next_generation(connection)

    def switch_index(self, index: str, embedding_model: str) -> None:
        """Record that the caches in folder `index` hold every document, made with `embedding_model`."""
        with self._writing() as connection:
            connection.execute(update(schema.documents).values(indexed=True))
            connection.execute(delete(schema.stale_chunks))
            schema.set_fact(connection, "index", index)
            schema.set_fact(connection, "embedding_model", embedding_model)
            _next_generation(connection)

    def put_links(self, doc_ids: Sequence[str], links: Sequence[Link]) -> None:
        """Store the links that start in `doc_ids` in place of their old ones; nothing is due afterwards."""
        rows = [
            {"source": link.source, "target": link.target, "relation": link.relation.value,
             "likeness": link.likeness, "doc_id": link.source.partition("#")[0]}
            for link in links
        ]  # fmt: skip
        with self._writing() as connection:
            connection.execute(delete(schema.links).where(schema.links.c.doc_id.in_(doc_ids)))
            if rows:
                connection.execute(insert(schema.links).prefix_with("OR REPLACE"), rows)
            connection.execute(delete(schema.unlinked))

    def set_fact(self, name: str, value: str) -> None:
        """Store a fact about the knowledge base."""
        with self._writing() as connection:
            schema.set_fact(connection, name, value)

    def add_run(self, report: dict[str, Any]) -> None:
        """Keep the report of one ingest run."""
        with self._writing() as connection:
            finished = datetime.now().astimezone().isoformat(timespec="seconds")
            connection.execute(
                insert(schema.runs).values(finished=finished, report=json.dumps(report, ensure_ascii=False))
            )

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise KnowledgeBaseError(
                f"写不进知识库 {self._engine.url.database}：{_reason(error)}。"
                f"请检查磁盘空间和目录权限后重试；已写入的内容没有损失"
            ) from error


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)


def _next_generation(connection: Connection) -> None:
    schema.set_fact(connection, "generation", str(int(schema.get_fact(connection, "generation") or 0) + 1))


def _put_source(connection: Connection, source: Source) -> None:
    connection.execute(delete(schema.sources).where(schema.sources.c.source == source.source))
    connection.execute(
        insert(schema.sources).values(
            source=source.source, content_hash=source.content_hash, doc_id=source.doc_id
        )
    )
