"""Questions that lead on from an answer (接着问)."""

from kb.datatypes import CARDS, Found, Level
from kb.intent import is_penalty

_MOST = 3


def follow_ups(found: Found) -> tuple[str, ...]:
    """Return questions that lead on: the penalty, the next article, the other parts of a guide."""
    first = found.hits[0]
    if first.document.level is Level.GUIDE:
        names = [h.document.title for h in found.hits[1:] if h.document.level is Level.GUIDE]
        return tuple(dict.fromkeys(f"{name}怎么办" for name in names if name != first.document.title))[:_MOST]
    rules = [hit for hit in found.hits if hit.document.level not in CARDS]
    named = [f"《{hit.document.name}》{hit.chunk.label}" for hit in rules]
    penalty = [f"违反{named[0]}怎么处罚"] if named and not is_penalty(rules[0].chunk) else []
    others = [name for hit, name in zip(rules, named, strict=True) if hit is not first]
    return tuple(dict.fromkeys([*penalty, *others]))[:_MOST]
