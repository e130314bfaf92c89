"""What stands around the conversation: terms, shared questions, history, files, feedback; the frame elsewhere."""

import functools
import http.server
import json
import re
import threading

import pytest

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.fakes import CITATION
from tests.web.hostile import HOSTILE
from web import words
from web.screens import ask

PORTAL = ("127.0.0.1", 18_795)  # the second embedder of tests.web.server


def stored(page, name):
    return page.evaluate("name => localStorage.getItem('anwen.' + name)", name)


def saved_after(page, press):
    """The toast after a press."""
    press()
    page.wait_for_selector("#aw-toast:visible")
    return page.inner_text("#aw-toast")


def test_who_asks_is_remembered_and_shown_from_the_first_paint(open_page, address):
    page = open_page(PHONE)
    page.click("#aw-who label >> nth=1")
    assert stored(page, "audience") == "manager"
    page.goto(address)
    assert page.get_attribute("html", "data-who") == "manager"
    assert page.locator(".start:visible h2").inner_text() == words.INVITATIONS["manager"]
    page.goto(f"{address}/?who=inspector")
    assert page.locator(".start:visible h2").inner_text() == words.INVITATIONS["inspector"]
    assert stored(page, "audience") == "manager"


def test_place_and_day_are_said_above_the_answer_and_the_place_remembered(open_page, address):
    page = open_page(PHONE)
    page.click("#aw-more summary")
    page.select_option("#aw-province", "河南省")
    page.select_option("#aw-place", "郑州市")
    page.fill("#aw-day", "2024-05-01")
    ask(page, "堵了怎么罚")
    assert page.inner_text(".turn .terms") == "按郑州市、2024年5月1日的规定回答"
    page.goto(address)
    page.wait_for_selector("#aw-more-said:has-text('郑州市')")
    assert page.input_value("#aw-day") == ""


def test_a_shared_question_waits_for_its_reader(open_page, address):
    page = open_page(PHONE)
    page.goto(f"{address}/?q=<b>堵了</b>怎么罚&who=manager&region=河南省")
    page.wait_for_selector("#aw-ask textarea")
    assert page.inner_text("#aw-shared-question") == "<b>堵了</b>怎么罚"
    assert page.locator(".turn").count() == 0
    page.click("#aw-shared-ask")
    page.wait_for_selector("#aw-now .tools")
    assert page.inner_text(".turn .terms") == "按河南省的规定回答"
    assert page.url == f"{address}/"
    assert stored(page, "region") is None


