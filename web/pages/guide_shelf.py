"""The guides as people look for them: by what they say, by hazard and by the place it happens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kb.cards.guides import HAZARDS, Guide
from kb.normalise import fold
from kb.tokens import bigrams
from web.pages import pictograms

URGENT: Final = {
    "火和烟": (
        "fire-home",
        "fire-highrise",
        "fire-trapped-smoke",
        "fire-clothes",
        "fire-kitchen-oil",
        "fire-ebike",
    ),
    "燃气和毒气": ("gas-leak", "carbon-monoxide", "chemical-release", "confined-space"),
    "人倒下了": (
        "cardiac-arrest",
        "electric-shock",
        "stroke",
        "heat-stroke",
        "food-poisoning",
        "medicine-overdose",
    ),
    "噎住、出血、烫伤": ("choking", "choking-infant", "severe-bleeding", "burns"),
    "水里、雨里": ("drowning", "urban-flood-car", "flash-flood", "lightning", "typhoon"),
    "地震、塌方": ("earthquake", "earthquake-trapped", "landslide"),
    "困住、挤住、撞车": ("elevator-trapped", "crowd-crush", "traffic-accident"),
}  # heading -> ids of guides, the most urgent first

LONGEST: Final = 100  # characters of a search

# Words of a title or a phrase that tell the place, and how many phrases must hold one.
PLACES: Final = {
    "家里": r"家里|在家|我家|屋里|厨房|卧室|客厅|阳台|厕所|住宅|楼上|楼下|小区|邻居|床上|民宿|煤气灶|灶",
    "厂里": r"厂|车间|工地|工人|施工|仓库|冷库|矿|井下|班组|师傅|叉车|储罐|锅炉|吊车|塔吊|脚手架|基坑|老板|单位|上班|作业",
    "学校": r"学校|幼儿园|宿舍|校车|教室|实验室|老师|学生|同学|操场",
    "路上": r"路上|马路|公路|高速|隧道|开车|车里|汽车|电动车|地铁|公交|大巴|站台|道口|街上|罐车|司机|货车",
    "野外": r"山上|山里|爬山|野外|户外|河|湖|水库|海边|林|草原|冰面|景区|田里|地里|野生|沟里|露营|船",
}
_ENOUGH_PHRASES: Final = 3
_ALIKE: Final = 0.5  # share of a search's syllable pairs that a guide's phrases must hold
_EXACT: Final = 2.0  # from here on the words themselves stand in the guide
_MOST_ALIKE: Final = 12  # guides shown where none holds the words themselves


@dataclass(frozen=True, slots=True)
class Shelved:
    """A guide and what the list shows of it."""

    guide: Guide
    picture: str
    places: tuple[str, ...]


def shelve(guides: Sequence[Guide]) -> tuple[Shelved, ...]:
    """Return the guides with pictogram and places, by hazard: the urgent ones first, then the dangerous ones."""
    return _shelve(tuple(guides))


@lru_cache(maxsize=2)
def _shelve(guides: tuple[Guide, ...]) -> tuple[Shelved, ...]:
    shelved = [Shelved(guide, pictograms.of_guide(guide), places_of(guide)) for guide in guides]
    urgent = {card for cards in URGENT.values() for card in cards}
    return tuple(sorted(shelved, key=lambda s: (
        HAZARDS.index(s.guide.hazard), s.guide.id not in urgent, s.guide.risk != "高", s.guide.title
    )))  # fmt: skip


def places_of(guide: Guide) -> tuple[str, ...]:
    """Return the places a guide speaks of: named in its title, or by several of its phrases."""
    return tuple(
        place
        for place, words in PLACES.items()
        if re.search(words, guide.title)
        or sum(bool(re.search(words, phrase)) for phrase in guide.phrases) >= _ENOUGH_PHRASES
    )


def pick(shelf: Sequence[Shelved], said: str = "", hazard: str = "", place: str = "") -> list[Shelved]:
    """Return the guides that fit; with words, the best first.

    Args:
        shelf: what `shelve` gave.
        said: words of a title, or what somebody would say.
        hazard: one of HAZARDS, "" for all.
        place: one of PLACES, "" for all.
    """
    kept = [s for s in shelf if hazard in ("", s.guide.hazard) and (not place or place in s.places)]
    wanted = fold(said[:LONGEST]).strip()
    if not wanted:
        return kept
    ranked = sorted(((_likeness(wanted, s.guide), s) for s in kept), key=lambda pair: -pair[0])
    found = [(score, s) for score, s in ranked if score]
    exact = [s for score, s in found if score >= _EXACT]
    return exact or [s for _, s in found[:_MOST_ALIKE]]


def _likeness(wanted: str, guide: Guide) -> float:
    """Return how well the words fit a guide, 0 to 4: in the title, in phrases, else how much of them is said."""
    phrases = [fold(phrase) for phrase in guide.phrases]
    holding = sum(wanted in phrase for phrase in phrases) / len(phrases)
    if wanted in fold(guide.title):
        return 3.0 + holding
    if holding:
        return 2.0 + holding
    pairs = set(bigrams(wanted))
    if not pairs:
        return 0.0
    said = [set(bigrams(text)) for text in (guide.title, *phrases)]
    best = max(len(pairs & of_one) for of_one in said) / len(pairs)
    together = len(pairs & set().union(*said)) / len(pairs)
    return best + together if together >= _ALIKE else 0.0


def lines(guide: Guide, heading: str) -> tuple[str, ...]:
    """Return the items of one part of a guide, without their list marks."""
    text = next(part.text for part in guide.sections if part.heading == heading)
    return tuple(line.lstrip("-* ").strip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call: the number, who answers, and the steps of the guide that speak of calling."""

    number: str
    who: str
    steps: tuple[tuple[int, str], ...]


_PHONE: Final = re.compile(r"(?<!\d)(?:1[12]\d|12\d{3}|95598)(?!\d)")
_ANSWERING: Final = {
    "119": "火警和救援", "120": "急救", "110": "报警", "122": "交通事故", "12345": "政务热线", "12356": "心理援助热线",
    "12350": "安全生产举报", "12395": "水上求救", "12119": "森林火警", "95598": "供电抢修", "12333": "人社热线",
}  # fmt: skip


def call_of(guide: Guide) -> Call:
    """Return whom the guide says to call first, and which of its steps name a number."""
    told = tuple((n, step) for n, step in enumerate(guide.steps, 1) if _PHONE.search(step))
    return Call(guide.number, _ANSWERING.get(guide.number, "电话"), told)
