"""Is the knowledge base whole? The caches are held against the catalogue."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.catalogue import Catalogue
from kb.dense import DenseIndex
from kb.embed import Embedder
from kb.lexical import LexicalIndex
from kb.writer import passage

_SAMPLE = 50
_SAME = 0.999  # cosine between a stored vector and the text embedded anew


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found; `problems` is empty if all is well."""

    documents: int
    chunks: int
    embedding_model: str
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as a dictionary, with `ok`."""
        return {"ok": not self.problems, **asdict(self)}


def check(folder: Path, embedder: Embedder) -> Health:
    """Compare both caches with the catalogue, and some vectors with their texts.

    Raises:
        KnowledgeBaseError: if the knowledge base or a cache cannot be opened.
    """
    catalogue = Catalogue(folder)
    try:
        wanted = catalogue.chunk_ids()
        pending = catalogue.pending()
        waiting = {chunk.chunk_id for doc_id in pending for chunk in catalogue.chunks(doc_id)}
        built_with = catalogue.fact("embedding_model") or ""
        problems: list[str] = []
        if pending:
            problems.append(f"{len(pending)} 份文档还没有进索引（上次导入被中断）")
        if built_with and built_with != embedder.name:
            problems.append(f"索引用的是向量模型 {built_with}，现在配置的是 {embedder.name}")
        stale = set(catalogue.stale_chunks())
        lexical, dense = LexicalIndex(catalogue.index_folder()), DenseIndex(catalogue.index_folder())
        try:
            for name, found in (("关键词索引", lexical.ids()), ("向量索引", dense.ids())):
                problems += _difference(name, wanted - waiting, found - waiting, stale)
            if not problems:
                problems += _vectors(catalogue, dense, embedder, sorted(wanted))
        finally:
            lexical.close()
            dense.close()
        return Health(len(catalogue.documents()), len(wanted), built_with, tuple(problems))
    finally:
        catalogue.close()


def _difference(name: str, wanted: set[str], found: set[str], stale: set[str]) -> list[str]:
    problems = []
    if missing := wanted - found:
        problems.append(f"{name}缺 {len(missing)} 段，例如 {min(missing)}")
    if extra := found - wanted - stale:
        problems.append(f"{name}多出 {len(extra)} 段，例如 {min(extra)}")
    return problems


def _vectors(catalogue: Catalogue, dense: DenseIndex, embedder: Embedder, chunk_ids: list[str]) -> list[str]:
    """Read a spread of vectors back from the index and hold them against the texts embedded now."""
    sample = chunk_ids[:: max(1, len(chunk_ids) // _SAMPLE)]
    chunks = catalogue.chunks_by_id(sample)
    if not chunks:
        return []
    stored = dense.vectors(list(chunks))
    fresh = embedder.embed_documents([passage(chunk) for chunk in chunks.values()])
    wrong = [
        chunk_id
        for chunk_id, vector in zip(chunks, fresh, strict=True)
        if chunk_id not in stored or float(np.dot(stored[chunk_id], vector)) < _SAME
    ]
    return [f"向量索引里有 {len(wrong)} 段与原文对不上，例如 {wrong[0]}"] if wrong else []
