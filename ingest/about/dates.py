"""When a text was published and since when it applies (公布与施行日期)."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.normalise import fold
from kb.numerals import to_int

_N = "[0-9〇零○一二三四五六七八九十]"
_DATE = re.compile(
    rf"(?P<y>(?:{_N}\s*){{4}})\s*年\s*(?P<m>{_N}{{1,3}})\s*月\s*(?P<d>{_N}{{1,3}})\s*日"
    r"|(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
)
_FROM = re.compile(r"(?:自|从|于)\s*$")
_APPLIES = re.compile(r"^(?:起)?[^,，。;；]{0,12}?(?:施行|实施|生效|执行)")
_AROUND = 40  # characters before and after a date that tell what happens on it
_FILE_DATE = re.compile(r"[(（_\-\s](\d{4}-\d{2}-\d{2})[)）]?$")
_LASTS = re.compile(
    r"(?:本(?:通知|办法|规定|预案|意见|方案|细则|规则|公告|标准|条例|决定|规程)(?:的|自.{1,20})?"
    r"|(?:施行|实施|执行|生效)[^。证书件]{0,12}?)(?:有效期限?|试行期?|有效)[为至到限]{0,2}"
    rf"\s*(?:(?P<years>10|[1-9两一二三四五六七八九十])\s*(?P<unit>年|个月)|(?=(?P<until>{_N}[^。，,;；]{{6,20}}日)))"
)
_AT_ONCE = re.compile(r"自(?:公布|发布|印发|通过)之日起(?:施行|实施|生效|执行)")


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of a text's dates; None where it is not."""

    published: date | None
    effective: date | None
    expires: date | None = None  # the first day on which it no longer applies


def read(file_stem: str, header: Sequence[str], closing: Sequence[str]) -> Dates:
    """Return the dates a text gives.

    An amended text keeps its first effective date in its last article; such a date, earlier than the
    amendment, is not taken.

    Args:
        file_stem: file name without suffix, may end in (2021-06-10).
        header: lines before the first article.
        closing: the last passages of the text.

    >>> read("甲法(2021-06-10)", ["2002年6月29日通过", "2021年6月10日第三次修正"], ["本法自2002年11月1日起施行。"])
    Dates(published=datetime.date(2021, 6, 10), effective=None, expires=None)
    >>> read("乙条例", ["２０２４年1月24日公布"], ["本条例自2024年5月1日起施行。"]).effective
    datetime.date(2024, 5, 1)
    >>> read("丙通知", ["2024年3月2日"], ["本通知自2024年4月1日起施行，有效期5年。"]).expires
    datetime.date(2029, 4, 1)
    """
    named = _FILE_DATE.search(file_stem)
    events = [event for line in header for event in _events(line)]
    published = [day for day, applies in events if not applies]
    if named:
        published.append(date.fromisoformat(named[1]))
    newest = max(published, default=None)
    starts = [day for day, applies in events if applies]
    for text in closing:
        starts += [day for day, applies in _events(text) if applies]
        if newest and len(published) <= 1 and _AT_ONCE.search(text):
            starts.append(newest)
    starts = [day for day in starts if newest is None or day >= newest]
    effective = max(starts, default=None)
    return Dates(newest or effective, effective, _expires(closing, effective or newest))


def _expires(closing: Sequence[str], start: date | None) -> date | None:
    """Return the first day after the term that a text gives itself (有效期5年, 有效期至2027年12月31日)."""
    for text in closing:
        match = _LASTS.search(fold(text))
        if match and match["until"] and (until := _DATE.match(match["until"])):
            last = _day(until)
            return last + timedelta(days=1) if last else None
        if match and match["years"] and start:
            number = 2 if match["years"] == "两" else to_int(match["years"])
            months = start.month - 1 + number * (12 if match["unit"] == "年" else 1)
            year, month = start.year + months // 12, months % 12 + 1
            return date(year, month, min(start.day, monthrange(year, month)[1]))
    return None


def _events(text: str) -> Iterable[tuple[date, bool]]:
    """Yield (day, whether it is the day the text begins to apply) for each date in `text`."""
    folded = fold(text)
    for match in _DATE.finditer(folded):
        day = _day(match)
        if day:
            start, end = match.span()
            before = folded[max(start - _AROUND, 0) : start]
            after = folded[end : end + _AROUND].strip()
            opens = start <= _AROUND and not before.strip()
            applies = bool(_APPLIES.match(after)) and (
                opens or bool(_FROM.search(before)) or after.startswith(("起", "施行"))
            )
            yield day, applies


def _day(match: re.Match[str]) -> date | None:
    try:
        if match["iso"]:
            year, month, day = map(int, match["iso"].split("-"))
        else:
            year, month, day = (to_int(re.sub(r"\s", "", match[key])) for key in "ymd")
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None
