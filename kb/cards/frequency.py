"""How often a duty comes round (频次): read from its words, and turned into due dates."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kb.cards.records import Duty
from kb.numerals import NUMERAL, to_int


class Frequency(StrEnum):
    """An interval, longest wait last; 随时 has none and 一次性 comes once."""

    SHIFT = "每班"
    DAILY = "每日"
    WEEKLY = "每周"
    HALF_MONTHLY = "每半月"
    MONTHLY = "每月"
    QUARTERLY = "每季度"
    HALF_YEARLY = "每半年"
    YEARLY = "每年"
    TRIENNIAL = "每三年"
    SIX_YEARLY = "每六年"
    CONTINUOUS = "随时"
    ONCE = "一次性"


DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.HALF_MONTHLY: 15}
MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
    Frequency.TRIENNIAL: 36,
    Frequency.SIX_YEARLY: 72,
}


@dataclass(frozen=True, slots=True)
class Cycle:
    """One recurring part of a duty: how often, in the duty's words, and the day of the year it falls on, if fixed."""

    every: Frequency
    words: str
    month_day: tuple[int, int] | None = None

    def due(self, start: date, count: int = 3) -> tuple[date, ...]:
        """Return the next days by which it must be done again, the first after `start`; none where no date follows.

        >>> [day.isoformat() for day in Cycle(Frequency.MONTHLY, "每月").due(date(2027, 1, 31))]
        ['2027-02-28', '2027-03-31', '2027-04-30']
        """
        if self.month_day:
            return tuple(_yearly(start, *self.month_day, count))
        if self.every in DAYS:
            return tuple(start + timedelta(DAYS[self.every] * turn) for turn in range(1, count + 1))
        if self.every in MONTHS:
            return tuple(_later(start, MONTHS[self.every] * turn) for turn in range(1, count + 1))
        return ()


_PATTERNS: tuple[tuple[str, Frequency], ...] = (
    (r"每(?:个)?班", Frequency.SHIFT),
    (r"每\d+小时|24小时|全天|每[日天]|日常|开门前|每2小时", Frequency.DAILY),
    (r"每(?:周|星期)", Frequency.WEEKLY),
    (r"每半个?月|每(?:15|十五)[日天]", Frequency.HALF_MONTHLY),
    (r"每季度?|每三个月", Frequency.QUARTERLY),
    (r"每半年|每学期|每6个月|每六个月|半年一次", Frequency.HALF_YEARLY),
    (r"每个?月|按月", Frequency.MONTHLY),
    (r"每(?:3|三)年|三年一换|年?复审", Frequency.TRIENNIAL),
    (r"每(?:6|六)年", Frequency.SIX_YEARLY),
    (r"每年|年度|每1年", Frequency.YEARLY),
)
_COMPILED = tuple((re.compile(pattern), every) for pattern, every in _PATTERNS)
_NOW_AND_THEN = re.compile(
    r"定期|经常|及时|每次|重复使用前|作业前|轮流|持续|盘存|岗前|上岗|招聘|在岗|收到|值守|到期前|任免"
)
_TWICE_A_YEAR = re.compile(r"每年(?:至少)?(?:两|二|2)次")
_LIMIT = re.compile(r"不超")  # 每天不超3小时 is a limit, no interval
_FIXED = re.compile(rf"每年({NUMERAL}{{1,3}})月({NUMERAL}{{1,3}})[日号]前")
_FLOOD = (3, 31)  # 汛前: the earliest flood season in China opens in April; local dates are announced later
_PAPERS = re.compile(
    r"许可|备案|登记|申报|验收|审查|评价|取得|办证|有证|持证|资质|签.{0,4}(?:协议|责任书|合同)|鉴定|批准|申请"
)


def cycles(text: str) -> tuple[Cycle, ...]:
    """Return the recurring parts a frequency text states, in its order, then 随时 for those that only say when.

    >>> [(cycle.every.value, cycle.words) for cycle in cycles("每日；营业期间至少每2小时一次")]
    [('每日', '每日'), ('每日', '营业期间至少每2小时一次')]
    >>> cycles("每年3月31日前")[0].month_day, cycles("")
    ((3, 31), ())
    """
    found: list[Cycle] = []
    for clause in re.split(r"[；，;,]|或(?=每)", text):
        found += _read(clause.strip())
    return tuple(sorted(dict.fromkeys(found), key=lambda cycle: cycle.every is Frequency.CONTINUOUS))


def cycles_of(duty: Duty) -> tuple[Cycle, ...]:
    """Return a duty's cycles: from its frequency, else from its title, else 一次性 for papers and 随时 for the rest.

    Never empty.
    """
    stated = cycles(duty.frequency)
    if stated:
        return stated
    titled = () if _LIMIT.search(duty.title) else cycles(duty.title)
    if titled and titled[0].every is not Frequency.CONTINUOUS:
        return titled[:1]
    once = _PAPERS.search(duty.title)
    return (Cycle(Frequency.ONCE if once else Frequency.CONTINUOUS, duty.frequency),)


def _read(clause: str) -> Iterator[Cycle]:
    fixed = _FIXED.search(clause)
    if fixed:
        yield Cycle(Frequency.YEARLY, clause, (to_int(fixed[1]), to_int(fixed[2])))
        return
    if "每年汛前" in clause:
        yield Cycle(Frequency.YEARLY, clause, _FLOOD)
        return
    for pattern, every in _COMPILED:
        if pattern.search(clause):
            yield Cycle(Frequency.HALF_YEARLY if _TWICE_A_YEAR.search(clause) else every, clause)
            return
    if _NOW_AND_THEN.search(clause) or clause.endswith("前"):
        yield Cycle(Frequency.CONTINUOUS, clause)


def _later(start: date, months: int) -> date:
    """Return the same day so many months on; the last of the month where it is shorter."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _yearly(start: date, month: int, day: int, count: int) -> Iterator[date]:
    first = start.year if (start.month, start.day) < (month, day) else start.year + 1
    for year in range(first, first + count):
        yield date(year, month, min(day, monthrange(year, month)[1]))
