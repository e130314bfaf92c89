"""Figures as drawings: where the bars of a plot stand. The templates draw them as SVG, without any script."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 720  # of a plot's inside, in its own units
HEIGHT: Final = 220
_ROUND: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, with what it stands for in words."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # picks the colour and the pattern in the sheet
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars by day, one on top of the other, with the lines of the scale and the days named below."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]  # height of a line, its value
    days: tuple[tuple[float, str], ...]  # where a day stands, its name
    total: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.total == 0


def days_until(last: date, count: int) -> list[date]:
    """Return `count` days in their order, the last one being `last`.

    >>> [day.day for day in days_until(date(2026, 3, 2), 3)]
    [28, 1, 2]
    """
    return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]


def by_day(days: Sequence[date], kinds: Mapping[str, str], counted: Iterable[tuple[date, str, int]]) -> Plot:
    """Return the plot of what was counted by day and kind.

    Args:
        days: the days shown, in their order.
        kinds: what is shown, from the bottom up: {kind: its name}.
        counted: (day, kind, times); other days and kinds are left out.

    >>> plot = by_day([date(2026, 1, 1)], {"a": "甲"}, [(date(2026, 1, 1), "a", 3)])
    >>> plot.total, plot.bars[0].words, plot.lines[-1][1]
    (3, '1月1日 甲 3 次', 4)
    """
    shown = set(days)
    times = {(day, kind): number for day, kind, number in counted if kind in kinds and day in shown}
    top = _top(max((sum(times.get((day, kind), 0) for kind in kinds) for day in days), default=0))
    step = WIDTH / max(1, len(days))
    bars: list[Bar] = []
    for place, day in enumerate(days):
        floor = float(HEIGHT)
        for kind, name in kinds.items():
            number = times.get((day, kind), 0)
            tall = HEIGHT * number / top
            floor -= tall
            if number:
                words = f"{day.month}月{day.day}日 {name} {number} 次"
                bars.append(Bar(round(place * step + step * 0.15, 1), round(floor, 1), round(step * 0.7, 1),
                                round(tall, 1), kind, words))  # fmt: skip
    lines = tuple(
        (round(HEIGHT * (1 - part / 4), 1), top * part // 4) for part in range(5) if top * part % 4 == 0
    )
    every = max(1, -(-len(days) // 8))
    named = tuple(
        (round((place + 0.5) * step, 1), f"{day.month}/{day.day}")
        for place, day in enumerate(days)
        if (len(days) - 1 - place) % every == 0
    )
    return Plot(tuple(bars), lines, named, sum(times.values()))


def _top(most: int) -> int:
    """Return the top of a scale that has room for `most` and four whole steps.

    >>> [_top(n) for n in (0, 3, 4, 5, 17, 90)]
    [4, 4, 4, 8, 20, 200]
    """
    size = 1
    while True:
        for factor in _ROUND:
            if 4 * factor * size >= most:
                return 4 * factor * size
        size *= 10
