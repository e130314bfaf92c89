"""What a hostile file is, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass

LISTENER = 18_573  # port of this machine to which the hostile files try to call home


@dataclass(frozen=True, slots=True)
class Case:
    """A file, why it is hostile, and what must happen: refused for a reason, or read with the good part kept."""

    name: str
    make: Callable[[], bytes]
    why: str
    refused: str = ""  # words of the reason, parted by "|": one of them must be in it
    kept: str = ""  # words that must be in a passage afterwards
    absent: str = ""  # words that must be in none


def refused(name: str, make: Callable[[], bytes], why: str, words: str) -> Case:
    """Return a case that must be refused."""
    return Case(name, make, why, refused=words)


def kept(name: str, make: Callable[[], bytes], why: str, words: str, absent: str = "") -> Case:
    """Return a case whose good part must be read."""
    return Case(name, make, why, kept=words, absent=absent)


def rule(mark: str, more: str = "") -> str:
    """Return a small rule that can be told from all others by `mark`."""
    return (
        f"{mark}冷库值班办法\n第一条 {mark}冷库夜里两人值班。\n第二条 {mark}的门每月检查一次。\n{more}"
        "第三条 本办法自2025年3月1日起施行。\n"
    )
