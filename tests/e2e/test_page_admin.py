"""What an administrator does, in a real browser, over a real small knowledge base."""

import threading
import time

import pytest
import uvicorn

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.desk import PASSWORD, TITLE, docx, services_of, site

DEVICES = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    from starlette.staticfiles import StaticFiles

    from web.pages.frame import STATIC, STATIC_URL

    made = site(services_of(tmp_path_factory.mktemp("admin")))
    made.mount(STATIC_URL, StaticFiles(directory=STATIC), name="static")
    return made


@pytest.fixture(scope="module")
def address(browser, app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/admin"
    server.should_exit = True
    thread.join(5)


def enter(page, app):
    if page.locator("#code").count():
        page.fill("#code", app.state.office.vault.code())
        page.fill("#again", PASSWORD)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".adm-tabs")


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def small(page):
    """Things to touch that are lower than 44 px."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main button, main .button, .adm-tabs a, main select')]
              .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent)"""
    )


def test_an_uploaded_docx_is_cited_by_the_next_answer(open_page, app):
    page = open_page(ready="main")
    enter(page, app)
    page.click(".adm-tabs >> text=导入 >> nth=0")
    page.set_input_files("#files", files=[
        {"name": "屋顶.docx", "mimeType": "", "buffer": docx()},
        {"name": "坏.pdf", "mimeType": "", "buffer": b"%PDF-1.7\n" + b"x" * 99},
    ])  # fmt: skip
    assert page.locator("#adm-chosen li").count() == 2
    page.click("text=上传并试读")
    page.wait_for_selector("text=没有成功的")
    assert "坏.pdf" in page.inner_text(".adm-list")
    page.click("text=继续")
    page.click(".adm-items .button")
    assert page.input_value("[name=title]") == TITLE
    page.click("text=确认导入")
    page.wait_for_selector(".adm-told")
    assert "新增 1 份" in page.inner_text(".adm-told")
    *_, answer = app.state.services.assistant.ask("水箱支架没有检查罚多少")
    assert TITLE in answer.citations[0].document.title
    page.goto(page.url.partition("/admin")[0] + "/admin/bench?question=水箱支架没有检查罚多少")
    assert TITLE in page.inner_text(".adm-hits li >> nth=0")


def test_script_in_a_document_does_not_run(open_page, app):
    page = open_page(ready="main")
    enter(page, app)
    lines = (
        "第一条 路灯<script>alert(1)</script><img src=x onerror=alert(2)>每月查。",
        "第二条 漏电的，断电。",
        "第三条 没有查的，处五百元罚款。",
    )
    page.goto(page.url.partition("/admin")[0] + "/admin/upload")
    page.set_input_files("#files", files=[{"name": "<img src=x onerror=alert(3)>.docx", "mimeType": "", "buffer": docx(*lines, title="路灯<script>alert(4)</script>办法")}])  # fmt: skip
    page.click("text=上传并试读")
    page.wait_for_selector(".adm-items")
    page.locator(".adm-items .button").last.click()
    page.wait_for_selector(".adm-outline")
    assert page.locator("main script, main img").count() == 0


def test_a_wrong_password_is_slowed_in_words(open_page, app):
    page = open_page(ready="main", tolerated=429)
    app.state.office.vault.is_set or app.state.office.vault.set(PASSWORD)
    page.reload()
    page.on("console", lambda message: None)
    page.fill("#password", PASSWORD)
    app.state.office.throttle.attempt("127.0.0.1")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "请等 1 秒再试" in page.inner_text("[role=alert]")
    app.state.office.throttle.succeeded("127.0.0.1")


@DEVICES
def test_every_page_fits_the_screen_and_the_finger(open_page, app, device):
    page = open_page(device, ready="main")
    enter(page, app)
    base = page.url.partition("/admin")[0]
    doc_id = app.state.services.kb.documents()[0].doc_id
    for path in (
        "",
        "/upload",
        "/documents",
        f"/document?id={doc_id}",
        "/bench?question=高压线能放风筝吗",
        "/feedback",
        "/usage",
        "/reports",
        "/backup",
        "/audit",
    ):
        page.goto(f"{base}/admin{path}")
        assert overflow(page) <= 0, path
        assert small(page) == [], path
        assert page.locator("h1").count() == 1, path
        assert page.locator("#aw-calls a").count() == 5, path
