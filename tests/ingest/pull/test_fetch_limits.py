"""Files over HTTP that are too large, too slow, forbidden or not what they should be."""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
import zlib

import pytest

from ingest.pull import Fetcher, Guard, Limits
from ingest.pull.cache import STATE, Cache
from ingest.pull.fetch import Outcome, Wanted
from kb.errors import IngestError
from tests.ingest.pull.downloads import BIG, PAGE, begun, cut, visible


def test_a_packed_page_is_unpacked(site, fetcher, tmp_path):
    for path, body, coding in [
        ("/g.html", gzip.compress(PAGE), "gzip"),
        ("/z.html", zlib.compress(PAGE), "deflate"),
    ]:
        site.page(path, body, Content_Encoding=coding)
        assert fetcher.fetch(Wanted(site.url(path), path[1]), Cache(tmp_path)).path.read_bytes() == PAGE


def test_a_bomb_is_stopped_before_it_fills_the_disk(site, fetcher, tmp_path):
    bomb = gzip.compress(b"0" * 150_000_000)
    assert len(bomb) < 200_000  # below the limit as sent
    site.page("/bomb.html", bomb, Content_Encoding="gzip")
    with pytest.raises(IngestError, match="解开后超过上限 200,000 字节"):
        fetcher.fetch(Wanted(site.url("/bomb.html"), "bomb"), Cache(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (gzip.compress(PAGE)[:-9], "gzip", "不完整"),
        (b"no gzip at all", "gzip", "损坏"),
        (gzip.compress(PAGE) + b"more", "gzip", "还有别的数据"),
        (PAGE, "br", "不支持"),
    ],
)
def test_bad_packing_is_refused(site, fetcher, tmp_path, body, coding, words):
    site.page("/a.html", body, Content_Encoding=coding)
    with pytest.raises(IngestError, match=words):
        fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))
    assert visible(tmp_path) == []


@pytest.mark.parametrize("says_so", [True, False])
def test_too_large_a_file_is_refused(site, fetcher, tmp_path, says_so):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pdf")
        if says_so:
            handler.send_header("Content-Length", "300000")
        else:
            handler.close_connection = True
        handler.end_headers()
        for _ in range(300):
            handler.wfile.write(b"x" * 1000)

    site.routes["/a.pdf"] = answer
    with pytest.raises(IngestError, match="超过上限 200,000 字节"):
        fetcher.fetch(Wanted(site.url("/a.pdf"), "a"), Cache(tmp_path))
    assert not begun(tmp_path)


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_dripping_server_is_left_at_the_deadline(site, tmp_path, where):
    def drip(handler):
        line = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        if where == "body":
            handler.wfile.write(line)
        for _ in range(100):
            handler.wfile.write(b"H" if where == "head" else b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    site.routes["/slow.html"] = drip
    limits = Limits(read=1, whole=0.6, delay=0, attempts=1)
    started = time.monotonic()
    with Fetcher(Guard([site.host]), limits) as fetcher, pytest.raises(IngestError, match="超时"):
        fetcher.fetch(Wanted(site.url("/slow.html"), "a"), Cache(tmp_path))
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(("read", "whole"), [(0.2, 30), (30, 0.5)])
def test_a_silent_server_is_left(site, tmp_path, read, whole):
    site.routes["/slow.html"] = lambda handler: time.sleep(2)
    limits = Limits(read=read, whole=whole, delay=0, attempts=1)
    started = time.monotonic()
    with Fetcher(Guard([site.host]), limits) as fetcher, pytest.raises(IngestError, match="超时"):
        fetcher.fetch(Wanted(site.url("/slow.html"), "a"), Cache(tmp_path))
    assert time.monotonic() - started < 1.5


def test_robots_rules_are_kept(site, fetcher, tmp_path, slept):
    site.page("/robots.txt", b"User-agent: *\nDisallow: /private/\nCrawl-delay: 4\n", "text/plain")
    site.page("/open.html", PAGE)
    site.page("/private/a.html", PAGE)
    fetcher.fetch(Wanted(site.url("/open.html"), "a"), Cache(tmp_path))
    with pytest.raises(IngestError, match=r"robots\.txt 不许"):
        fetcher.fetch(Wanted(site.url("/private/a.html"), "b"), Cache(tmp_path))
    assert site.paths() == ["/robots.txt", "/open.html"]  # rules asked once, the forbidden page never
    assert len(slept) == 1
    assert 3.5 < slept[0] <= 4


def test_a_redirect_into_forbidden_ground_is_not_followed(site, fetcher, tmp_path):
    site.page("/robots.txt", b"User-agent: *\nDisallow: /private/\n", "text/plain")
    site.redirect("/open", "/private/a.html")
    site.page("/private/a.html", PAGE)
    with pytest.raises(IngestError, match=r"robots\.txt 不许"):
        fetcher.fetch(Wanted(site.url("/open"), "a"), Cache(tmp_path))
    assert "/private/a.html" not in site.paths()


def test_rules_that_cannot_be_read_forbid_everything(site, fetcher, tmp_path):
    def broken(handler):
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.routes["/robots.txt"] = broken
    site.page("/a.html", PAGE)
    with pytest.raises(IngestError, match=r"读不到 .*robots\.txt"):
        fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))
    assert "/a.html" not in site.paths()


