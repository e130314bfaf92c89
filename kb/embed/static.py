"""The shipped embedding model: the mean of learned token vectors, with tokenizers and numpy alone.

The folder is a sentence-transformers StaticEmbedding, so `SentenceTransformer(folder)` gives the
same vectors; neither it nor torch is needed here. `kb.embed.train` makes the weights.
"""

import hashlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load
from tokenizers import Tokenizer

from kb.errors import SettingsError

WEIGHTS = Path(__file__).parent / "weights"
DOCUMENT_CHARACTERS = 4_000  # what lies beyond is not read
QUERY_CHARACTERS = 1_000
_BATCH = 2_048  # texts encoded at once: bounds the memory of the gathered token vectors


class StaticEmbedder:
    """Mean of token vectors, scaled to length one. Safe to share between threads once made."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """Load the model.

        Args:
            folder: holds `model.safetensors` (int8 rows with a scale each) and `tokenizer.json`.

        Raises:
            SettingsError: if the folder lacks the model or holds something else.
        """
        try:
            tokenizer = (folder / "tokenizer.json").read_bytes()
            weights = (folder / "model.safetensors").read_bytes()
            tensors = load(weights)
            rows, scales = tensors["embeddings"], tensors["weights"]
            self._tokenizer = Tokenizer.from_buffer(tokenizer)
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise SettingsError(
                f"自带的向量模型读不出来：{folder}（{error}）。请重新取得完整的程序文件，"
                "或用 `python -m kb.embed.train 法规目录 --out 该目录` 重新训练。"
            ) from error
        self._vectors: NDArray[np.float32] = rows.astype(np.float32) * scales[:, None].astype(np.float32)
        self._name = f"anwen-static-v1:{hashlib.sha256(tokenizer + weights).hexdigest()[:12]}"

    @property
    def name(self) -> str:
        """Return the identity recorded in a knowledge base; it changes with every retraining."""
        return self._name

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._vectors.shape[1])

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text, (n, dimension).

        A text without one known word (a row of dashes) gets a fixed unit vector, near to nothing.

        Raises:
            ValueError: if a text is blank; the message gives its place.
        """
        for place, text in enumerate(texts):
            if not text.strip():
                raise ValueError(f"第 {place + 1} 段文字是空的，不能算向量")
        rows = self._embed([text[:DOCUMENT_CHARACTERS] for text in texts])
        rows[~rows.any(axis=1)] = self.dimension**-0.5
        return rows

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector (dimension,), or the zero vector for a text without one known word."""
        vector: NDArray[np.float32] = self._embed([text[:QUERY_CHARACTERS]])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text, of length one or zero."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            rows[start : start + len(batch)] = self._sums(batch)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, lengths, out=rows, where=lengths > 0)
        return rows

    def _sums(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the sum of the token vectors of each text; scaling makes the mean needless."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        counts = np.fromiter(map(len, tokens), np.int64, len(tokens))
        sums = np.zeros((len(tokens), self.dimension), np.float32)
        filled = counts > 0  # reduceat would give an empty text its neighbour's first token
        if filled.any():
            flat = np.fromiter(chain.from_iterable(tokens), np.int64, int(counts.sum()))
            starts = np.concatenate(([0], np.cumsum(counts[filled])[:-1]))
            sums[filled] = np.add.reduceat(self._vectors[flat], starts, axis=0)
        return sums
