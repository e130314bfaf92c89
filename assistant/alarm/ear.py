"""The learned alarm beside the rules: it raises what they missed, drops what they doubted, names the nearer guide."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from assistant.alarm import Alarm, shipped
from kb.cards.guides import Guide, read_guides
from kb.datatypes import Emergency
from kb.errors import IngestError, SettingsError

logger = logging.getLogger(__name__)

SHOWN_STEPS = 3
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLAUSE = re.compile(r"[^\u3400-\u9fff0-9]+")
_LONGEST = 400  # characters it listens to; of a longer text it drops nothing
_FEWEST = 3  # Hanzi: less says nothing
_RAISES = 0.75  # chance of danger from which the ear raises an alarm the rules missed
_DROPS = 0.1  # chance below which it drops one they raised
_SURE = 0.4  # chance from which its guide takes the place of a broad one
# Guides so broad that a nearer one may take their place; those whose first step decides (shut in by smoke, choking, a pit) may not.
_BROAD = frozenset({
    "call-for-help", "fire-home", "fire-highrise", "fire-electrical", "drowning",
    "urban-flood-car", "gas-leak", "chemical-release", "earthquake", "burns",
    "flash-flood", "traffic-accident", "fire-ebike", "elevator-trapped", "child-stuck", "fire-car",
})  # fmt: skip


class Ear:
    """The learned alarm and the guides it may point to."""

    def __init__(self, alarm: Alarm, guides: Mapping[str, Emergency]) -> None:
        self._alarm = alarm
        self._guides = guides

    @classmethod
    def open(cls, alarm: Alarm | Literal["shipped"], guides: Path) -> "Ear | None":
        """Return the ear, or None if its weights or the guides cannot be read."""
        try:
            ear = shipped() if alarm == "shipped" else alarm
            return cls(ear, {guide.id: emergency_of(guide) for guide in read_guides(guides)})
        except (SettingsError, IngestError) as error:
            logger.error("险情判别模型用不了，只按规则分诊：%s", error)
            return None

    def second(self, found: Emergency | None, text: str) -> Emergency | None:
        """Return what the rules found, as the ear hears it too: a doubtful alarm dropped, a missed one raised."""
        if len(_HAN.findall(text)) < _FEWEST:
            return found
        heard = self._alarm.hear(text[:_LONGEST])
        if found is None and heard.danger < _RAISES:
            return None
        heard_whole = len(text) <= _LONGEST
        if found and heard_whole and heard.danger < _DROPS and not self._hears_danger_in(text):
            return None
        guide = self._guides.get(heard.guide)
        if guide and (found is None or (found.guide_id in _BROAD and heard.sure >= _SURE)):
            return guide
        return found

    def _hears_danger_in(self, text: str) -> bool:
        """Whether some part of a text sounds like danger: words wrapped around one must not hide it."""
        parts = (part for part in _CLAUSE.split(text) if len(part) >= _FEWEST)
        return any(self._alarm.hear(part).danger >= _DROPS for part in parts)


def emergency_of(guide: Guide) -> Emergency:
    """Return what a guide says first."""
    return Emergency(guide.title, guide.number, guide.steps[:SHOWN_STEPS], guide.id)
