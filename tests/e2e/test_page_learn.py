"""科普课堂 and the emergency page in a browser: finding, quiz, plan, posters that fill one sheet."""

import io

import pytest
from pypdf import PdfReader

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.doors import listening
from tests.web.learn_site import learning, site_of

PAGES = (
    "/learn",
    "/learn/guides/fire-bedding-smoking",
    "/learn/signals",
    "/learn/quiz?seed=7",
    "/learn/terms?q=安全",
    "/emergency",
)
POSTERS = (
    "homestay",
    "fire-bedding-smoking",
    "swallowed-object",
    "refuse-unsafe-order",
    "gas-leak",
    "aed-use",
)


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    with listening(site_of(learning(tmp_path_factory.mktemp("learn")))) as url:
        yield f"{url}/learn"


@pytest.fixture
def at(open_page, address):
    def at(path, device=DESKTOP, **options):
        page = open_page(device, ready="h1", tolerated=404, **options)  # the browser asks for a favicon
        if path != "/learn":
            page.goto(address.removesuffix("/learn") + path)
        return page

    return at


def test_nothing_is_wider_than_a_phone_and_the_pictograms_are_drawn(at):
    page = at("/learn", PHONE)
    for path in PAGES:
        page.goto(page.url.split("/learn")[0].split("/emergency")[0] + path)
        assert page.locator("html").evaluate("e => e.scrollWidth") <= 390, path
        if "quiz" not in path and "terms" not in path:  # those show none on a phone
            assert page.locator(".page .picto:visible use").first.evaluate("e => e.getBBox().width") > 10, (
                path
            )


def test_typing_narrows_the_shelf_and_the_address_keeps_it(at):
    page = at("/learn")
    page.locator("#q").press_sequentially("煤气味")
    page.wait_for_selector("text=找到")
    assert page.locator(".shelf .what").first.inner_text() == "燃气泄漏"
    page.reload()
    assert page.input_value("#q") == "煤气味"
    page.get_by_label("气象", exact=True).check()
    page.wait_for_selector(".tally:has-text('找到1张')")


def test_a_quiz_is_judged_at_once_and_scored_at_the_end(at):
    page = at("/learn/quiz?seed=7&n=5", PHONE)
    for number in range(5):
        question = page.locator(".question:visible")
        assert question.count() == 1
        right = int(question.get_attribute("data-answer"))
        question.locator(".choice").nth(right if number else (right + 1) % 4).click()
        assert question.locator(".is-right").count() == 1
        assert question.locator(".verdict").inner_text().startswith("答对了" if number else "不对")
        assert question.locator(".why .from").inner_text().startswith("出处：")
        question.locator(".next").click()
    assert page.locator(".score .big").inner_text() == "4 / 5"
    assert page.locator(".score .reads li").count() == 1


def test_arrow_keys_walk_through_the_choices_and_enter_decides(at):
    page = at("/learn/quiz?seed=7&n=5")
    page.locator(".question:visible input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(".verdict").count() == 0
    page.keyboard.press("Enter")
    assert page.locator(".question:visible .verdict").count() == 1
    assert page.locator(".next").evaluate("e => e === document.activeElement")


def test_the_quiz_is_one_form_without_script(at):
    page = at("/learn/quiz?seed=7&n=5", java_script_enabled=False)
    assert page.locator(".question:visible").count() == 5
    page.get_by_role("button", name="交卷看答案").click()
    assert page.locator(".score .big").inner_text() == "0 / 5"


def test_a_plan_keeps_its_contacts_in_the_browser_and_prints_on_two_sheets(at):
    page = at("/learn/plan")
    sent = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    for field in ("children", "infants", "elderly", "disabled", "pets"):
        page.fill(f"#{field}", "1")
    page.fill("#floor", "12")
    for place in page.locator("[name=near]").all():
        place.check()
    page.get_by_role("button", name="做出计划").click()
    page.fill("#b4", "外婆 13800000000")
    page.check("#remember")
    page.fill("#b1", "花坛")
    assert (
        page.locator("body").evaluate("() => JSON.parse(localStorage.getItem('anwen.family'))[3]")
        == "外婆 13800000000"
    )
    assert len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 2
    page.goto(page.url)
    page.get_by_role("button", name="做出计划").click()
    page.wait_for_selector("#keep:not([hidden])")  # the script has run
    assert page.input_value("#b4") == "外婆 13800000000"
    page.get_by_role("button", name="清空").click()
    assert page.locator("body").evaluate("() => localStorage.getItem('anwen.family')") is None
    assert not any("外婆" in line or "13800000000" in line for line in sent)


def test_a_poster_fills_one_sheet_and_no_more(at):
    page = at(f"/learn/guides/{POSTERS[0]}/poster")
    page.emulate_media(media="print")
    for card in POSTERS:
        page.goto(page.url.replace(page.url.split("/")[-2], card))
        sheet = page.locator(".sheet")
        assert sheet.evaluate("e => e.scrollHeight - e.clientHeight") <= 0, card
        assert sheet.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, card
    assert len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1


def test_the_answers_of_a_printed_quiz_stand_on_the_last_page(at):
    page = at("/learn/quiz/paper?seed=7")
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    assert [("答案和出处" in text) for text in pages] == [False] * (len(pages) - 1) + [True]


def test_the_emergency_page_opens_a_card_without_script(at):
    page = at("/emergency", PHONE, java_script_enabled=False)
    page.locator("summary >> nth=0").click()
    assert page.locator("details[open] li").count() == 3
    dial = page.locator(".dials a").first.bounding_box()
    assert dial["height"] >= 88 and dial["width"] >= 160
