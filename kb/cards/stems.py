"""Stems, right and wrong choices of quiz questions from duties, penalties and guides."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.cards.guides import Guide
from kb.cards.passages import cited, money
from kb.cards.records import Duty, Figure, Fine, Penalty, Rule
from kb.quantities import quantities

WRONG = 3  # wrong choices of a question


@dataclass(frozen=True, slots=True)
class Draft:
    """A question before its choices are put in order."""

    id: str
    stem: str
    right: str
    wrong: tuple[str, ...]
    explanation: str
    citation: str
    rules: tuple[Rule, ...] = ()
    guide_id: str = ""


# -- numbers ---------------------------------------------------------------------------------------

_LADDERS: dict[str, tuple[float, ...]] = {
    "日": (3, 5, 7, 10, 15, 20, 30, 45, 60, 90), "工作日": (3, 5, 7, 10, 15, 20, 30, 60),
    "月": (1, 2, 3, 4, 6, 9, 12, 18), "年": (1, 2, 3, 4, 5, 6, 8, 10), "小时": (1, 2, 4, 6, 8, 12, 24, 48, 72),
    "分钟": (10, 15, 20, 30, 45, 60), "人": (1, 2, 3, 5, 10, 30, 50, 100, 200, 300, 500, 1000, 3000, 5000),
    "学时": (12, 20, 24, 32, 40, 48, 72, 90), "米": (3, 5, 10, 15, 20, 24, 30, 50, 80, 100, 150, 200, 300, 500, 1000),
    "%": (1, 2, 3, 5, 10, 15, 20, 30, 40, 50), "公里": (20, 30, 40, 50, 60, 70, 80, 90, 100, 120), "岁": (14, 16, 18, 50, 55, 60, 65, 70),
}  # fmt: skip
_SHOWN = {"月": "个月", "工作日": "个工作日"}
_SAME = {"个月": "月", "个工作日": "工作日", "名": "人", "天": "日", "周岁": "岁"}
SKIPPED_UNITS = frozenset({"元", "倍", "次", "时", "度", "级", "点", "月日"})
_VAGUE = re.compile(
    r"罚|拘留|每个周期|最少次数|情节|停业|下限|上限|起点|半|倍数|界限|河南|数值|序号|^(?:普通|其他|非)"
)
_LONGEST_SUBJECT = 28
_TIMES = frozenset({"日", "工作日", "月", "年", "小时", "分钟", "秒"})
_HOW_LONG = re.compile(r"期限|时限|时间|间隔|有效期|保存期|期$|周期|年限")


def of_duty(duty: Duty, true: frozenset[float], chance: random.Random) -> Iterator[Draft]:
    """Yield a question for each figure that is asked about without giving it away.

    Args:
        duty: the duty.
        true: numbers that stand in the articles it cites: never a wrong choice.
        chance: decides which wrong numbers are taken.
    """
    for place, figure in enumerate(duty.figures):
        context = duty.applies.rstrip("。").split("；")[0]
        if not _askable(figure, context, duty):
            continue
        wrong = wrong_numbers(figure, true, chance)
        if len(wrong) < WRONG:
            continue
        place_name = "" if duty.region == "全国" else f"在{duty.region}，"
        yield Draft(
            f"{duty.id}-{place}",
            f"{place_name}{_subject(duty)}{context}。{asked(figure)}",
            number(figure.value, figure.unit),
            tuple(wrong),
            f"{duty.title}。{figure.means}是{number(figure.value, figure.unit)}。",
            cited(duty.basis),
            duty.basis,
        )


def _askable(figure: Figure, context: str, duty: Duty) -> bool:
    unit = _SAME.get(figure.unit, figure.unit)
    if unit in SKIPPED_UNITS or _VAGUE.search(figure.means) or quantities(figure.means):
        return False
    given = {number.value for number in quantities(context)}
    twin = sum(other.means == figure.means for other in duty.figures) > 1
    return len(context) <= 50 and figure.value not in given and not twin


def wrong_numbers(figure: Figure, true: frozenset[float], chance: random.Random) -> list[str]:
    """Return at most `WRONG` plausible numbers in the figure's unit, none of them true."""
    unit = _SAME.get(figure.unit, figure.unit)
    value = float(figure.value)
    ladder = _LADDERS.get(unit) or tuple(value * step for step in (0.5, 0.8, 1.5, 2, 3))
    whole, reach = value == int(value), 2 if unit == "岁" else 6
    free = [
        step
        for step in ladder
        if step not in true
        and step != value
        and value / reach <= step <= value * reach
        and (step == int(step) or not whole)
    ]
    nearest = sorted(free, key=lambda step: abs(step / value - 1))[: WRONG + 2]
    return [number(step, figure.unit) for step in sorted(chance.sample(nearest, min(WRONG, len(nearest))))]


def _subject(duty: Duty) -> str:
    """Return who is meant, where the circumstances alone do not say."""
    named = len(duty.who) <= _LONGEST_SUBJECT and duty.who not in duty.applies
    return f"{duty.who}，" if named else ""


