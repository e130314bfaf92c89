"""The knowledge base as its one writer sees it: put documents in, take them out, make the caches again."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kb.catalogue import Catalogue, Source
from kb.datatypes import Chunk, Document
from kb.dense import DenseIndex
from kb.embed import Embedder
from kb.errors import KnowledgeBaseError, ModelMismatchError
from kb.identity import corrected, relabelled
from kb.lexical import LexicalIndex
from kb.links.derive import Derivation
from kb.lock import writing

Progress = Callable[[int, int], None]  # called with (documents done, documents to do)

_READ = 256  # documents whose chunks are held while links are worked out
_FLUSH_AT = 4_000  # chunks held back before the caches are written


def passage(chunk: Chunk) -> str:
    """Return the text a chunk is embedded as: where it stands, then what it says."""
    return " ".join((chunk.law, *chunk.path, chunk.text))


class Caches:
    """The lexical and the dense index in one folder, written together."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Open or create both."""
        self._embedder = embedder
        self._lexical = LexicalIndex(folder)
        self._dense = DenseIndex(folder)

    def close(self) -> None:
        """Release files."""
        self._lexical.close()
        self._dense.close()

    def put(self, chunks: Sequence[Chunk]) -> None:
        """Store chunks in place of what stands under their ids."""
        vectors = self._embedder.embed_documents([passage(chunk) for chunk in chunks])
        self._lexical.replace(chunks)
        self._dense.upsert([chunk.chunk_id for chunk in chunks], vectors)

    def forget(self, chunk_ids: Sequence[str]) -> None:
        """Drop chunks."""
        self._lexical.replace((), chunk_ids)
        self._dense.delete(chunk_ids)


class Writer:
    """Changes the catalogue first, then brings the caches after it. Made by `open_writer` only."""

    def __init__(self, folder: Path, embedder: Embedder, flush_at: int, *, index: bool) -> None:
        """Open the catalogue and the caches; use `open_writer`, which holds the lock."""
        self._flush_at = flush_at
        self._index = index
        self.catalogue = Catalogue(folder, create=True)
        built_with = self.catalogue.fact("embedding_model")
        if built_with not in (None, embedder.name):
            self.catalogue.close()
            raise ModelMismatchError(
                f"知识库 {folder} 是用向量模型 {built_with} 建的，现在配置的是 {embedder.name}。"
                f"要改用现在的模型，请先重建索引：python -m kb rebuild --kb {folder}"
            )
        self.catalogue.set_fact("embedding_model", embedder.name)
        self._caches = Caches(self.catalogue.index_folder(), embedder)
        _sweep(folder, keep=self.catalogue.index_folder())
        counts = self.catalogue.counts()
        self._waiting = sum(counts.get(doc_id, 0) for doc_id in self.catalogue.pending())

    def close(self) -> None:
        """Release files; does not flush."""
        self._caches.close()
        self.catalogue.close()

    def put(self, document: Document, chunks: Sequence[Chunk], sketch: Sequence[int] = ()) -> None:
        """Store a document in place of what stands under its doc_id; searchable after `flush`."""
        self.catalogue.put(document, chunks, sketch)
        self._waiting += len(chunks)
        if self._waiting >= self._flush_at:
            self.flush()

    def correct(self, doc_id: str, corrections: Mapping[str, str]) -> Document:
        """Set right what a document says about itself; holds when its sources are read again.

        Returns the document as it is now, perhaps under another doc_id.

        Raises:
            KnowledgeBaseError: if there is no such document, or a field or value cannot be used.
        """
        old = self.catalogue.documents_by_id([doc_id]).get(doc_id)
        if old is None:
            raise KnowledgeBaseError(f"知识库里没有文档 {doc_id}。用 python -m kb list 查看有哪些")
        new = corrected(old, corrections)
        if new.doc_id != doc_id and self.catalogue.documents_by_id([new.doc_id]):
            raise KnowledgeBaseError(f"已有另一份文档叫 {new.doc_id}，请先核对两份是不是同一份")
        sources = self.catalogue.sources_of(doc_id)
        self.put(new, relabelled(self.catalogue.chunks(doc_id), new), self.catalogue.sketch(doc_id))
        for source in sources:
            self.put_source(replace(source, doc_id=new.doc_id))
        self.catalogue.put_corrections([source.source for source in sources], corrections)
        self.remove_sources([])  # the document left behind under its old id
        return new

    def put_source(self, source: Source) -> None:
        """Note a further source of a document already stored."""
        self.catalogue.put_source(source)

    def remove_sources(self, sources: Sequence[str]) -> list[str]:
        """Forget sources and the documents that came from them alone; returns the doc_ids removed."""
        return self.catalogue.remove_sources(sources)

    def flush(self) -> None:
        """Bring the caches level with the catalogue. Safe to interrupt: what is unfinished is done next time.

        Does nothing where the index is to be made later.
        """
        if not self._index:
            return
        stale = self.catalogue.stale_chunks()
        for doc_ids, chunks in _batches(self.catalogue, self.catalogue.pending()):
            self._caches.put(chunks)
            self.catalogue.mark_indexed(doc_ids, ())
        if stale:
            self._caches.forget(stale)
            self.catalogue.mark_indexed((), stale)
        self._waiting = 0

    def link(self) -> None:
        """Work out the links of what changed since the last time. Safe to interrupt, like `flush`."""
        if self._index:
            _link(self.catalogue, self.catalogue.unlinked())


