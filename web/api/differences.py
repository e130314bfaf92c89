"""Two texts compared word by word."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final, Literal

import rjieba

Change = Literal["same", "removed", "added"]

_MOST_WORDS: Final = 4_000  # of either text; longer ones are compared line by line


def differences(old: str, new: str) -> list[tuple[Change, str]]:
    """Return runs of words in order: without the added ones they spell `old`, without the removed ones `new`.

    >>> differences("每季度检查一次护栏", "每月检查一次护栏")
    [('removed', '每季度'), ('added', '每月'), ('same', '检查一次护栏')]
    """
    return list(_runs(*_cut(old, new)))


def _runs(before: list[str], after: list[str]) -> Iterator[tuple[Change, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(before[a:b])
            continue
        if a < b:
            yield "removed", "".join(before[a:b])
        if c < d:
            yield "added", "".join(after[c:d])


def _cut(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = rjieba.cut(old, False), rjieba.cut(new, False)
    if max(len(before), len(after)) > _MOST_WORDS:
        return old.splitlines(keepends=True), new.splitlines(keepends=True)
    return before, after
