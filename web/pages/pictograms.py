"""Which pictogram of web/static/pictograms.svg stands for a guide or a hazard; all drawn for this project."""

from functools import cache
from typing import Final

from kb.cards.guides import Guide
from web.pages.frame import asset

SPRITE: Final = "pictograms.svg"

OF_HAZARD: Final = {
    "火灾": "fire",
    "燃气": "gas-cylinder",
    "危化品": "flask",
    "急救": "kit",
    "水旱": "flood",
    "气象": "rain",
    "地质": "quake",
    "设备": "gear",
    "作业": "helmet",
    "矿山": "mine",
    "交通": "car",
    "人群": "crowd",
    "报警": "phone",
}  # of a guide's hazard

OF_SIGNAL: Final = (
    ("洪水", "flood"), ("山洪", "landslide"), ("防汛", "flood"), ("暴雨", "rain"), ("台风", "typhoon"), ("雪", "snow"),
    ("寒潮", "cold"), ("霜冻", "cold"), ("大风", "wind"), ("沙尘", "sand"), ("高温", "heat"), ("抗旱", "heat"),
    ("干旱", "heat"), ("雷电", "lightning"), ("冰雹", "hail"), ("雾", "fog"), ("霾", "fog"), ("污染", "fog"), ("结冰", "snow"),
    ("森林", "fire-forest"), ("地质", "landslide"), ("地震", "quake"), ("核", "radiation"), ("辐射", "radiation"),
)  # fmt: skip

# A part of the guide's id -> pictogram; the first that fits.
_OF_ID: Final = (
    (("extinguisher", "hydrant", "fire-blanket"), "extinguisher"),
    (("smoke", "script-venue"), "smoke"),
    (("descent", "fire-highrise", "fire-hotel", "fire-dormitory", "fire-ktv", "fire-shop", "fire-hospital"), "fire-tower"),
    (("fire-factory", "fire-warehouse", "fire-construction", "fire-elderly", "fire-school", "fire-basement"), "fire-tower"),
    (("fire-forest", "fire-straw"), "fire-forest"),
    (("fire-car", "fire-bus", "fire-tunnel", "ev-charging"), "fire-car"),
    (("fire-ebike", "fire-power-bank", "fire-electrical"), "battery-fire"),
    (("fire-subway",), "train"),
    (("fire-home", "fire-bedding", "fire-rural", "fire-child", "homestay"), "fire-home"),
    (("fire-escape-plan", "evacuation-order", "shelter"), "run"),
    (("fire-kitchen", "gas-stove"), "stove"),
    (("fireworks", "dust-explosion", "boiler", "molten", "mine-gas"), "explosion"),
    (("carbon-monoxide", "cellar", "chemical-cloud"), "co"),
    (("radiation",), "radiation"),
    (("leak-road", "ammonia", "chlorine", "dangerous-goods"), "leak"),
    (("chemical-release", "pesticide", "methanol", "cesspool", "tank-cleaning"), "toxic"),
    (("confined", "well-manhole"), "pit"),
    (("aed",), "aed"),
    (("cardiac", "cpr"), "cpr"),
    (("heart-attack",), "heart"),
    (("choking", "swallowed"), "choking"),
    (("bleed", "tourniquet", "amputated"), "bleeding"),
    (("burn-electrical", "electric-shock"), "electric"),
    (("burn",), "burn"),
    (("fracture", "spine", "crush-injury"), "bone"),
    (("heat-",), "heat"),
    (("stroke", "head-injury", "seizure"), "head"),
    (("medicine", "allergy", "low-blood"), "pill"),
    (("asthma",), "lungs"),
    (("eye",), "eye"),
    (("bee-",), "bee"),
    (("snake",), "snake"),
    (("dog",), "paw"),
    (("mushroom",), "mushroom"),
    (("food",), "food"),
    (("mental", "psycho"), "mind"),
    (("fainting",), "faint"),
    (("elderly",), "elderly"),
    (("child-locked-car",), "car"),
    (("childbirth", "window-fall", "child-stuck"), "child"),
    (("hypothermia", "frostbite", "cold-wave"), "cold"),
    (("drowning",), "drowning"),
    (("ship",), "ship"),
    (("flood-car", "garage-flood"), "car-flood"),
    (("subway", "railway"), "train"),
    (("earthquake",), "quake"),
    (("building-collapse", "scaffold", "excavation", "mine-roof"), "collapse"),
    (("landslide", "debris", "flash-flood", "tailings"), "landslide"),
    (("lightning",), "lightning"),
    (("typhoon", "storm-surge"), "typhoon"),
    (("tornado",), "tornado"),
    (("blizzard", "icing"), "snow"),
    (("hail",), "hail"),
    (("fog", "haze"), "fog"),
    (("sandstorm",), "sand"),
    (("warning-signal", "rumours"), "megaphone"),
    (("elevator",), "elevator"),
    (("escalator",), "escalator"),
    (("power-line",), "power-line"),
    (("power-outage",), "power-out"),
    (("crane", "ropeway", "glass-bridge"), "crane"),
    (("forklift",), "forklift"),
    (("construction-fall", "work-at-height"), "fall"),
    (("hot-work", "mine-fire"), "fire"),
    (("mine-water", "dam-breach"), "flood"),
    (("ebike",), "bike"),
    (("bus",), "bus"),
    (("traffic", "brake", "breakdown"), "crash"),
    (("emergency-kit", "disaster-relief"), "kit"),
    (("family-plan", "work-injury", "report-accident"), "plan"),
    (("good-samaritan", "refuse"), "shield"),
)  # fmt: skip


def of_guide(guide: Guide) -> str:
    """Return the pictogram of a guide: its own, else its hazard's."""
    own = (name for parts, name in _OF_ID if any(part in guide.id for part in parts))
    return next(own, OF_HAZARD[guide.hazard])


def of_signal(hazard: str) -> str:
    """Return the pictogram of what a warning is about.

    >>> of_signal("暴雨"), of_signal("生产安全事故")
    ('rain', 'warning')
    """
    return next((name for part, name in OF_SIGNAL if part in hazard), "warning")


@cache
def address(name: str) -> str:
    """Return where a symbol of the sprite is, for `<use href>`."""
    return f"{asset(SPRITE)}#{name}"
