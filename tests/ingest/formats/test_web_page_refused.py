"""Web pages that are none, in no encoding, empty or built to exhaust their reader."""

import time

import pytest

from ingest.formats.pages import tree as html_tree
from ingest.formats.pages.web_page import read
from kb.errors import IngestError
from tests.ingest.formats.web_files import BODY, OWN, page


@pytest.mark.parametrize(
    "data", [bytes(range(128, 256)) * 80, b"\x00\x01\x02" * 500, b"", b"<html></html>", b"<!-- -->"]
)
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(IngestError, match=r"网页"):
        read(data, "a.html")


def test_a_page_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_tree, "MAX_BYTES", 100)
    with pytest.raises(IngestError, match="超过上限"):
        read(b"<p>" + b"a" * 200, "a.html")


@pytest.mark.parametrize(
    "body",
    [
        "<div id='app'></div><script>document.write('正文在脚本里，这里读不到。')</script>",
        "<h1>404</h1><p>您访问的页面不存在，请返回首页，或稍后再试。</p>",
        "<div class='list'><a href='/1'>一条通知</a><a href='/2'>两条通知</a></div>",
    ],
    ids=["script shell", "error page", "links only"],
)
def test_a_page_without_an_article_is_refused(body: str) -> None:
    with pytest.raises(IngestError, match="没有读到正文"):
        read(f"<html><head><title>404 页面不存在</title></head><body>{body}</body></html>".encode(), "a.html")


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000 + "深处" + "</div>" * 100_000,
        "<table><tr><td>" * 30_000 + "深处",
        "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">多属性</p>",
        "<p " + " ".join(f"a{n}" for n in range(50_000)) + ">多属性</p>",
        "<b>" * 450_000,
    ],
    ids=["deep", "deep tables", "attributes", "bare attributes", "unclosed"],
)
def test_pages_built_to_exhaust_are_refused_at_once(hostile: str) -> None:
    begun = time.process_time()
    with pytest.raises(IngestError, match="网页"):
        read(page(f"<article>{hostile}</article>"), "a.html")
    assert time.process_time() - begun < 5


def test_a_page_cut_short_by_its_depth_is_not_passed_off_as_whole() -> None:
    with pytest.raises(IngestError, match="读不完整"):
        read(page(f"<article>{BODY}{'<div>' * 100_000}</article>"), "a.html")


@pytest.mark.parametrize(
    "noise",
    [
        "<script>" * 50_000,
        "<script>" + "a=1;" * 300_000 + "</script>",
        f"<img src='data:image/png;base64,{'A' * 3_000_000}'>",
        f"<p title='{'甲' * 1_000_000}'></p>",
        "<style>" + "/*" * 60_000 + ".a{" * 20_000 + "</style>",
        "<font>" * 1_000,
        "<!--" * 50_000 + "-->",
        "<?xml version='1.0' encoding='gbk'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
    ],
    ids=[
        "scripts open",
        "script",
        "inline picture",
        "attribute",
        "sheet",
        "unclosed font",
        "comments",
        "entity",
    ],
)
def test_large_but_harmless_noise_is_read_past(noise: str) -> None:
    begun = time.process_time()
    text = read(page(f"<article>{BODY}</article>{noise}"), "a.html").text
    assert OWN[1] in text and "root:" not in text
    assert time.process_time() - begun < 5
