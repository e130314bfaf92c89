"""Questions this knowledge base must not or cannot answer, told by rule (超出范围)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import SettingsError
from kb.normalise import fold

_RULES = Path(__file__).with_name("scope.yaml")
_LONGEST = 2_000
_STANDARD = re.compile(
    r"(?<![a-z])(gb|gbz|aq|xf|ga|jgj|hg|sy|mt|tsg|db\d{2})\s*/?\s*(t)?\s*-?\s*(\d{2,6}(?:\.\d+)?)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of question and what is said to it."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    say: str
    standard: str  # the standard that holds the answer; the rule gives way where it is held


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    patterns: tuple[str, ...] = Field(min_length=1)
    unless: str = ""
    say: str
    standard: str = ""


def out_of_scope(question: str, held_titles: Iterable[str] = ()) -> Rule | None:
    """Return the rule a question falls under, or None.

    Args:
        question: as typed.
        held_titles: titles in the knowledge base; a rule about a standard among them does not apply.

    >>> [bool(out_of_scope(q)) for q in ("明天会不会下暴雨", "暴雨红色预警要停课吗", "伪造证书怎么罚")]
    [True, False, False]
    """
    folded = fold(question[:_LONGEST])
    for rule in _rules():
        if rule.pattern.search(folded) and not (rule.unless and rule.unless.search(folded)):
            wanted = fold(rule.standard).replace(" ", "")
            if not (wanted and any(wanted in fold(title).replace(" ", "") for title in held_titles)):
                return rule
    return None


def standards(question: str) -> list[str]:
    """Return the technical standards a question names.

    >>> standards("GB 30871里动火作业分几级，和AQ/T 9007比呢")
    ['GB 30871', 'AQ/T 9007']
    """
    found = _STANDARD.finditer(fold(question[:_LONGEST]))
    return [f"{m[1].upper()}{'/T' if m[2] else ''} {m[3]}" for m in found]


@cache
def _rules() -> tuple[Rule, ...]:
    try:
        entries = [_Entry.model_validate(entry) for entry in yaml.safe_load(_RULES.read_text("utf-8"))]
        return tuple(
            Rule(
                entry.name,
                re.compile("|".join(entry.patterns)),
                re.compile(entry.unless) if entry.unless else None,
                entry.say,
                entry.standard,
            )
            for entry in entries
        )
    except (OSError, yaml.YAMLError, ValidationError, TypeError, re.error) as error:
        raise SettingsError(f"范围规则 {_RULES} 格式不对：{error}") from error
