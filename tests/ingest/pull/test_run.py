"""A pull of all sources: list pages, failures that stop nobody, the report."""

import json
import subprocess
import sys
import textwrap

import pytest
from filelock import FileLock

from ingest.pull import Source, pull
from kb.errors import IngestError, LockedError


def page(text):
    return f"<html><body><p>{text}</p></body></html>".encode()


def listing(*entries):
    items = "".join(f'<li><a href="{a}">{t}</a><span>{d}</span></li>' for a, t, d in entries)
    return f"<html><body><ul class='list'>{items}</ul></body></html>".encode()


def feed(site, **more):
    known = {
        "name": "notices",
        "kind": "feed",
        "title": "某局通知",
        "address": site.url("/list/"),
        "licence": "公开",
        "selectors": {"item": "ul.list > li", "date": "span"},
        "interval": 0,
    }
    return Source.model_validate({**known, **more})


def single(site, path, name="rule"):
    return Source(name=name, kind="page", title="某规定", address=site.url(path), licence="公开", interval=0)


def places(report):
    return {source.name: (source.new, source.changed, source.unchanged) for source in report.sources}


def test_a_list_brings_its_newest_pages(site, fetcher, tmp_path):
    site.page(
        "/list/",
        listing(
            ("old.html", "旧通知", "2024-01-02"),
            ("./new.html", "新通知", "2026-11-20"),
            ("/mid.html", "中/通知", "2025-06-01"),
        ),
    )
    for path in ("/list/old.html", "/list/new.html", "/mid.html"):
        site.page(path, page(path))
    report = pull([feed(site, limit=2)], tmp_path, fetcher)
    assert report.sources[0].new == ["2026-11-20 新通知.html", "2025-06-01 中 通知.html"]
    assert "/list/old.html" not in site.paths()
    again = pull([feed(site, limit=2)], tmp_path, fetcher)
    assert places(again) == {"notices": ([], [], 2)}
    assert not again.failed


def test_a_list_that_moved_keeps_its_links_right(site, fetcher, tmp_path):
    site.redirect("/list/", "/moved/here/")
    site.page("/moved/here/", listing(("a.html", "甲", "2026-01-01")))
    site.page("/moved/here/a.html", page("甲"))
    assert pull([feed(site)], tmp_path, fetcher).sources[0].new == ["2026-01-01 甲.html"]


def test_pages_that_left_the_list_stay(site, fetcher, tmp_path):
    site.page("/list/", listing(("a.html", "甲", "2026-01-01")))
    site.page("/list/a.html", page("甲"))
    pull([feed(site)], tmp_path, fetcher)
    site.page("/list/", listing(("b.html", "乙", "2026-02-01")))
    site.page("/list/b.html", page("乙"))
    report = pull([feed(site)], tmp_path, fetcher)
    assert report.sources[0].new == ["2026-02-01 乙.html"]
    assert (tmp_path / "notices" / "2026-01-01 甲.html").is_file()


def test_entries_on_other_sites_are_left_out_and_counted(site, fetcher, tmp_path):
    site.page(
        "/list/", listing(("a.html", "甲", "2026-01-01"), ("https://evil.example/b.html", "乙", "2026-02-01"))
    )
    site.page("/list/a.html", page("甲"))
    report = pull([feed(site)], tmp_path, fetcher)
    assert report.sources[0].new == ["2026-01-01 甲.html"]
    assert report.sources[0].elsewhere == 1
    assert "1 条在别的网站" in report.text()
    site.page("/list/", listing(("https://evil.example/b.html", "乙", "2026-02-01")))
    only = pull([feed(site)], tmp_path, fetcher)
    assert "evil.example" in only.sources[0].failed[0].reason


def test_one_bad_page_does_not_stop_the_rest(site, fetcher, tmp_path):
    site.page("/list/", listing(("gone.html", "撤", "2026-03-01"), ("a.html", "甲", "2026-01-01")))
    site.page("/list/a.html", page("甲"))
    report = pull([feed(site)], tmp_path, fetcher).sources[0]
    assert report.new == ["2026-01-01 甲.html"]
    assert [(failure.path, "不在" in failure.reason) for failure in report.failed] == [
        (site.url("/list/gone.html"), True)
    ]


