"""What a text looks like, in 64 numbers: enough to find the same text from another site (近重复).

A bottom-k sketch: every run of 12 characters (Hanzi, letters and digits only) is hashed, the 64 smallest
hashes are kept. The share two sketches have in common estimates the share of runs the texts do.
Source: A. Broder, "On the resemblance and containment of documents", 1997.
"""

from collections.abc import Sequence

import numpy as np

SIZE = 64
_RUN = 12  # characters
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SIGNED = np.uint64(0x7FFF_FFFF_FFFF_FFFF)  # SQLite's integers have 63 bits and a sign


def sketch(texts: Sequence[str]) -> tuple[int, ...]:
    """Return the sketch of a text given in pieces, smallest value first; shorter for very short texts.

    >>> whole = "厂房内不得住人，疏散通道不得堆放杂物，夜间应当有人值班。" * 2
    >>> sketch([whole]) == sketch([whole.replace("，", " , ")]), len(sketch(["太短"]))
    (True, 0)
    """
    letters = np.array([ord(char) for char in "".join(texts) if char.isalnum()], dtype=np.uint64)
    count = len(letters) - _RUN + 1
    if count <= 0:
        return ()
    hashes = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(_RUN):
            hashes = (hashes ^ letters[place : place + count]) * _MULTIPLIER
            hashes ^= hashes >> np.uint64(29)
    distinct = np.unique(hashes & _SIGNED)
    return tuple(int(value) for value in distinct[:SIZE])


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the estimated share of runs that two sketched texts have in common, 0 to 1.

    >>> likeness((1, 2, 3), (1, 2, 3)), likeness((), (1,))
    (1.0, 0.0)
    """
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[: max(len(one), len(other))]
    return len({*smallest} & {*one} & {*other}) / len(smallest)
