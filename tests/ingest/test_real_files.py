"""What real files become, through the whole pipeline. Skips where ../shared/data is not laid out."""

import re
from pathlib import Path

import pytest

from ingest.parse import Given, Parsed
from ingest.preview import preview
from ingest.structure.statute import split
from kb.numerals import to_int

ARTICLE = re.compile(r"^第(.+?)条(?:之(.+))?$")


@pytest.fixture(scope="module")
def parsed(shared_data: Path) -> dict[str, Parsed]:
    found = {}
    for one in preview([str(shared_data / "files"), str(shared_data / "plans")], Given()):
        assert one.parsed, (one.source, one.error)
        found[Path(one.source).name] = one.parsed
    return found


def numbers(document: Parsed) -> list[tuple[int, int]]:
    matches = [ARTICLE.match(chunk.label) for chunk in document.chunks]
    return [(to_int(m[1]), to_int(m[2]) if m[2] else 0) for m in matches if m]


def texts(document: Parsed) -> dict[str, str]:
    return {c.label: re.sub(r"[\s　]", "", c.text) for c in document.chunks if ARTICLE.match(c.label)}


@pytest.mark.parametrize(
    ("name", "articles", "inserted"),
    [
        ("中华人民共和国刑法.pdf", 452, 53),
        ("中华人民共和国社会保险法.pdf", 98, 0),
        ("中华人民共和国行政处罚法.pdf", 86, 0),
        ("中华人民共和国行政处罚法.docx", 86, 0),
        ("中华人民共和国劳动法.pdf", 107, 0),
        ("中华人民共和国治安管理处罚法.docx", 119, 0),
        ("起重机械安全监察规定.docx", 46, 0),
        ("煤矿安全培训规定.html", 50, 0),
        ("生产安全事故应急预案管理办法2016.html", 48, 0),
        ("煤矿重大事故隐患判定标准.md", 21, 0),
    ],
)
def test_every_article_once_and_in_order(parsed, name: str, articles: int, inserted: int) -> None:
    found = numbers(parsed[name])
    assert sorted(found) == found
    assert [number for number, sub in found if not sub] == list(range(1, articles + 1))
    assert sum(1 for _, sub in found if sub) == inserted


def test_pages_are_kept_and_rise(parsed) -> None:
    pages = [chunk.page for chunk in parsed["中华人民共和国刑法.pdf"].chunks]
    assert pages == sorted(pages)
    assert pages[-1] > 60
    assert not any(chunk.page for chunk in parsed["中华人民共和国行政处罚法.docx"].chunks)


def test_pdf_word_and_markdown_give_the_same_articles(parsed, shared_data: Path) -> None:
    markdown = next((shared_data / "statutes").glob("行政处罚法(*.md"))
    law = split(markdown.read_text("utf-8"))
    want = {p.label: re.sub(r"[\s　]", "", p.text) for p in law.passages if ARTICLE.match(p.label)}
    for name in ("中华人民共和国行政处罚法.pdf", "中华人民共和国行政处罚法.docx"):
        got = texts(parsed[name])
        assert got.keys() == want.keys()
        different = [label for label in want if got[label] != want[label]]
        assert not different, (name, different)


def test_the_plan_from_word_and_from_markdown_is_one_text(parsed) -> None:
    word, markdown = parsed["国家突发事件总体应急预案.docx"], parsed["国家突发事件总体应急预案_2025-02-25.md"]
    assert word.structure.value == markdown.structure.value == "应急预案"
    assert [c.label for c in word.chunks] == [c.label for c in markdown.chunks]
    assert sum(re.fullmatch(r"\d+(\.\d+)+", c.label) is not None for c in word.chunks) >= 25


def test_the_article_this_project_began_from(parsed) -> None:
    article = parsed["000_d55ff2b548b29995.txt"]
    assert article.document.title == "2022年全省应急管理工作会议精神"
    assert any("1132" in chunk.text for chunk in article.chunks)
