"""Which duties bind a unit (安全责任清单), why each is listed, how heavy it is and when it falls due."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb import regions
from kb.cards.frequency import Cycle, Frequency, cycles_of
from kb.cards.groups import GROUPS, group_of
from kb.cards.records import Duty, Fine, Penalty, Rule
from kb.cards.units import Facts, Unit
from kb.quantities import quantities


class When(StrEnum):
    """How sure the five answers make it that a duty is due now."""

    ALWAYS = "平时就要做"
    CHECK = "先核对有没有这种情形"
    OCCASION = "遇到时照做"


@dataclass(frozen=True, slots=True)
class Item:
    """One duty of a checklist."""

    duty: Duty
    group: str  # one of `kb.cards.groups.GROUPS`
    when: When
    reasons: tuple[str, ...]  # why it is listed, in Chinese
    cycles: tuple[Cycle, ...]
    fines: tuple[Fine, ...]  # of the penalties that stand on the duty's penalty articles
    weight: float  # 0 and more; heavier first

    @property
    def every(self) -> Frequency:
        """The interval of its first cycle."""
        return self.cycles[0].every

    def due(self, start: date, count: int = 1) -> tuple[tuple[Cycle, date], ...]:
        """Return (cycle, day) pairs, earliest first: the next `count` days of each cycle after `start`."""
        pairs = [(cycle, day) for cycle in self.cycles for day in cycle.due(start, count)]
        return tuple(sorted(pairs, key=lambda pair: pair[1]))


@dataclass(frozen=True, slots=True)
class Checklist:
    """What binds a unit: items ordered by group, then 平时 before 遇到时, then by weight."""

    unit: Unit
    items: tuple[Item, ...]

    def groups(self) -> dict[str, tuple[Item, ...]]:
        """Return the items of each group that has any, in the order of `GROUPS`."""
        return {
            group: found for group in GROUPS if (found := tuple(i for i in self.items if i.group == group))
        }


def checklist(unit: Unit, duties: Sequence[Duty], penalties: Sequence[Penalty] = ()) -> Checklist:
    """Return the duties that bind a unit, each with the reasons why.

    Args:
        unit: what it is.
        duties: all that are known.
        penalties: what the weights and fines are taken from.
    """
    by_rule: dict[Rule, list[Penalty]] = {}
    for penalty in penalties:
        for rule in penalty.liability:
            by_rule.setdefault(rule, []).append(penalty)
    facts = Facts.of(unit)
    items = [_item(duty, facts, by_rule) for duty in duties if facts.binds(duty)]
    order = {when: place for place, when in enumerate(When)}
    items.sort(key=lambda i: (GROUPS.index(i.group), order[i.when], -i.weight, i.duty.id))
    return Checklist(unit, tuple(items))


# -- what is said about it -------------------------------------------------------------------------

_ACCIDENT = re.compile(
    r"发生(?:时|造成|特种|危险|事故|火灾)|发生.{0,12}(?:事故|案件)|事故(?:发生|报告|调查)|受到自然灾害|丢失|被盗|"
    r"出故障|抛锚|车辆故障|能见度|出现"
)
_OCCASION = re.compile(
    r"时$|以后$|到期|以前$|申请员工|职工受到|职工因|停产|改名称|变更|需要购买|转产|不再使用|招用|采购|引进|竣工|"
    r"完工|收到|查出|检查发现|新建|改建|扩建|装修涉及|接收学生|委托机构|委托.{0,8}服务|因.{0,6}维修|接受|临时|没有危化|"
    r"举办|选址|接收|停用后|托运|寄快递|申请职业病|员工申请|包出去|外包，|延长工作时间|范围内|两侧|保护区|易发区|危险区|路上|高速公路|草原防火"
)
_MAYBE = re.compile(
    r"^(?:所用|有|使用|用|储存|设有|装有|涉及|购买|销售|生产|敷设|实施|转|手里|重复|属于|跨|占用|穿|按规定|地处|地质|含|可能|"
    r"同一|一栋|楼下|两家|院内|引|如|真高|架空|外卖|城市|国家规定|被|单位建有)|的单位$|中型|可以不"
)
_FIRST = re.compile(
    r"采购、租用|范围内活动|装修、装饰$|停产|转产|交给承运人|通过道路|申请职业病|^招用|的作业外包|而要购买|许可证有效期内|"
    r"施工可能危及|施工范围内|保护区|穿跨越|跨河|蓄滞洪区|易发区|占用、挖掘|改动市政"
)  # an occasion even where the feature is there
_EVERY = re.compile(
    r"^(?:所有|全部|任何|一般行业|属于上述|在河南省生产|不论|已经设机构|国家规定|属于国家规定|矿山、金属冶炼、建筑施工|有生产、储存装置|做|生产(?:列入|或进口))|所有单位|所有场所"
)


def _item(duty: Duty, facts: Facts, by_rule: dict[Rule, list[Penalty]]) -> Item:
    found = [penalty for rule in duty.penalty for penalty in by_rule.get(rule, ())]
    related = [p for p in found if set(p.basis) & set(duty.basis)]
    fines = tuple(dict.fromkeys(fine for penalty in related for fine in penalty.fines))
    when = _when(duty, facts)
    return Item(
        duty,
        group_of(duty),
        when,
        _reasons(duty, facts, when),
        _fitting(duty, facts),
        fines,
        _weight(duty, related),
    )


def _when(duty: Duty, facts: Facts) -> When:
    if _ACCIDENT.search(duty.applies) or group_of(duty) == "事故报告与处置":
        return When.OCCASION
    if _FIRST.search(duty.applies):
        return When.OCCASION
    if facts.doubtful(duty):
        return When.CHECK
    if facts.features & set(duty.needs) or _EVERY.search(duty.applies):
        return When.ALWAYS
    if _OCCASION.search(duty.applies):
        return When.OCCASION
    return When.CHECK if _MAYBE.search(duty.applies) else When.ALWAYS


def _reasons(duty: Duty, facts: Facts, when: When) -> tuple[str, ...]:
    unit = facts.unit
    found: list[str] = []
    if duty.headcount_over is not None:
        found.append(f"你单位{unit.headcount}人，超过{duty.headcount_over}人")
    elif facts.counts_people(duty):
        found.append(f"你单位{unit.headcount}人，在规定的人数范围里")
    found += [f"你单位有{need}" for need in duty.needs if need in facts.features]
    if duty.region != regions.NATIONWIDE:
        found.append(f"你单位在{unit.region}，适用{duty.region}的规定")
    filed = [name for name in duty.industries if name in facts.trade.industries and name != "通用"]
    if filed and "通用" not in duty.industries:
        found.append(f"你单位是“{unit.trade}”，属于{'、'.join(filed)}")
    elif not found:
        found.append("各行各业都要做" if when is When.ALWAYS else f"有这种情形就要做：{duty.applies}")
    if facts.medium_only(duty):
        found.append("中型以上规模才要，请按企业划型标准核对")
    if facts.public_body(duty):
        found.append("有生产经营活动的才按这一条，公办单位请核对")
    if unit.area_m2 is not None and "平方米" in duty.what:
        found.append(f"这一条按面积划线，你填的是{unit.area_m2:g}平方米，请对照")
    return tuple(found)


def _fitting(duty: Duty, facts: Facts) -> tuple[Cycle, ...]:
    """Return the duty's cycles without those that speak of another kind of unit."""
    every = cycles_of(duty)
    left = tuple(cycle for cycle in every if not _speaks_of_others(cycle.words, facts))
    return left or every


def _speaks_of_others(words: str, facts: Facts) -> bool:
    public = "公众聚集" in facts.roles
    return bool(
        (re.match(r"企业", words) and "事业" in facts.roles)
        or (re.match(r"机关、|事业单位", words) and "事业" not in facts.roles)
        or (re.match(r"小区|住宅|居民", words) and "小区" not in facts.roles)
        or (re.match(r"单位|公共建筑", words) and "小区" in facts.roles)
        or (words.startswith("高层") and "高层建筑" not in facts.features)
        or (words.startswith("公众聚集场所") and not public)
    )


def _weight(duty: Duty, related: Sequence[Penalty]) -> float:
    """Weigh by what is at stake: a crime, a stop, the highest sum its consequence names (log10 of 元)."""
    said = duty.consequence
    fines = [amount.value for amount in quantities(said) if amount.unit == "元"]
    return (
        (3.0 if any(penalty.crime for penalty in related) else 0.0)
        + (2.0 if re.search(r"停产|停业|吊销|关闭|停止|停工", said) else 0.0)
        + (1.0 if duty.penalty else 0.0)
        + math.log10(max(fines, default=1) or 1)
    )
