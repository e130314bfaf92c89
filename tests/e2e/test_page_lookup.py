"""查条文 in a real browser: what needs a script, and what must work without one."""

import pytest
from starlette.staticfiles import StaticFiles

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.doors import GARDEN, app_of, listening, make
from web.pages.frame import STATIC, STATIC_URL
from web.pages.lookup import router

READY = "#main"
ARTICLE = f"/lookup/{GARDEN}/第三条"
WIDE = "e => e.scrollWidth <= e.clientWidth"


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    """The pages of 查条文 on made-up rules."""
    services = make(tmp_path_factory.mktemp("lookup"))
    app = app_of(services)
    app.state.services = services
    app.mount(STATIC_URL, StaticFiles(directory=STATIC))
    app.include_router(router)
    with listening(app) as url:
        yield url


@pytest.fixture(scope="module")
def address(site):
    """Where `open_page` begins."""
    return f"{site}/lookup"


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_box_to_the_article(open_page, device):
    page = open_page(device, READY)
    page.fill("#q", f"{GARDEN}第三条")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lk-list")
    assert "date=" not in page.url  # empty fields stay out of the address
    page.click(".lk-list h2 a >> nth=0")
    page.wait_for_selector(".lk-article")
    assert page.locator("h1").inner_text().endswith("第三条")
    assert page.locator("html").evaluate(WIDE)


def test_recent_searches_are_kept_here_and_erased(open_page, address):
    page = open_page(PHONE, READY)
    assert page.locator("#recent").is_hidden()
    for q in ("护栏", "<b>花盆</b>"):
        page.goto(f"{address}?q={q}")
    page.goto(address)
    assert page.locator("#recent li").all_inner_texts() == ["<b>花盆</b>", "护栏"]
    assert page.evaluate("localStorage.getItem('anwen.lookup.recent')") == '["<b>花盆</b>","护栏"]'
    page.click("#recent button")
    assert page.locator("#recent").is_hidden()
    assert page.evaluate("localStorage.getItem('anwen.lookup.recent')") is None
    assert page.evaluate("document.activeElement.id") == "q"


def test_the_region_kept_by_another_page_is_filled_in(open_page, address):
    page = open_page(PHONE, READY)
    page.evaluate("localStorage.setItem('anwen.region', '河南省')")
    page.goto(address)
    assert page.input_value("select[name=region]") == "河南省"
    assert "region=" in page.get_attribute("a.lk-try >> nth=0", "href")


def test_copying_takes_the_source_along(open_page, address):
    page = open_page(DESKTOP, READY, permissions=["clipboard-read", "clipboard-write"])
    page.goto(address.replace("/lookup", ARTICLE))
    page.click("[data-copy]")
    page.wait_for_selector(".lk-told:not(:empty)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"《{GARDEN}》第三条（2024年5月6日公布") and "收起花盆" in copied
    assert "条文已复制" in page.inner_text(".lk-told")


def test_filters_stand_open_where_there_is_room(open_page, address):
    desktop, phone = open_page(DESKTOP, READY), open_page(PHONE, READY)
    for page in (desktop, phone):
        page.goto(f"{address}?q=护栏检查")
    assert desktop.locator("#filters #date").is_visible()
    assert phone.locator("#filters #date").is_hidden()
    phone.click("#filters > summary")
    phone.fill("#date", "2020-01-01")
    phone.click(".lk-apply")
    phone.wait_for_selector(".lk-chosen")
    assert "q=" in phone.url and "date=2020-01-01" in phone.url


def test_jumping_between_changes(open_page, address):
    page = open_page(DESKTOP, READY)
    page.goto(address.replace("/lookup", f"/lookup/compare/{GARDEN}"))
    page.click("[data-hop='1']")
    assert page.evaluate("document.activeElement.id") == "c1"
    page.click("[data-hop='1']")
    assert page.evaluate("document.activeElement.id") == "c2"
    page.click("[data-hop='-1']")
    assert page.inner_text(".lk-hop span").startswith("1 /")


def test_the_contents_unfold_at_once(open_page, address):
    page = open_page(PHONE, READY)
    page.goto(address.replace("/lookup", f"/lookup/{GARDEN}"))
    button = page.locator("[data-unfold]")
    assert button.inner_text() == "全部收起"  # a short law stands open
    button.click()
    assert page.locator(".lk-part[open]").count() == 0
    page.click(".lk-part summary >> nth=0")
    page.click(".lk-part[open] .lk-articles a >> nth=2")
    page.wait_for_selector(".lk-article")


def test_everything_needed_works_without_script(open_page):
    page = open_page(PHONE, READY, java_script_enabled=False)
    page.fill("#q", "护栏")
    page.click(".lk-box button")
    page.click(".lk-list h2 a >> nth=0")
    page.wait_for_selector(".lk-article")
    assert page.locator("[data-copy]").is_hidden()
    page.click(".lk-crumbs a >> nth=1")
    page.fill("#find", "2")
    page.click(".lk-jump button")
    page.wait_for_selector(".lk-article")
    assert page.inner_text("h1").endswith("第二条")


def test_touch_targets_are_large_enough(open_page, address):
    page = open_page(PHONE, READY)
    page.goto(f"{address}?q=护栏")
    page.click("#filters > summary")
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main select, main .lk-facet a, main .lk-chips a, main summary')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.textContent.trim())"""
    )
    assert small == []
