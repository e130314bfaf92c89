"""A family's emergency plan (家庭应急计划): sections from the guides and a list of supplies for three days.

Nothing is stored: who calls keeps the names and numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.cards.guides import Guide
from kb.errors import SettingsError
from kb.normalise import visible

DAYS = 3  # how long the supplies last
_LITRES = 3  # water for one person and day: drinking, milk powder, a little washing
_MEALS = 3
_NAPPIES = 8  # for one infant and day
_MEDICINE_DAYS = 7
_MOST = 30  # people of one kind; pets
_LONGEST, _MOST_ENTRIES = 80, 8  # characters of a name or place; places and contacts
_HIGH_FLOOR = 7  # from here on a ladder and a jump are out of the question


class Near(StrEnum):
    """What stands near the home that may become dangerous."""

    RIVER = "河、水库、易涝的低处"
    SLOPE = "山坡、山沟"
    FOREST = "山林"
    PLANT = "化工厂、仓库"


@dataclass(frozen=True, slots=True)
class Members:
    """How many live there; `disabled` are those who cannot walk, see or hear well, counted once only."""

    adults: int = 0
    children: int = 0
    infants: int = 0  # under three: milk, nappies
    elderly: int = 0
    disabled: int = 0
    pets: int = 0

    @property
    def people(self) -> int:
        """All but the pets."""
        return self.adults + self.children + self.infants + self.elderly + self.disabled


@dataclass(frozen=True, slots=True)
class Home:
    """Where they live: floor counted from 1, whether gas is used, what is near."""

    floor: int = 1
    gas: bool = False
    near: frozenset[Near] = frozenset()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Household:
    """The five answers a plan is made from.

    Raises:
        SettingsError: if nobody lives there, or a number or the length of a list cannot be true.
    """

    members: Members
    home: Home = Home()
    meeting: tuple[str, ...] = ()  # the nearest first
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        m = self.members
        for name, count in (
            ("成人", m.adults), ("儿童", m.children), ("婴幼儿", m.infants), ("老人", m.elderly),
            ("行动不便的人", m.disabled), ("宠物", m.pets),
        ):  # fmt: skip
            if not 0 <= count <= _MOST:
                raise SettingsError(f"{name}填了{count}：请填0到{_MOST}之间的整数。")
        if not m.people:
            raise SettingsError("家里一个人也没有填：请至少填一位。")
        if not -3 <= self.home.floor <= 200 or self.home.floor == 0:
            raise SettingsError(f"楼层填了{self.home.floor}：请填实际楼层，地下用负数。")
        if max(len(self.meeting), len(self.contacts)) > _MOST_ENTRIES:
            raise SettingsError(f"集合点和联系人各最多{_MOST_ENTRIES}个，请删去一些。")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the plan: its lines, and the guide they come from (empty for what the family said)."""

    heading: str
    lines: tuple[str, ...]
    guide_id: str = ""
    guide_title: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """Something to keep ready, how much of it, and how the amount was found."""

    name: str
    amount: int
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan. `missing`: ids of guides that belong in it and are not known."""

    sections: tuple[Section, ...]
    supplies: tuple[Supply, ...]
    missing: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the plan as plain lines, each section with its source."""
        parts: list[str] = ["家庭应急计划"]
        for section in self.sections:
            source = f"（出自应急卡片“{section.guide_title}”）" if section.guide_title else ""
            parts += ["", f"【{section.heading}】{source}", *section.lines]
        parts += ["", f"【备{DAYS}天的东西】"]
        return "\n".join([*parts, *(f"{s.name}：{s.amount}{s.unit}（{s.why}）" for s in self.supplies)])


def plan(household: Household, guides: Sequence[Guide]) -> Plan:
    """Return the plan of a household, made of the guides that its people and its home call for."""
    known = {guide.id: guide for guide in guides}
    wanted = tuple(dict.fromkeys(_wanted(household)))
    sections = [
        *_said(household),
        *(_steps(known[guide_id]) for guide_id in wanted if guide_id in known),
        *_helped(household.members, known.get("family-plan")),
    ]
    missing = tuple(guide_id for guide_id in (*wanted, "family-plan") if guide_id not in known)
    return Plan(tuple(sections), tuple(_supplies(household)), tuple(dict.fromkeys(missing)))


def _wanted(household: Household) -> Iterator[str]:
    home, members = household.home, household.members
    yield "family-plan"
    yield "fire-highrise" if home.floor >= _HIGH_FLOOR else "fire-home"
    yield "earthquake"
    if home.gas:
        yield from ("gas-leak", "carbon-monoxide")
    if Near.RIVER in home.near:
        yield "flood-river"
    if Near.SLOPE in home.near:
        yield from ("flash-flood", "landslide")
    if Near.FOREST in home.near:
        yield "fire-forest"
    if Near.PLANT in home.near:
        yield "chemical-cloud-unknown"
    if home.near:
        yield "evacuation-order"
    if members.elderly:
        yield "elderly-fall"
    if members.infants:
        yield "choking-infant"
    yield from ("emergency-kit", "power-outage")


