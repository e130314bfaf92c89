"""The five answers about a unit as a browser sends them: checked, and turned into a link that asks again."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from kb import regions
from kb.cards.trades import TRADES
from kb.cards.units import Unit
from kb.errors import SettingsError

_LONGEST: Final = 60  # characters of one answer; longer ones are nobody's
_MOST_FEATURES: Final = 40


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers as they were typed, "" for what was left out."""

    trade: str = ""
    headcount: str = ""
    area_m2: str = ""
    features: tuple[str, ...] = ()
    region: str = ""

    @classmethod
    def of(cls, values: dict[str, str], features: Iterable[str]) -> "Answers":
        """Return the answers among `values`, cut at a sensible length."""
        kept = {
            name: values.get(name, "").strip()[:_LONGEST]
            for name in ("trade", "headcount", "area_m2", "region")
        }
        ticked = tuple(dict.fromkeys(feature[:_LONGEST] for feature in features))[:_MOST_FEATURES]
        return cls(**kept, features=ticked)

    @property
    def given(self) -> bool:
        """Whether anything was answered."""
        return bool(self.trade or self.headcount)

    def unit(self) -> Unit:
        """Return the unit they describe.

        Raises:
            SettingsError: if an answer is missing or cannot be true; says which and what to write.

        >>> Answers("机械与金属加工", "130").unit().region
        '全国'
        """
        if not self.trade:
            raise SettingsError("还没有选单位是做什么的。请选最接近的一个。")
        if self.trade not in TRADES:
            raise SettingsError(f"不认识的单位类型“{self.trade}”。请从“你们是做什么的”里重新选最接近的一个。")
        region = self.region or regions.NATIONWIDE
        if not regions.known(region):
            raise SettingsError(f"不认识的地区“{region}”：请写省或市的名字，例如“河南省”“郑州市”，或者留空。")
        return Unit(
            self.trade, _people(self.headcount), frozenset(self.features), region, _area(self.area_m2),  # type: ignore[arg-type]
        )  # fmt: skip

    def query(self) -> str:
        """Return the query string of the page that shows their list."""
        pairs = [("trade", self.trade), ("headcount", self.headcount), ("area_m2", self.area_m2)]
        pairs += [("features", feature) for feature in sorted(self.features)]
        return urlencode([(name, value) for name, value in (*pairs, ("region", self.region)) if value])


def _people(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(
            f"人数“{text}”不对：请填整数，例如 130。"
            if text
            else "还没有填人数。请填在这里干活的人一共多少。"
        ) from error


def _area(text: str) -> float | None:
    if not text:
        return None
    try:
        area = float(text)
    except ValueError as error:
        raise SettingsError(f"面积“{text}”不对：请填平方米数，不知道就留空。") from error
    if not math.isfinite(area):
        raise SettingsError(f"面积“{text}”不对：请填平方米数，不知道就留空。")
    return area
