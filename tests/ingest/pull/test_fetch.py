"""Files over HTTP, from a site that misbehaves."""

import pytest

from ingest.pull.cache import Cache
from ingest.pull.fetch import Outcome, Wanted
from kb.errors import IngestError
from tests.ingest.pull.downloads import BIG, PAGE, cut, visible


def test_new_unchanged_changed(site, fetcher, tmp_path):
    site.page("/t_1.shtml", PAGE)
    wanted = Wanted(site.url("/t_1.shtml"), "通知")
    cache = Cache(tmp_path)
    assert fetcher.fetch(wanted, cache).outcome is Outcome.NEW
    assert visible(tmp_path) == ["通知.html"]
    assert fetcher.fetch(wanted, Cache(tmp_path)).outcome is Outcome.UNCHANGED
    site.page("/t_1.shtml", PAGE.replace("先通风".encode(), "先检测".encode()))
    fetched = fetcher.fetch(wanted, Cache(tmp_path))
    assert fetched.outcome is Outcome.CHANGED
    assert "先检测" in fetched.path.read_text("utf-8")


def test_a_page_that_did_not_change_is_not_sent_again(site, fetcher, tmp_path):
    def answer(handler):
        same = handler.headers.get("If-None-Match") == '"v1"'
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "0" if same else str(len(PAGE)))
        handler.end_headers()
        if not same:
            handler.wfile.write(PAGE)

    site.routes["/a.html"] = answer
    wanted = Wanted(site.url("/a.html"), "a")
    fetcher.fetch(wanted, Cache(tmp_path))
    assert fetcher.fetch(wanted, Cache(tmp_path)).outcome is Outcome.UNCHANGED
    assert site.asked[-1][1]["if-none-match"] == '"v1"'
    (tmp_path / "a.html").write_bytes(b"somebody's edit")  # no longer what came: ask for all of it
    assert fetcher.fetch(wanted, Cache(tmp_path)).outcome is Outcome.CHANGED
    assert (tmp_path / "a.html").read_bytes() == PAGE


def test_an_etag_that_cannot_be_sent_back_is_forgotten(site, fetcher, tmp_path):
    site.page("/a.html", PAGE, ETag='"\xe9"')
    wanted = Wanted(site.url("/a.html"), "a")
    fetcher.fetch(wanted, Cache(tmp_path))
    assert fetcher.fetch(wanted, Cache(tmp_path)).outcome is Outcome.UNCHANGED
    assert "if-none-match" not in site.asked[-1][1]


def test_a_304_nobody_asked_for_is_refused(site, fetcher, tmp_path):
    site.routes["/a.html"] = lambda handler: (handler.send_response(304), handler.end_headers())
    with pytest.raises(IngestError, match="状态 304"):
        fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))


def test_a_broken_download_goes_on_where_it_stopped(site, fetcher, tmp_path, slept):
    cut(site, "/a.pdf", BIG, 60_000, ETag='"v1"')
    fetched = fetcher.fetch(Wanted(site.url("/a.pdf"), "a"), Cache(tmp_path))
    assert fetched.path.read_bytes() == BIG
    asked = [headers.get("range") for path, headers in site.asked if path == "/a.pdf"]
    assert asked == [None, "bytes=60000-"]
    assert slept == [1.0]


def test_a_file_that_changed_meanwhile_is_taken_from_the_start(site, fetcher, tmp_path):
    old, new = BIG, BIG[::-1]
    tries = []

    def answer(handler):
        tries.append(handler.headers.get("If-Range"))
        body, etag = (old, '"v1"') if len(tries) == 1 else (new, '"v2"')
        handler.send_response(200)
        for name, value in {
            "ETag": etag,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/pdf",
        }.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:50_000] if len(tries) == 1 else body)
        handler.close_connection = True

    site.routes["/a.pdf"] = answer
    fetched = fetcher.fetch(Wanted(site.url("/a.pdf"), "a"), Cache(tmp_path))
    assert fetched.path.read_bytes() == new
    assert tries == [None, '"v1"']


