"""What is read from a text besides its articles: title, dates, level, issuer, region, repeals, sections."""

import csv
from datetime import date
from pathlib import Path

import pytest

from ingest.about.dates import read
from ingest.about.ledger import Entry, entry
from ingest.formats import Reading
from ingest.parse import Given, parse
from ingest.report import Report
from kb.datatypes import Document, Level
from kb.errors import IngestError
from kb.normalise import law_name
from tests.samples import NOTICE, RULE_2019, RULE_2024, RULE_LAW

# The manifest lists it as in force; 煤矿安全生产条例 (2024) declares it repealed in its last article.
REPEALED_BY_ITS_SUCCESSOR = {"国务院关于预防煤矿生产安全事故的特别规定(2013-07-18).md"}


def document(text: str, name: str = "x.md") -> Document:
    return parse(Reading(text), name, "0", Given()).document


def test_a_law() -> None:
    law = document(RULE_LAW)
    assert (law.doc_id, law.title) == ("风筝安全法@2020-04-08", "中华人民共和国风筝安全法")
    assert (law.level, law.issuer, law.region) == (Level.LAW, "全国人民代表大会常务委员会", "全国")
    assert (law.published, law.effective) == (date(2020, 4, 8), date(2020, 7, 1))


def test_two_versions_of_a_local_rule_and_what_the_new_one_repeals() -> None:
    old, new = document(RULE_2019), document(RULE_2024)
    assert (old.name, new.name) == ("青桥市屋顶花园安全条例",) * 2
    assert (new.published, new.effective) == (date(2024, 5, 6), date(2024, 9, 1))
    assert new.repeals == ("青桥市阳台花盆管理规定",)


def test_what_the_user_says_is_stronger() -> None:
    said = parse(Reading(NOTICE), "x.md", "0", Given(Level.PLAN, "河南省")).document
    assert (said.level, said.region) == (Level.PLAN, "河南省")


def test_a_notice_is_cut_at_its_numbered_sections() -> None:
    parsed = parse(Reading(NOTICE), "x.md", "0", Given())
    assert parsed.document.level is Level.NORMATIVE
    assert parsed.document.document_number == "风筝办〔2023〕7号"
    assert parsed.document.published == date(2023, 4, 2)
    assert [c.label for c in parsed.chunks] == ["第1段", "一、", "一、（一）", "一、（二）"]
    assert parsed.chunks[2].path == ("一、总体要求",)
    assert "3200人次" in parsed.chunks[1].text


@pytest.mark.parametrize(
    ("stem", "header", "closing", "expected"),
    [
        (
            "法(2021-06-10)",
            ["2021年6月10日第三次修正"],
            ["本法自2002年11月1日起施行。"],
            ("2021-06-10", None),
        ),
        ("办法", ["（2015年1月2日公布，自2015年5月1日起施行）"], [], ("2015-01-02", "2015-05-01")),
        ("规定", ["二○一一年五月四日"], ["自公布之日起施行。"], ("2011-05-04", "2011-05-04")),
        ("条例", ["２０２０年３月１日公布"], ["自2020年6月1日起施行"], ("2020-03-01", "2020-06-01")),
        ("条例", ["2003年11月24日公布", "2004年2月1日 施行"], [], ("2003-11-24", "2004-02-01")),
        ("无日期", [], ["没有日期"], (None, None)),
        ("坏日期", ["2021年13月45日公布"], [], (None, None)),
    ],
)
def test_dates(
    stem: str, header: list[str], closing: list[str], expected: tuple[str | None, str | None]
) -> None:
    found = read(stem, header, closing)
    assert tuple(str(day) if day else None for day in (found.published, found.effective)) == expected


def test_the_ledger_adds_what_the_text_does_not_say() -> None:
    assert entry("安全生产法", Level.LAW, date(2021, 6, 10)).effective == date(2021, 9, 1)
    assert entry("没有的法", Level.LAW, date(2000, 1, 1)) == Entry(None, None, "")
    outdated = document("# 传染病防治法\n\n2013年6月29日修正\n\n第一条 样例。\n", "x.md")
    assert "2025-09-01" in outdated.notes[0]


def test_a_file_with_a_title_alone_is_refused() -> None:
    with pytest.raises(IngestError, match="读不出正文"):
        document("# 只有标题\n")


def test_the_real_statutes_agree_with_the_manifest(
    statutes_kb, statutes_report: Report, shared_data: Path
) -> None:
    kb, report = statutes_kb, statutes_report
    with (shared_data / "statutes" / "manifest.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert (report.added, report.failed) == (len(rows), [])
    assert report.articles == sum(int(row["n_articles"]) for row in rows) == 17_231
    by_file = {Path(document.source).name: document for document in kb.documents()}
    articles = {
        file: sum(c.label.startswith("第") and "条" in c.label for c in kb.chunks(d.doc_id))
        for file, d in by_file.items()
    }
    status = kb.statuses()
    wrong = {"title": 0, "level": 0, "date": 0}
    for row in rows:
        found = by_file[row["file"]]
        assert articles[row["file"]] == int(row["n_articles"]), row["file"]
        wrong["title"] += law_name(row["title"]) != found.name
        wrong["level"] += row["level"] != found.level.value
        wrong["date"] += row["publish_date"] != str(found.published)
        by = row["superseded"].removeprefix("yes: ").split(" (")[0]
        ended = status[found.doc_id].value in ("已修改", "已废止")
        if row["file"] not in REPEALED_BY_ITS_SUCCESSOR:
            assert ended == (row["superseded"].startswith("yes: ") and by in by_file), row["file"]
        else:
            assert ended
    assert wrong["title"] == 0
    assert wrong["level"] <= 3, wrong
    assert wrong["date"] <= 4, wrong  # where file name and header differ, the newer one is taken
