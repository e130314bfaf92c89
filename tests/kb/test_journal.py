"""The journal: counts add up, feedback waits until it is handled, other processes may write."""

from datetime import date
from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError
from kb.journal import Journal

_DAY = date(2026, 11, 24)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    Catalogue(tmp_path, create=True).close()
    return Journal(tmp_path)


def test_needs_a_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="没有知识库"):
        Journal(tmp_path / "nothing")


def test_citations_add_up_over_answers_and_days(journal: Journal) -> None:
    journal.cite(["甲法#第一条", "甲法#第一条", "乙法#第二条"], _DAY)
    journal.cite(["甲法#第一条"], date(2026, 11, 25))
    assert journal.cited(["甲法#第一条", "乙法#第二条", "丙法#第三条"]) == {
        "甲法#第一条": 2,
        "乙法#第二条": 1,
    }


def test_usage_is_counted_by_day(journal: Journal) -> None:
    for day in (_DAY, _DAY, date(2026, 11, 1)):
        journal.count("提问·citizen", day)
    assert journal.usage(_DAY) == [(_DAY, "提问·citizen", 2)]


def test_open_feedback_comes_before_handled(journal: Journal) -> None:
    for verdict in ("有帮助", "依据不对"):
        journal.send(verdict, "问", "答", "")
    newest = journal.feedback()[0]
    assert newest.verdict == "依据不对"
    journal.handle(newest.feedback_id)
    assert [(f.verdict, bool(f.handled)) for f in journal.feedback()] == [
        ("有帮助", False),
        ("依据不对", True),
    ]


def test_long_texts_are_cut(journal: Journal) -> None:
    journal.send("没帮助", "问" * 100_000, "答", "")
    journal.note("登录失败", "x" * 100_000)
    assert len(journal.feedback()[0].question) == len(journal.audit()[0].detail) == 4_000


def test_two_journals_write_beside_each_other(journal: Journal, tmp_path: Path) -> None:
    other = Journal(tmp_path)
    for writer in (journal, other):
        writer.cite(["甲法#第一条"], _DAY)
    assert other.cited(["甲法#第一条"]) == {"甲法#第一条": 2}
