"""Whom a duty binds: a unit as five answers describe it, and what follows from them."""

import math
import re
from dataclasses import dataclass
from typing import get_args

from kb import regions
from kb.cards.records import Duty, Feature
from kb.cards.trades import TRADES, Trade, bound_roles, trade
from kb.errors import SettingsError

_MOST_PEOPLE = 10_000_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as five answers describe it.

    Attributes:
        trade: a name in `kb.cards.trades.TRADES`, or an `Industry`.
        headcount: people who work there.
        features: what it has.
        region: a province or a prefecture-level place; 全国 for not said.
        area_m2: floor area in square metres, if known; only shown beside duties whose text draws an area line.

    Raises:
        SettingsError: if the trade is unknown or a number cannot be true.
    """

    trade: str
    headcount: int
    features: frozenset[Feature] = frozenset()
    region: str = regions.NATIONWIDE
    area_m2: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        trade(self.trade)
        if not 1 <= self.headcount <= _MOST_PEOPLE:
            raise SettingsError(f"人数“{self.headcount}”不对：请填1到一千万之间的整数。")
        if self.area_m2 is not None and not 0 < self.area_m2 < math.inf:
            raise SettingsError(f"面积“{self.area_m2}”不对：请填大于0的平方米数，不知道就留空。")
        unknown = set(self.features) - set(get_args(Feature))
        if unknown:
            raise SettingsError(f"不认识的情况“{'、'.join(sorted(unknown))}”：请从列出的选项里选。")


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the five questions: its field of `Unit`, what to say, and the choices; none for a number."""

    field: str
    label: str
    choices: tuple[str, ...] = ()
    many: bool = False
    hint: str = ""


def questions() -> tuple[Asked, ...]:
    """Return the five questions that make a `Unit`.

    >>> [asked.field for asked in questions()]
    ['trade', 'headcount', 'area_m2', 'features', 'region']
    """
    return (
        Asked("trade", "你们是做什么的？", tuple(TRADES), hint="选最接近的一个；做几样的，各做一张清单"),
        Asked("headcount", "一共多少人？", hint="正式工、临时工、派遣工都算"),
        Asked("area_m2", "经营或厂房面积多少平方米？", hint="不知道可以不填，只有少数规定看面积"),
        Asked("features", "有下面哪些情况？", get_args(Feature), many=True, hint="有就勾，没有不勾"),
        Asked("region", "在哪里？", (regions.NATIONWIDE, *regions.provinces()), hint="也可以写到市，例如“郑州市”"),
    )  # fmt: skip


_RELATED: dict[Feature, str] = {  # a feature that brings in duties filed under another industry
    "职业病危害": "职业健康", "粉尘涉爆": "粉尘涉爆", "有限空间": "有限空间", "放射源": "核与辐射", "消防控制室": "消防",
    "高层建筑": "消防", "动火作业": "消防", "员工宿舍": "消防", "人员密集场所": "消防", "特种作业": "消防",
}  # fmt: skip
_SIGNS: dict[Feature, str] = {  # words of a duty that show it is about the feature itself
    "高层建筑": r"高层", "燃气": r"餐饮|用气|燃气", "车辆运输": r"道路运|随车|校车|车辆运", "烟花爆竹": r"烟花",
    "放射源": r"放射", "爆破作业": r"爆破|民用爆炸", "消防控制室": r"消防控制室", "动火作业": r"明火|动火|焊",
    "建设项目": r"施工|工程", "危险化学品": r"危险化学品|危化|有毒物品|高毒", "有限空间": r"容器|有限空间",
}  # fmt: skip
_OVER = re.compile(r"(?:超过|超)(\d+|百)人")
_UP_TO = re.compile(r"(\d+)人以下")
_FROM = re.compile(r"(\d+)人以上（含")
_HENAN_HIGH_RISK = 50  # 河南省安全生产条例 counts people in high-risk trades from here
_SMALL = 20  # nobody this small is 中型
_TOXIC = re.compile(r"剧毒|易制爆|高毒|监控化学品")
_NARROWER = re.compile(
    r"^产生|重点单位|^锅炉使用|产权人|^注册安全|中型规模"
)  # a `who` the answers do not settle
_PRIVATE = re.compile(
    r"^(?:河南省内的)?生产经营单位|^主要负责人|^安全生产管理|^高危行业以外|^决策机构|^发包、出租"
)
_DANGEROUS_GOODS = re.compile(r"危险化学品|剧毒化学品|易制爆")


