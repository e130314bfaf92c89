"""An inspection as the browser sends it: checked, and joined with what the sheet itself says of each item."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.cards.records import Check, Rule, Sheet
from kb.errors import SettingsError
from web.export.inspections import Finding, Inspection, Result

_Line = Annotated[str, Field(max_length=200)]
_RESULTS: Final = {"good": Result.GOOD, "bad": Result.BAD, "absent": Result.ABSENT}
MOST_PHOTOS: Final = 3  # of one item

Quote = Callable[[tuple[Rule, ...]], str]  # rules -> their articles, word for word


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SentFinding(_Sent):
    """What was found at one item; `photos` of the files sent are its own, in order."""

    item: _Line
    result: Literal["good", "bad", "absent", ""] = ""
    note: Annotated[str, Field(max_length=2_000)] = ""
    photos: Annotated[int, Field(ge=0, le=MOST_PHOTOS)] = 0


class Sent(_Sent):
    """A record as the browser sends it."""

    sheet: Annotated[str, Field(max_length=80)]
    title: _Line = ""
    unit: _Line = ""
    address: _Line = ""
    inspector: _Line = ""
    day: date
    findings: Annotated[list[SentFinding], Field(max_length=500)]


def read_record(text: str) -> Sent:
    """Return a record from JSON.

    Raises:
        SettingsError: if it is malformed or too long; says where.

    >>> read_record('{"sheet": "hotel", "day": "2026-11-24", "findings": []}').day
    datetime.date(2026, 11, 24)
    """
    try:
        return Sent.model_validate(json.loads(text))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])[:60]
        raise SettingsError(
            f"检查记录的“{where}”不对或太长（备注每项最多2000字）。请改短后再导出。"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError("检查记录读不出来。请刷新页面后再导出，记录还在这台设备上。") from error


def record_of(sent: Sent, photos: Sequence[bytes], sheet: Sheet | None, quote: Quote) -> Inspection:
    """Return the record to print; an item the sheet no longer has keeps its result and note.

    Raises:
        SettingsError: if there are more or fewer photos than the findings count, or too many.
    """
    if sum(finding.photos for finding in sent.findings) != len(photos):
        raise SettingsError("照片的张数和记录对不上，可能没有传完。请再导出一次。")
    checks = {check.item: check for check in sheet.items} if sheet else {}
    rest = iter(photos)
    found = []
    for finding in sent.findings:
        own = tuple(next(rest) for _ in range(finding.photos))
        if finding.result:
            found.append(_finding(finding, own, checks.get(finding.item), quote))
    return Inspection(
        place=sent.unit or "（没有填写）",
        inspector=sent.inspector or "（没有填写）",
        day=sent.day,
        sheet=sheet.title if sheet else sent.title,
        findings=tuple(found),
        address=sent.address,
        unchecked=tuple(finding.item for finding in sent.findings if not finding.result),
    )


def _finding(sent: SentFinding, photos: tuple[bytes, ...], check: Check | None, quote: Quote) -> Finding:
    result = _RESULTS[sent.result]
    if check is None:
        return Finding(sent.item, result, note=sent.note, photos=photos)
    is_bad = result is Result.BAD
    return Finding(
        check.item, result, check.standard, check.basis, check.penalty, check.consequence, sent.note, photos,
        duty_text=quote(check.basis) if is_bad else "", penalty_text=quote(check.penalty) if is_bad else "",
    )  # fmt: skip