@contextmanager
def open_writer(
    folder: Path, embedder: Embedder, flush_at: int = _FLUSH_AT, *, index: bool = True
) -> Iterator[Writer]:
    """Hold the knowledge base in `folder` for writing, creating it if need be; flush at the end.

    Args:
        folder: where the knowledge base stands.
        embedder: must be the one it was built with.
        flush_at: chunks after which the caches are brought level with the catalogue.
        index: false to fill the catalogue alone; the next writer, or a rebuild, makes the index.

    Raises:
        LockedError: if another process is writing.
        ModelMismatchError: if it was built with another embedding model.
        KnowledgeBaseError: if it cannot be opened or written.
    """
    with writing(folder):
        writer = Writer(folder, embedder, flush_at, index=index)
        try:
            yield writer
            writer.flush()
            writer.link()
        finally:
            writer.close()


def rebuild(folder: Path, embedder: Embedder, progress: Progress | None = None) -> int:
    """Make both caches and the links again from the catalogue, with this embedding model.

    Returns the number of chunks.

    They are made in a new folder and switched to when whole, so readers are never without an index.

    Raises:
        KnowledgeBaseError: if there is no knowledge base in `folder`.
    """
    Catalogue(folder).close()
    with writing(folder):
        catalogue = Catalogue(folder)
        try:
            old = catalogue.index_folder()
            _sweep(folder, keep=old)
            new = folder / f"index-{int(old.name.rpartition('-')[2]) + 1}"
            doc_ids = sorted(catalogue.counts())
            caches = Caches(new, embedder)
            done = total = 0
            for batch, chunks in _batches(catalogue, doc_ids):
                caches.put(chunks)
                done, total = done + len(batch), total + len(chunks)
                if progress:
                    progress(done, len(doc_ids))
            caches.close()
            catalogue.switch_index(new.name, embedder.name)
            _link(catalogue, {document.name for document in catalogue.documents()})
            _sweep(folder, keep=new)
            return total
        finally:
            catalogue.close()


def _link(catalogue: Catalogue, names: Set[str]) -> None:
    """Work out the links that depend on the laws of these names."""
    if names:
        derivation = Derivation(catalogue.documents(), lru_cache(maxsize=_READ)(catalogue.chunks))
        affected = derivation.affected(names)
        catalogue.put_links(affected, [link for doc_id in affected for link in derivation.links(doc_id)])


def _batches(catalogue: Catalogue, doc_ids: Sequence[str]) -> Iterator[tuple[list[str], list[Chunk]]]:
    batch: list[str] = []
    chunks: list[Chunk] = []
    for doc_id in doc_ids:
        batch.append(doc_id)
        chunks += catalogue.chunks(doc_id)
        if len(chunks) >= _FLUSH_AT:
            yield batch, chunks
            batch, chunks = [], []
    if batch:
        yield batch, chunks


def _sweep(folder: Path, keep: Path) -> None:
    """Delete indexes no longer in use, such as one a killed rebuild left half made."""
    for old in folder.glob("index-*"):
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)
