"""What people do on the page, in a real browser, on a phone and on a desktop."""

import pytest

from tests.e2e.conftest import DESKTOP, PHONE
from tests.web.fakes import CHUNKS, FIRE, LAW, QUOTE
from tests.web.hostile import HOSTILE
from web import words
from web.screens import ask

DEVICES = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])


def overflow(page):
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def outside(page, selector):
    """Elements of `selector` that are not wholly inside the window, left to right."""
    return page.evaluate(
        """selector => [...document.querySelectorAll(selector)].filter(e => {
             const box = e.getBoundingClientRect();
             return box.left < 0 || box.right > window.innerWidth + 0.5 }).length""",
        selector,
    )


@DEVICES
def test_a_citizen_in_danger_sees_number_steps_answer_and_source(open_page, device):
    page = open_page(device)
    ask(page, "楼下着火了怎么办")
    call = page.locator(".danger .call")
    assert call.get_attribute("href") == "tel:119"
    assert call.bounding_box()["height"] >= 60
    assert call.bounding_box()["y"] < page.viewport_size["height"]
    assert page.locator(".danger li").all_inner_texts() == list(FIRE.steps)
    assert "堵住走道要罚款" in page.inner_text(".said .words")
    assert page.inner_text(".chip").split() == ["1", "示例防火规定", "第七条", "现行"]


@DEVICES
def test_a_chip_opens_the_whole_article_with_its_neighbours(open_page, device):
    page = open_page(device)
    ask(page, "堵了怎么罚")
    page.click(".chip")
    page.wait_for_selector(".source")
    assert page.inner_text(".source h2") == LAW.title
    assert page.inner_text(".law h3") == "第七条"
    assert page.locator(".law p").all_inner_texts() == CHUNKS[1].text.split("\n")
    assert page.inner_text(".law mark") == QUOTE
    page.click(".near summary >> nth=0")
    page.click(".near summary >> nth=1")
    assert CHUNKS[0].text in page.inner_text(".near >> nth=0")
    assert CHUNKS[2].text in page.inner_text(".near >> nth=1")
    assert "未知，待核" in page.inner_text(".source dl")
    box = page.locator("#aw-panel").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    assert 0 <= box["y"] < page.viewport_size["height"] / 2


def test_the_number_in_the_text_opens_the_same_source(open_page):
    page = open_page()
    ask(page, "堵了怎么罚")
    page.click(".words .ref")
    page.wait_for_selector(".source")
    assert page.inner_text(".law h3") == "第七条"


def test_the_panel_closes_by_button_and_by_escape_and_opens_again(open_page):
    page = open_page(PHONE)
    ask(page, "堵了怎么罚")
    for close in (lambda: page.click("#aw-close"), lambda: page.keyboard.press("Escape")):
        page.click(".chip")
        page.wait_for_selector(".source")
        close()
        page.wait_for_selector(".source", state="detached")


def test_on_a_phone_the_numbers_stay_reachable_over_the_panel(open_page):
    page = open_page(PHONE)
    ask(page, "堵了怎么罚")
    page.click(".chip")
    page.wait_for_selector(".source")
    top = page.evaluate(
        """() => { const box = document.querySelector('#aw-calls a').getBoundingClientRect();
             return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
               .closest('a')?.getAttribute('href') }"""
    )
    assert top == "tel:119"


@DEVICES
def test_nothing_is_wider_than_the_window(open_page, device):
    page = open_page(device)
    assert overflow(page) <= 0
    ask(page, "着火了 " + "超长无空格" * 60 + "x" * 200)
    assert overflow(page) <= 0
    assert outside(page, "#aw-calls a, .danger, .said, .asked, .chip, #aw-send") == 0
    page.click(".chip")
    page.wait_for_selector(".source")
    assert overflow(page) <= 0
    assert outside(page, ".source *") == 0


@DEVICES
def test_long_titles_stay_inside_chip_and_panel(open_page, device):
    page = open_page(device)
    ask(page, "长名")
    assert page.locator(".chip").count() == 4
    page.click(".chip >> nth=3")
    page.wait_for_selector(".source")
    assert "已废止" in page.inner_text(".source")
    assert overflow(page) <= 0
    assert outside(page, ".chip, .chip *, .source *") == 0


def test_hostile_words_do_nothing_in_the_browser(open_page):
    page = open_page(PHONE)
    ask(page, "恶意")
    chips = page.locator(".cites .chip")
    assert chips.count() == len(HOSTILE)
    for at in range(0, len(HOSTILE), 6):
        chips.nth(at).click()
        page.wait_for_selector(".source")
        page.click("#aw-close")
        page.wait_for_selector(".source", state="detached")
    addresses = page.evaluate("[...document.querySelectorAll('#aw-desk [href], #aw-desk [src]')].length")
    assert addresses == 0
    assert page.locator("#aw-desk :is(script, img, iframe, svg, style, base, form)").count() == 0
    assert overflow(page) <= 0
    assert page.locator("#aw-calls a").first.is_visible()


def test_the_reader_comes_back_to_the_chip_when_the_panel_closes(open_page):
    page = open_page()
    ask(page, "堵了怎么罚")
    page.click(".chip")
    page.wait_for_selector(".source")
    assert page.evaluate("document.activeElement.id") == "aw-close"
    page.keyboard.press("Enter")
    page.wait_for_selector(".source", state="detached")
    page.wait_for_selector(".chip.cite-1-1:not(.is-open):focus")


def test_a_bug_below_is_said_with_the_numbers_to_call(open_page):
    page = open_page(PHONE)
    ask(page, "出错")
    assert words.BROKEN_OFF in page.inner_text(".said")
    assert page.locator('.said a[href="tel:119"]').count() == 1


