"""Changing the catalogue: every change is one transaction that also notes what the caches have to do."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from kb import schema
from kb.catalogue.reading import Reading, Source, reason
from kb.datatypes import Chunk, Document
from kb.errors import KnowledgeBaseError
from kb.links import Link

_IDS_PER_QUERY = 500


class Catalogue(Reading):
    """Reads and writes the catalogue. One process writes at a time: `kb.writer` holds the lock."""

    def put(self, document: Document, chunks: Sequence[Chunk], sketch: Sequence[int] = ()) -> None:
        """Store a document with all its chunks in place of what stood under its doc_id, as one change.

        `sketch` is what its text looks like (see kb.sketch); without one no other text is found to be like it.
        """
        with self._writing() as connection:
            schema.forget_chunks(connection, [document.doc_id], keep={chunk.chunk_id for chunk in chunks})
            values = schema.from_document(document) | {"indexed": False}
            same = schema.documents.c.doc_id == document.doc_id
            if connection.execute(update(schema.documents).where(same).values(**values)).rowcount == 0:
                connection.execute(insert(schema.documents).values(**values))
            if chunks:
                connection.execute(insert(schema.chunks), [schema.from_chunk(chunk) for chunk in chunks])
            connection.execute(delete(schema.sketches).where(schema.sketches.c.doc_id == document.doc_id))
            if sketch:
                rows = [{"doc_id": document.doc_id, "value": value} for value in sketch]
                connection.execute(insert(schema.sketches), rows)
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

    def put_corrections(self, sources: Sequence[str], values: Mapping[str, str]) -> None:
        """Store what a person set right about these sources, in place of what was set before."""
        rows = [{"source": s, "field": f, "value": v} for s in sources for f, v in values.items()]
        if rows:
            with self._writing() as connection:
                connection.execute(insert(schema.corrections).prefix_with("OR REPLACE"), rows)

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
                f"写不进知识库 {self._engine.url.database}：{reason(error)}。"
                f"请检查磁盘空间和目录权限后重试；已写入的内容没有损失"
            ) from error


def _next_generation(connection: Connection) -> None:
    schema.set_fact(connection, "generation", str(int(schema.get_fact(connection, "generation") or 0) + 1))


def _put_source(connection: Connection, source: Source) -> None:
    connection.execute(delete(schema.sources).where(schema.sources.c.source == source.source))
    connection.execute(
        insert(schema.sources).values(
            source=source.source, content_hash=source.content_hash, doc_id=source.doc_id
        )
    )
