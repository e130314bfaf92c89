"""`python -m ingest pull`, the whole way: fetched from a web site, what changed is said, brought in."""

import json
from datetime import date
from pathlib import Path

import pytest

from ingest.pull import command as pull_command
from kb.base import KnowledgeBase
from kb.journal import Journal
from kb.settings import Settings
from tests.ingest.pull.conftest import Site
from tests.samples import RULE_2019, RULE_2024

PAGE = "<html><head><title>{title}</title></head><body><div id='zoom'>{text}</div></body></html>"


def page(text: str) -> bytes:
    lines = [line.lstrip("# ") for line in text.split("\n") if line.strip()]
    body = f"<h1>{lines[0]}</h1>" + "".join(f"<p>{line}</p>" for line in lines[1:])
    return PAGE.format(title=lines[0], text=body).encode()


@pytest.fixture
def run(site: Site, tmp_path: Path, capsys):
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f"""[garden]
kind = "page"
title = "花园"
address = "{site.url("/rule.html")}"
licence = "样例"
interval = 0
""",
        "utf-8",
    )

    def run(*arguments: str) -> tuple[int, dict]:
        settings = Settings(pull_hosts=site.host)
        code = pull_command.main(
            settings, ["--sources", str(sources), "--kb", str(tmp_path / "kb"), "--json", *arguments], None
        )
        return code, json.loads(capsys.readouterr().out)

    return run


def test_from_the_site_into_the_knowledge_base(site: Site, run, tmp_path: Path) -> None:
    site.page("/rule.html", page(RULE_2019))
    code, first = run()
    assert (code, first["ingested"]["花园"]["added"]) == (0, 1)
    assert first["changes"] == []
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        old = kb.documents()[0]
        journal = Journal(tmp_path / "kb")
        journal.cite([f"{old.doc_id}#第二条"], date(2026, 11, 1))
        journal.close()

    site.page("/rule.html", page(RULE_2024))
    code, tried = run("--dry-run")
    assert (code, tried["ingested"]) == (0, {})
    changed = tried["changes"][0]
    assert changed["law"] == old.name
    assert any(change["new"] == "第二条" or change["old"] == "第二条" for change in changed["changes"])
    assert changed["citations"] == {f"{old.doc_id}#第二条": 1}

    assert run()[0] == 0
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert [document.published for document in kb.documents()] == [date(2024, 5, 6)]


def test_a_site_that_is_down_costs_nothing_that_is_held(site: Site, run, tmp_path: Path) -> None:
    site.page("/rule.html", page(RULE_2019))
    run()
    site.routes.clear()
    code, report = run()
    assert code == 1
    assert report["sources"][0]["failed"]
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert len(kb.documents()) == 1


def test_a_private_host_is_visited_only_if_allowed(site: Site, tmp_path: Path, capsys) -> None:
    sources = tmp_path / "s.toml"
    sources.write_text(
        f'[a]\nkind = "page"\ntitle = "甲"\naddress = "{site.url("/x")}"\nlicence = "样例"\ninterval = 0\n',
        "utf-8",
    )
    code = pull_command.main(Settings(), ["--sources", str(sources), "--kb", str(tmp_path / "kb")], None)
    assert code == 1
    assert "ANWEN_PULL_HOSTS" in capsys.readouterr().out
    assert site.asked == []
