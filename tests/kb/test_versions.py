from datetime import date

import pytest

from kb.datatypes import Document, Level, Status
from kb.versions import statuses


def law(name: str, start: str | None, **more: object) -> Document:
    day = date.fromisoformat(start) if start else None
    return Document(
        f"{name}@{start}", name, name, Level.LAW, "全国", "", "", published=day, effective=day, **more
    )  # type: ignore[arg-type]


OLD, NEW, COMING = law("甲法", "2007-11-01"), law("甲法", "2024-11-01"), law("甲法", "2027-01-01")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2006-01-01", [Status.NOT_YET, Status.NOT_YET, Status.NOT_YET]),
        ("2010-01-01", [Status.IN_FORCE, Status.NOT_YET, Status.NOT_YET]),
        ("2024-10-31", [Status.IN_FORCE, Status.NOT_YET, Status.NOT_YET]),
        ("2024-11-01", [Status.AMENDED, Status.IN_FORCE, Status.NOT_YET]),
        ("2030-01-01", [Status.AMENDED, Status.AMENDED, Status.IN_FORCE]),
    ],
)
def test_the_version_in_force_depends_on_the_day(on: str, expected: list[Status]) -> None:
    found = statuses([OLD, NEW, COMING], date.fromisoformat(on))
    assert [found[d.doc_id] for d in (OLD, NEW, COMING)] == expected


def test_a_text_declared_repealed_ends_when_the_repealing_text_begins() -> None:
    old = law("乙条例", "2013-07-18")
    new = law("丙条例", "2024-05-01", repeals=("乙条例",))
    assert statuses([old, new], date(2024, 4, 30))[old.doc_id] is Status.IN_FORCE
    assert statuses([old, new], date(2024, 5, 1))[old.doc_id] is Status.REPEALED


def test_a_later_version_of_a_repealed_name_lives() -> None:
    reborn = law("乙条例", "2025-01-01")
    repealing = law("丙条例", "2024-05-01", repeals=("乙条例",))
    assert statuses([reborn, repealing], date(2026, 1, 1))[reborn.doc_id] is Status.IN_FORCE


def test_parts_of_one_code_are_in_force_together() -> None:
    one, two = law("法典", "2021-01-01", part="合同编"), law("法典", "2021-01-01", part="物权编")
    two = Document(**{f: getattr(two, f) for f in two.__slots__} | {"doc_id": "法典/物权编"})
    assert set(statuses([one, two], date(2026, 1, 1)).values()) == {Status.IN_FORCE}


def test_an_undated_text_is_older_than_a_dated_one() -> None:
    undated, dated = law("丁法", None), law("丁法", "2001-01-01")
    found = statuses([undated, dated], date(2026, 1, 1))
    assert (found[undated.doc_id], found[dated.doc_id]) == (Status.AMENDED, Status.IN_FORCE)


def test_a_day_of_expiry_ends_a_text() -> None:
    trial = law("试行办法", "2020-01-01", expires=date(2022, 1, 1))
    assert statuses([trial], date(2021, 12, 31))[trial.doc_id] is Status.IN_FORCE
    assert statuses([trial], date(2022, 1, 1))[trial.doc_id] is Status.REPEALED
