"""Lay words that statutes hardly know, given the vectors of the legal words they stand for.

`lay_words.tsv` holds one word a line: the lay word, a tab, the legal words (none for a word that
only marks a question, which then counts for nothing). Written for this project.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

LAY_WORDS = Path(__file__).parent / "lay_words.tsv"
_WELL_KNOWN = 30  # seen this often in statutes, a word keeps what it learned there: 公司 is a legal word
_LIKELIHOOD = -8.0  # logarithmic score of a new piece: taken before its single characters


def read_lay_words(path: Path = LAY_WORDS) -> dict[str, str]:
    """Return lay word -> legal words, "" for one that counts for nothing."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {word: meaning for word, _, meaning in (line.partition("\t") for line in lines)}


def add_lay_words(
    tokenizer: Tokenizer,
    vectors: NDArray[np.float32],
    counts: NDArray[np.int64],
    words: Mapping[str, str],
) -> tuple[Tokenizer, NDArray[np.float32]]:
    """Return tokenizer and vectors with the lay words as pieces of their own.

    Args:
        tokenizer: a Unigram tokenizer; it is not changed.
        vectors: (pieces, dimension), one row per piece; not changed.
        counts: how often each piece occurs in the statutes, (pieces,).
        words: lay word -> legal words.
    """
    state = json.loads(tokenizer.to_str())
    pieces: list[list[object]] = state["model"]["vocab"]
    rows = [*vectors.copy()]
    for word, meaning in words.items():
        known = tokenizer.token_to_id(word)
        if known is not None and meaning and counts[known] >= _WELL_KNOWN:
            continue
        row = vectors[tokenizer.encode(meaning).ids].sum(axis=0)
        if known is None:
            pieces.append([word, _LIKELIHOOD])
            rows.append(row)
        else:
            rows[known] = row
    extended: Tokenizer = Tokenizer.from_str(json.dumps(state))
    return extended, np.stack(rows).astype(np.float32)


def silent_pieces(tokenizer: Tokenizer, words: Mapping[str, str]) -> NDArray[np.bool_]:
    """Return True for the pieces that count for nothing: the unknown one and words without a meaning."""
    ids = [tokenizer.token_to_id(word) for word, meaning in words.items() if not meaning]
    silent = np.zeros(tokenizer.get_vocab_size(), np.bool_)
    silent[[0, *(piece for piece in ids if piece is not None)]] = True
    return silent