def test_a_message_too_big_is_refused_in_chinese(open_page):
    page = open_page(tolerated="413")
    page.fill("#aw-ask textarea", "长" * 30_000)
    page.click("#aw-send")
    page.wait_for_selector(f"text={words.TOO_BIG}")
    assert len(page.input_value("#aw-ask textarea")) == 30_000


def test_a_full_queue_is_said_in_chinese(open_page):
    page = open_page(tolerated="429")
    busy = {"status": 429, "json": {"detail": words.BUSY}}
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(**busy))
    page.fill("#aw-ask textarea", "堵了")
    page.click("#aw-send")
    page.wait_for_selector(f"text={words.BUSY}")


def test_the_last_answer_stays_readable_when_the_next_is_asked(open_page):
    page = open_page()
    ask(page, "堵了怎么罚")
    page.click(".next .say >> nth=0")
    page.wait_for_selector("#turn-2 .chip")
    page.wait_for_selector("#aw-past .turn")
    assert page.locator("#aw-past #turn-1 .chip").count() == 1
    assert page.inner_text("#turn-2 .asked p") == "找谁反映？"
    page.click("#turn-1 .chip")
    page.wait_for_selector(".source")


def test_each_new_question_comes_to_the_top_under_the_numbers(open_page):
    page = open_page(PHONE)
    for number in range(1, 4):
        ask(page, "堵了怎么罚")
        page.wait_for_timeout(300)
        line = page.locator("#aw-calls").bounding_box()
        question = page.locator(f"#aw-now #turn-{number} .asked").bounding_box()
        gap = question["y"] - (line["y"] + line["height"])
        assert 0 <= gap < 110, (number, gap)


def test_an_example_is_asked_by_a_tap_and_follows_the_audience(open_page):
    page = open_page(PHONE)
    page.click("#aw-who label >> nth=2")
    page.wait_for_selector(f"text={words.EXAMPLES['inspector'][0]}")
    page.click(".start.for-inspector .say >> nth=0")
    page.wait_for_selector("#aw-now .chip")
    assert page.inner_text(".asked p") == words.EXAMPLES["inspector"][0]


def test_a_new_conversation_starts_clean(open_page):
    page = open_page()
    ask(page, "堵了怎么罚")
    page.click("#aw-new")
    page.wait_for_selector(".start")
    assert page.locator(".turn").count() == 0


def test_two_windows_do_not_share_a_conversation(open_page):
    first, second = open_page(), open_page()
    ask(first, "着火了")
    ask(second, "堵了怎么罚")
    assert second.locator(".danger").count() == 0
    assert first.inner_text(".asked p") == "着火了"


@pytest.mark.parametrize(
    ("question", "note"),
    [("不知道", words.STATE_NOTES["NO_MATCH"]), ("坏了", words.STATE_NOTES["UNAVAILABLE"])],
)
def test_no_answer_is_said_plainly(open_page, question, note):
    page = open_page(PHONE)
    ask(page, question)
    assert page.inner_text(".said .note") == note
    assert page.locator(".chip").count() == 0


def test_a_question_too_long_is_said_and_stays_in_the_box(open_page):
    page = open_page()
    ask(page, "长" * 2_001)
    assert words.TOO_LONG in page.inner_text(".said")
    assert len(page.input_value("#aw-ask textarea")) == 2_001


@pytest.mark.parametrize(
    ("scheme", "ground"),
    [("light", "rgb(244, 246, 248)"), ("dark", "rgb(16, 21, 27)")],
    ids=["light", "dark"],
)
def test_each_scheme_has_its_ground_and_text_stands_out_from_it(open_page, scheme, ground):
    page = open_page(PHONE, color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    ask(page, "着火了")
    page.click(".chip")
    page.wait_for_selector(".source")
    faint = page.evaluate(CONTRAST)
    assert faint == []


# WCAG 2 contrast of each piece of text with the nearest opaque ground, 4.5 or more.
CONTRAST = """() => {
  const rgba = c => { const n = c.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n };
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                       return .2126 * r + .7152 * g + .0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor);
                        if (c[3] === 1) return c.slice(0, 3) } return [255, 255, 255] };
  const faint = [];
  for (const e of document.querySelectorAll('#aw-head *, #aw-calls *, #aw-foot *, #aw-desk *, #aw-bar *')) {
    const says = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!says || !e.getClientRects().length || e.matches(".sr-only, .vh")) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) faint.push(e.className + ' ' + e.textContent.trim().slice(0, 12) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
  }
  return faint }"""


def test_type_is_large_and_comes_from_the_system(open_page):
    page = open_page(PHONE)
    fonts = "performance.getEntriesByType('resource').filter(r => /woff|ttf/.test(r.name)).length"
    assert page.evaluate(fonts) == 0
    ask(page, "着火了")
    for selector in (".words p", ".danger li", ".asked p", "#aw-ask textarea"):
        assert (
            float(page.evaluate("s => getComputedStyle(document.querySelector(s)).fontSize", selector)[:-2])
            >= 17
        )


def test_without_scripts_the_numbers_and_the_advice_are_there(open_page):
    page = open_page(PHONE, ready="#aw-calls", java_script_enabled=False)
    assert page.locator("#aw-calls a").count() == 5
    said = page.locator(".noscript")
    assert said.inner_text().startswith(words.NO_SCRIPT)
    assert said.locator("a").get_attribute("href") == "/emergency"
    assert page.locator("#aw-bar, #aw-more, .start").filter(visible=True).count() == 0
