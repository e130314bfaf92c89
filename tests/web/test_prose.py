import time

import pytest

from tests.web.hostile import HOSTILE, inspect
from web.prose import markdown_html


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markdown_yields_no_link_no_image_no_markup(text):
    seen = inspect(markdown_html(text, turn=1, numbers={1}))
    assert seen.bad == []
    assert seen.links == []


def test_only_existing_citations_become_buttons():
    seen = inspect(markdown_html("甲[1]乙[2]丙[12]丁[003]", turn=4, numbers={2, 12}))
    assert [name for name in seen.classes if name != "vh"] == ["ref cite-4-2", "ref cite-4-12"]
    assert "".join(seen.words) == "甲[1]乙依据2丙依据12丁[003]"


def test_a_forged_button_in_a_document_stays_text():
    seen = inspect(markdown_html(HOSTILE["chip-forgery"], turn=1, numbers={1}))
    assert seen.classes == ["ref cite-1-1", "vh"]
    assert '<button class="chip cite-1-1">' in "".join(seen.words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- 甲\n- 乙", "<ul><li>甲</li><li>乙</li></ul>"),
        ("1. 甲\n2. 乙", "<ol><li>甲</li><li>乙</li></ol>"),
        ("- [ ] 查台账\n- [x] 已查", "<ul><li>☐ 查台账</li><li>☑ 已查</li></ul>"),
        ("# 标题", "<h3>标题</h3>"),
        ("上行\n下行", "<p>上行<br />下行</p>"),
        (
            "| 项 | 数 |\n|---|---|\n| 人 | 3 |",
            "<table><thead><tr><th>项</th><th>数</th></tr></thead><tbody><tr><td>人</td><td>3</td></tr></tbody></table>",
        ),
    ],
    ids=["list", "numbered", "tick-boxes", "heading", "line-break", "table"],
)
def test_what_an_answer_needs_is_kept(text, expected):
    assert markdown_html(text) == expected


def test_a_long_hostile_line_is_rendered_in_reasonable_time():
    started = time.process_time()
    for name in ("long-line", "long-brackets", "long-quotes", "long-emphasis"):
        markdown_html(HOSTILE[name])
    assert time.process_time() - started < 5


def test_text_beyond_the_limit_is_cut_with_a_mark():
    assert markdown_html("长" * 20_001).endswith("…（已截断）</p>")
