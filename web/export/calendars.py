"""Due dates for a calendar (.ics): whole days, repeated, with a reminder; importing twice changes nothing."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kb.cards.checklist import Checklist, Item, When
from kb.cards.frequency import DAYS, MONTHS, Cycle
from kb.cards.passages import cited
from web.export.safe import line, plain

if TYPE_CHECKING:
    from icalendar import Event

_NOTICE_DAYS = 7
_SHORT = 15  # days; what comes round as often is reminded of one day before
_SHORTEST_MONTH = 28  # days
_LONGEST_NOTE = 4_000  # characters


def due_dates_ics(
    checklist: Checklist, start: date, name: str = "", own: Mapping[str, date] | None = None
) -> bytes:
    """Return the due dates of a checklist; what is done every day or shift makes no entry.

    Args:
        checklist: what falls due.
        start: the day the intervals are counted from.
        name: the unit, shown in the calendar's name and part of what makes an entry the same one.
        own: the next day the unit itself set, by the duty's id; intervals are counted on from there.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//anwen//checklist//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", line(f"{name or checklist.unit.trade}安全到期提醒", 80))
    for item in checklist.items:
        for event in _events(item, start, name, (own or {}).get(item.duty.id)):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(item: Item, start: date, name: str, own: date | None) -> Iterator["Event"]:
    dated = False
    for cycle in dict.fromkeys(item.cycles):
        due = cycle.due(start, 1)
        rule = _rule(cycle, own or start) if due and (own or item.when is not When.OCCASION) else None
        if rule:
            dated = True
            yield _stamped(_event(item, cycle, own or due[0], rule), _uid(item, cycle, name), start)
    if own and not dated:
        cycle = item.cycles[0]
        yield _stamped(_event(item, cycle, own, None), _uid(item, cycle, name), start)


def _stamped(event: "Event", uid: str, start: date) -> "Event":
    event.add("uid", uid)
    event.add("dtstamp", datetime.combine(start, time(), UTC))
    return event


def _event(item: Item, cycle: Cycle, day: date, rule: dict[str, Any] | None) -> "Event":
    from icalendar import Alarm, Event

    event = Event()
    title = line(_title(item, cycle), 120)
    event.add("summary", title)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(1))
    if rule:
        event.add("rrule", rule)
    event.add("transp", "TRANSPARENT")
    event.add("categories", [item.group])
    event.add("description", plain(_note(item, cycle), _LONGEST_NOTE))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(-1 if DAYS.get(cycle.every, _SHORT + 1) <= _SHORT else -_NOTICE_DAYS))
    event.add_component(alarm)
    return event


def _title(item: Item, cycle: Cycle) -> str:
    doubt = "先核对是否适用：" if item.when is When.CHECK else ""
    several = f"（{cycle.words}）" if len(item.cycles) > 1 and cycle.words else ""
    return f"{doubt}{item.duty.title}{several}"


def _note(item: Item, cycle: Cycle) -> str:
    duty = item.duty
    return "\n".join(
        (duty.what, f"多久一次：{cycle.words or cycle.every.value}", f"要留的材料：{'；'.join(duty.evidence)}", f"依据：{cited(duty.basis)}")
    )  # fmt: skip


def _uid(item: Item, cycle: Cycle, name: str) -> str:
    key = f"{name}|{item.duty.id}|{cycle.every.value}|{cycle.words}"
    return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}@anwen.local"


def _rule(cycle: Cycle, start: date) -> dict[str, Any] | None:
    """Return the RRULE; a day past the 28th falls on the last such day of a shorter month."""
    if cycle.every in DAYS:
        days = DAYS[cycle.every]
        return {"freq": "daily", "interval": days} if days > 1 else None
    if cycle.every not in MONTHS:
        return None
    rule: dict[str, Any] = {"freq": "monthly", "interval": MONTHS[cycle.every]}
    day = cycle.month_day[1] if cycle.month_day else start.day  # start: where the interval is counted from
    if day > _SHORTEST_MONTH:
        rule |= {"bymonthday": list(range(_SHORTEST_MONTH, day + 1)), "bysetpos": -1}
    return rule
