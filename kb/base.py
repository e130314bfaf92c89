"""The knowledge base as a reader sees it: open it, ask it, look around in it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from kb.cards.guides import HEADINGS
from kb.catalogue import Catalogue
from kb.datatypes import CARDS, Chunk, Document, Found, Hit, Level, Status
from kb.embed import Embedder, load_embedder
from kb.errors import ArticleNotFoundError, KnowledgeBaseError, ModelMismatchError
from kb.links import BACKWARDS, FORWARDS, Link, Relation
from kb.repeals import Ending, ending
from kb.rerank.cross import DEPTH, CrossEncoderReranker
from kb.retrieve import Mode, Query, Retriever


@dataclass(frozen=True, slots=True)
class Stats:
    """How much is known. `newest_published`: the latest publication date among the documents."""

    documents: int
    chunks: int
    pending: int
    newest_published: date | None
    by_level: Mapping[str, int]
    embedding_model: str


class KnowledgeBase:
    """Read side of one knowledge base; safe to share between threads.

    It follows the writer: when the catalogue's generation has moved on, the next question sees the new state.
    """

    def __init__(
        self, folder: Path, embedder: Embedder, reranker: CrossEncoderReranker | None = None
    ) -> None:
        """Use `open` instead, which also picks the models."""
        self.folder = folder
        self._cross = reranker
        self._embedder = embedder
        self._catalogue = Catalogue(folder)
        self._lock = threading.RLock()  # one dense query at a time: they must not meet a reload
        try:
            self._check_model()
            self._generation = self._catalogue.fact("generation")
            self._retriever = Retriever(self._catalogue, self._embedder)
        except KnowledgeBaseError:
            self._catalogue.close()
            raise

    @classmethod
    def open(cls, folder: Path, *, model: str | None = None, reranker: str | None = None) -> Self:
        """Open the knowledge base in `folder` for reading.

        Args:
            folder: what `--kb` names.
            model: a sentence-transformers directory or hub name; None for the shipped static model.
            reranker: a cross-encoder's directory or hub name; None for none.

        Raises:
            KnowledgeBaseError: if there is none, or it is broken.
            ModelMismatchError: if it was built with another embedding model.
            SettingsError: if the model cannot be loaded.
        """
        Catalogue(folder).close()  # says "no knowledge base here" before a model is loaded
        return cls(folder, load_embedder(model), CrossEncoderReranker(reranker) if reranker else None)

    def close(self) -> None:
        """Release files and connections."""
        with self._lock:
            self._retriever.close()
            self._catalogue.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    # -- asking ------------------------------------------------------------------------------------

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        on: date | None = None,
        region: str | None = None,
        mode: Mode = "hybrid",
    ) -> list[Hit]:
        """Return at most k hits, best first: the articles named, then what hybrid search finds."""
        return list(self.find(question, k, on=on, region=region, mode=mode).hits)

    def find(
        self,
        question: str,
        k: int = 10,
        *,
        on: date | None = None,
        region: str | None = None,
        mode: Mode = "hybrid",
    ) -> Found:
        """Return the hits for a question and what must be said about them.

        Args:
            question: in any words; article references are looked up first.
            k: at most so many hits.
            on: the day whose law counts; today if None.
            region: where the asker is ("郑州市"); a region named in the question wins.
            mode: which searches take part.
        """
        depth = max(k, DEPTH) if self._cross else k
        with self._lock:
            found = self._current().find(Query(question, depth, on or date.today(), region, mode))
        hits = self._cross.rerank(question, found.hits) if self._cross and mode == "hybrid" else found.hits
        return replace(found, hits=hits[:k])

    def article(self, law: str, article: str, *, on: date | None = None) -> Hit:
        """Return one article in the version in force on a day.

        Raises:
            ArticleNotFoundError: if the law or the article is not here; says what is.
        """
        with self._lock:
            found = self._current().article(law, article, on or date.today())
        if not found.hits:
            raise ArticleNotFoundError(found.notice)
        return found.hits[0]

    def guide(
        self, guide_id: str, on: date | None = None, headings: Sequence[str] = HEADINGS[:2]
    ) -> tuple[Hit, ...]:
        """Return sections of a guide as hits, by default what to do and what never to do; none if it is not here."""
        document = self._current().documents.get(guide_id)
        if document is None or document.level is not Level.GUIDE:
            return ()
        status = self.status(guide_id, on)
        sections = {chunk.label: chunk for chunk in self.chunks(guide_id)}
        return tuple(
            Hit(sections[heading], document, status, 1.0, ("应急卡片",))
            for heading in headings
            if heading in sections
        )

    def linked(self, hit: Hit, on: date | None = None) -> tuple[Hit, ...]:
        """Return the passages that belong to a hit, each with its `relation`, the surest first.

        They are the penalty of a duty and the duty of a penalty, the higher rule an article carries out and
        the rules that carry it out, the articles it names and the passages that name it, and its place in
        other versions. All but the last are left out where they are not in force on the day.
        """
        day = on or date.today()
        named = f"{hit.chunk.law}#{hit.chunk.label}"
        with self._lock:
            current = self._current()
            links = self._catalogue.links(hit.chunk.chunk_id, named)
            found = [self._follow(current, link, hit.chunk.chunk_id, day) for link in links]
        return tuple({other.chunk.chunk_id: other for other in found if other}.values())

    # -- looking around ----------------------------------------------------------------------------

    def documents(self) -> tuple[Document, ...]:
        """Return every document, ordered by doc_id."""
        return tuple(self._current().documents.values())

    def titles(self) -> list[str]:
        """Return the titles of all documents."""
        return [document.title for document in self._current().documents.values()]

    def document(self, doc_id: str) -> Document:
        """Return one document.

        Raises:
            ArticleNotFoundError: if it is not here.
        """
        found = self._current().documents.get(doc_id)
        if found is None:
            raise ArticleNotFoundError(f"知识库里没有文件 {doc_id}")
        return found

    def chunks(self, doc_id: str) -> list[Chunk]:
        """Return a document's chunks in their order."""
        return self._catalogue.chunks(doc_id)

    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        """Return the chunk before, the chunk itself and the chunk after.

        Raises:
            ArticleNotFoundError: if the chunk is not here.
        """
        chunks = self.chunks(chunk_id.partition("#")[0])
        for index, chunk in enumerate(chunks):
            if chunk.chunk_id == chunk_id:
                before = chunks[index - 1] if index else None
                after = chunks[index + 1] if index + 1 < len(chunks) else None
                return before, chunk, after
        raise ArticleNotFoundError(f"知识库里没有段落 {chunk_id}")

    def status(self, doc_id: str, on: date | None = None) -> Status:
        """Return whether a document is in force on a day (today if None)."""
        self.document(doc_id)
        return self.statuses(on)[doc_id]

    def statuses(self, on: date | None = None) -> dict[str, Status]:
        """Return {doc_id: status} on a day (today if None)."""
        return dict(self._current().statuses(on or date.today()))

    def ending(self, doc_id: str, on: date | None = None) -> Ending | None:
        """Return what ended a text that is not in force on a day (today if None), with the sentence that says so.

        Raises:
            ArticleNotFoundError: if there is no such document.
        """
        return ending(self.document(doc_id), self.documents(), self.statuses(on), self.chunks)

    def stats(self) -> Stats:
        """Return how much is known."""
        documents = self._current().documents.values()
        by_level: dict[str, int] = {}
        for document in documents:
            by_level[document.level.value] = by_level.get(document.level.value, 0) + 1
        published = [d.published for d in documents if d.published and d.level not in CARDS]
        return Stats(
            documents=len(documents),
            chunks=sum(self._catalogue.counts().values()),
            pending=len(self._catalogue.pending()),
            newest_published=max(published, default=None),
            by_level=dict(sorted(by_level.items())),
            embedding_model=self._embedder.name,
        )

    # -- inside ------------------------------------------------------------------------------------

    def _follow(self, current: Retriever, link: Link, start: str, on: date) -> Hit | None:
        """Return the passage at the other end of a link, or None if it is not here or not in force."""
        forwards = link.source == start
        other, relation = (link.target, FORWARDS) if forwards else (link.source, BACKWARDS)
        doc_id, _, label = other.partition("#")
        if forwards and link.relation is Relation.CITES:
            hits = current.article(doc_id, label, on).hits
        else:
            hits = current.chunk(other, on)
        if not hits or (hits[0].status is not Status.IN_FORCE and link.relation is not Relation.SUCCESSOR):
            return None
        name = relation[link.relation]
        why = name if link.stated else f"{name}（按内容比对，相似度 {link.likeness:.2f}）"
        return replace(hits[0], score=link.likeness, why=(why,), relation=name, looked_up=False)

    def _current(self) -> Retriever:
        with self._lock:
            generation = self._catalogue.fact("generation")
            if generation != self._generation:
                self._check_model()
                earlier = self._retriever
                earlier.close()
                self._retriever = Retriever(self._catalogue, self._embedder, earlier=earlier)
                self._generation = generation
            return self._retriever

    def _check_model(self) -> None:
        built_with = self._catalogue.fact("embedding_model")
        if built_with is not None and built_with != self._embedder.name:
            raise ModelMismatchError(
                f"知识库 {self.folder} 是用向量模型 {built_with} 建的，现在配置的是 {self._embedder.name}。"
                f"要改用现在的模型，请重建索引：python -m kb rebuild --kb {self.folder}"
            )