def _said(household: Household) -> Iterator[Section]:
    """Yield what the family itself wrote, made safe to show."""
    places = [_shown(place) for place in household.meeting if _shown(place)]
    names = ("先到这里会合", "到不了就去这里", "再不行去这里")
    if places:
        labelled = [f"{names[min(turn, len(names) - 1)]}：{place}" for turn, place in enumerate(places)]
        yield Section("在哪里会合", tuple(labelled))
    else:
        yield Section("在哪里会合", ("还没有定。请定三处：楼下、小区外、避难场所，全家记住。",))
    people = [f"{_shown(c.name)}：{_shown(c.phone)}" for c in household.contacts if _shown(c.phone)]
    yield Section(
        "给谁打电话",
        (
            "火警119，急救120，报警110，交通事故122",
            *(people or ["还没有填联系人。请选一位外地亲友当联络人。"]),
        ),
    )


def _steps(guide: Guide) -> Section:
    return Section(
        guide.title, tuple(f"{n}. {step}" for n, step in enumerate(guide.steps, 1)), guide.id, guide.title
    )


_HELP = (("infants", "小孩"), ("children", "小孩"), ("elderly", "老人"), ("disabled", "卧床、"), ("disabled", "听不见"), ("disabled", "看不见"))  # fmt: skip


def _helped(members: Members, guide: Guide | None) -> Iterator[Section]:
    if guide is None:
        return
    special = next(section.text for section in guide.sections if section.heading == "特殊情况")
    lines = [line.lstrip("-* ") for line in special.splitlines() if line.strip()]
    wanted = {start for field, start in _HELP if getattr(members, field)}
    chosen = tuple(line for line in lines if any(line.startswith(start) for start in wanted))
    if chosen:
        yield Section("要特别照顾的人", chosen, guide.id, guide.title)


def _supplies(household: Household) -> Iterator[Supply]:
    members, people = household.members, household.members.people
    yield Supply("饮用水", people * _LITRES * DAYS, "升", f"{people}人×每人每天{_LITRES}升×{DAYS}天")
    eaters = people - members.infants
    if eaters:
        yield Supply("不用煮的食品", eaters * _MEALS * DAYS, "份", f"{eaters}人×每天{_MEALS}顿×{DAYS}天")
    yield Supply("手电（配电池）", max(1, (people + 1) // 2), "个", "两人一个")
    yield Supply("哨子", people, "个", "每人一个")
    yield Supply("收音机", 1, "台", "全家一台，手摇的最好")
    yield Supply("充电宝", max(1, (people + 2) // 3), "个", "三人一个，每半年充一次电")
    yield Supply("急救包", 1, "个", "全家一个")
    yield Supply("口罩", people * DAYS, "个", f"{people}人×每天1个×{DAYS}天")
    yield Supply("过滤式消防自救呼吸器", people, "个", "每人一个，看清有效期")
    yield Supply("灭火器", 1, "具", "放在厨房门外伸手拿得到的地方")
    yield Supply("证件、病历复印件", 1, "套", "装防水袋")
    yield from _special(members)


def _special(members: Members) -> Iterator[Supply]:
    if members.infants:
        yield Supply(
            "奶粉和奶瓶",
            members.infants * DAYS,
            "天的量",
            f"{members.infants}个婴幼儿×{DAYS}天，按平时吃的备",
        )
        yield Supply(
            "尿裤",
            members.infants * _NAPPIES * DAYS,
            "片",
            f"{members.infants}个婴幼儿×每天{_NAPPIES}片×{DAYS}天",
        )
    if members.elderly:
        yield Supply(
            "常用药和用药单",
            members.elderly * _MEDICINE_DAYS,
            "天的量",
            f"{members.elderly}位老人×{_MEDICINE_DAYS}天",
        )
        yield Supply("老花镜、助听器电池", members.elderly, "份", "每位老人一份，用得着的才备")
    if members.disabled:
        yield Supply("床单拖或背带", members.disabled, "条", "每位行动不便的人一条，写明怎样搬")
    if members.pets:
        yield Supply("宠物笼子和牵引绳", members.pets, "套", "每只一套")
        yield Supply("宠物粮和水", members.pets * DAYS, "天的量", f"{members.pets}只×{DAYS}天")


def _shown(text: str) -> str:
    """Return one short line of what somebody typed."""
    return " ".join(visible(text[: _LONGEST * 4]).split())[:_LONGEST]
