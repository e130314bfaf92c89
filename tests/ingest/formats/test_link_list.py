"""List pages (目录页): their links, titles and days."""

from datetime import date

import pytest

from ingest.formats.pages.web_page import MAX_LINKS, Link, Selectors, links
from kb.errors import IngestError

LIST = """<html><body><div class="nav"><li><a href="/n">导航</a></li></div><ul class="news">
<li><a href="./t20241105_1.html" title="关于冬季入户检查的通知">关于冬季入户检…</a><span>2024-11-05</span></li>
<li><a href="/zwgk/2.html#top"> 关于  烟道改造的通知 </a><span>[2024/11/04]</span></li>
<li><a href="/zwgk/2.html">重复的一条</a><span>2024-11-04</span></li>
<li><a href="javascript:void(0)">点不开</a></li><li><a href="mailto:a@b.example">写信</a></li>
<li><a href="http://user:pass@h.example/">带口令</a></li><li><a href="http://[bad/">坏地址</a></li>
<li><a href="file:///etc/passwd">本机文件</a></li><li>没有链接</li>
<li style="display:none"><a href="/hidden.html">看不见的一条</a></li>
<li><a href="https://other.example/3.html">没有日期的通知</a></li></ul></body></html>"""


def test_links_of_a_list_page() -> None:
    found = links(
        LIST.encode(), Selectors(item="ul.news > li", date="span"), "https://a.example/tz/index.html"
    )
    assert found == [
        Link("关于冬季入户检查的通知", "https://a.example/tz/t20241105_1.html", date(2024, 11, 5)),
        Link("关于 烟道改造的通知", "https://a.example/zwgk/2.html", date(2024, 11, 4)),
        Link("没有日期的通知", "https://other.example/3.html", None),
    ]


def test_links_find_the_day_without_a_selector_and_in_gbk() -> None:
    data = LIST.replace("<html>", "<html><meta charset=gb2312>").encode("gb18030")
    assert links(data, Selectors(item="ul.news > li"), "https://a.example/")[0].published == date(2024, 11, 5)


def test_a_day_in_the_title_is_not_the_day_of_the_entry() -> None:
    data = "<li><a href='/1'>2023年1月2日会议纪要</a> 2024-11-05</li>".encode()
    assert links(data, Selectors(item="li"), "https://a.example/")[0].published == date(2024, 11, 5)


def test_links_are_capped() -> None:
    data = "".join(f"<li><a href='/{n}'>第{n}条</a></li>" for n in range(MAX_LINKS + 50)).encode()
    assert len(links(data, Selectors(item="li"), "https://a.example/")) == MAX_LINKS


@pytest.mark.parametrize("css", ["li >", "li::before", "[[", "", "li:nosuch(1)"])
def test_a_wrong_selector_is_named(css: str) -> None:
    with pytest.raises(IngestError, match="选择器"):
        links(LIST.encode(), Selectors(item=css), "https://a.example/")
