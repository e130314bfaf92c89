"""The lexical index: BM25 over title, chapter path and text in tantivy, a cache of the catalogue."""

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from kb.datatypes import Chunk
from kb.errors import KnowledgeBaseError
from kb.tokens import bigrams, words

_FOLDER = "tantivy"
_WRITER_HEAP = 128_000_000  # bytes
_ALL_IDS = 10_000_000


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    weight: float  # chosen on STARD and the development questions, see docs/measurements.md
    tokenise: Callable[[str], list[str]]
    read: Callable[[Chunk], str]


_FIELDS = (
    _Field("text", 1.0, bigrams, lambda chunk: chunk.text),
    _Field("words", 0.5, words, lambda chunk: chunk.text),
    _Field("title", 0.3, bigrams, lambda chunk: chunk.law),
    _Field("path", 0.2, bigrams, lambda chunk: " ".join((*chunk.path, chunk.label))),
)
_TEXT_FIELDS = _FIELDS[:2]


class LexicalIndex:
    """Chunks by their words. Readers see what was committed when they opened or last reloaded."""

    def __init__(self, folder: Path) -> None:
        """Open or create the index under `folder`.

        Raises:
            KnowledgeBaseError: if tantivy cannot open it.
        """
        path = folder / _FOLDER
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_schema(), path=os.fspath(path), reuse=True)
            self._searcher = self._index.searcher()
        except (OSError, ValueError) as error:
            raise KnowledgeBaseError(
                f"打不开关键词索引 {path}：{error}。它可以重建：python -m kb rebuild --kb {folder.parent}"
            ) from error

    def close(self) -> None:
        """Let go of the files."""
        del self._searcher
        del self._index

    def replace(self, chunks: Sequence[Chunk], forget: Iterable[str] = ()) -> None:
        """Store `chunks` in place of what stands under their ids and drop the ids `forget`, as one commit.

        Raises:
            KnowledgeBaseError: if the commit fails; the index then stands as before.
        """
        try:
            writer = self._index.writer(_WRITER_HEAP, num_threads=1)
            for chunk_id in (*forget, *(chunk.chunk_id for chunk in chunks)):
                writer.delete_documents_by_term("chunk_id", chunk_id)
            for chunk in chunks:
                fields = {field.name: " ".join(field.tokenise(field.read(chunk))) for field in _FIELDS}
                writer.add_document(tantivy.Document(chunk_id=chunk.chunk_id, **fields))
            writer.commit()
            writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            raise KnowledgeBaseError(f"写不进关键词索引：{error}。请检查磁盘空间后重试") from error
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(
        self, question: str, k: int, also: Sequence[tuple[str, float]] = ()
    ) -> list[tuple[str, float]]:
        """Return at most k (chunk_id, BM25 score), best first; equal scores by chunk_id.

        Args:
            question: its terms are looked for in every field.
            k: at most so many results.
            also: further words for the text itself, each with its weight.
        """
        terms = [self._term(field, term, 1.0) for field in _FIELDS for term in _terms(field, question)]
        terms += [
            self._term(field, term, weight)
            for words_, weight in also
            for field in _TEXT_FIELDS
            for term in _terms(field, words_)
        ]
        if not terms:
            return []
        found = self._searcher.search(tantivy.Query.boolean_query(terms), k, count=False).hits
        hits = [(self._searcher.doc(address)["chunk_id"][0], score) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """Return {bigram: how rare it is in the texts}, at least 0, as BM25 counts it."""
        total = self._searcher.num_docs
        found = {}
        for term in terms:
            count = self._searcher.doc_freq(_FIELDS[0].name, term)
            found[term] = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return found

    def _term(self, field: _Field, term: str, weight: float) -> tuple[tantivy.Occur, tantivy.Query]:
        query = tantivy.Query.term_query(self._index.schema, field.name, term, "freq")
        return tantivy.Occur.Should, tantivy.Query.boost_query(query, field.weight * weight)

    def ids(self) -> set[str]:
        """Return every chunk id stored."""
        found = self._searcher.search(tantivy.Query.all_query(), _ALL_IDS, count=False).hits
        return {self._searcher.doc(address)["chunk_id"][0] for _, address in found}


def _terms(field: _Field, text: str) -> list[str]:
    return sorted(set(field.tokenise(text)))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in _FIELDS:
        builder.add_text_field(field.name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
