"""What the knowledge base holds in force: the articles a ranking could have shown."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from eval.datasets import ArticleKey, article_key
from eval.runs import Searcher
from kb.datatypes import Chunk, Status


class Library(Searcher, Protocol):
    """A knowledge base that can be searched and listed."""

    def chunks(self, doc_id: str) -> list[Chunk]:
        """A document's chunks, in order."""
        ...

    def statuses(self, on: date | None = None) -> dict[str, Status]:
        """Whether each document (by doc_id) is in force on the day (None: today)."""
        ...


def chunks_in_force(library: Library, on: date | None = None) -> list[Chunk]:
    """Every chunk of the documents in force on the day (None: today)."""
    return [
        chunk
        for doc_id, status in library.statuses(on).items()
        if status is Status.IN_FORCE
        for chunk in library.chunks(doc_id)
    ]


def all_chunks(library: Library) -> list[Chunk]:
    """Every chunk of every document, also of versions superseded or repealed."""
    return [chunk for doc_id in library.statuses() for chunk in library.chunks(doc_id)]


def keys(chunks: Iterable[Chunk]) -> frozenset[ArticleKey]:
    """The articles the chunks belong to, as rankings name them."""
    return frozenset(article_key(chunk.law, chunk.label) for chunk in chunks)