@pytest.mark.parametrize("said", ["bytes 0-102399/102400", "bytes 60000-70000/102400", "bytes */102400", ""])
def test_a_wrong_rest_is_not_glued_on(site, fetcher, tmp_path, said):
    tries = []

    def answer(handler):
        tries.append(handler.headers.get("Range"))
        handler.send_response(206 if tries[-1] else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("Content-Type", "application/pdf")
        handler.send_header("Content-Length", str(len(BIG)))
        if tries[-1]:
            handler.send_header("Content-Range", said)
        handler.end_headers()
        handler.wfile.write(BIG[:60_000] if len(tries) == 1 else BIG)
        handler.close_connection = len(tries) == 1

    site.routes["/a.pdf"] = answer
    fetched = fetcher.fetch(Wanted(site.url("/a.pdf"), "a"), Cache(tmp_path))
    assert fetched.path.read_bytes() == BIG
    assert tries == [None, "bytes=60000-", None]


def test_a_range_that_cannot_be_had_starts_over(site, fetcher, tmp_path):
    tries = []

    def answer(handler):
        tries.append(handler.headers.get("Range"))
        handler.send_response(416 if tries[-1] else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("Content-Type", "application/pdf")
        handler.send_header("Content-Length", "0" if tries[-1] else str(len(BIG)))
        handler.end_headers()
        if not tries[-1]:
            handler.wfile.write(BIG[:60_000] if len(tries) == 1 else BIG)
        handler.close_connection = True

    site.routes["/a.pdf"] = answer
    assert fetcher.fetch(Wanted(site.url("/a.pdf"), "a"), Cache(tmp_path)).path.read_bytes() == BIG
    assert tries == [None, "bytes=60000-", None]


def test_a_length_that_lies_is_noticed_and_the_old_copy_stays(site, fetcher, tmp_path):
    site.page("/a.html", PAGE)
    wanted = Wanted(site.url("/a.html"), "a")
    fetcher.fetch(wanted, Cache(tmp_path))

    def short(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b"<p>half")
        handler.close_connection = True

    site.routes["/a.html"] = short
    with pytest.raises(IngestError, match="试了 3 次"):
        fetcher.fetch(wanted, Cache(tmp_path))
    assert (tmp_path / "a.html").read_bytes() == PAGE


def test_a_server_in_trouble_is_tried_again_as_late_as_it_asks(site, fetcher, tmp_path, slept):
    tries = []

    def answer(handler):
        tries.append(1)
        body = PAGE if len(tries) == 3 else b""
        handler.send_response(200 if len(tries) == 3 else 503)
        handler.send_header("Retry-After", "7" if len(tries) == 1 else "99999")
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.routes["/a.html"] = answer
    fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))
    assert slept == [7.0, 60.0]


@pytest.mark.parametrize(
    ("status", "words"), [(404, "不在"), (410, "不在"), (403, "不给"), (500, "试了 3 次")]
)
def test_a_failure_is_said_in_words(site, fetcher, tmp_path, status, words):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.routes["/a.html"] = answer
    with pytest.raises(IngestError, match=words):
        fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))
    assert visible(tmp_path) == []


def test_redirects_are_followed_and_each_is_checked(site, fetcher, tmp_path):
    site.redirect("/a", "/b")
    site.redirect("/b", "/c.html")
    site.page("/c.html", PAGE)
    fetched = fetcher.fetch(Wanted(site.url("/a"), "a"), Cache(tmp_path))
    assert fetched.final == site.url("/c.html")
    for target, words in [
        ("http://127.0.0.1:22/", "端口 22"),
        ("http://127.0.0.1/", "内部地址"),
        ("http://169.254.169.254/latest", "内部地址"),
        ("http://[::ffff:127.0.0.1]/", "内部地址"),
        ("file:///etc/passwd", "不是 http"),
        ("gopher://a.example/", "不是 http"),
        ("http://user:pw@a.example/", "用户名或密码"),
        ("http://a.example:99999999/", "端口 99999999"),
    ]:
        site.redirect("/evil", target)
        with pytest.raises(IngestError, match=words):
            fetcher.fetch(Wanted(site.url("/evil"), "x"), Cache(tmp_path))
    assert visible(tmp_path) == ["a.html"]


def test_a_redirect_loop_ends(site, fetcher, tmp_path):
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    with pytest.raises(IngestError, match="转了 5 次"):
        fetcher.fetch(Wanted(site.url("/a"), "a"), Cache(tmp_path))
    assert len([path for path in site.paths() if path != "/robots.txt"]) == 6
