"""现场检查 in a browser: an inspector on a phone, with the network cut between answers and a reload."""

import io

import pytest
from docx import Document
from PIL import Image

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.doors import listening
from tests.web.shelves import SHEET, shelved, site_of

WIDTH = "document.documentElement.scrollWidth - innerWidth"
NOW = ".check.now"


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    with listening(site_of(shelved(tmp_path_factory.mktemp("inspect")))) as url:
        yield f"{url}/inspect"


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "door.jpg"
    Image.new("RGB", (3000, 2000), "navy").save(path)
    return path


@pytest.fixture
def at_sheet(open_page):
    def open_(device=PHONE, **options):
        page = open_page(device, ready=".sheets", tolerated=options.pop("tolerated", "404"), **options)
        page.wait_for_selector("body")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.click(f".sheets li[data-id={SHEET}] a")
        page.wait_for_selector("html[data-texts]")
        return page

    return open_


def test_an_inspector_goes_on_without_a_network_and_prints_the_penalty(at_sheet, photo):
    page = at_sheet()
    page.click(f"{NOW} .yes")
    page.wait_for_selector("#c-1.now")
    page.context.set_offline(True)
    page.wait_for_selector("#net:has-text('已离线，记录保存在这台设备上')")
    page.click("#c-1 .not")
    page.wait_for_selector("#c-1 .penalty[open] .text:has-text('花盆坠落伤人的，处五千元罚款')")
    page.fill("#c-1 .note", "北侧 <img src=x> 松动")
    page.set_input_files("#c-1 .snap input", photo)
    page.wait_for_selector("#c-1 figure img")
    assert page.evaluate("(i => [i.naturalWidth, i.naturalHeight])(document.querySelector('#c-1 img'))") == [
        1280,
        853,
    ]
    page.click("#who summary")
    page.fill("#unit", "示例大楼")
    page.reload()
    page.wait_for_selector("html[data-texts]")
    assert page.input_value("#c-1 .note") == "北侧 <img src=x> 松动"
    assert page.locator("#c-1 figure img").count() == 1
    assert page.input_value("#unit") == "示例大楼"
    assert page.inner_text("#count") == "2" and page.locator("#c-2.now").count() == 1
    page.click("#c-2 .na")
    page.wait_for_selector("#c-3.now")
    page.click("[data-mode=list]")
    page.click("#to-record")
    page.wait_for_selector("#record h1")
    said = page.inner_text("#record")
    for part in (
        "示例大楼",
        "北侧 <img src=x> 松动",
        "大风预警发布后",
        "花盆坠落伤人的，处五千元罚款",
        "不适用1项",
        "没有检查的9项",
        "检查人员签字",
    ):
        assert part in said
    assert page.locator("#record .gallery img").count() == 1
    assert page.pdf()[:4] == b"%PDF"
    page.click("#docx")
    page.wait_for_selector("#said:has-text('现在没有网')")
    page.context.set_offline(False)
    page.wait_for_selector("#net", state="hidden")
    with page.expect_download() as waited:
        page.click("#docx")
    record = Document(io.BytesIO(waited.value.path().read_bytes()))
    assert len(record.inline_shapes) == 1
    assert "示例大楼检查记录" in waited.value.suggested_filename


def test_other_pages_show_the_numbers_when_the_network_is_gone(at_sheet):
    page = at_sheet(tolerated="404")
    page.context.set_offline(True)
    page.goto(page.url.split("/inspect")[0] + "/emergency")
    assert page.locator("#aw-calls a[href='tel:119']").count() == 1
    page.goto(page.url.split("/emergency")[0] + "/lookup")
    assert page.locator("#aw-calls a[href='tel:119']").count() == 1
    keys = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))"
        ".then(all => all.flat().map(r => new URL(r.url).pathname))"
    )
    assert f"/inspect/{SHEET}" in keys and f"/inspect/{SHEET}/texts" in keys
    assert not [key for key in keys if not key.startswith(("/inspect", "/emergency", "/anwen/"))]


def test_all_answered_leads_to_the_record_and_the_list_keeps_and_deletes_it(at_sheet):
    page = at_sheet(DESKTOP)
    page.click("[data-mode=list]")
    for number in range(11):
        page.check(f"#c-{number} input[value=good]")
    page.click("[data-mode=one]")
    page.click("#map summary")
    page.click("#map button >> nth=11")
    page.focus("#c-11 input[value=good]")
    page.keyboard.press("Space")
    page.wait_for_selector("#finish:has-text('查完了')")
    assert page.inner_text("#left") == "全部查过"
    page.click(".back a")
    page.wait_for_selector("#mine li")
    assert "已查12/12项" in page.inner_text("#mine li")
    assert page.locator("#recent a").count() == 1
    page.click("#mine li button")
    page.click("#mine li button >> text=确认删除")
    page.wait_for_selector("#mine", state="hidden")


def test_the_phone_never_scrolls_sideways_and_what_is_pressed_is_large(at_sheet):
    page = at_sheet()
    assert page.evaluate(WIDTH) == 0
    for selector in (
        f"{NOW} .yes",
        f"{NOW} .not",
        "#next",
        "#prev",
        "[data-mode=list]",
        ".back a",
        "#who summary",
        "#map summary",
    ):
        assert page.locator(selector).bounding_box()["height"] >= 44, selector
    page.click(f"{NOW} .not")
    page.click("[data-mode=list]")
    assert page.evaluate(WIDTH) == 0
    page.fill("#c-0 .note", "长" * 600)
    page.click("#to-record")
    page.wait_for_selector("#record h1")
    assert page.evaluate(WIDTH) == 0


def test_a_file_that_is_no_photo_is_said_and_without_scripts_the_sheet_is_paper(
    at_sheet, open_page, tmp_path
):
    page = at_sheet()
    (tmp_path / "fake.jpg").write_bytes(b"MZ")
    page.click(f"{NOW} .more summary")
    page.set_input_files(f"{NOW} .snap input", tmp_path / "fake.jpg")
    page.wait_for_selector(f"{NOW} .fault:has-text('打不开')")
    plain = open_page(PHONE, ready=".sheets", java_script_enabled=False, tolerated="404")
    plain.click(f".sheets li[data-id={SHEET}] a")
    assert plain.locator(".check:visible").count() == 12
    assert plain.locator(".answer:visible").count() == 0
