"""What leaves the chat: answers as files, the page for frames, the table of regions; and how few bytes it takes."""

import io
from urllib.parse import unquote

import httpx
import pytest
from docx import Document
from pypdf import PdfReader

from kb.errors import SettingsError
from tests.web.fakes import LAW, QUOTE
from web.middleware import Access

ASKED = {"question": "堵了怎么罚", "audience": "manager", "region": "河南省", "date": "2024-05-01"}


def post(address, **more):
    return httpx.post(f"{address}/export/answer", json=ASKED | more, timeout=30)


def test_an_answer_comes_as_a_word_file_with_its_source(address):
    reply = post(address, format="docx")
    text = "\n".join(part.text for part in Document(io.BytesIO(reply.content)).paragraphs)
    for part in ("堵了怎么罚", "堵住走道要罚款", LAW.name, QUOTE, "119"):
        assert part in text
    assert unquote(reply.headers["content-disposition"]).endswith("安问-堵了怎么罚.docx")


def test_an_answer_comes_as_a_pdf(address):
    reply = post(address, format="pdf")
    assert reply.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(reply.content)).pages) >= 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"answer": "老板说可以堵"}, "answer 是不认识的字段"),
        ({"format": "exe"}, "format 不在可选的值里"),
        ({"question": ""}, "question 太短"),
        ({"question": "长" * 2_001}, "question 太长"),
        ({"date": "去年"}, "date 应是日期"),
    ],
    ids=["words of the client's", "kind", "empty", "long", "date"],
)
def test_what_cannot_be_exported_is_refused_in_chinese(address, more, said):
    reply = post(address, **({"format": "pdf"} | more))
    assert reply.status_code == 422
    assert said in reply.json()["error"]["message"]


def test_no_line_break_of_a_question_reaches_the_headers(address):
    reply = post(address, question="堵了\r\nset-cookie: a=b", format="docx")
    assert "set-cookie" not in reply.headers
    assert reply.status_code == 200


def test_the_table_of_regions_lists_provinces_and_their_places(address):
    table = httpx.get(f"{address}/regions.json").json()
    assert "郑州市" in table["河南省"]
    assert len(table) == 34


def test_only_the_widget_may_stand_in_a_frame_of_another_site(address):
    policy = {path: httpx.get(address + path).headers for path in ("/", "/widget", "/emergency")}
    assert "frame-ancestors 'self' https://portal.example " in policy["/widget"]["content-security-policy"]
    assert "x-frame-options" not in policy["/widget"]
    for path in ("/", "/emergency"):
        assert policy[path]["content-security-policy"].endswith("frame-ancestors 'self'")
        assert policy[path]["x-frame-options"] == "SAMEORIGIN"


def test_only_the_loader_may_be_taken_by_another_site(address):
    kinds = [
        httpx.get(f"{address}/anwen/{name}").headers["cross-origin-resource-policy"]
        for name in ("widget.js", "widget-page.js", "chat.js")
    ]
    assert kinds == ["cross-origin", "same-origin", "same-origin"]


@pytest.mark.parametrize(
    "site",
    [
        "www.example.cn",
        "https://a.cn/page",
        "https://a.cn; script-src *",
        "javascript:1",
        "https://*",
        "https://a.cn\n",
    ],
)
def test_a_site_that_is_no_origin_is_named_with_the_remedy(site):
    listed = f"https://ok.cn,x{site}" if site.endswith("\n") else f"https://ok.cn,{site}"
    with pytest.raises(SettingsError, match="ANWEN_EMBED_SITES"):
        Access.of("127.0.0.1").embedded_by(listed)


@pytest.mark.parametrize("path", ["/", "/emergency", "/widget", "/anwen/chat.css"])
def test_pages_scripts_and_sheets_are_compressed(address, path):
    reply = httpx.get(address + path, headers={"accept-encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.num_bytes_downloaded < len(reply.content) * 0.7


def test_a_stream_and_the_admins_pages_are_not_compressed(address):
    asked = {"question": "堵了"}
    wanted = {"accept-encoding": "gzip", "accept": "text/event-stream"}
    assert "content-encoding" not in httpx.post(f"{address}/api/ask", json=asked, headers=wanted).headers
    assert (
        "content-encoding" not in httpx.get(f"{address}/admin", headers={"accept-encoding": "gzip"}).headers
    )


def test_what_carries_a_digest_is_kept_for_a_year_and_nothing_else(address):
    kept = {
        path: "immutable" in httpx.get(address + path).headers.get("cache-control", "")
        for path in ("/anwen/chat.css?v=1", "/anwen/widget.js", "/anwen/nothing.js?v=1", "/")
    }
    assert list(kept.values()) == [True, False, False, False]
