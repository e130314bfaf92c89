"""Pairs of texts that mean nearly the same, sampled afresh in every pass over the articles.

Nobody labelled anything: a clause belongs to the rest of its article, a handful of scattered words
to the article they come from, and the title with a clause to what the article says besides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kb.embed.corpus import Article

_CLAUSE_END = re.compile(r"[，。；：;,:\n]+")
_DROPPED = 0.2  # share of the query's tokens left out
_KEYWORDS = (3, 12)  # how many scattered words make a query, upper bound excluded

Tokens = NDArray[np.int64]
Pair = tuple[Tokens, Tokens]  # (query, document)


@dataclass(frozen=True, slots=True)
class TokenizedArticle:
    """An article as token ids."""

    law: Tokens
    heading: Tokens
    clauses: tuple[Tokens, ...]


def tokenize(articles: Sequence[Article], tokenizer: Tokenizer) -> list[TokenizedArticle]:
    """Return the articles as token ids, cut at commas, stops and colons; empty ones are left out."""
    laws = encode([article.law for article in articles], tokenizer)
    headings = encode([article.heading for article in articles], tokenizer)
    clauses: list[list[Tokens]] = [[] for _ in articles]
    owners, texts = [], []
    for place, article in enumerate(articles):
        for clause in _CLAUSE_END.split(article.text):
            owners.append(place)
            texts.append(clause)
    for place, tokens in zip(owners, encode(texts, tokenizer), strict=True):
        if len(tokens):
            clauses[place].append(tokens)
    triples = zip(laws, headings, clauses, strict=True)
    return [TokenizedArticle(law, heading, tuple(parts)) for law, heading, parts in triples if parts]


class PairSampler:
    """Makes one pair per article and pass."""

    def __init__(self, articles: Sequence[TokenizedArticle], mix: Sequence[float], seed: int) -> None:
        """Keep the articles.

        Args:
            articles: at least one batch of them.
            mix: shares of (clause, title with clause, scattered words) among the queries; sum 1.
            seed: of every choice made here.
        """
        self._articles = articles
        self._mix = np.asarray(mix)
        self._random = np.random.default_rng(seed)

    def batches(self, size: int) -> Iterator[list[Pair]]:
        """Yield one pass over the articles in random order; a last short batch is left out."""
        order = self._random.permutation(len(self._articles))
        for start in range(0, len(order) - size + 1, size):
            yield [self._pair(self._articles[place]) for place in order[start : start + size]]

    def _pair(self, article: TokenizedArticle) -> Pair:
        clauses = article.clauses
        kind = int(self._random.choice(3, p=self._mix)) if len(clauses) > 1 else 2
        if kind == 2:
            return self._scattered_words(article)
        longest = 1 if kind == 1 or len(clauses) < 4 else min(3, len(clauses) // 2)
        length = int(self._random.integers(1, longest + 1))
        start = int(self._random.integers(0, len(clauses) - length + 1))
        query = list(clauses[start : start + length])
        rest = [*clauses[:start], *clauses[start + length :]]
        if kind == 1:
            query = [article.law, *query]
        elif self._random.random() < 0.5:
            rest = [article.heading, *rest]
        return self._thinned(np.concatenate(query)), np.concatenate(rest)

    def _scattered_words(self, article: TokenizedArticle) -> Pair:
        words = np.concatenate(article.clauses)
        count = min(len(words), int(self._random.integers(*_KEYWORDS)))
        query = self._random.choice(words, count, replace=False)
        return self._thinned(query), np.concatenate([article.heading, words])

    def _thinned(self, query: Tokens) -> Tokens:
        """Return the query with some tokens left out, never fewer than two of them."""
        kept = query[self._random.random(len(query)) > _DROPPED]
        return kept if len(kept) > 1 else query


def encode(texts: Sequence[str], tokenizer: Tokenizer) -> list[Tokens]:
    """Return the token ids of each text."""
    return [np.array(encoding.ids, np.int64) for encoding in tokenizer.encode_batch_fast(list(texts))]
