import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.structure.statute import split
from kb.normalise import clean
from kb.numerals import to_chinese
from tests.samples import RULE_2024


def labels(text: str) -> list[str]:
    statute = split(text)
    return [passage.label for passage in statute.passages] if statute else []


def test_articles_keep_their_path_and_clauses() -> None:
    statute = split(RULE_2024)
    assert statute is not None
    by_label = {passage.label: passage for passage in statute.passages}
    assert list(by_label) == ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条"]
    assert by_label["第三条"].path == ("第一章 总则",)
    assert by_label["第三条"].text.split("\n")[1:] == [
        "（一）每月检查一次护栏；",
        "（二）大风预警发布后两小时内收起花盆。",
        "遇有积雪的，应当及时清扫。",
    ]
    assert by_label["第四条"].path == ("第二章 罚则",)
    assert statute.gaps == ()


def test_a_wrapped_cross_reference_is_no_heading() -> None:
    statute = split(RULE_2024)
    assert statute is not None
    text = next(p.text for p in statute.passages if p.label == "第三条之一")
    assert text == "依照\n第九条的规定登记的花园，可以种树。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一条 甲。\n第二条 乙。\n第二十条 的规定除外。\n第三条 丙。", ["第一条", "第二条", "第三条"]),
        ("第一条 甲。\n第三条 丙。\n第四条 丁。", ["第一条", "第三条", "第四条"]),
        ("第一条 甲。\n第二条乙方负责。\n第三条 丙。", ["第一条", "第二条", "第三条"]),
        ("第一条 甲。\n第二条的规定，不适用。\n第二条 乙。", ["第一条", "第二条"]),
        ("第一条 甲。\n笫二条 乙。\n第三 条 丙。", ["第一条", "第二条", "第三条"]),
        ("第一条\n甲。\n第二条\n乙。", ["第一条", "第二条"]),
        ("**第一条**　甲。\n### 第二条 乙。", ["第一条", "第二条"]),
        ("第一千零二条 甲。\n第一千零三条 乙。", ["第一千零二条", "第一千零三条"]),
        (
            "第九条 甲。\n第九条之一 乙。\n第九条之二 丙。\n第十条 丁。",
            ["第九条", "第九条之一", "第九条之二", "第十条"],
        ),
        ("第一条 甲。\n第二条 乙。\n附件1：清单\n花盆若干。", ["第一条", "第二条", "附件1：清单"]),
        ("没有条文的通知。", []),
        ("依照第五条的规定办理。", []),
    ],
)
def test_headings(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_a_gap_in_the_numbers_is_reported() -> None:
    statute = split("第一条 甲。\n第三条 丙。")
    assert statute is not None
    assert statute.gaps == ("第一条之后是第三条，原文缺号或有误",)


def test_a_table_of_contents_and_a_wrapped_chapter_title() -> None:
    statute = split(
        "目录\n第一章 总则\n第二章 罚则\n\n第一章 总则\n第一条 甲。\n第二章 特别\n\n的规定\n第二条 乙。"
    )
    assert statute is not None
    assert [p.path for p in statute.passages] == [("第一章 总则",), ("第二章 特别的规定",)]


plain = st.text(alphabet="花园护栏应当检查，。；（一）", min_size=1, max_size=60).filter(
    lambda t: clean(t) != ""
)


@given(st.lists(plain, min_size=1, max_size=30))
def test_no_text_is_lost_and_every_article_is_found(bodies: list[str]) -> None:
    text = "\n".join(f"第{to_chinese(n)}条 {body}" for n, body in enumerate(bodies, start=1))
    statute = split(text)
    assert statute is not None
    assert [p.text for p in statute.passages] == [clean(body) for body in bodies]
    assert [p.label for p in statute.passages] == [f"第{to_chinese(n)}条" for n in range(1, len(bodies) + 1)]


@given(st.text(alphabet="第一二三十条章节附件 \n#*的。", max_size=200))
def test_any_text_is_taken_without_error(text: str) -> None:
    statute = split(text)
    if statute:
        assert len({p.label for p in statute.passages}) == len(statute.passages)