def asked(figure: Figure) -> str:
    """Return the question for a figure, as in 备案时限是多久."""
    if "多久" in figure.means:
        return f"{figure.means}？"
    time = _HOW_LONG.search(figure.means) and _SAME.get(figure.unit, figure.unit) in _TIMES
    return f"{figure.means}是{'多久' if time else '多少'}？"


def number(value: float, unit: str) -> str:
    """Return a number as people write it: 6个月."""
    return f"{value:g}{_SHOWN.get(unit, unit)}"


# -- fines -----------------------------------------------------------------------------------------

_UNCLEAR = re.compile(r"同上|其他|不足|超过|以上|以下|万|元|所得")


def of_penalty(penalty: Penalty, others: Sequence[Penalty], chance: random.Random) -> Iterator[Draft]:
    """Yield a question on the first clear fine of a penalty; wrong ranges are of the same shape and size."""
    for place, fine in enumerate(penalty.fines):
        twins = [f for f in penalty.fines if f.on == fine.on and f.when == fine.when]
        if fine.unit != "元" or len(twins) > 1 or _UNCLEAR.search(fine.when) or quantities(penalty.title):
            continue
        wrong = _wrong_ranges(penalty, fine, others, chance)
        if len(wrong) < WRONG:
            continue
        yield Draft(
            f"{penalty.id}-{place}",
            f"按《{penalty.liability[0].law}》，“{_bare(penalty.title)}”，{fine.when}，对{fine.on}罚多少？",
            money(fine),
            tuple(wrong),
            f"{fine.on}（{fine.when}）罚款{money(fine)}，由{penalty.enforcer}处罚。",
            cited(penalty.liability),
            penalty.liability,
        )
        return


def _bare(title: str) -> str:
    """Return a title without the place in front: 河南：堵通道 -> 堵通道."""
    return re.sub(r"^[\u3400-\u9fff]{2,4}：", "", title)


def _wrong_ranges(
    penalty: Penalty, fine: Fine, others: Sequence[Penalty], chance: random.Random
) -> list[str]:
    near = [p for p in others if set(p.liability) & set(penalty.liability)]
    true = {money(f) for p in near for f in p.fines}
    shape = (fine.least == 0, fine.least == fine.most)
    pool = {
        money(f): f.most
        for p in others
        for f in p.fines
        if f.unit == "元"
        and (f.least == 0, f.least == f.most) == shape
        and fine.most / 8 <= f.most <= fine.most * 8
    }
    free = sorted(text for text in pool if text not in true)
    chosen = chance.sample(free, min(WRONG, len(free)))
    return sorted(chosen, key=lambda text: pool[text])


# -- what to do ------------------------------------------------------------------------------------

_LONGEST_CHOICE = 34
_DEPENDS = re.compile(
    r"^(?:没|还|不|如|若|要是|实在|能|出不|压不|退|火大|火小|跑不|有(?!人)|四肢|咳|到了|等|之后|然后|再|就|仍|已|两|拍5)"
)
_LABEL = re.compile(r"^[^，。：]{1,12}：")
_CALL = re.compile(r"^(?:打|报|拨|喊|说)")
_TURNED = re.compile(r"^(?:为了|因为|光|只|一|轻易|随便|急着|先|马上|立刻|自己|单独|再|盲目|用手)?")
_NEGATED = re.compile(r"不|没|别|以为|当成|误|只顾|除非|未|无")


def of_guide(guide: Guide, chance: random.Random) -> Iterator[Draft]:
    """Yield questions on the steps of a guide; every wrong choice is on the guide's own list of what never to do."""
    steps = [step.rstrip("。") for step in guide.steps if _stands_alone(step)]
    donts = _donts(guide)
    if len(donts) < WRONG:
        return
    for place, step in enumerate(steps[:2]):
        nearest = sorted(donts, key=lambda text: abs(len(text) - len(step)))[: WRONG + 1]
        wrong = sorted(chance.sample(nearest, WRONG))
        yield Draft(
            f"{guide.id}-{place}",
            f"遇到“{guide.title}”，下面哪种做法是对的？",
            step,
            tuple(wrong),
            f"要做：{step}。其余几样都是千万别做的：{'；'.join(wrong)}。",
            f"应急卡片“{guide.title}”",
            guide_id=guide.id,
        )
        donts = [text for text in donts if text not in wrong]
        if len(donts) < WRONG:
            return


def _stands_alone(step: str) -> bool:
    labelled = _LABEL.match(step) and not _CALL.match(step)
    return len(step) <= _LONGEST_CHOICE and not labelled and not _DEPENDS.match(step)


def _donts(guide: Guide) -> list[str]:
    """Return what the guide forbids as things somebody might do: 不要坐电梯。 -> 坐电梯."""
    lines = next(s.text for s in guide.sections if s.heading == "千万别做").splitlines()
    found: list[str] = []
    for line in lines:
        said = re.match(r"^[-*]\s*(?:千万)?不要(.+)$", line.strip())
        if not said:
            continue
        first = re.split(r"[，。；：（]", said[1])[0].split("、不要")[0]
        if 3 <= len(first) <= _LONGEST_CHOICE and not _NEGATED.search(first):
            found.append(first)
    return list(dict.fromkeys(found))
