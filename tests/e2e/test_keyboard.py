"""The site without a mouse: the skip link works, every stop of the Tab key is seen, no page holds the focus."""

import pytest

from tests.e2e.conftest import DESKTOP
from tests.web.desk import PASSWORD, services_of
from tests.web.doors import listening

PATHS = ("/", "/lookup", "/duties", "/inspect/big-event", "/learn/guides/gas-leak", "/admin/documents")
MOST = 150  # stops on one page

# What has the focus: its place in the page, whether it stands in the main part, and whether a person sees it.
STOP = """() => {
  const e = document.activeElement, main = document.getElementById('main');
  if (!e || e === document.body) return null;
  const ring = [e, e.nextElementSibling, e.parentElement].some(n => {
    if (!n) return false;
    const s = getComputedStyle(n);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  });
  const box = e.getBoundingClientRect();
  return {
    at: [...document.querySelectorAll('*')].indexOf(e),
    name: (e.id || e.className || e.tagName) + ' ' + (e.textContent || '').trim().slice(0, 20),
    seen: ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    inside: main.contains(e) || Boolean(e.closest('.gradio-container')),
    last: e.matches('#aw-foot a[href="/admin"]'),
  };
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    from web.site import build_app

    made = build_app(services_of(tmp_path_factory.mktemp("keyboard")), "127.0.0.1")
    made.state.office.vault.set(PASSWORD)
    return made


@pytest.fixture(scope="module")
def address(browser, app):
    with listening(app) as url:
        yield url


@pytest.fixture
def page(open_page, address):
    page = open_page(DESKTOP)
    page.goto(f"{address}/admin")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".adm-tabs")
    return page


def walk(page):
    """Press Tab until the last link of the footer; return the stops."""
    stops = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is not None:
            stops.append(stop)
            if stop["last"]:
                return stops
    pytest.fail(f"{page.url}: the focus never reached the footer, last {[s['name'] for s in stops[-4:]]}")


def test_every_page_can_be_walked_with_the_tab_key(page, address):
    for path in PATHS:
        page.goto(address + path)
        page.wait_for_selector("#aw-send" if path == "/" else "main")
        stops = walk(page)
        assert stops[0]["name"].startswith("skip"), path
        assert [s["name"] for s in stops if not s["seen"]] == [], path
        assert len({s["at"] for s in stops}) == len(stops), f"{path}: a stop twice"
        assert any(s["inside"] for s in stops), path


def test_the_skip_link_leads_past_the_header(page, address):
    for path in PATHS:
        page.goto(address + path)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert stop is not None and stop["inside"] and stop["seen"], (path, stop)
