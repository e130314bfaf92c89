import re

import pytest

from tests.web.fakes import FakeStats
from web import words
from web.shell import rewrite

PAGE = (
    '<!doctype html><html lang="en"><head><meta property="og:image" content="https://x.example/i.jpg" />'
    '<link rel="manifest" href="/manifest.json" /><script>var a = 1</script></head>'
    '<body style="margin: 0">\n<gradio-app></gradio-app><script src="x.js"></script></body></html>'
)


def test_the_numbers_stand_before_anything_that_needs_a_script():
    page = rewrite(PAGE, "n", FakeStats())
    before = page.partition("<gradio-app>")[0].partition("<body")[2]
    assert re.findall(r'href="tel:(\d+)"', before) == ["119", "120", "110", "122", "12350"]
    assert "<script" not in before


def test_the_reporting_line_does_not_look_like_an_emergency_number():
    page = rewrite(PAGE, "n", None)
    assert 'class="call report" href="tel:12350"' in page
    assert page.count("call report") == 1


def test_without_scripts_the_page_says_what_to_do():
    said = rewrite(PAGE, "n", None).partition("<noscript>")[2].partition("</noscript>")[0]
    assert words.NO_SCRIPT in said
    assert 'href="/emergency"' in said


def test_every_script_of_the_page_gets_the_nonce():
    page = rewrite(PAGE, "n0nce", None)
    inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "/anwen/" not in tag]
    assert inline == ['<script nonce="n0nce">', '<script nonce="n0nce" src="x.js">']


def test_no_address_outside_this_server_is_left():
    assert not re.search(r"https?://", rewrite(PAGE, "n", None))


def test_the_page_is_chinese():
    assert '<html lang="zh-CN">' in rewrite(PAGE, "n", None)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            FakeStats(1297, by_level={"科普": 20, "术语": 1, "法律": 9}),
            "法规1,276份、卡片21份，截至2024年3月20日",
        ),
        (FakeStats(2, 3, None), "法规2份"),
        (None, words.LIBRARY_UNREADABLE),
    ],
    ids=["dated", "undated", "unreadable"],
)
def test_the_extent_of_the_library_is_said(counts, sentence):
    assert f'<p class="extent">{sentence}</p>' in rewrite(PAGE, "n", counts)