def test_requests_to_a_host_are_spaced(site, tmp_path, slept):
    site.page("/a.html", PAGE)
    with Fetcher(Guard([site.host]), Limits(delay=2.5), slept.append) as fetcher:
        fetcher.fetch(Wanted(site.url("/a.html"), "a"), Cache(tmp_path))
    assert len(slept) == 1  # between robots.txt and the page
    assert 2 < slept[0] <= 2.5


def test_a_pinned_file_must_be_the_very_one(site, fetcher, tmp_path):
    site.page("/a.html", PAGE)
    right = hashlib.sha256(PAGE).hexdigest()
    assert fetcher.fetch(Wanted(site.url("/a.html"), "a", right), Cache(tmp_path)).outcome is Outcome.NEW
    site.page("/a.html", PAGE + b"<p>x</p>")
    with pytest.raises(IngestError, match="sha256 不符"):
        fetcher.fetch(Wanted(site.url("/a.html"), "a", right), Cache(tmp_path))
    assert (tmp_path / "a.html").read_bytes() == PAGE
    assert not begun(tmp_path)


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/a.pdf", "text/html", "来的是网页"),
        ("/a.exe", "application/octet-stream", "看不出来"),
        ("/a.html", "video/mp4", "不在可读之列"),
    ],
)
def test_other_kinds_of_files_are_refused(site, fetcher, tmp_path, path, kind, words):
    site.page(path, PAGE, kind)
    with pytest.raises(IngestError, match=words):
        fetcher.fetch(Wanted(site.url(path), "a"), Cache(tmp_path))
    assert visible(tmp_path) == []


def test_two_addresses_never_share_a_file(site, fetcher, tmp_path):
    site.page("/1.html", PAGE)
    site.page("/2.html", PAGE + b"2")
    cache = Cache(tmp_path)
    first = fetcher.fetch(Wanted(site.url("/1.html"), "通知"), cache)
    second = fetcher.fetch(Wanted(site.url("/2.html"), "通知"), cache)
    assert first.path.read_bytes() == PAGE
    assert second.path.read_bytes() == PAGE + b"2"
    assert second.path.name.startswith("通知~")


def test_a_page_that_becomes_a_pdf_leaves_no_old_page_behind(site, fetcher, tmp_path):
    site.page("/doc", PAGE)
    fetcher.fetch(Wanted(site.url("/doc"), "办法"), Cache(tmp_path))
    site.page("/doc", b"%PDF-1.7", "application/pdf")
    fetcher.fetch(Wanted(site.url("/doc"), "办法"), Cache(tmp_path))
    assert visible(tmp_path) == ["办法.pdf"]


def test_a_spoilt_state_is_no_obstacle(site, fetcher, tmp_path):
    site.page("/a.html", PAGE)
    wanted = Wanted(site.url("/a.html"), "a")
    fetcher.fetch(wanted, Cache(tmp_path))
    (tmp_path / STATE).write_bytes(b"{half")
    fetcher.fetch(wanted, Cache(tmp_path))
    assert visible(tmp_path) == ["a.html"]
    assert Cache(tmp_path).held(wanted.address) is not None


def test_killed_in_the_middle_leaves_the_old_copy_and_goes_on(site, fetcher, tmp_path):
    """kill -9 while the new file comes: the old one is whole, and the next run asks only for the rest."""
    site.page("/a.pdf", b"%PDF-old", "application/pdf", ETag='"v1"')
    wanted = Wanted(site.url("/a.pdf"), "a")
    fetcher.fetch(wanted, Cache(tmp_path))

    def stall(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pdf")
        handler.send_header("Content-Length", str(len(BIG)))
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("ETag", '"v2"')
        handler.end_headers()
        handler.wfile.write(BIG[:70_000])
        handler.wfile.flush()
        time.sleep(20)

    site.routes["/a.pdf"] = stall
    script = textwrap.dedent(f"""
        from pathlib import Path
        from ingest.pull import Fetcher, Guard, Limits
        from ingest.pull.cache import Cache
        from ingest.pull.fetch import Wanted
        with Fetcher(Guard(["{site.host}"]), Limits(delay=0)) as fetcher:
            fetcher.fetch(Wanted({wanted.address!r}, "a"), Cache(Path({str(tmp_path)!r})))
    """)
    process = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 30
    while not any(part.stat().st_size >= 65_536 for part in begun(tmp_path)):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF-old"
    assert Cache(tmp_path).held(wanted.address) is not None
    have = begun(tmp_path)[0].stat().st_size
    cut(site, "/a.pdf", BIG, len(BIG), ETag='"v2"')
    fetched = fetcher.fetch(wanted, Cache(tmp_path))
    assert fetched.outcome is Outcome.CHANGED
    assert fetched.path.read_bytes() == BIG
    assert site.asked[-1][1]["range"] == f"bytes={have}-"
    assert not begun(tmp_path)
