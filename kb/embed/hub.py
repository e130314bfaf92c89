"""Any sentence-transformers model, from a folder or the Hugging Face hub, on the CPU.

sentence_transformers and torch (over ten seconds to import) are imported when a model is made.
"""

import hashlib
import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from kb.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

_REMEDY = (
    "请检查 embedding_model 设置：填模型文件夹的路径，或先在联网的机器上下载该模型；留空则用自带的向量模型。"
)


class SentenceTransformerEmbedder:
    """A sentence-transformers model with its own prompts for questions and documents."""

    def __init__(self, model: str) -> None:
        """Load a model; code that comes with a model is never run.

        Args:
            model: a folder, or a name on the hub, which is looked up among the downloaded models
                only where HF_HUB_OFFLINE is set.

        Raises:
            SettingsError: if it cannot be loaded.
        """
        self._model: SentenceTransformer = load_pretrained("SentenceTransformer", model, _REMEDY)
        self._limit = self._model.max_seq_length or math.inf
        self._dimension = int(self._model.encode(["安"]).shape[1])
        self._name = f"{Path(model).name}:{_fingerprint(self._model)}"

    @property
    def name(self) -> str:
        """Return the identity recorded in a knowledge base: the model's name and its weights' hash."""
        return self._name

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self._dimension

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text, (n, dimension). Too long a text is cut, and that is logged.

        Raises:
            ValueError: if a text is blank; the message gives its place.
        """
        for place, text in enumerate(texts):
            if not text.strip():
                raise ValueError(f"第 {place + 1} 段文字是空的，不能算向量")
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        self._warn_of_long(texts)
        rows = self._model.encode_document(list(texts), show_progress_bar=False)
        return _unit(np.asarray(rows, np.float32))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector (dimension,), or the zero vector for a blank text."""
        if not text.strip():
            return np.zeros(self._dimension, np.float32)
        self._warn_of_long([text])
        rows = self._model.encode_query([text], show_progress_bar=False)
        vector: NDArray[np.float32] = _unit(np.asarray(rows, np.float32))[0]
        return vector

    def _warn_of_long(self, texts: Sequence[str]) -> None:
        """Log how many texts the model will cut: it does so without a word."""
        if self._limit == math.inf:
            return
        tokens = self._model.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        longest = max(map(len, tokens))
        if longest > self._limit:
            count = sum(len(row) > self._limit for row in tokens)
            logger.warning(
                "%d 段文字超过向量模型的 %d 个词元上限（最长 %d），超出部分不参与语义检索",
                count, self._limit, longest,
            )  # fmt: skip


def load_pretrained(kind: Literal["SentenceTransformer", "CrossEncoder"], model: str, remedy: str) -> Any:  # noqa: ANN401
    """Return a sentence-transformers model on the CPU, running no code that comes with it.

    Args:
        kind: its class.
        model: a folder, or a name on the hub, which is looked up among the downloaded models only where
            HF_HUB_OFFLINE is set.
        remedy: what to do when it fails, in Chinese.

    Raises:
        SettingsError: if it cannot be loaded.
    """
    is_path = Path(model).is_absolute() or model.startswith(".")
    if is_path and not Path(model).is_dir():
        raise SettingsError(f"模型文件夹不存在：{model}。{remedy}")
    try:
        import sentence_transformers
        from huggingface_hub import constants
    except ImportError as error:
        raise SettingsError(f"缺少 sentence-transformers（{error}），请先安装 requirements.txt。") from error
    try:
        return getattr(sentence_transformers, kind)(
            model,
            device="cpu",
            trust_remote_code=False,
            local_files_only=bool(constants.HF_HUB_OFFLINE) or Path(model).is_dir(),
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SettingsError(f"模型载入失败：{model}（{reason}）。{remedy}") from error


def _fingerprint(model: "SentenceTransformer") -> str:
    """Return the first 12 hex digits of the sha256 over all weights, in the order of their names."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()[:12]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows scaled to length one; a zero row (no known word) stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit
