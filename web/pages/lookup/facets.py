"""What a search may be narrowed to: each value with how many passages have it and the address that picks it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ConfigDict, Field

from kb.datatypes import CARDS, Hit, Level
from web.api.filters import SearchFilter, Word
from web.pages.lookup.links import address

MOST_PAGES: Final = 20
_LEVELS: Final = [level.value for level in Level]


class Asked(SearchFilter):
    """What the search form asks for."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=2_000)
    kind: Literal["law", "card", "all"] = "law"  # rules, this project's cards, or both
    area: Word = ""  # the region whose own rules are wanted; `region` is where the asker is
    page: int = Field(1, ge=1, le=MOST_PAGES)

    def passes(self, hit: Hit) -> bool:
        """Whether a passage passes every filter."""
        is_card = hit.document.level in CARDS
        return (
            self.kind in ("all", "card" if is_card else "law")
            and self.area in ("", hit.document.region)
            and self.fits(hit.document, hit.status)
        )

    def address(self, **changed: object) -> str:
        """Return the address of this search with some fields changed; a change leads to the first page."""
        values = {**self.model_dump(mode="json", by_alias=True, exclude_defaults=True), "page": "", **changed}
        return address(**{name: str(value or "") for name, value in values.items()})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    label: str
    count: int
    address: str  # picks the value, or lets go of it where it is picked
    is_on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to narrow by."""

    name: str
    choices: tuple[Choice, ...]


_OF: Final[dict[str, tuple[str, Callable[[Hit], str]]]] = {
    "level": ("效力级别", lambda hit: hit.document.level.value),
    "area": ("适用地区", lambda hit: hit.document.region),
    "status": ("时效", lambda hit: hit.status.value),
    "issuer": ("制定机关", lambda hit: hit.document.issuer),
}
_KINDS: Final = {"law": "法规条文", "card": "清单与科普", "all": "全部"}
_EMPTY: Final = {"level": None, "area": "", "status": None, "issuer": ""}


def facets(asked: Asked, pool: Sequence[Hit]) -> tuple[Facet, ...]:
    """Return the facets of a search, each counted over what passes all the other filters.

    Args:
        asked: the search.
        pool: everything that was found, whatever the filters.
    """
    found = []
    for field, (name, value_of) in _OF.items():
        others = asked.model_copy(update={field: _EMPTY[field]})
        counts = Counter(value for hit in pool if others.passes(hit) and (value := value_of(hit)))
        picked = str(getattr(asked, field) or "")
        counts.setdefault(picked, 0) if picked else None
        choices = tuple(
            Choice(value, counts[value], asked.address(**{field: "" if value == picked else value}), value == picked)
            for value in sorted(counts, key=lambda value: _place(field, value, counts))
        )  # fmt: skip
        found.append(Facet(name, choices))
    return tuple(facet for facet in found if len(facet.choices) > 1 or any(c.is_on for c in facet.choices))


def kinds(asked: Asked, pool: Sequence[Hit]) -> tuple[Choice, ...]:
    """Return the choice between rules and cards."""
    return tuple(
        Choice(
            label,
            sum(asked.model_copy(update={"kind": kind}).passes(hit) for hit in pool),
            asked.address(kind="" if kind == "law" else kind),
            asked.kind == kind,
        )
        for kind, label in _KINDS.items()
    )


def chosen(asked: Asked) -> tuple[Choice, ...]:
    """Return the filters in use, each with the address without it."""
    labels = {
        "level": asked.level and asked.level.value,
        "area": asked.area and f"适用地区：{asked.area}",
        "status": asked.status and asked.status.value,
        "issuer": asked.issuer,
        "region": asked.region and f"所在地区：{asked.region}",
        "date": asked.on and f"{asked.on} 有效的",
        "date_from": asked.date_from and f"{asked.date_from} 起公布",
        "date_to": asked.date_to and f"{asked.date_to} 止公布",
    }
    return tuple(
        Choice(label, 0, asked.address(**{field: ""}), True) for field, label in labels.items() if label
    )


def _place(field: str, value: str, counts: Counter[str]) -> tuple[int, str]:
    """Return where a value stands among others: levels by rank, the rest by how many have it."""
    return (_LEVELS.index(value) if field == "level" else -counts[value], value)
