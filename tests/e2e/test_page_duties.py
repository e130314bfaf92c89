"""企业职责 in a browser: what is ticked stays, the sieve, units, the file."""

import io

import openpyxl
import pytest

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.doors import listening
from tests.web.shelves import shelved, site_of

WIDTH = "document.documentElement.scrollWidth - innerWidth"
OFFICER = '.duty:has(h3:text("超过100人要设"))'


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    with listening(site_of(shelved(tmp_path_factory.mktemp("duties"), with_duties=True))) as url:
        yield f"{url}/duties"


@pytest.fixture
def asked(open_page):
    def ask(device=DESKTOP):
        page = open_page(device, ready="#unit", tolerated=404)  # the browser asks for a favicon
        page.select_option("#trade", "机械与金属加工")
        page.fill("#headcount", "130")
        page.fill("#region", "河南省")
        page.click("#unit button")
        page.wait_for_selector(".sieve:not([hidden])")
        return page

    return ask


def test_a_works_manager_sees_the_officer_at_once_ticks_notes_reloads_and_exports(asked):
    page = asked()
    assert "专职安全" in page.inner_text(".first li >> nth=0")
    assert "第二十四条" in page.inner_text(".first li >> nth=0")
    assert page.locator(".first li >> nth=0").bounding_box()["y"] < 700
    page.check(f"{OFFICER} .tick input")
    page.click(f"{OFFICER} .mine summary")
    page.fill(f"{OFFICER} .note", "王工 <b>")
    page.reload()
    page.wait_for_selector(f"{OFFICER}.is-done")
    assert page.input_value(f"{OFFICER} .note") == "王工 <b>"
    assert page.inner_text("#done") == "1"
    page.fill("#name", "示例机械厂")
    with page.expect_download() as waited:
        page.click("button[value=xlsx]")
    book = openpyxl.load_workbook(io.BytesIO(waited.value.path().read_bytes()))
    told = next(row for row in book["责任清单"].values if "超过100人要设" in row[1])
    assert told[-1] == "王工 <b>" and told[-2].startswith("已做")
    assert waited.value.suggested_filename.startswith("示例机械厂安全责任清单")


def test_the_sieve_shows_what_is_open_penalised_due_or_named(asked):
    page = asked(PHONE)
    total = page.locator(".duty").count()
    page.check(f"{OFFICER} .tick input")
    page.click("[data-only=open]")
    assert page.locator(".duty:visible").count() == total - 1
    page.click("[data-only=month]")
    assert page.locator(".duty:visible").count() == 0
    assert "没有到期" in page.inner_text("#none")
    page.click("[data-only='']")
    late = page.locator(".duty[data-due]").first
    late.locator(".mine summary").click()
    late.locator(".due").fill("2020-01-31")
    page.click("[data-only=month]")
    assert page.locator(".duty:visible").count() == 1
    assert "已过期 2020年1月31日" in page.inner_text(".duty:visible .next")
    page.click("[data-only=penalty]")
    assert page.locator(".duty:visible:not([data-penalty])").count() == 0
    page.fill("#within", "演练 消防")
    assert 0 < page.locator(".duty:visible").count() < 10
    assert page.evaluate(WIDTH) == 0


def test_units_are_saved_by_name_changed_opened_again_and_deleted(asked):
    page = asked()
    page.fill("#name", "甲厂")
    page.click("#save")
    page.check(f"{OFFICER} .tick input")
    page.click(".change summary")
    page.fill("#headcount", "140")
    page.click("#unit button")
    page.wait_for_selector(f"{OFFICER}.is-done")  # the same unit, with other answers
    assert page.inner_text("#called") == "甲厂"
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("#units:not([hidden])")
    assert page.input_value("#headcount") == "140" and page.input_value("#region") == "河南省"
    assert page.locator("#units li").count() == 1
    page.click("#units li a")
    page.wait_for_selector(f"{OFFICER}.is-done")
    page.click("#units li button")
    page.click("#units li button >> text=确认删除")
    page.wait_for_selector("#units", state="hidden")


def test_without_scripts_the_list_and_the_file_are_there(open_page):
    page = open_page(PHONE, ready="#unit", java_script_enabled=False, tolerated=404)
    page.select_option("#trade", "机械与金属加工")
    page.fill("#headcount", "130")
    page.click("#unit button")
    page.wait_for_selector(OFFICER)
    with page.expect_download() as waited:
        page.click("button[value=docx]")
    assert waited.value.suggested_filename.endswith(".docx")
