"""Whether the passages found answer the question at all (拒答判断).

A logistic model over the signals of the search gives the probability that the knowledge base holds an
answer; below the threshold the assistant refuses. There are three: where the first passage belongs to a law
the question bank covers, the bank's silence counts; elsewhere (an office's own files) it means nothing; and
the emergency guides have a bank of their own, their phrases. `python -m assistant.calibrate`
learns them.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from assistant.scope import standards
from kb.bank import covered_documents
from kb.datatypes import Document, Found, Level, Signals
from kb.errors import SettingsError
from kb.evidence import NAMES
from kb.normalise import fold
from kb.tokens import words

Kind = Literal["with_bank", "without_bank", "guides"]
KINDS: tuple[Kind, ...] = ("with_bank", "without_bank", "guides")
FILE = Path(__file__).with_name("evidence.json")
_LOOKED_AT = 5
_STEEPEST = 50.0  # logits beyond this are certain, and would overflow
_LEAST_COVERAGE = (
    0.05  # share of the question's words in one passage: none at all for foreign or senseless text
)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in the order of `kb.evidence.NAMES`."""

    weights: tuple[float, ...]
    bias: float
    threshold: float  # least probability to answer

    def probability(self, signals: Signals) -> float:
        """Return the chance that the knowledge base holds an answer, in [0, 1]."""
        values = zip(self.weights, signals.values, strict=True)
        logit = self.bias + sum(weight * value for weight, value in values)
        return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, logit))))


def is_supported(question: str, found: Found) -> bool:
    """Return whether the passages found can carry an answer."""
    if found.exact or not found.hits:
        return any(hit.looked_up for hit in found.hits)
    if missing_standards(question, found) or coverage(question, found) < _LEAST_COVERAGE:
        return False
    first = found.hits[0].document
    model = shipped()[_kind(first)]
    return model.probability(found.signals) >= model.threshold


def weighed(found: Found) -> tuple[Kind, float, float] | None:
    """Return which model weighs the passages, the probability it gives and its threshold; None without a search."""
    if not found.hits or not found.signals.values:
        return None
    kind = _kind(found.hits[0].document)
    model = shipped()[kind]
    return kind, model.probability(found.signals), model.threshold


def _kind(document: Document) -> Kind:
    if document.level is Level.GUIDE:
        return "guides"
    return "with_bank" if document.doc_id in covered_documents() else "without_bank"


def missing_standards(question: str, found: Found) -> list[str]:
    """Return the standards a question names that no passage found belongs to or mentions."""
    held = fold(" ".join(hit.document.title + hit.chunk.text for hit in found.hits)).replace(" ", "")
    return [name for name in standards(question) if fold(name).replace(" ", "") not in held]


def coverage(question: str, found: Found) -> float:
    """Return the largest share of the question's words that one of the first passages holds, in [0, 1]."""
    asked = set(words(question))
    if not asked:
        return 0.0
    passages = (" ".join((h.document.name, *h.chunk.path, h.chunk.text)) for h in found.hits[:_LOOKED_AT])
    return max((len(asked & set(words(passage))) / len(asked) for passage in passages), default=0.0)


@cache
def shipped() -> dict[Kind, Model]:
    """Return the models that come with the project, by the kind of the first passage.

    Raises:
        SettingsError: if their file is broken or was made for other signals.
    """
    try:
        stored = json.loads(FILE.read_text("utf-8"))
        return {kind: _model(stored[kind]) for kind in KINDS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"拒答模型 {FILE} 与程序不配套：{error}。请运行 python -m assistant.calibrate 重新校准"
        ) from error


def _model(stored: dict[str, Any]) -> Model:
    weights = tuple(float(stored["weights"][name]) for name in NAMES)
    return Model(weights, float(stored["bias"]), float(stored["threshold"]))
