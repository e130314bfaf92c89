"""Whether the passages found answer the question at all (拒答判断).

A first, cautious version: it refuses what shares almost nothing with any passage, and what names a
standard the knowledge base does not hold. A calibrated probability takes its place in a later issue.
"""

from assistant.scope import standards
from kb.datatypes import Found
from kb.normalise import fold
from kb.tokens import words

_LOOKED_AT = 5
# No answerable development question lies below either, see docs/measurements.md.
_LEAST_COSINE = 0.40  # of the closest passage; off-topic questions mostly stay below
_LEAST_COVERAGE = (
    0.05  # share of the question's words in one passage: none at all for foreign or senseless text
)


def is_supported(question: str, found: Found) -> bool:
    """Return whether the passages found can carry an answer."""
    if found.exact or not found.hits:
        return bool(found.hits) and not found.notice
    related = found.dense_score >= _LEAST_COSINE and coverage(question, found) >= _LEAST_COVERAGE
    return related and not missing_standards(question, found)


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
