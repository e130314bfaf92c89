"""Other people's search over the same passages, each as its own documentation has it used (对照系统)."""

import importlib
import warnings
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Protocol, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings as ChromaSettings
from numpy.typing import NDArray

from kb.errors import EvaluationError

_CHROMA_BATCH = 5_000  # Chroma refuses more than 5,461


class Peer(Protocol):
    """A search system that is given passages and asked questions."""

    name: str
    note: str  # how it was set up, for the reader of the figures

    def index(self, passages: Sequence[str]) -> None:
        """Take in every passage; called once."""
        ...

    def search(self, question: str, k: int) -> list[int]:
        """Places in `passages` of at most k results, best first."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...


class Embedder(Protocol):
    """What makes vectors: the knowledge base's embedder."""

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of n passages, (n, d)."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of one question, (d,)."""
        ...


class OkapiPeer:
    """rank_bm25's BM25Okapi over jieba words: what LangChain's BM25Retriever does with a Chinese tokenizer."""

    name = "rank_bm25"
    note = "BM25Okapi，jieba 分词，默认参数；与 LangChain BM25Retriever 的做法相同"

    def __init__(self) -> None:
        """Raises EvaluationError if a package is missing."""
        self._jieba, self._module = _jieba(), _package("rank_bm25")

    def index(self, passages: Sequence[str]) -> None:
        """Cut and count every passage."""
        self._bm25 = self._module.BM25Okapi([self._jieba.lcut(passage) for passage in passages])
        self._places = range(len(passages))

    def search(self, question: str, k: int) -> list[int]:
        """Places of the k best scores."""
        best: list[int] = self._bm25.get_top_n(self._jieba.lcut(question), self._places, n=k)
        return best

    def close(self) -> None:
        """Drop the index."""
        del self._bm25


class Bm25sPeer:
    """bm25s over jieba words."""

    name = "bm25s"
    note = "bm25s 默认参数，jieba 分词"

    def __init__(self) -> None:
        """Raises EvaluationError if a package is missing."""
        self._jieba, self._module = _jieba(), _package("bm25s")

    def index(self, passages: Sequence[str]) -> None:
        """Cut and score every passage."""
        self._bm25 = self._module.BM25()
        self._bm25.index([self._jieba.lcut(passage) for passage in passages], show_progress=False)
        self._count = len(passages)

    def search(self, question: str, k: int) -> list[int]:
        """Places of the k best scores."""
        words = [self._jieba.lcut(question)]
        found = self._bm25.retrieve(words, k=min(k, self._count), show_progress=False)
        return [int(place) for place in found.documents[0]]

    def close(self) -> None:
        """Drop the index."""
        del self._bm25


class ChromaPeer:
    """A Chroma collection with every setting at its default, on disk, fed with our vectors."""

    name = "chroma"
    note = "Chroma 默认设置（l2、默认 ef）；其默认向量模型须联网下载，故用本项目的向量"

    def __init__(self, embedder: Embedder) -> None:
        """Makes an empty collection in a temporary folder, removed by `close`."""
        self._embedder = embedder
        self._folder = TemporaryDirectory(prefix="anwen-bench-", ignore_cleanup_errors=True)
        settings = ChromaSettings(anonymized_telemetry=False)
        # The declared type, ClientAPI, lacks the close() that the client has.
        self._client = cast(Client, chromadb.PersistentClient(self._folder.name, settings))
        self._collection = self._client.create_collection("bench", embedding_function=None)

    def index(self, passages: Sequence[str]) -> None:
        """Embed and add every passage."""
        for begin in range(0, len(passages), _CHROMA_BATCH):
            batch = list(passages[begin : begin + _CHROMA_BATCH])
            ids = [str(begin + place) for place in range(len(batch))]
            self._collection.add(ids=ids, embeddings=self._embedder.embed_documents(batch), documents=batch)

    def search(self, question: str, k: int) -> list[int]:
        """Places of the k nearest vectors."""
        vector = self._embedder.embed_query(question)
        found = self._collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=[])
        return [int(name) for name in found["ids"][0]]

    def close(self) -> None:
        """Remove the collection's files."""
        self._client.close()
        self._folder.cleanup()


def _jieba() -> ModuleType:
    module = _package("jieba")
    module.setLogLevel("WARNING")
    module.initialize()  # the dictionary is loaded before any clock runs
    return module


def _package(name: str) -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba's own source warns when it is compiled
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = name.replace("_", "-")
        raise EvaluationError(f"对照评测缺少 {package}。请先运行：pip install {package}") from error
