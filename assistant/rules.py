"""The rules of the triage (分诊规则) as `starter/triage.yaml` writes them, checked as they enter."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.alarm.ear import SHOWN_STEPS

Marker = Literal["urgent", "now", "ongoing", "anxious"]
Where = Literal["text", "sentence", "before", "near", "touching", "after"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HazardRule(_Strict):
    """Words that name a danger, its number, its guide, and steps that stand in for the guide."""

    hazard: str = Field(min_length=1)
    number: str = Field(pattern=r"^\d{3,5}$")
    guide: str
    own_steps: bool = False  # the guide is general: show the steps written here
    patterns: tuple[str, ...] = Field(min_length=1)
    pairs: tuple[tuple[str, str], ...] = ()  # both in one sentence, in either order
    steps: tuple[str, ...] = Field(min_length=SHOWN_STEPS, max_length=SHOWN_STEPS)


class SpecificRule(_Strict):
    """A sign that a danger already noticed is of a kind that has a guide of its own."""

    guide: str
    of: tuple[str, ...] = ()  # hazards it may sharpen; any if empty
    patterns: tuple[str, ...] = Field(min_length=1)


class CancelRule(_Strict):
    """Words that take a danger back: past, supposed, drilled; unless a marker says it is now."""

    name: str
    where: Where
    yields: tuple[Marker, ...]
    patterns: tuple[str, ...] = Field(min_length=1)


class Rules(_Strict):
    """The whole of triage.yaml, checked as it enters."""

    hazards: tuple[HazardRule, ...] = Field(min_length=1)
    normalise: dict[str, str]
    words: dict[str, str]  # alternatives that patterns name as <key>
    idioms: tuple[str, ...] = Field(min_length=1)
    cancels: tuple[CancelRule, ...]
    markers: dict[Marker, tuple[str, ...]]
    follow_up: tuple[str, ...] = Field(min_length=1)
    specifics: tuple[SpecificRule, ...] = ()