def test_an_answer_is_copied_with_its_source_and_shared_as_a_question(open_page):
    page = open_page(DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "着火了，走道堵了")
    saved_after(page, lambda: page.click(".do-copy"))
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (
        "问：着火了，走道堵了",
        "请拨打119",
        "堵住走道要罚款。",
        "[1]",
        "[1] 示例防火规定 第七条（现行）",
    ):
        assert part in copied
    saved_after(page, lambda: page.click(".do-share"))
    page.wait_for_selector("#aw-toast:has-text('链接已复制')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto(link)
    assert page.inner_text("#aw-shared-question") == "着火了，走道堵了"


def test_an_answer_is_saved_as_a_file(open_page):
    page = open_page(DESKTOP)
    ask(page, "堵了怎么罚")
    with page.expect_download() as saving:
        page.click(".do-docx")
    assert saving.value.suggested_filename.endswith(".docx")
    assert saving.value.path().read_bytes()[:2] == b"PK"


def test_a_judgement_is_sent_with_the_answer_and_a_comment(open_page):
    page = open_page(PHONE, tolerated="503")  # the made-up site keeps no journal
    sent = []
    page.on("request", lambda r: sent.append(r.post_data_json) if r.url.endswith("/api/feedback") else None)
    ask(page, "堵了怎么罚")
    page.click(".do-wrong")
    page.fill("#aw-comment-text", "条号不对")
    page.click("#aw-comment [value=send]")
    page.wait_for_selector("#aw-toast:visible")
    page.click(".do-bad")
    page.keyboard.press("Escape")
    assert [(s["verdict"], s["question"], s["comment"]) for s in sent] == [
        ("依据不对", "堵了怎么罚", "条号不对")
    ]
    assert "堵住走道要罚款" in sent[0]["answer"]


def test_questions_are_kept_here_until_they_are_erased(open_page):
    page = open_page(PHONE)
    for question in ("<i>一</i>", "二", "三", "二"):
        ask(page, question)
    page.click("#aw-history-open")
    asked = page.locator("#aw-history-list .again span")
    assert asked.all_inner_texts() == ["二", "三", "<i>一</i>"]
    page.click("#aw-history-list .drop >> nth=0")
    assert asked.all_inner_texts() == ["三", "<i>一</i>"]
    page.click("#aw-history-list .again >> nth=0")
    page.wait_for_selector("#aw-now #turn-5 .tools")
    page.click("#aw-history-open")
    page.uncheck("#aw-history-on")
    assert page.locator("#aw-history-none").is_visible()
    page.keyboard.press("Escape")
    ask(page, "四")
    assert stored(page, "history") is None


def test_enter_sends_and_shift_enter_breaks_the_line(open_page):
    page = open_page()
    page.click("#aw-ask textarea")
    page.keyboard.type("堵了")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("怎么罚")
    assert page.input_value("#aw-ask textarea") == "堵了\n怎么罚"
    page.keyboard.press("Enter")
    page.wait_for_selector("#aw-now .tools")
    assert page.locator(".asked p").all_inner_texts() == ["堵了", "怎么罚"]


def test_danger_is_told_to_a_screen_reader_at_once_and_the_answer_once(open_page):
    page = open_page()
    ask(page, "着火了")
    assert "请拨打119" in page.text_content("#aw-alert")
    assert page.text_content("#aw-polite").startswith("回答：堵住走道要罚款")


def test_the_panel_leads_to_the_whole_text(open_page):
    page = open_page()
    ask(page, "堵了怎么罚")
    page.click(".chip")
    link = page.locator(".source .whole-text")
    assert link.get_attribute("href").startswith("/lookup/")
    assert "数据截至" in page.inner_text(".source dl")


def test_an_example_tapped_before_gradio_stands_is_asked_when_it_does(open_page, address):
    page = open_page(PHONE)
    held = []
    page.route("**/assets/index-*.js", lambda route: held.append(route), times=1)
    page.goto(address, wait_until="commit")
    page.click(".start:visible .say >> nth=0")
    page.wait_for_selector("#aw-toast:visible")
    assert page.locator("#aw-ask").count() == 0
    assert held
    while held:
        held.pop().continue_()
    page.wait_for_selector("#aw-now .tools")
    assert page.inner_text(".asked p") == words.EXAMPLES["citizen"][0]


@pytest.fixture
def portal(address, tmp_path):
    """Another site, which took the button of the embedding page."""
    page = f'<!doctype html><meta charset="utf-8"><title>门户</title><h1>门户</h1><script src="{address}/anwen/widget.js"></script>'
    (tmp_path / "index.html").write_text(page, "utf-8")
    handler = functools.partial(Silent, directory=tmp_path)
    with http.server.ThreadingHTTPServer(PORTAL, handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{PORTAL[0]}:{PORTAL[1]}/index.html"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
            return
        super().do_GET()


def test_another_site_shows_the_frame_and_is_answered_in_it(open_page, portal):
    page = open_page(PHONE)
    page.goto(portal)
    page.click("text=安全问答")
    frame = page.frame_locator("iframe")
    frame.locator("#question").fill("着火了")
    frame.locator("#question").press("Enter")
    assert frame.locator(".danger .call").get_attribute("href") == "tel:119"
    assert frame.locator(".said sup").inner_text() == "[1]"
    assert CITATION.chunk.law in frame.locator(".cites a").inner_text()
    assert frame.locator("nav a").count() == 4
    frame.locator("#question").press("Escape")
    assert not page.locator("iframe").is_visible()


def test_hostile_words_stay_text_in_the_frame(open_page, address):
    page = open_page(PHONE)
    told = [text.encode("utf-8", "replace").decode() for text in HOSTILE.values()]
    rows = [
        {"number": n, "law": t, "article": t, "version": {"level": "法律", "status": t, "doc_id": t}}
        for n, t in enumerate(told, 1)
    ]
    danger = {"hazard": told[0], "number": "javascript:1", "steps": told}
    answer = {"state": "GROUNDED", "text": "\n".join(told), "citations": rows, "emergency": danger}
    body = f"event: answer\ndata: {json.dumps(answer)}\n\n"
    page.route("**/api/ask", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    page.goto(f"{address}/widget")
    page.fill("#question", told[0])
    page.click("form button")
    page.wait_for_selector(".cites")
    assert page.locator(".cites li").count() == len(HOSTILE)
    assert page.locator("main :is(img, script, iframe, svg, style, form)").count() == 0
    hrefs = page.evaluate("[...document.querySelectorAll('main a')].map(a => a.getAttribute('href'))")
    assert all(re.fullmatch(r"/lookup/[^/]+/[^/]+", href) for href in hrefs)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_lost_connection_is_said_in_chinese(open_page):
    page = open_page(PHONE, tolerated="ERR_FAILED")
    page.route("**/gradio_api/queue/join*", lambda route: route.abort())
    page.fill("#aw-ask textarea", "堵了")
    page.click("#aw-send")
    page.wait_for_selector(".toast-body:has-text('和服务器的连接断了')")
    assert "Connection" not in page.inner_text(".toast-body")
    line, toast = (page.locator(part).bounding_box() for part in ("#aw-calls", ".toast-body"))
    assert toast["y"] >= line["y"] + line["height"]
