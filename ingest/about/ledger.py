"""The curated ledger: what the texts themselves do not say about their dates (`ledger.yaml`)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kb.datatypes import Level
from kb.errors import IngestError

_FILE = Path(__file__).with_name("ledger.yaml")


class _Ledger(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: dict[str, date]
    amendments: dict[Level, dict[date, date]]
    repealed: dict[str, date]
    outdated: dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of one document; None and "" where it knows nothing."""

    effective: date | None
    expires: date | None
    warning: str


def entry(name: str, level: Level, published: date | None) -> Entry:
    """Return what the ledger holds on a text.

    Raises:
        IngestError: if the ledger cannot be read; names the place.

    >>> entry("安全生产法", Level.LAW, date(2021, 6, 10)).effective
    datetime.date(2021, 9, 1)
    """
    ledger = _read()
    key = f"{name}@{published}"
    amended = ledger.amendments.get(level, {}).get(published) if published else None
    return Entry(
        ledger.documents.get(key) or amended, ledger.repealed.get(name), ledger.outdated.get(key, "")
    )


@cache
def _read() -> _Ledger:
    try:
        return _Ledger.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise IngestError(f"台账 {_FILE} 格式不对：{error}") from error
