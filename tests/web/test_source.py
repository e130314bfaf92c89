from dataclasses import replace
from datetime import date

import pytest

from kb.datatypes import Status
from tests.web.fakes import CHUNKS, CITATION, LAW, QUOTE
from tests.web.hostile import HOSTILE, inspect
from web.source import source_html


def marked(page):
    return [part.split("</mark>")[0] for part in page.split("<mark>")[1:]]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_law_text_stays_text(text):
    chunk = replace(CHUNKS[1], label=text, path=(text,), text=f"前{text}后")
    document = replace(LAW, title=text, issuer=text, document_number=text, source=text, notes=(text,))
    citation = replace(CITATION, chunk=chunk, document=document, quote=text)
    seen = inspect(source_html(citation, chunk, chunk, note=text))
    assert seen.bad == []
    assert seen.links == []


def test_the_whole_article_its_neighbours_and_its_facts_are_shown():
    text = "".join(inspect(source_html(CITATION, CHUNKS[0], CHUNKS[2])).words)
    for part in (
        LAW.title,
        "现行",
        "地方性法规",
        LAW.issuer,
        LAW.document_number,
        "示例市",
        "2024年3月20日",
        "第二章 日常管理 › 第一节 通道",
        "第六条",
        "第七条",
        "第八条",
        CHUNKS[0].text,
        CHUNKS[2].text,
        *CHUNKS[1].text.split("\n"),
        "示例防火规定.txt",
    ):
        assert part in text


def test_an_unknown_effective_date_is_said():
    text = "".join(inspect(source_html(CITATION, None, None)).words)
    assert "施行日期未知，待核" in text


def test_a_known_effective_date_is_shown():
    known = replace(CITATION, document=replace(LAW, effective=date(2024, 5, 1)))
    assert "<dt>施行日期</dt><dd>2024年5月1日</dd>" in source_html(known, None, None)


def test_the_quote_and_nothing_else_is_marked():
    assert marked(source_html(CITATION, None, None)) == [QUOTE]


def test_a_quote_over_two_lines_is_marked_in_both():
    quote = "先口头提醒；当天不搬走的，单位罚一千元以上三千元以下。\n第二次被发现的"
    page = source_html(replace(CITATION, quote=quote), None, None)
    assert marked(page) == quote.split("\n")


@pytest.mark.parametrize("quote", ["", "并不存在的话", CHUNKS[1].text], ids=["none", "absent", "whole"])
def test_no_mark_where_it_would_say_nothing(quote):
    assert marked(source_html(replace(CITATION, quote=quote), None, None)) == []


@pytest.mark.parametrize(
    ("status", "warning"),
    [(Status.REPEALED, "已经废止"), (Status.AMENDED, "旧版本"), (Status.NOT_YET, "还没有施行")],
)
def test_a_text_not_in_force_carries_a_warning(status, warning):
    assert warning in source_html(replace(CITATION, status=status), None, None)


def test_the_path_on_this_machine_is_not_shown():
    assert "/srv/private" not in source_html(CITATION, None, None)
