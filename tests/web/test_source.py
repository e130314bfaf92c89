from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest

from kb.datatypes import Level, Status
from kb.repeals import Ending
from tests.web.fakes import CHUNKS, CITATION, LAW, QUOTE
from tests.web.hostile import HOSTILE, inspect
from web.source import Around, source_html, whole_text

ENDED = Ending(LAW, date(2026, 2, 3), "第九条", "示例旧规定同时废止")


def marked(page):
    return [part.split("</mark>")[0] for part in page.split("<mark>")[1:]]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_law_text_stays_text(text):
    chunk = replace(CHUNKS[1], label=text, path=(text,), text=f"前{text}后")
    document = replace(LAW, title=text, issuer=text, document_number=text, source=text, notes=(text,))
    citation = replace(CITATION, chunk=chunk, document=document, quote=text)
    seen = inspect(source_html(citation, Around(chunk, chunk, ENDED, note=text)))
    assert seen.bad == []
    assert len(seen.links) == 1


def test_the_whole_article_its_neighbours_and_its_facts_are_shown():
    text = "".join(inspect(source_html(CITATION, Around(CHUNKS[0], CHUNKS[2]))).words)
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
    text = "".join(inspect(source_html(CITATION, Around())).words)
    assert "施行日期未知，待核" in text


def test_a_known_effective_date_is_shown():
    known = replace(CITATION, document=replace(LAW, effective=date(2024, 5, 1)))
    assert "<dt>施行日期</dt><dd>2024年5月1日</dd>" in source_html(known, Around())


def test_the_quote_and_nothing_else_is_marked():
    assert marked(source_html(CITATION, Around())) == [QUOTE]


def test_a_quote_over_two_lines_is_marked_in_both():
    quote = "先口头提醒；当天不搬走的，单位罚一千元以上三千元以下。\n第二次被发现的"
    page = source_html(replace(CITATION, quote=quote), Around())
    assert marked(page) == quote.split("\n")


@pytest.mark.parametrize("quote", ["", "并不存在的话", CHUNKS[1].text], ids=["none", "absent", "whole"])
def test_no_mark_where_it_would_say_nothing(quote):
    assert marked(source_html(replace(CITATION, quote=quote), Around())) == []


@pytest.mark.parametrize(
    ("status", "warning"),
    [(Status.REPEALED, "已经废止"), (Status.AMENDED, "旧版本"), (Status.NOT_YET, "还没有施行")],
)
def test_a_text_not_in_force_carries_a_warning(status, warning):
    assert warning in source_html(replace(CITATION, status=status), Around())


def test_the_path_on_this_machine_is_not_shown():
    assert "/srv/private" not in source_html(CITATION, Around())


def test_what_ended_a_version_is_said_with_its_sentence():
    page = source_html(replace(CITATION, status=Status.REPEALED), Around(ending=ENDED))
    assert f"2026年2月3日起不再有效，见《{LAW.title}》第九条：“示例旧规定同时废止”" in page


def test_a_newer_version_in_its_place_is_said_without_a_sentence():
    page = source_html(replace(CITATION, status=Status.AMENDED), Around(ending=replace(ENDED, sentence="")))
    assert f"2026年2月3日起由新版本代替：《{LAW.title}》" in page


def test_page_and_date_of_the_data_are_shown_where_known():
    paged = replace(CITATION, chunk=replace(CHUNKS[1], page=12))
    known = source_html(paged, Around(newest=date(2026, 5, 24)))
    assert "<dt>页码</dt><dd>原文件第12页</dd>" in known
    assert "<dt>数据截至</dt><dd>2026年5月24日</dd>" in known
    unknown = source_html(CITATION, Around())
    assert "页码" not in unknown
    assert "数据截至" not in unknown


@pytest.mark.parametrize(
    ("level", "status", "address"),
    [
        (Level.LOCAL, Status.IN_FORCE, f"/lookup/{quote(LAW.name)}/{quote('第七条')}"),
        (Level.LOCAL, Status.REPEALED, f"/lookup/{quote(LAW.doc_id, safe='')}/{quote('第七条')}"),
        (Level.GUIDE, Status.IN_FORCE, f"/learn/guides/{quote(LAW.doc_id, safe='')}"),
        (Level.DUTY, Status.IN_FORCE, ""),
    ],
)
def test_the_whole_text_is_one_tap_away(level, status, address):
    assert whole_text(replace(CITATION, document=replace(LAW, level=level), status=status)) == address


def test_a_name_cannot_leave_its_place_in_the_address():
    named = replace(CITATION, document=replace(LAW, name="../admin?x=1#y"))
    assert whole_text(named).startswith("/lookup/..%2Fadmin%3Fx%3D1%23y/")
