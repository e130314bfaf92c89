"""Three people and their errands, over the real shipped knowledge, in a real browser."""

import shutil
import time

import pytest

from tests.conftest import ROOT, built_once
from tests.e2e.conftest import CHROMIUM, DESKTOP, PHONE, Path
from tests.web.server import serving
from web.screens import ask

ONE_SECOND = 1.0
DEVICES = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture(scope="module")
def address(tmp_path_factory, worker_id):
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    made = built_once(tmp_path_factory, worker_id, "starter", [ROOT / "starter"])
    kb = tmp_path_factory.mktemp("story") / "kb"  # the site writes its journal and its setup code there
    shutil.copytree(made, kb)
    with serving(str(kb)) as url:
        yield url


@DEVICES
def test_a_citizen_smells_gas_and_can_call_within_a_second(open_page, device):
    waited = []
    for _ in range(3):  # the best of three: other tests run beside this one on two cores
        page = open_page(device)
        call = page.locator("#aw-now .danger a.call")
        page.fill("#aw-ask textarea", "家里煤气味好重")
        sent = time.perf_counter()
        page.click("#aw-send")
        call.wait_for()
        waited.append(time.perf_counter() - sent)
    assert call.get_attribute("href") == "tel:119"
    assert call.bounding_box()["height"] >= 44
    steps = page.locator("#aw-now .danger li").all_inner_texts()
    assert any("关" in step and "阀" in step for step in steps), steps
    page.wait_for_selector("#aw-now .said")
    assert "抢修" in page.locator("#aw-now").inner_text()
    assert min(waited) < ONE_SECOND, waited


def test_a_manager_reads_the_duty_and_its_article(open_page):
    page = open_page(DESKTOP)
    page.click("label:has-text('企业')")
    ask(page, "厂里130人，安全员可以兼职吗")
    text = page.locator("#aw-now").inner_text()
    assert "安全生产法" in text
    assert "第二十四条" in text


def test_the_emergency_page_stands_without_scripts(open_page, address):
    page = open_page(PHONE, ready="#aw-calls", java_script_enabled=False)
    page.goto(f"{address}/emergency")
    for number in ("119", "120", "110", "122"):
        assert page.locator(f"a[href='tel:{number}']").first.is_visible()
