import pytest

from tests.web.hostile import HOSTILE, inspect
from web.clean import escape, paragraphs, phone_link, plain


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("render", [escape, paragraphs], ids=["escape", "paragraphs"])
def test_hostile_text_stays_text(render, text):
    assert inspect(render(text)).bad == []


def test_escaped_text_cannot_leave_an_attribute():
    page = f'<p class="{escape(HOSTILE["attribute"])}">x</p>'
    assert inspect(page).bad == []


def test_visible_characters_survive():
    text = "第一条　ＡＢＣ《安全》〈x〉①㎡℃㈠𠮷é“”—…"
    assert plain(text) == text


def test_line_breaks_of_every_kind_become_one():
    assert plain("甲\r\n乙\r丙\u2028丁") == "甲\n乙\n丙\n丁"


@pytest.mark.parametrize("number", ["javascript:alert(1)", "119;x", "１１９", "", "1" * 13, "119\n"])
def test_only_a_telephone_number_can_be_called(number):
    assert "href" not in phone_link(number, "火警", "call")
