"""Texts as vectors: the shipped static model, or any sentence-transformers model.

Importing this package loads no model and no torch.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.embed.hub import SentenceTransformerEmbedder
from kb.embed.static import StaticEmbedder


class Embedder(Protocol):
    """Anything that turns documents and questions into unit vectors of one space."""

    @property
    def name(self) -> str:
        """Return the identity recorded in a knowledge base: other name, other vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text, (n, dimension).

        Raises:
            ValueError: if a text is blank.
        """
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector (dimension,), or the zero vector for a blank text."""
        ...


def load_embedder(model: str | None) -> Embedder:
    """Return the embedding model a knowledge base is built and searched with.

    Args:
        model: None or "" for the shipped static model, which needs no network; otherwise the folder
            of a sentence-transformers model, or its name on the Hugging Face hub.

    Raises:
        SettingsError: if the model cannot be loaded.
    """
    return SentenceTransformerEmbedder(model) if model else StaticEmbedder()
