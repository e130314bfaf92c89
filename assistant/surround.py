"""What belongs beside the first passage (配套): penalty beside duty, law beside card, the local rule beside the law."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from assistant.compose.quote import overlap
from assistant.compose.thresholds import compare, contradicts
from kb import regions
from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Audience, Found, Hit, Level
from kb.intent import Intent, intents, is_penalty
from kb.links import BACKWARDS, FORWARDS, Relation

_DUTY_AND_PENALTY = (FORWARDS[Relation.PENALTY], BACKWARDS[Relation.PENALTY])
_MOST_LAWS = 2
_FAR_WORSE = 0.6  # of the best one's share of the question's words
_EXPLAINED = frozenset({Level.DUTY, Level.PENALTY, Level.SIGNAL, Level.TERM})


def surround(
    kb: KnowledgeBase, found: Found, question: str, audience: Audience, region: str | None, on: date | None
) -> Found:
    """Return the hits with what belongs to the first right behind it.

    Args:
        kb: where the links are.
        found: at least one hit.
        question: decides which of several links matters.
        audience: a citizen is spared what was not asked for.
        region: where the asker is, if known.
        on: the day whose law counts.
    """
    first, *others = found.hits
    if first.document.level is Level.GUIDE:
        return found
    links = [hit for hit in kb.linked(first, on) if not _is_named(hit, found)]
    group = (
        _beside_card(first, links, question, audience)
        if first.document.level in CARDS
        else _beside_law(first, links, question, audience, region, exact=found.exact)
    )
    shown = {hit.chunk.chunk_id for hit in group}
    return replace(found, hits=(*group, *(hit for hit in others if hit.chunk.chunk_id not in shown)))


def _beside_card(first: Hit, links: Sequence[Hit], question: str, audience: Audience) -> list[Hit]:
    """Return a card with the articles it rests on; for an inspector the articles come first."""
    cited = _best(links, question, lambda hit: hit.relation == FORWARDS[Relation.CITES], _MOST_LAWS)
    if Intent.PENALTY in intents(question):
        cited = sorted(cited, key=lambda hit: not is_penalty(hit.chunk))
    if audience is not Audience.INSPECTOR or not cited:
        return [first, *cited]
    lead, *rest = cited
    card = replace(first, relation=BACKWARDS[Relation.CITES])
    return [replace(lead, relation="", score=first.score), *rest, card]


def _beside_law(
    first: Hit, links: Sequence[Hit], question: str, audience: Audience, region: str | None, *, exact: bool
) -> list[Hit]:
    asked = region or regions.find(question)
    both = audience is Audience.INSPECTOR or Intent.PENALTY in intents(question)
    group = [first]
    if both:
        group += _best(links, question, lambda hit: hit.relation in _DUTY_AND_PENALTY, _MOST_LAWS)
    if audience is not Audience.CITIZEN and not exact:
        group += _explained(first, links, question)
    if first.document.region != regions.NATIONWIDE:
        group += _best(links, question, lambda hit: hit.relation == FORWARDS[Relation.HIGHER], 1)
    if asked and audience is not Audience.CITIZEN:
        group += _best(links, question, lambda hit: _is_local(hit, asked), 1)
    return group


def _best(links: Sequence[Hit], question: str, fits: Callable[[Hit], bool], most: int) -> list[Hit]:
    """Return the links that fit, those that share most with the question first, far worse ones left out."""
    fitting = [(overlap(question, hit.chunk.label + hit.chunk.text), hit) for hit in links if fits(hit)]
    ranked = sorted(fitting, key=lambda pair: -pair[0])[:most]
    return [hit for share, hit in ranked if share >= _FAR_WORSE * ranked[0][0]]


def _explained(first: Hit, links: Sequence[Hit], question: str) -> list[Hit]:
    """Return the card that explains the article best: of the kind asked for, and true of the asker's numbers."""
    penalty = Intent.PENALTY in intents(question)
    cards = [
        hit
        for hit in links
        if _is_explanation(hit) and not contradicts(question, f"{hit.chunk.label}。{hit.chunk.text}")
    ]
    if compare(question, first.chunk.text):  # the asker's numbers decide: a card on others would mislead
        cards = [hit for hit in cards if compare(question, f"{hit.chunk.label}。{hit.chunk.text}")]
    of_kind = [hit for hit in cards if (hit.document.level is Level.PENALTY) == penalty]
    return _best(of_kind or cards, question, _is_explanation, 1)


def _is_explanation(hit: Hit) -> bool:
    return hit.relation == BACKWARDS[Relation.CITES] and hit.document.level in _EXPLAINED


def _is_local(hit: Hit, region: str) -> bool:
    local = hit.document.region != regions.NATIONWIDE and regions.covers(hit.document.region, region)
    return local and hit.relation == BACKWARDS[Relation.HIGHER]


def _is_named(hit: Hit, found: Found) -> bool:
    """Whether the person asked for this passage by its number: it stands on its own then."""
    return any(hit.chunk.chunk_id == named.chunk.chunk_id for named in found.hits if named.looked_up)