def test_a_source_with_a_bad_page_is_not_done_for_the_week(site, fetcher, tmp_path):
    site.page("/list/", listing(("late.html", "迟", "2026-03-01"), ("a.html", "甲", "2026-01-01")))
    site.page("/list/a.html", page("甲"))
    pull([feed(site, interval=7)], tmp_path, fetcher)
    site.page("/list/late.html", page("迟"))
    assert pull([feed(site, interval=7)], tmp_path, fetcher).sources[0].new == ["2026-03-01 迟.html"]
    assert "跳过" in pull([feed(site, interval=7)], tmp_path, fetcher).sources[0].skipped


def test_a_dead_site_is_left_after_three_pages(site, fetcher, tmp_path):
    site.page("/list/", listing(*((f"{n}.html", f"第{n}份", f"2026-01-{n:02}") for n in range(10, 20))))
    report = pull([feed(site)], tmp_path, fetcher).sources[0]
    assert len([path for path in site.paths() if path.endswith(".html")]) == 3
    assert "连续 3 个网页" in report.failed[-1].reason


def test_a_list_without_entries_says_so(site, fetcher, tmp_path):
    site.page("/list/", page("改版了"))
    report = pull([feed(site)], tmp_path, fetcher).sources[0]
    assert "改版" in report.failed[0].reason


def test_one_bad_source_does_not_stop_the_others(site, fetcher, tmp_path):
    site.page("/a.html", page("甲"))
    first = pull([single(site, "/none.html", "bad"), single(site, "/a.html", "good")], tmp_path, fetcher)
    assert first.failed
    assert [bool(source.failed) for source in first.sources] == [True, False]
    assert (tmp_path / "good" / "某规定.html").is_file()


def test_what_fails_keeps_its_last_good_copy(site, fetcher, tmp_path):
    site.page("/a.html", page("甲"))
    pull([single(site, "/a.html")], tmp_path, fetcher)
    del site.routes["/a.html"]
    report = pull([single(site, "/a.html")], tmp_path, fetcher)
    assert report.failed
    assert (tmp_path / "rule" / "某规定.html").read_bytes() == page("甲")


def test_a_source_is_left_alone_until_its_time_comes(site, fetcher, tmp_path):
    site.page("/a.html", page("甲"))
    source = single(site, "/a.html").model_copy(update={"interval": 7})
    assert places(pull([source], tmp_path, fetcher)) == {"rule": (["某规定.html"], [], 0)}
    count = len(site.asked)
    second = pull([source], tmp_path, fetcher)
    assert "每 7 天取一次" in second.sources[0].skipped
    assert "每 7 天取一次" in second.text()
    assert len(site.asked) == count
    assert places(pull([source], tmp_path, fetcher, force=True)) == {"rule": ([], [], 1)}


def test_a_failed_source_is_tried_again_at_once(site, fetcher, tmp_path):
    source = single(site, "/a.html").model_copy(update={"interval": 7})
    assert pull([source], tmp_path, fetcher).failed
    site.page("/a.html", page("甲"))
    assert places(pull([source], tmp_path, fetcher)) == {"rule": (["某规定.html"], [], 0)}


def test_two_pulls_do_not_meet(site, fetcher, tmp_path):
    with FileLock(tmp_path / ".pull.lock"), pytest.raises(LockedError, match="另一个进程"):
        pull([single(site, "/a.html")], tmp_path, fetcher)


def test_a_folder_that_cannot_be_made_is_named(site, fetcher, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IngestError, match="不可写"):
        pull([single(site, "/a.html")], tmp_path / "file" / "pull", fetcher)


def test_the_report_says_it_in_words_and_in_json(site, fetcher, tmp_path):
    site.page("/a.html", page("甲"))
    report = pull([single(site, "/a.html"), single(site, "/none.html", "bad")], tmp_path, fetcher)
    text = report.text()
    assert "某规定（rule）：新增 1 份，更新 0 份，未变 0 份，已撤下 0 份，失败 0 项" in text
    assert "  新增：某规定.html" in text
    assert "  失败：" in text
    told = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    assert told["sources"][0]["new"] == ["某规定.html"]
    assert told["sources"][0]["folder"] == str(tmp_path / "rule")
    assert told["sources"][1]["failed"][0]["path"] == site.url("/none.html")


def test_importing_connects_to_nothing_and_is_light_to_undo():
    """Importing the package must not touch the network, and must not load an embedding model."""
    script = textwrap.dedent("""
        import socket, sys
        def refuse(*_, **__): raise SystemExit("connected")
        socket.socket.connect = refuse
        socket.getaddrinfo = refuse
        import ingest.pull
        print("torch" in sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
