"""The query string of a form: empty fields mean nothing, unreadable ones are left out and said."""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from kb.normalise import visible

LONGEST: Final = 300  # characters of what is searched for
_NAMES: Final = {
    "level": "效力级别", "status": "时效", "issuer": "制定机关", "region": "所在地区", "area": "适用地区",
    "date": "按哪一天有效", "date_from": "公布日期（起）", "date_to": "公布日期（止）", "page": "页码",
    "size": "每页几部", "kind": "找什么", "sort": "排序", "q": "检索词",
}  # fmt: skip

Form = TypeVar("Form", bound=BaseModel)


def read(form: type[Form], given: Mapping[str, str]) -> tuple[Form, tuple[str, ...]]:
    """Return a form filled in from a query string, and what of it was left out, in Chinese.

    Args:
        form: a model that has a default for every field.
        given: what stands in the query string.
    """
    values = {name: text for name, value in given.items() if (text := visible(value).strip())}
    faults: list[str] = []
    if len(values.get("q", "")) > LONGEST:
        values["q"] = values["q"][:LONGEST]
        faults.append(f"检索词太长，只用了前{LONGEST}字。")
    try:
        return form.model_validate(values), tuple(faults)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
    faults += [_fault(name) for name in sorted(wrong)]
    left = {name: value for name, value in values.items() if name not in wrong}
    return form.model_validate(left), tuple(faults)


def _fault(name: str) -> str:
    """Return what to say about a field that cannot be read.

    >>> _fault("date")
    '“按哪一天有效”没有看懂，这一项没有用。日期请写成 2026-01-31 的样子。'
    """
    how = "日期请写成 2026-01-31 的样子。" if name.startswith("date") else "请从列出的里面选。"
    return f"“{_NAMES.get(name, name)}”没有看懂，这一项没有用。{how}"
