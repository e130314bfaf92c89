"""/learn/signals: warnings by hazard and level, grades of accidents, time limits for reporting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kb.cards.records import Signal
from web.api.services import Served
from web.pages import pictograms
from web.pages.learn.drawing import draw

router = APIRouter()

KINDS: Final = {
    "预警信号": "发布了某种颜色的预警，各人该做什么",
    "应急响应": "政府启动某级响应，意味着什么",
    "事故等级": "伤亡和损失到多少算哪一级，由谁调查",
    "报告时限": "出了事故，谁在多长时间内报给谁",
    "烈度等级": "地震时人的感觉和房屋的反应",
}
WHO: Final = {"citizens": "市民", "enterprises": "单位", "schools": "学校", "government": "政府部门"}
_FIRST: Final = ("citizens", "enterprises", "schools")  # shown where nobody chose
_COLOURS: Final = {"蓝": "blue", "黄": "yellow", "橙": "orange", "红": "red"}
_ALL: Final = "全部"
_USUAL: Final = (
    "暴雨",
    "台风",
    "雷电",
    "大风",
    "高温",
    "寒潮",
    "暴雪",
    "道路结冰",
    "大雾",
    "冰雹",
)  # looked for most


@dataclass(frozen=True, slots=True)
class Row:
    """A level and what each of those chosen does."""

    signal: Signal
    colour: str  # "" where the level is no colour
    tells: tuple[tuple[str, tuple[str, ...]], ...]  # who, what to do


@dataclass(frozen=True, slots=True)
class Group:
    """The levels of one hazard, the lowest first."""

    hazard: str
    picture: str
    rows: tuple[Row, ...]


@router.get("/learn/signals")
def start(
    request: Request, services: Served, kind: str = "", hazard: str = "", who: str = ""
) -> HTMLResponse:
    """Return the levels of one kind: of the hazard chosen, for those chosen."""
    kind = kind if kind in KINDS else "预警信号"
    held = [signal for signal in services.cards.of(Signal) if signal.kind == kind]
    hazards = sorted(dict.fromkeys(signal.hazard for signal in held), key=_place)
    if hazard not in (*hazards, _ALL):
        hazard = hazards[0] if kind == "预警信号" and hazards else _ALL
    chosen = sorted((s for s in held if hazard in (_ALL, s.hazard)), key=lambda signal: _place(signal.hazard))
    asked = (who,) if who in WHO else _FIRST if kind == "预警信号" else tuple(WHO)
    return draw(
        request, "learn_signals.html", kind=kind, hazard=hazard, who=who if who in WHO else "", kinds=KINDS,
        whos=WHO, hazards=[(name, pictograms.of_signal(name)) for name in hazards], all=_ALL,
        groups=_groups(chosen, asked),
    )  # fmt: skip


def _groups(signals: Sequence[Signal], asked: Sequence[str]) -> list[Group]:
    names = dict.fromkeys(signal.hazard for signal in signals)
    return [
        Group(name, pictograms.of_signal(name), tuple(_row(s, asked) for s in signals if s.hazard == name))
        for name in names
    ]


def _place(hazard: str) -> int:
    return _USUAL.index(hazard) if hazard in _USUAL else len(_USUAL)


def _row(signal: Signal, asked: Sequence[str]) -> Row:
    tells = tuple((WHO[who], getattr(signal, who)) for who in asked if getattr(signal, who))
    return Row(signal, colour_of(signal.level), tells)


def colour_of(level: str) -> str:
    """Return the colour a level is called by.

    >>> colour_of("橙色"), colour_of("一级（红色）"), colour_of("特别重大")
    ('orange', 'red', '')
    """
    return next((name for word, name in _COLOURS.items() if f"{word}色" in level), "")
