import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web.server import serving
from web.screens import CHROMIUM, CHROMIUM_FLAGS

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
LOOPBACK = {"127.0.0.1", "localhost"}
FOREIGN = re.compile(r"^https?://(?!(127\.0\.0\.1|localhost)[:/])")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of one file: Playwright keeps an event loop running in this thread meanwhile."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address():
    """One server for all browser tests; not started where there is no browser."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with serving("healthy") as url:
        yield url


@pytest.fixture
def open_page(browser, address):
    """Open the site on a device; afterwards fail on foreign requests, console errors, policy violations."""
    contexts, faults = [], []

    def note(request):
        if urlsplit(request.url).hostname not in LOOPBACK and not request.url.startswith("data:"):
            faults.append(f"foreign request: {request.url}")

    def open_(device=DESKTOP, ready=".start", tolerated=None, **options):
        """`tolerated`: a status code or network error the test provokes, which the browser logs as a failed load."""

        def log(message):
            provoked = tolerated and re.search(rf"status of {tolerated}\b|net::{tolerated}$", message.text)
            if message.type == "error" and not provoked:
                faults.append(f"console: {message.text}")

        context = browser.new_context(locale="zh-CN", **device, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", note)
        context.route(FOREIGN, lambda route: route.abort())
        page = context.new_page()
        page.on("console", log)
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.goto(address)
        page.wait_for_selector(ready)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []
