"""A visitor's ticks, dates and notes as their browser sends them for an export; nothing of them is kept."""

import json
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kb.errors import SettingsError
from web.export.checklists import Mark

LONGEST_NOTE: Final = 500  # characters
_MOST: Final = 1_000  # marks


class Sent(BaseModel):
    """One mark."""

    model_config = ConfigDict(extra="forbid")

    done: date | None = None
    due: date | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


_SENT: Final = TypeAdapter(dict[Annotated[str, Field(max_length=120)], Sent])


def marks_of(text: str) -> dict[str, Mark]:
    """Return the marks by duty, from JSON; none for an empty text.

    Raises:
        SettingsError: if it is malformed, too long, or names an impossible day.

    >>> marks_of('{"gen-officer": {"done": "2026-11-24"}}')["gen-officer"].done
    datetime.date(2026, 11, 24)
    """
    if not text.strip():
        return {}
    try:
        found = _SENT.validate_python(json.loads(text))
    except (ValidationError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"勾选记录读不出来：备注每条最多{LONGEST_NOTE}字，日期要写成年-月-日。请刷新页面后再导出。"
        ) from error
    if len(found) > _MOST:
        raise SettingsError(f"勾选记录有{len(found)}条，最多{_MOST}条。请刷新页面后再导出。")
    return {key: Mark(sent.done, sent.due, sent.note) for key, sent in found.items()}
