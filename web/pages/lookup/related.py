"""What belongs to an article, in groups as a page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kb import regions
from kb.datatypes import CARDS, Hit, Level
from kb.links import BACKWARDS, FORWARDS, Relation

LOCAL: Final = "地方规定"
_ORDER: Final = {  # heading -> what it means
    FORWARDS[Relation.PENALTY]: "不履行这一条，按这些条处理",
    BACKWARDS[Relation.PENALTY]: "这一条处罚的是违反这些条的行为",
    FORWARDS[Relation.HIGHER]: "这一条落实的是这些上位规定",
    LOCAL: "各地为落实这一条作的规定",
    BACKWARDS[Relation.HIGHER]: "落实这一条的全国性规定",
    FORWARDS[Relation.CITES]: "这一条里提到的条文",
    BACKWARDS[Relation.CITES]: "提到这一条的其他条文",
    FORWARDS[Relation.SUCCESSOR]: "在后一版里的条文",
    BACKWARDS[Relation.SUCCESSOR]: "在前一版里的条文",
}
_CARDS: Final = tuple(level for level in Level if level in CARDS)


@dataclass(frozen=True, slots=True)
class Group:
    """Passages that stand in one relation to the article."""

    name: str
    means: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """All that belongs to an article."""

    rules: tuple[Group, ...]
    cards: tuple[Group, ...]
    older: tuple[Hit, ...] = field(default=())  # its place in the version before
    newer: tuple[Hit, ...] = field(default=())  # its place in the version after


def grouped(hits: Iterable[Hit]) -> Related:
    """Return the passages that belong to an article in groups, the weightiest relation first."""
    rules: dict[str, list[Hit]] = {}
    cards: dict[Level, list[Hit]] = {}
    for hit in hits:
        if hit.document.level in CARDS:
            cards.setdefault(hit.document.level, []).append(hit)
        else:
            rules.setdefault(_heading(hit), []).append(hit)
    older = rules.pop(BACKWARDS[Relation.SUCCESSOR], [])
    newer = rules.pop(FORWARDS[Relation.SUCCESSOR], [])
    return Related(
        tuple(Group(name, means, tuple(rules[name])) for name, means in _ORDER.items() if name in rules),
        tuple(Group(level.value, "", tuple(cards[level])) for level in _CARDS if level in cards),
        tuple(older),
        tuple(newer),
    )


def reach(region: str) -> str:
    """Return the places a region's rules reach, for the script that knows where the visitor is.

    >>> reach("洛阳市"), reach("河南省").split()[:2]
    ('洛阳市', ['河南省', '郑州市'])
    """
    return " ".join((region, *regions.places(region)))


def _heading(hit: Hit) -> str:
    """Return the group a passage goes into: rules of a place that carry out the article stand by themselves."""
    is_local = hit.document.region != regions.NATIONWIDE
    return LOCAL if is_local and hit.relation == BACKWARDS[Relation.HIGHER] else hit.relation
