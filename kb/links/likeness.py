"""How alike articles are: cosines of their character pairs, weighted by rarity, thousands at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BITS = 18  # pairs are hashed to 2**18 columns
_FIRST, _LAST = 0x3400, 0x9FFF  # Hanzi
_MIX = np.uint64(0x9E3779B97F4A7C15)


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return how often each pair of Hanzi stands in each text, (len(texts), 2**18) float32.

    >>> counts(["消防安全", "安全", "A1"]).sum(axis=1).ravel().tolist()
    [[3.0, 1.0, 0.0]]
    """
    joined = np.frombuffer("\n".join([*texts, ""]).replace("\r", " ").encode("utf-32-le"), np.uint32)
    ends = np.cumsum([len(text.replace("\r", " ")) + 1 for text in texts])
    han = (joined >= _FIRST) & (joined <= _LAST)
    places = np.flatnonzero(han[:-1] & han[1:])
    pairs = joined[places].astype(np.uint64) << np.uint64(16) | joined[places + 1].astype(np.uint64)
    columns = (pairs * _MIX) >> np.uint64(64 - _BITS)
    rows = np.searchsorted(ends, places, side="right")
    ones = np.ones(len(places), np.float32)
    return sparse.csr_matrix((ones, (rows, columns.astype(np.int64))), shape=(len(texts), 1 << _BITS))


def cosines(left: sparse.csr_matrix, right: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the cosine of each left with each right text, (n, m), pairs weighted by rarity in both."""
    weight = rarity(left, right)
    scaled = [_unit(side.multiply(weight).tocsr()) for side in (left, right)]
    return np.asarray((scaled[0] @ scaled[1].T).toarray(), np.float32)


def contained(parts: sparse.csr_matrix, wholes: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the share of each part's pairs, weighted by rarity, that stand in each whole, (n, m)."""
    weight = rarity(wholes, wholes[:0])
    present = (parts > 0).astype(np.float32).multiply(weight).tocsr()
    total = np.maximum(np.asarray(present.sum(axis=1), np.float32), 1e-9)
    return np.asarray((present @ (wholes > 0).astype(np.float32).T).toarray() / total, np.float32)


def rarity(left: sparse.csr_matrix, right: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the idf of each column over both, (1, 2**18)."""
    seen = np.bincount(np.concatenate([_columns(left), _columns(right)]), minlength=1 << _BITS)
    documents = left.shape[0] + right.shape[0]
    return np.asarray(np.log1p(documents / (1.0 + seen)).reshape(1, -1), np.float32)


def _columns(matrix: sparse.csr_matrix) -> NDArray[np.int64]:
    matrix.sum_duplicates()
    return np.asarray(matrix.indices, np.int64)


def _unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.maximum(lengths, 1e-9)) @ matrix
