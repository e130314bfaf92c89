"""企业职责 over HTTP: the questions, the list, the files."""

import io
import json
import re
from datetime import date
from html import unescape
from urllib.parse import quote, unquote

import openpyxl
import pytest
from docx import Document
from icalendar import Calendar

from tests.web.doors import Caller
from tests.web.shelves import shelved, site_of
from web.pages.marks import marks_of
from web.pages.unit_answers import Answers

FACTORY = {"trade": "机械与金属加工", "headcount": "130", "region": "河南省", "features": "特种设备"}
OFFICER = "gen-officer"


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    return Caller(site_of(shelved(tmp_path_factory.mktemp("duties"), with_duties=True)))


@pytest.fixture(scope="module")
def listed(call):
    return call("GET", "/duties", params=FACTORY).text


def id_of(page: str, title: str) -> str:
    return next(
        i for i, t in re.findall(r'data-id="([^"]+)".*?<h3>(.*?)</h3>', page, re.DOTALL) if title in t
    )


def test_the_questions_are_five_and_every_field_has_a_label(call):
    page = call("GET", "/duties").text
    for field in ("trade", "headcount", "area_m2", "region"):
        assert f'for="{field}"' in page and f'id="{field}"' in page
    assert page.count('name="features"') == 23
    assert "<script>" not in page and " onclick" not in page


def test_130_people_in_metal_work_see_the_full_time_officer_first_with_the_article(listed):
    top = listed[listed.index('id="first-name"') : listed.index('class="desk"')]
    assert "专职安全" in top.split("</li>")[0]
    assert f'href="/lookup/{quote("安全生产法")}/{quote("第二十四条")}"' in top.split("</li>")[0]
    assert "你单位130人，超过100人" in listed


def test_each_duty_has_why_basis_evidence_and_penalty_collapsed(listed):
    duty = listed[listed.index('class="duty is-always"') :].split("</li>\n")[0]
    assert all(
        name in duty for name in ("列出原因", "依据", "检查时看", '<details class="risk">', "处罚依据")
    )
    assert '<details class="risk" open' not in listed


def test_few_people_have_no_full_time_officer_and_no_henan_rule_without_a_region(call):
    page = call("GET", "/duties", params={"trade": "机械与金属加工", "headcount": "12"}).text
    assert "超过100人要设" not in page and "河南省安全生产条例" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"trade": "养龙场"}, "不认识的单位类型“养龙场”"), ({"headcount": "许多"}, "人数“许多”不对"), ({"headcount": "0"}, "人数“0”不对"),
        ({"headcount": ""}, "还没有填人数"), ({"area_m2": "nan"}, "面积“nan”不对"), ({"area_m2": "-3"}, "面积“-3.0”不对"),
        ({"region": "亚特兰蒂斯"}, "不认识的地区"), ({"features": "<b>"}, "不认识的情况“<b>”"), ({"headcount": "9" * 500}, "人数"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named_and_the_form_keeps_the_rest(call, wrong, said):
    reply = call("GET", "/duties", params=FACTORY | wrong)
    assert reply.status_code == 422
    alert = re.search(r'role="alert">(.*?)</p>', reply.text, re.DOTALL)[1]
    assert said in unescape(alert) and "<b>" not in alert
    if "trade" not in wrong:
        assert "<option selected>机械与金属加工</option>" in reply.text


def test_the_link_of_a_list_asks_the_same_again(call, listed):
    query = unescape(re.search(r'data-query="([^"]+)"', listed)[1])
    again = call("GET", f"/duties?{query}").text
    assert re.findall(r'data-id="([^"]+)"', again) == re.findall(r'data-id="([^"]+)"', listed)
    assert (
        Answers("甲", "1", features=("乙", "丙")).query() == Answers("甲", "1", features=("丙", "乙")).query()
    )


def send(call, kind: str, marks: dict | str = "", **more):
    text = marks if isinstance(marks, str) else json.dumps(marks)
    return call(
        "POST", "/duties/export", data=FACTORY | {"kind": kind, "marks": text, "name": "示例/厂"} | more
    )


def test_the_spreadsheet_holds_ticks_dates_and_notes(call, listed):
    drill, officer = id_of(listed, "每年练一次"), id_of(listed, "超过100人要设")
    reply = send(
        call, "xlsx", {drill: {"due": "2027-03-04"}, officer: {"done": "2026-11-20", "note": "=王工"}}
    )
    assert reply.status_code == 200
    assert "示例_厂安全责任清单" in unquote(reply.headers["content-disposition"])
    rows = list(openpyxl.load_workbook(io.BytesIO(reply.content))["责任清单"].values)
    place = {name: rows[0].index(name) for name in ("要做的事", "下次到期", "完成情况", "备注")}
    found = {row[place["要做的事"]]: row for row in rows[1:]}
    told = next(row for title, row in found.items() if "超过100人要设" in title)
    assert (told[place["完成情况"]], told[place["备注"]]) == ("已做（2026-11-20）", "=王工")
    assert (
        next(row for title, row in found.items() if "每年练一次" in title)[place["下次到期"]] == "2027-03-04"
    )


def test_the_word_file_ticks_what_is_done(call, listed):
    reply = send(call, "docx", {id_of(listed, "超过100人要设"): {"done": "2026-11-20", "note": "两名"}})
    cells = [
        cell.text
        for table in Document(io.BytesIO(reply.content)).tables
        for row in table.rows
        for cell in row.cells
    ]
    assert cells.count("☑") == 1
    assert any("超过100人要设" in text and "备注：两名" in text for text in cells)


def test_the_calendar_starts_on_the_units_own_day_and_takes_up_a_day_of_its_own(call, listed):
    drill, officer = id_of(listed, "企业每月"), id_of(listed, "超过100人要设")
    reply = send(call, "ics", {drill: {"due": "2026-12-05"}, officer: {"due": "2027-02-01"}})
    events = {str(e["summary"]): e for e in Calendar.from_ical(reply.content).walk("VEVENT")}
    monthly = next(e for title, e in events.items() if "企业每月" in title)
    assert monthly["dtstart"].dt == date(2026, 12, 5) and monthly["rrule"]["freq"] == ["MONTHLY"]
    single = next(e for title, e in events.items() if "超过100人要设" in title)
    assert single["dtstart"].dt == date(2027, 2, 1) and "rrule" not in single


@pytest.mark.parametrize(
    "marks",
    ["{", "[]", '{"a": 1}', '{"a": {"done": "yesterday"}}', '{"a": {"more": 1}}', json.dumps({"a": {"note": "长" * 501}}), "[" * 20_000,
     json.dumps({str(n): {} for n in range(1_001)})],
)  # fmt: skip
def test_marks_that_are_no_marks_are_refused_in_chinese(call, marks):
    reply = send(call, "xlsx", marks)
    assert reply.status_code == 422 and "勾选记录" in reply.text


def test_another_kind_of_file_and_a_body_too_big_are_refused(call):
    assert send(call, "exe").status_code == 422
    assert send(call, "xlsx", "x" * 520 * 1024).status_code == 413
    assert marks_of("  ") == {}
