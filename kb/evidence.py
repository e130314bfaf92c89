"""How strong the evidence of a search is as a whole, as numbers with names, for whoever decides to answer or refuse."""

from collections.abc import Sequence

import numpy as np

from kb.datatypes import Signals
from kb.gathered import FloatMatrix, Gathered
from kb.normalise import fold
from kb.rerank.features import COVERAGE, Candidate, Idf
from kb.rerank.features import NAMES as FEATURES
from kb.tokens import bigrams, words

_LOOKED_AT = 5  # passages, best first

NAMES = (
    "dense",  # cosine of the closest passage
    "lexical",  # best BM25, divided by the number of the question's terms
    "bank",  # cosine of the nearest question in the bank
    "bank_lexical",  # best BM25 of a question in the bank, per term
    "coverage",  # share of the question's information in the first passage
    "margin",  # how far the second candidate's score lies below the first's, in [0, 1]
    "logit",  # what the reranker makes of the first candidate
    "logits",  # and of the first five on average
    "lead",  # the first candidate's logit above the mean of the next five
    "together",  # share of the question's information in the first five passages
    "missing",  # rarity of the rarest term that none of the five has
    "words",  # share of the question's words of two and more characters in the five
    "words_first",  # and in the first
    "laws",  # how many laws the five are from
    "terms",  # how many terms the question has
    *(f"first_{name}" for name in FEATURES),  # the first candidate's features
)


def signals(
    question: str,
    gathered: Gathered,
    candidates: Sequence[Candidate],
    rows: FloatMatrix,
    logits: FloatMatrix,
    idf: Idf,
) -> Signals:
    """Return the signals of one search, in the order of NAMES; all 0 without candidates.

    Args:
        question: as asked.
        gathered: what the searches brought.
        candidates: of the reranker.
        rows: their features, (n, len(kb.rerank.features.NAMES)).
        logits: what the reranker made of them, (n,).
        idf: rarity of terms in the knowledge base.
    """
    if not candidates:
        return Signals((0.0,) * len(NAMES))
    order = np.argsort(-logits, kind="stable")
    best = [float(logits[place]) for place in order[: _LOOKED_AT + 1]]
    top = [candidates[place].chunk for place in order[:_LOOKED_AT]]
    texts = [fold("".join((chunk.law, *chunk.path, chunk.text))) for chunk in top]
    rarity = idf(sorted(set(bigrams(question))))
    whole = sum(rarity.values()) or 1.0
    absent = [weight for term, weight in rarity.items() if not any(term in text for text in texts)]
    terms = max(1, len(set(bigrams(question))))
    spoken = [word for word in set(words(question)) if len(word) > 1]
    first = rows[order[0]]
    return Signals((
        max(gathered.dense.values(), default=0.0),
        max(gathered.lexical.values(), default=0.0) / terms,
        gathered.best_cosine,
        max((match.lexical for match in gathered.matches.values()), default=0.0) / terms,
        float(first[COVERAGE]),
        1.0 - 2.0 / (1.0 + float(np.exp(best[0] - best[1]))) if len(best) > 1 else 0.0,
        best[0],
        sum(best[:_LOOKED_AT]) / len(best[:_LOOKED_AT]),
        best[0] - sum(best[1:]) / len(best[1:]) if len(best) > 1 else 0.0,
        1.0 - sum(absent) / whole,
        max(absent, default=0.0),
        _share(spoken, texts),
        _share(spoken, texts[:1]),
        float(len({chunk.law for chunk in top})),
        float(terms),
        *(float(value) for value in first),
    ))  # fmt: skip


def _share(spoken: Sequence[str], texts: Sequence[str]) -> float:
    """Return the share of the words that stand in one of the texts."""
    return sum(any(word in text for text in texts) for word in spoken) / len(spoken) if spoken else 0.0
