"""On what terms a question is asked: for whom, where, by the rules of which day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kb import regions
from kb.datatypes import Audience

_EARLIEST: Final = date(1949, 10, 1)
_LATEST: Final = date(2100, 1, 1)
_LONGEST: Final = 80  # characters; longer ones are nobody's choice


@dataclass(frozen=True, slots=True)
class Terms:
    """What a visitor chose; None stands for the installation's own region and for today."""

    audience: Audience = Audience.CITIZEN
    region: str | None = None
    on: date | None = None

    @property
    def is_usual(self) -> bool:
        """Whether nothing needs to be said about place and day."""
        return self.region is None and self.on is None


def read_terms(told: str | None) -> Terms:
    """Return the terms in the page's hidden field, audience;region;day; what cannot be read counts as not chosen.

    >>> read_terms("manager;郑州;2024-05-01")
    Terms(audience=<Audience.MANAGER: 'manager'>, region='郑州市', on=datetime.date(2024, 5, 1))
    >>> read_terms("admin;<b>;2024-13-01") == read_terms(None) == Terms()
    True
    """
    parts = (told or "")[:_LONGEST].split(";")
    who, where, day, *_ = (*parts, "", "", "")
    return Terms(_audience(who), region_of(where), _day(day))


def region_of(text: str) -> str | None:
    """Return the full name of a region of the table, None for anything else.

    >>> region_of("河南"), region_of("全国"), region_of("柳溪县")
    ('河南省', '全国', None)
    """
    if text == regions.NATIONWIDE:
        return regions.NATIONWIDE
    return regions.find(text) if regions.known(text) else None


def _audience(value: str) -> Audience:
    return Audience(value) if value in set(Audience) else Audience.CITIZEN


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if _EARLIEST <= day < _LATEST else None
