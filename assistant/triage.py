"""Recognise, by rule and before anything can fail, that somebody is in danger now (分诊)."""

import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import ValidationError

from assistant.alarm import Alarm
from assistant.alarm.ear import SHOWN_STEPS, Ear, emergency_of
from assistant.rules import HazardRule, Marker, Rules, Where
from kb.cards.guides import read_guide
from kb.datatypes import Emergency
from kb.errors import IngestError

logger = logging.getLogger(__name__)

LONGEST = 2000  # characters of a question that are looked at
_FOLLOW_UP_LONGEST = 30  # characters; a longer message stands on its own
_FOLLOW_UP_REACH = 2  # earlier questions a follow-up may refer to
_NOW_REACH = 12  # characters before the hit in which a word like 现在 counts
_NEAR_REACH = 8
_AFTER_REACH = 30
_PAIR_REACH = 20  # characters between the two halves of a pair

_NOISE = re.compile(r"[^\w，。!?]|_")
_PHONE = re.compile(r"(?<!\d)1\d{2,4}(?!\d)")
_SENTENCE_END = re.compile(r"[。!?]+")
_PUNCTUATION = str.maketrans({",": "，", "、": "，", ":": "，", ";": "。", "\n": "。", "…": "。"})


@dataclass(frozen=True, slots=True)
class _Specific:
    emergency: Emergency
    of: frozenset[str]
    numbers: frozenset[str]  # all the guide's steps name: the one the danger at large calls for may stay
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Hazard:
    emergency: Emergency
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Cancel:
    where: Where
    yields: tuple[Marker, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a hazard was named: in which sentence of which text, from `start` to `end`."""

    text: str
    sentence: str
    start: int
    end: int

    def part(self, where: Where) -> str:
        """The words a cancelling rule of this scope looks at."""
        if where == "text":
            return self.text
        if where == "sentence":
            return self.sentence
        if where == "after":
            return self.sentence[self.end : self.end + _AFTER_REACH]
        before = self.sentence[: self.start]
        if where == "near":
            return before.rpartition("，")[2][-_NEAR_REACH:]
        return before[-_NEAR_REACH:] if where == "touching" else before


# What a rule or marker said of a stretch of text, so that a long story is read once.
_Memory = dict[tuple["_Cancel | Marker", str], bool]


class Triage:
    """Rules that tell a present danger from talk about danger; needs no index, model or network."""

    def __init__(
        self,
        rules: Rules,
        hazards: tuple[_Hazard, ...],
        specifics: tuple[_Specific, ...] = (),
        heard: Ear | None = None,
    ) -> None:
        """Compile the rules once; use `Triage.load`.

        Raises:
            re.error: if a pattern is not a regular expression.
        """
        self._hazards = hazards
        self._specifics = specifics
        self._heard = heard
        self._spelling = tuple(rules.normalise.items())
        self._idioms = _compile(rules.idioms)
        self._cancels = tuple(
            _Cancel(rule.where, rule.yields, _compile(rule.patterns)) for rule in rules.cancels
        )
        self._markers = {name: _compile(patterns) for name, patterns in rules.markers.items()}
        self._follow_up = _compile(rules.follow_up)

    @classmethod
    def load(cls, starter: Path, alarm: Alarm | Literal["shipped"] | None = "shipped") -> "Triage":
        """Return the triage of a starter folder: `triage.yaml`, and `guides/*.md` for the steps.

        A guide that is missing or broken is logged; the steps in triage.yaml stand in for it. So is a learned
        alarm that cannot be read: the rules stand alone then.

        Args:
            starter: the folder.
            alarm: the learned ear beside the rules; None for the rules alone.

        Raises:
            IngestError: if triage.yaml itself is missing or malformed.
        """
        path = starter / "triage.yaml"
        try:
            rules = Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
            hazards = tuple(
                _Hazard(_emergency(rule, starter / "guides"), _compile(_alternatives(rule), rules.words))
                for rule in rules.hazards
            )
            ear = Ear.open(alarm, starter / "guides") if alarm else None
            return cls(rules, hazards, tuple(_specifics(rules, starter / "guides")), ear)
        except (OSError, UnicodeDecodeError) as error:
            raise IngestError(f"{path}：读不出分诊规则（{error}）。请恢复这个文件。") from error
        except (yaml.YAMLError, ValidationError, re.error) as error:
            raise IngestError(f"{path}：分诊规则写法不对（{error}）。请改正后重新启动。") from error

    def assess(self, question: str, history: Sequence[str] = ()) -> Emergency | None:
        """Return what to show at once if somebody is in danger now, else None.

        Args:
            question: what was just asked; only its first 2000 characters are looked at.
            history: earlier questions of the same person, oldest first. A short message that
                goes on about a danger named there ("还有烟，怎么办") is an emergency too.
        """
        text = self.normalise(question)
        found, is_talk = self._find(text)
        found = self._sharpened(found, text)
        if found is None and len(text) <= _FOLLOW_UP_LONGEST and self._follow_up.search(text):
            if any(rule.where == "text" and rule.pattern.search(text) for rule in self._cancels):
                return None
            for earlier in reversed(history[-_FOLLOW_UP_REACH:]):
                whole = self.normalise(earlier)
                if before := self._sharpened(self._find(whole)[0], whole + text):
                    return before
        return self._heard.second(found, text) if self._heard and not is_talk else found

    def _sharpened(self, found: Emergency | None, text: str) -> Emergency | None:
        """Return the emergency of the first more specific rule that fits, else the one found."""
        if found is None:
            return None
        for rule in self._specifics:
            if (not rule.of or found.hazard in rule.of) and rule.pattern.search(text):
                return (
                    rule.emergency
                    if found.number not in rule.numbers
                    else replace(rule.emergency, number=found.number)
                )
        return found

    def guides(self) -> tuple[str, ...]:
        """Return the guides the rules point to."""
        emergencies = [h.emergency for h in self._hazards] + [s.emergency for s in self._specifics]
        return tuple(dict.fromkeys(e.guide_id for e in emergencies if e.guide_id))

    def _find(self, text: str) -> tuple[Emergency | None, bool]:
        """Return the danger named, and, if none, whether one was named in talk that takes it back."""
        sentences = [part for part in dict.fromkeys(_SENTENCE_END.split(text)) if part]
        memory: _Memory = {}
        is_talk = False
        for hazard in self._hazards:
            for hit in _hits(hazard.pattern, text, sentences):
                if not self._is_cancelled(hit, memory):
                    return hazard.emergency, False
                is_talk = True
        return None, is_talk

    def _is_cancelled(self, hit: _Context, memory: _Memory) -> bool:
        for rule in self._cancels:
            part = hit.part(rule.where)
            if (rule, part) not in memory:
                memory[rule, part] = _applies(rule, part)
            if memory[rule, part] and not any(self._is_present(m, hit, memory) for m in rule.yields):
                return True
        return False

    def _is_present(self, marker: Marker, hit: _Context, memory: _Memory) -> bool:
        now = marker == "now"
        window = hit.sentence[max(0, hit.start - _NOW_REACH) : hit.start] if now else hit.text
        if (marker, window) not in memory:
            memory[marker, window] = self._markers[marker].search(window) is not None
        return memory[marker, window]

    def normalise(self, question: str) -> str:
        """Half-width, simplified, spelt right, without blanks, noise and idioms."""
        text = unicodedata.normalize("NFKC", question[:LONGEST])[:LONGEST].lower()
        text = _NOISE.sub("", text.translate(_PUNCTUATION))
        for wrong, right in self._spelling:
            text = text.replace(wrong, right)
        return self._idioms.sub("，", text)


def _hits(pattern: re.Pattern[str], text: str, sentences: Sequence[str]) -> Iterator[_Context]:
    for sentence in sentences:
        for found in pattern.finditer(sentence):
            yield _Context(text, sentence, found.start(), found.end())


def _applies(rule: _Cancel, part: str) -> bool:
    if rule.where == "after":
        return rule.pattern.match(part) is not None
    if rule.where == "touching":
        return any(found.end() == len(part) for found in rule.pattern.finditer(part))
    return rule.pattern.search(part) is not None


def _specifics(rules: Rules, guides: Path) -> Iterator[_Specific]:
    for rule in rules.specifics:
        try:
            guide = read_guide(guides / f"{rule.guide}.md")
        except IngestError as error:
            logger.error("分诊细分“%s”用不了，仍按大类给步骤：%s", rule.guide, error)
            continue
        emergency = emergency_of(guide)
        numbers = frozenset(_PHONE.findall("".join(guide.steps)))
        yield _Specific(emergency, frozenset(rule.of), numbers, _compile(rule.patterns, rules.words))


def _emergency(rule: HazardRule, guides: Path) -> Emergency:
    steps = rule.steps
    if rule.guide and not rule.own_steps:
        try:
            steps = read_guide(guides / f"{rule.guide}.md").steps[:SHOWN_STEPS]
        except IngestError as error:
            logger.error("分诊“%s”改用内置步骤：%s", rule.hazard, error)
    return Emergency(rule.hazard, rule.number, steps, rule.guide)


def _alternatives(rule: HazardRule) -> tuple[str, ...]:
    gap = f".{{0,{_PAIR_REACH}}}?"
    pairs = (f"(?:{a}){gap}(?:{b})|(?:{b}){gap}(?:{a})" for a, b in rule.pairs)
    return (*rule.patterns, *pairs)


def _compile(patterns: Sequence[str], words: Mapping[str, str] = MappingProxyType({})) -> re.Pattern[str]:
    joined = "|".join(patterns)  # each may be an alternation itself: flat is faster
    for name, alternatives in words.items():
        joined = joined.replace(f"<{name}>", f"(?:{alternatives})")
    return re.compile(joined)
