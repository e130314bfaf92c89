"""Git repositories as sources, made on this machine."""

import os
import shutil
import subprocess
import time

import pytest

from ingest.pull import Guard, SourceReport
from ingest.pull.cache import Cache
from ingest.pull.git import Git, GitLimits
from ingest.pull.repository import REPOSITORY, pull_repository
from ingest.pull.sources import Source
from kb.errors import IngestError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs the git command")


class Upstream:
    """The repository somebody else keeps."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *command):
        settings = ("-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false")
        environment = {"PATH": os.defpath, "HOME": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", "-C", self.folder, *settings, *command], check=True, capture_output=True, env=environment
        )
        return done.stdout.decode().strip()

    def commit(self, files=None, gone=()):
        for name, text in (files or {}).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        for name in gone:
            (self.folder / name).unlink()
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path):
    return Upstream(tmp_path / "upstream")


@pytest.fixture
def pulled(tmp_path, upstream):
    """Pull the upstream repository; returns the report."""

    def pull(limits=None, guard=None, address="", **more):
        source = Source(
            name="laws",
            kind="git",
            title="文库",
            address=address or upstream.folder.as_uri(),
            licence="MIT",
            **more,
        )
        report = SourceReport("laws", "文库", tmp_path / "pull" / "laws")
        cache = Cache(report.folder)
        pull_repository(source, cache, guard or Guard(local_git=True), report, limits)
        return report

    return pull


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def test_new_changed_gone_unchanged(upstream, pulled):
    upstream.commit({"docs/甲/README.md": "甲一", "docs/乙.md": "乙一", "丙.md": "丙一"})
    first = pulled()
    assert files(first.folder) == {"docs/甲.md": "甲一", "docs/乙.md": "乙一", "丙.md": "丙一"}
    assert (sorted(first.new), first.changed, first.gone, first.unchanged) == (
        ["docs/乙.md", "docs/甲.md", "丙.md"],
        [],
        [],
        0,
    )
    upstream.commit({"docs/甲/README.md": "甲二", "丁.md": "丁一"}, gone=["docs/乙.md"])
    second = pulled()
    assert files(second.folder) == {"docs/甲.md": "甲二", "丙.md": "丙一", "丁.md": "丁一"}
    assert (second.new, second.changed, second.gone, second.unchanged) == (
        ["丁.md"],
        ["docs/甲.md"],
        ["docs/乙.md"],
        1,
    )
    third = pulled()
    assert (third.new, third.changed, third.gone, third.unchanged) == ([], [], [], 3)


def test_a_file_may_become_a_folder_and_back(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    pulled()
    (upstream.folder / "甲.md").unlink()
    upstream.commit({"甲.md/乙.md": "二"})
    assert files(pulled().folder) == {"甲.md/乙.md": "二"}
    shutil.rmtree(upstream.folder / "甲.md")
    upstream.commit({"甲.md": "三"})
    assert files(pulled().folder) == {"甲.md": "三"}


def test_a_rewritten_history_is_followed(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    pulled()
    upstream.git("checkout", "--quiet", "--orphan", "other")
    upstream.commit({"甲.md": "二"})
    upstream.git("branch", "--force", "main")
    assert files(pulled(branch="main").folder) == {"甲.md": "二"}


def test_globs_choose(upstream, pulled):
    upstream.commit(dict.fromkeys(("a/1.md", "a/skip.md", "b/2.md", "3.py", ".ci/4.md", "5.MD"), "x"))
    report = pulled(include=["*.md"], exclude=["*/skip.md"])
    assert set(files(report.folder)) == {"a/1.md", "b/2.md"}


def test_links_submodules_and_traps_stay_outside(upstream, pulled, tmp_path):
    (tmp_path / "secret.md").write_text("机密", "utf-8")
    upstream.commit({"甲.md": "一", ".gitattributes": "*.md filter=evil\n", ".gitmodules": "x"})
    (upstream.folder / "link.md").symlink_to(tmp_path / "secret.md")
    (upstream.folder / "folder").symlink_to(tmp_path, target_is_directory=True)
    commit = upstream.commit()
    upstream.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub.md")
    upstream.git("commit", "--quiet", "-m", "x")
    report = pulled()
    assert files(report.folder) == {"甲.md": "一"}
    assert not any(path.is_symlink() for path in report.folder.rglob("*"))


def test_a_tree_that_climbs_out_stays_inside(upstream, pulled, tmp_path):
    """`git mktree` writes what a checkout would refuse: a folder named `..`."""
    upstream.commit({"甲.md": "一"})
    blob = upstream.git("hash-object", "-w", "甲.md")

    def tree(line):
        done = subprocess.run(
            ["git", "-C", upstream.folder, "mktree"], input=line, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    inner = tree(f"100644 blob {blob}\tevil.md\n")
    outer = tree(f"040000 tree {inner}\t..\n100644 blob {blob}\t甲.md\n")
    commit = upstream.git("commit-tree", outer, "-m", "x")
    upstream.git("update-ref", "refs/heads/main", commit)
    report = pulled()
    assert set(files(report.folder)) == {"甲.md"}
    assert not list(tmp_path.rglob("evil.md"))


def test_a_failed_fetch_leaves_everything(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    folder = pulled().folder
    upstream.folder.rename(upstream.folder.with_name("moved"))
    with pytest.raises(IngestError, match="git 没能完成"):
        pulled()
    assert files(folder) == {"甲.md": "一"}


def test_a_list_that_matches_nothing_does_not_empty_the_folder(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    folder = pulled().folder
    with pytest.raises(IngestError, match="没有符合 include"):
        pulled(include=["laws/*.md"])
    assert files(folder) == {"甲.md": "一"}


def test_a_pinned_commit_is_the_one_that_comes(upstream, pulled):
    first = upstream.commit({"甲.md": "一"})
    upstream.commit({"甲.md": "二"})
    assert files(pulled(commit=first).folder) == {"甲.md": "一"}
    with pytest.raises(IngestError):
        pulled(commit="0" * 40)


def test_names_that_collide_are_told_apart(upstream, pulled):
    upstream.commit({"甲/README.md": "一", "甲.md": "二", "A.md": "三", "a.md": "四"})
    assert sorted(files(pulled().folder).values()) == ["一", "三", "二", "四"]


@pytest.mark.parametrize(("said", "words"), [("git version 2.30.1", "太旧"), ("what", "太旧")])
def test_an_old_git_is_refused(tmp_path, monkeypatch, said, words):
    fake = tmp_path / "git"
    fake.write_text(f"#!/bin/sh\necho {said}\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(fake))
    with pytest.raises(IngestError, match=words):
        Git(tmp_path / "r", Guard(), GitLimits())
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(IngestError, match="没有 git"):
        Git(tmp_path / "r", Guard(), GitLimits())


def test_a_local_repository_needs_leave(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    with pytest.raises(IngestError, match="没有放行"):
        pulled(guard=Guard())


def test_hosts_are_checked_and_pinned(pulled):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["10.0.0.1"]

    with pytest.raises(IngestError, match=r"内部地址 10\.0\.0\.1"):
        pulled(guard=Guard(resolve=resolve), address="https://git.example/laws.git")
    assert asked == [("git.example", 443)]


def test_git_connects_where_it_is_told(site, pulled):
    """The host is in no name server; git reaches our checked address, where nobody speaks TLS."""
    port = int(site.host.rpartition(":")[2])
    host = f"not-in-any-dns.example:{port}"
    with pytest.raises(IngestError, match="git 没能完成") as caught:
        pulled(guard=Guard([host], lambda *_: ["127.0.0.1"]), address=f"https://{host}/laws.git")
    assert "SSL" in str(caught.value) or "TLS" in str(caught.value) or "handshake" in str(caught.value)


def test_a_large_file_is_left_out_and_said(upstream, pulled):
    upstream.commit({"甲.md": "一", "大.md": "x" * 5_000})
    report = pulled(GitLimits(file=4_000))
    assert files(report.folder) == {"甲.md": "一"}
    assert [failure.path for failure in report.failed] == ["大.md"]
    assert "5,000" in report.failed[0].reason


def test_too_many_files_are_refused(upstream, pulled):
    upstream.commit({f"{n}.md": str(n) for n in range(5)})
    with pytest.raises(IngestError, match="超过 4 个"):
        pulled(GitLimits(files=4))


def test_git_is_stopped_in_time_and_leaves_nobody_behind(tmp_path):
    git = Git(tmp_path / "r", Guard(), GitLimits(seconds=0.5))
    git.prepare()
    command = f"sleep {9_000_000 + os.getpid()}"
    started = time.monotonic()
    with pytest.raises(IngestError, match="还没有完成"):
        git.run(["-c", f"alias.wait=!{command}", "wait"])
    assert time.monotonic() - started < 5
    running = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    assert command not in running


def test_too_much_room_is_refused(tmp_path):
    git = Git(tmp_path / "r", Guard(), GitLimits(folder=1_000_000))
    git.prepare()
    with pytest.raises(IngestError, match="超过上限"):
        git.run(["-c", f"alias.fill=!head -c 2000000 /dev/zero > {tmp_path}/r/x; sleep 20", "fill"])


def test_settings_of_the_user_do_not_reach_git(tmp_path, monkeypatch):
    (tmp_path / ".gitconfig").write_text("[core]\n\tsshCommand = evil\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.pager")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "evil")
    git = Git(tmp_path / "r", Guard(), GitLimits())
    git.prepare()
    assert b"evil" not in git.run(["config", "--list"])


def test_locks_of_a_killed_run_are_cleared(upstream, pulled):
    upstream.commit({"甲.md": "一"})
    repository = pulled().folder / REPOSITORY
    (repository / "shallow.lock").write_bytes(b"")
    (repository / "refs" / "anwen" / "fetched.lock").write_bytes(b"")
    upstream.commit({"甲.md": "二"})
    assert files(pulled().folder) == {"甲.md": "二"}


def test_half_copied_files_are_mended(upstream, pulled):
    """Killed between two files: the next run compares contents, not a mark that says all is done."""
    upstream.commit({"甲.md": "一", "乙.md": "二"})
    folder = pulled().folder
    (folder / "甲.md").unlink()
    (folder / "乙.md").write_text("旧", "utf-8")
    (folder / ".乙.md.new").write_text("半", "utf-8")
    report = pulled()
    assert (report.new, report.changed, report.gone) == (["甲.md"], ["乙.md"], [])
    assert sorted(path.name for path in folder.iterdir() if path.name != REPOSITORY) == [
        ".pull.json",
        "乙.md",
        "甲.md",
    ]
