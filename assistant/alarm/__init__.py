"""A small learned ear beside the rules (险情判别): is somebody in danger now, and which guide is it about?

Two linear models over hashed characters and the shipped embedding, under a millisecond, no index and no network.
The rules know what they were written for; this hears the rest ("墙根冒白气，眼泪直流"). Learned by
`python -m assistant.alarm.train` from the guides' phrases and from sentences written for it.
"""

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedder, load_embedder
from kb.errors import SettingsError

FILE = Path(__file__).with_name("weights.npz")
BUCKETS = 1 << 13  # hashed runs of one to three characters
_LENGTHS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear makes of a text."""

    danger: float  # chance that somebody is in danger now, in [0, 1]
    guide: str  # id of the guide that fits best
    sure: float  # chance that it is this one, in [0, 1]


class Alarm:
    """The two models; use `shipped`."""

    def __init__(
        self, danger: NDArray[np.float32], guides: NDArray[np.float32], names: tuple[str, ...]
    ) -> None:
        """Take the weights: (d + 1,) for danger, (guides, d + 1) for which guide, the last column the bias."""
        self._danger = danger
        self._guides = guides
        self._names = names
        self._embedder: Embedder = load_embedder(None)

    def hear(self, text: str) -> Heard:
        """Return what a text, already normalised by the triage, is about."""
        places, value = buckets(text)
        vector = self._embedder.embed_query(text)
        danger = float(_sum(self._danger[None, :], places, value, vector)[0])
        scores = _sum(self._guides, places, value, vector)
        chances = np.exp(scores - scores.max())
        best = int(chances.argmax())
        return Heard(
            1.0 / (1.0 + float(np.exp(-danger))), self._names[best], float(chances[best] / chances.sum())
        )


def buckets(text: str) -> tuple[NDArray[np.int64], float]:
    """Return the buckets of a text's runs of characters, each once, and the value each has (unit length in all).

    >>> places, value = buckets("着火")
    >>> len(places), round(float(value**2 * len(places)), 6)
    (9, 1.0)
    """
    framed = f"^{text}$"
    runs = {framed[at : at + n] for n in _LENGTHS for at in range(len(framed) - n + 1)}
    places = np.array(sorted({zlib.crc32(run.encode()) % BUCKETS for run in runs}), np.int64)
    return places, float(1.0 / np.sqrt(max(1, len(places))))


@cache
def shipped() -> Alarm:
    """Return the ear that comes with the project.

    Raises:
        SettingsError: if its file is missing or broken.
    """
    try:
        with np.load(FILE, allow_pickle=False) as stored:
            danger, guides = (np.asarray(stored[name], np.float32) for name in ("danger", "guides"))
            return Alarm(danger, guides, tuple(str(name) for name in stored["names"]))
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(
            f"险情判别模型 {FILE} 读不出来：{error}。请运行 python -m assistant.alarm.train 重新训练"
        ) from error


def _sum(
    weights: NDArray[np.float32], places: NDArray[np.int64], value: float, vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    hashed = weights[:, places].sum(axis=1) * value
    return np.asarray(hashed + weights[:, BUCKETS:-1] @ vector + weights[:, -1], np.float32)