@dataclass(frozen=True, slots=True)
class Facts:
    """What follows from the five answers."""

    unit: Unit
    trade: Trade
    industries: frozenset[str]
    features: frozenset[Feature]
    roles: frozenset[str]

    @classmethod
    def of(cls, unit: Unit) -> "Facts":
        """Return the facts of a unit."""
        kind = trade(unit.trade)
        features = unit.features | kind.implies
        roles = set(kind.roles)
        if "建设项目" in features and "施工" not in roles:
            roles.add("建设")
        return cls(unit, kind, kind.industries | {"通用"}, features, frozenset(roles))

    def binds(self, duty: Duty) -> bool:
        """Whether the duty is one of this unit's."""
        return (
            self._filed(duty)
            and self._has(duty)
            and self._named(duty)
            and self._counted(duty)
            and self._there(duty)
        )

    def doubtful(self, duty: Duty) -> bool:
        """Whether the five answers do not settle that the duty binds, though everything else fits."""
        toxic = bool(_TOXIC.search(duty.applies)) and "重大危险源" not in self.features & set(duty.needs)
        hired = "校车" in duty.who and "学校" not in self.roles
        return toxic or hired or bool(_NARROWER.search(duty.who)) or self.public_body(duty)

    def public_body(self, duty: Duty) -> bool:
        """Whether the duty is for 生产经营单位 and this may be a public body."""
        return "事业" in self.roles and bool(_PRIVATE.search(duty.who))

    def medium_only(self, duty: Duty) -> bool:
        """Whether only a unit of medium size or more has the duty; size cannot be told from people alone."""
        return "中型规模" in duty.who and "高危" not in self.roles

    def counts_people(self, duty: Duty) -> bool:
        """Whether the duty depends on the number of people."""
        return bool(_UP_TO.search(duty.applies) or _FROM.search(duty.applies) or _OVER.search(duty.title))

    def _filed(self, duty: Duty) -> bool:
        brought = {_RELATED[feature] for feature in self.features & set(duty.needs) if feature in _RELATED}
        return bool(set(duty.industries) & (self.industries | brought))

    def _has(self, duty: Duty) -> bool:
        if _DANGEROUS_GOODS.search(duty.who) and not duty.needs and "危险化学品" not in self.features:
            return False
        if not duty.needs:
            return True
        text = duty.title + duty.who + duty.applies
        spoken = [need for need in duty.needs if need in _SIGNS and re.search(_SIGNS[need], text)]
        if len(spoken) == len(duty.needs):
            either = "或" in duty.applies
            return bool(self.features & set(spoken)) if either else self.features >= set(spoken)
        if "高层建筑" in spoken and "高层建筑" not in self.features:
            return False
        return bool(self.features & set(duty.needs))

    def _named(self, duty: Duty) -> bool:
        crowd = "人员密集场所" in duty.who and "通用" not in duty.industries
        if crowd and not ("人员密集场所" in self.features or "高危" in self.roles):
            return False
        if "高危行业以外" in duty.who and "高危" in self.roles:
            return False
        named = bound_roles(duty.who)
        listed = (
            "高危" in named and "通用" in duty.industries and "、" in duty.who
        )  # others have the duty too, in a lighter form
        return not named or listed or bool(named & self.roles)

    def _counted(self, duty: Duty) -> bool:
        people = self.unit.headcount
        if duty.headcount_over is not None and people <= duty.headcount_over:
            return False
        over = _OVER.search(duty.title)
        if over and duty.headcount_over is None:
            line = 100 if over[1] == "百" else int(over[1])
            return people > line or ("高危" in self.roles and people >= _HENAN_HIGH_RISK)
        if "中型规模以上的其他单位" in duty.who and "高危" not in self.roles:
            return people >= _SMALL
        most, least = _UP_TO.search(duty.applies), _FROM.search(duty.applies)
        return not (most and people > int(most[1])) and not (least and people < int(least[1]))

    def _there(self, duty: Duty) -> bool:
        return regions.covers(duty.region, self.unit.region)
