"""What changed between two versions of a text."""

import time
from collections.abc import Sequence

import pytest

from ingest.radar.changes import Change, Kind, Mark, changes, words
from tests.ingest.camp_rules import AIM, BOAT, DRILL, END, FINE, LAMP, law


def labels(found: Sequence[Change]) -> list[tuple[str, str | None, str | None]]:
    return [(c.kind.value, c.old.label if c.old else None, c.new.label if c.new else None) for c in found]


def test_nothing_changed() -> None:
    found = changes(law(AIM, LAMP), law(AIM, LAMP, day="2025-01-01"))
    assert (found.items, found.unchanged) == ((), 2)


def test_white_space_and_width_change_nothing() -> None:
    found = changes(law("甲, 乙(丙) 丁12。"), law("甲，乙（丙）\n丁１２。"))
    assert (found.items, found.unchanged) == ((), 1)


def test_an_article_put_in_renumbers_the_rest() -> None:
    found = changes(law(AIM, LAMP, END), law(AIM, DRILL, LAMP, END))
    assert labels(found.items) == [
        ("新增", None, "第二条"),
        ("条号变动", "第二条", "第三条"),
        ("条号变动", "第三条", "第四条"),
    ]
    assert found.unchanged == 1


def test_an_article_taken_out_stands_where_it_was() -> None:
    found = changes(law(AIM, DRILL, LAMP, END), law(AIM, LAMP, END))
    assert labels(found.items) == [
        ("删去", "第二条", None),
        ("条号变动", "第三条", "第二条"),
        ("条号变动", "第四条", "第三条"),
    ]


def test_a_changed_article_that_moved_is_one_change() -> None:
    found = changes(law(AIM, FINE, END), law(AIM, DRILL, FINE.replace("五百", "一千"), END))
    assert ("修改", "第二条", "第三条") in labels(found.items)
    (change,) = found.of(Kind.CHANGED)
    assert [(p.mark, p.text) for p in change.words if p.mark is not Mark.SAME] == [
        (Mark.GONE, "五百"),
        (Mark.CAME, "一千"),
    ]


def test_another_matter_under_an_old_number_is_no_change_of_words() -> None:
    assert labels(changes(law(AIM, LAMP), law(AIM, BOAT)).items) == [
        ("删去", "第二条", None),
        ("新增", None, "第二条"),
    ]


def test_unlike_articles_under_other_numbers_are_not_paired() -> None:
    found = changes(law(AIM, LAMP), law(AIM, BOAT, labels=["第一条", "第三条"]))
    assert sorted(labels(found.items)) == [("删去", "第二条", None), ("新增", None, "第三条")]


def test_the_same_words_twice_keep_their_order() -> None:
    found = changes(law(LAMP, LAMP), law(AIM, LAMP, LAMP))
    assert labels(found.items) == [("新增", None, "第一条"), ("条号变动", "第一条", "第三条")]
    assert found.unchanged == 1  # 第二条
    found = changes(law(LAMP, LAMP), law(AIM, BOAT, LAMP, LAMP))
    assert labels(found.of(Kind.RENUMBERED)) == [
        ("条号变动", "第一条", "第三条"),
        ("条号变动", "第二条", "第四条"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((), (AIM, LAMP)),
        ((AIM, LAMP), ()),
        ((), ()),
        ((AIM, LAMP, FINE, END), (END, FINE.replace("两千", "三千"), BOAT, AIM)),
    ],
)
def test_every_passage_is_accounted_for_once(old: Sequence[str], new: Sequence[str]) -> None:
    found = changes(law(*old), law(*new))
    assert sum(c.old is not None for c in found.items) + found.unchanged == len(old)
    assert sum(c.new is not None for c in found.items) + found.unchanged == len(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FINE, FINE.replace("五百", "二千五百")),
        (LAMP, BOAT),
        ("", LAMP),
        (LAMP, ""),
        ("甲乙丙" * 40, "乙丙丁" * 40),
        (FINE, f"{FINE}{END}"),
    ],
)
def test_the_pieces_give_both_texts_back(old: str, new: str) -> None:
    pieces = words(old, new)
    assert "".join(p.text for p in pieces if p.mark is not Mark.CAME) == old
    assert "".join(p.text for p in pieces if p.mark is not Mark.GONE) == new


def test_numbers_are_marked_whole() -> None:
    pieces = words("处二十万元罚款，限15日。", "处二十五万元罚款，限5日。")
    assert [p.text for p in pieces if p.mark is Mark.GONE] == ["二十万", "15"]
    assert [p.text for p in pieces if p.mark is Mark.CAME] == ["二十五万", "5"]


@pytest.mark.parametrize("unit", ["字", "字词。", "甲乙丙丁。"])
def test_very_long_passages_do_not_hang(unit: str) -> None:
    begun = time.process_time()
    pieces = words(unit * 20_000, unit * 20_001 + "尾")
    assert time.process_time() - begun < 10
    assert "".join(p.text for p in pieces if p.mark is not Mark.GONE) == unit * 20_001 + "尾"
