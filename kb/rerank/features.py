"""What is known of a candidate passage for a question, as numbers a reranker can weigh, each with a name."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb import regions
from kb.bank.index import Match
from kb.datatypes import Chunk, Document, Level
from kb.industry import trades
from kb.intent import Intent, intents, is_penalty, serves
from kb.normalise import fold
from kb.thesaurus import Thesaurus
from kb.tokens import bigrams

_NUMBER = re.compile(
    r"\d|[一二三四五六七八九十百千万]+(?:元|日|天|年|个月|人|倍|小时|学时|次|米|级|%)|百分之"
)
_LEVELS = (Level.LAW, Level.ADMINISTRATIVE, Level.MINISTRY, Level.LOCAL, Level.JUDICIAL, Level.GUIDE)
_LOOKS = (Intent.DEFINITION, Intent.PROCEDURE, Intent.REPORTING)  # intents whose answers look alike
_DUTY = re.compile(r"应当|不得|必须|禁止")

Idf = Callable[[Sequence[str]], dict[str, float]]

NAMES = (
    "lexical", "lexical_per_term", "dense", "dense_gap", "both",
    "bank_lexical", "bank_cosine", "bank_gap", "has_bank",
    "text_coverage", "title_coverage", "path_coverage", "legal_terms", "legal_terms_in_title",
    "penalty_wanted", "penalty_unwanted", "number_wanted", "duty", "duty_wanted", "law_named", "linked", "linked_wanted",
    *(f"{intent.name.lower()}_{wanted}" for intent in _LOOKS for wanted in ("wanted", "unwanted")),
    *(f"level_{level.name.lower()}" for level in _LEVELS),
    "local_unasked", "region_asked", "trade_unasked", "trade_asked", "length", "year",
)  # fmt: skip


BANK_COLUMNS = [NAMES.index(name) for name in ("bank_lexical", "bank_cosine", "has_bank")]
INTENT_COLUMNS = [i for i, name in enumerate(NAMES) if name.endswith(("_wanted", "_unwanted"))]
COVERAGE = NAMES.index("text_coverage")
BANK_GAP = NAMES.index("bank_gap")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage and how the searches came upon it; 0 where a search missed it."""

    chunk: Chunk
    document: Document
    lexical: float  # BM25
    dense: float  # cosine
    match: Match | None  # nearest question of the bank
    linked: float = 0.0  # share of the best score that a duty has whose breach it punishes


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question itself gives to every candidate's features."""

    terms: dict[str, float]  # term -> its share of the question's information (idf), together 1
    legal: tuple[str, ...]
    intents: frozenset[Intent]
    trades: frozenset[str]
    region: str | None
    laws: frozenset[str]


def asked(question: str, idf: Idf, region: str | None, laws: Sequence[str], thesaurus: Thesaurus) -> Asked:
    """Return what a question asks for.

    Args:
        question: as typed.
        idf: rarity of each term in the knowledge base, at least 0.
        region: where the asker is, or the region named.
        laws: names of the laws mentioned.
        thesaurus: lay words and their legal terms.
    """
    legal = tuple(dict.fromkeys(term for entry in thesaurus.find(question) for term in entry.legal))
    weights = idf(sorted(set(bigrams(question))))
    total = sum(weights.values()) or 1.0
    return Asked(
        {term: weight / total for term, weight in weights.items()},
        legal,
        intents(question),
        trades(question),
        region,
        frozenset(laws),
    )


def matrix(asked: Asked, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """Return the features of the candidates, (candidates, len(NAMES)) float32."""
    best_lexical = max((c.lexical for c in candidates), default=0.0) or 1.0
    best_dense = max((c.dense for c in candidates), default=0.0)
    best_bank = max((c.match.lexical for c in candidates if c.match), default=0.0) or 1.0
    best_cosine = max((c.match.cosine for c in candidates if c.match), default=0.0)
    count = max(1, len(asked.terms))
    rows = [
        [
            c.lexical / best_lexical,
            c.lexical / count,
            c.dense,
            best_dense - c.dense,
            float(c.lexical > 0 and c.dense > 0),
            c.match.lexical / best_bank if c.match else 0.0,
            c.match.cosine if c.match else 0.0,
            best_cosine - (c.match.cosine if c.match else 0.0),
            float(c.match is not None),
            *_text_features(asked, c),
        ]
        for c in candidates
    ]
    return np.asarray(rows, np.float32).reshape(len(candidates), len(NAMES))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a passage is, whatever the question."""

    text: str
    title: str
    trades: frozenset[str]  # that its title names
    path: str
    penalty: bool
    looks: tuple[bool, ...]  # of _LOOKS
    number: bool
    duty: bool
    length: float


@lru_cache(maxsize=30_000)
def _facts(chunk: Chunk) -> _Facts:
    text = fold(chunk.text)
    return _Facts(
        text,
        fold(chunk.law),
        trades(chunk.law),
        fold("".join(chunk.path)),
        is_penalty(chunk),
        tuple(serves(chunk, intent) for intent in _LOOKS),
        bool(_NUMBER.search(text)),
        bool(_DUTY.search(text)),
        math.log1p(len(text)),
    )


def _text_features(asked: Asked, candidate: Candidate) -> list[float]:
    facts, document = _facts(candidate.chunk), candidate.document
    nationwide = document.region == regions.NATIONWIDE
    penalty = Intent.PENALTY in asked.intents
    return [
        _covered(asked.terms, facts.text),
        _covered(asked.terms, facts.title),
        _covered(asked.terms, facts.path),
        _share(asked.legal, facts.text),
        _share(asked.legal, facts.title),
        float(penalty and facts.penalty),
        float(facts.penalty and not penalty),
        float(Intent.NUMBER in asked.intents and facts.number),
        float(facts.duty),
        float(facts.duty and Intent.DUTY in asked.intents),
        float(candidate.chunk.law in asked.laws),
        candidate.linked,
        candidate.linked * penalty,
        *(
            float(looks and (intent in asked.intents) == wanted)
            for intent, looks in zip(_LOOKS, facts.looks, strict=True)
            for wanted in (True, False)
        ),
        *(float(document.level is level) for level in _LEVELS),
        float(not nationwide and asked.region is None),
        float(not nationwide and asked.region is not None),
        float(bool(facts.trades) and not facts.trades & asked.trades),
        float(bool(facts.trades & asked.trades)),
        facts.length,
        (document.published.year - 2000) / 10 if document.published else 0.0,
    ]


def _covered(terms: dict[str, float], text: str) -> float:
    return sum(weight for term, weight in terms.items() if term in text)


def _share(terms: tuple[str, ...], text: str) -> float:
    return sum(term in text for term in terms) / len(terms) if terms else 0.0
