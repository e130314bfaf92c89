"""Where a text or an asker is (地区), and which region's rules reach them.

The table is `regions.yaml`: provinces and their prefecture-level places. Three levels: 全国, province, place.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb.errors import SettingsError

NATIONWIDE = "全国"
_TABLE = Path(__file__).with_name("regions.yaml")
_SUFFIX = re.compile(r"(?:省|市|地区|盟)$")
_NOT_A_PLACE = r"(?!区(?!域)|路|大?街|大道|县|镇|乡)"  # 朝阳区, 南京路: named after the place, and elsewhere


@dataclass(frozen=True, slots=True)
class _Table:
    parents: dict[str, str]  # full name -> full name of the region around it
    names: dict[str, str]  # every name a text may use -> full name
    pattern: re.Pattern[str]  # finds those names, longest first


def find(text: str) -> str | None:
    """Full name of the region a text names first; a place goes before the province written in front of it.

    >>> find("河南郑州的厂房"), find("内蒙古自治区消防条例"), find("大厦门口能停车吗")
    ('郑州市', '内蒙古自治区', None)
    """
    table = _table()
    found: str | None = None
    for match in table.pattern.finditer(text):
        region = table.names[match[0]]
        if found is None or table.parents[region] == found:
            found = region
    return found


def parent(region: str) -> str:
    """The region around this one: a place's province, a province's 全国; 全国 is its own.

    Raises:
        SettingsError: if the table does not know the region.

    >>> parent("郑州市"), parent("河南省")
    ('河南省', '全国')
    """
    full = _full_name(region)
    if full == NATIONWIDE:
        return NATIONWIDE
    if full not in _table().parents:
        raise SettingsError(f"不认识的地区“{region}”：请写省级或地级行政区，例如“河南省”“郑州市”。")
    return _table().parents[full]


def covers(law_region: str, user_region: str) -> bool:
    """Whether a rule of `law_region` applies in `user_region`. A region not in the table covers itself only.

    >>> covers("河南省", "郑州市"), covers("郑州市", "河南省"), covers("全国", "郑州市")
    (True, False, True)
    """
    reach, place = _full_name(law_region), _full_name(user_region)
    return reach in (NATIONWIDE, place, _table().parents.get(place))


def known(region: str) -> bool:
    """Whether the table says where a region lies; it does not list counties and towns.

    >>> known("郑州"), known("柳溪县")
    (True, False)
    """
    full = _full_name(region)
    return full == NATIONWIDE or full in _table().parents


def provinces() -> tuple[str, ...]:
    """Full names of the regions of province level, in the table's order."""
    return tuple(region for region, around in _table().parents.items() if around == NATIONWIDE)


def places(province: str) -> tuple[str, ...]:
    """Full names of a province's places, in the table's order; empty where the table lists none."""
    full = _full_name(province)
    return tuple(region for region, around in _table().parents.items() if around == full != NATIONWIDE)


def _full_name(region: str) -> str:
    return _table().names.get(region, region)


@cache
def _table() -> _Table:
    data: dict[str, Any] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    everyday: set[str] = set(data["words"])
    parents: dict[str, str] = {}
    names: dict[str, str] = {}
    for province, entry in data["provinces"].items():
        shorts = entry.get("names") or [_SUFFIX.sub("", province)]
        parents[province] = NATIONWIDE
        names |= dict.fromkeys([province, *shorts], province)
        for line in entry.get("places", []) + entry.get("direct", []):
            place, *others = line.split()
            parents[place] = province
            alone = [] if place in everyday else [_SUFFIX.sub("", place)]
            after_province = [short + _SUFFIX.sub("", place) for short in shorts]
            names |= dict.fromkeys([place, *others, *alone, *after_province], place)
    return _Table(parents, names, _compile(names, data["not_after"], data["not_before"]))


def _compile(names: dict[str, str], not_after: dict[str, str], not_before: dict[str, str]) -> re.Pattern[str]:
    parts = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        before = f"(?<![{not_after[name]}])" if name in not_after else ""
        after = f"(?![{not_before[name]}])" if name in not_before else ""
        parts.append(before + name + after + ("" if name in names.values() else _NOT_A_PLACE))
    return re.compile("|".join(parts))
