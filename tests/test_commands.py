"""The commands of design.md, run as a person runs them."""

import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.errors import KnowledgeBaseError
from kb.settings import Settings
from tests.conftest import ROOT


def run(*arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base made by the command line, with the starter knowledge and one sample law."""
    from tests.samples import RULE_2024, RULE_LAW

    place = tmp_path_factory.mktemp("commands")
    (place / "风筝安全法(2020-04-08).md").write_text(RULE_LAW, "utf-8")
    (place / "条例.md").write_text(RULE_2024, "utf-8")
    done = run("-m", "ingest", "starter", str(place), "--kb", str(place / "kb"), "--json")
    report = json.loads(done.stdout)
    assert {"added", "updated", "unchanged", "removed", "failed", "chunks", "seconds"} <= report.keys()
    assert report["added"] == 2 + len(list((ROOT / "starter").glob("*/*.*")))
    return place / "kb"


def test_show(folder: Path) -> None:
    shown = json.loads(run("-m", "kb", "show", "风筝安全法", "第3条", "--kb", str(folder), "--json").stdout)
    assert {key: shown[key] for key in ("law", "article", "version", "status")} == {
        "law": "风筝安全法",
        "article": "第三条",
        "version": "风筝安全法@2020-04-08",
        "status": "现行",
    }
    assert "二百元以下罚款" in shown["text"]
    missing = run("-m", "kb", "show", "风筝安全法", "90", "--kb", str(folder), code=1)
    assert missing.stderr == "错误：《风筝安全法》（2020-04-08 版）共4条，没有第九十条\n"


def test_search_check_stats_list(folder: Path) -> None:
    hits = json.loads(
        run("-m", "kb", "search", "高压线附近放风筝", "-k", "3", "--kb", str(folder), "--json").stdout
    )
    assert {"chunk_id", "law", "article", "score", "text"} <= hits[0].keys()
    assert len(hits) == 3
    assert json.loads(run("-m", "kb", "check", "--kb", str(folder), "--json").stdout)["ok"] is True
    assert json.loads(run("-m", "kb", "stats", "--kb", str(folder), "--json").stdout)["pending"] == 0
    assert "风筝安全法@2020-04-08" in run("-m", "kb", "list", "--kb", str(folder)).stdout


def test_ask(folder: Path) -> None:
    said = json.loads(run("-m", "assistant", "家里煤气味好重", "--kb", str(folder), "--json").stdout)
    assert said["state"] == "GROUNDED"
    assert said["emergency"]["number"] == "119"
    assert len(said["emergency"]["steps"]) == 3
    cited = json.loads(run("-m", "assistant", "风筝安全法第二条", "--kb", str(folder), "--json").stdout)
    assert [(c["law"], c["article"]) for c in cited["citations"]] == [("风筝安全法", "第二条")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-m", "kb", "stats", "--kb", "/nowhere/kb"), ("/nowhere/kb", "python -m ingest")),
        (("-m", "ingest", "/no/such/path", "--kb", "KB"), ("/no/such/path", "路径不存在")),
        (("-m", "assistant", "在吗", "--kb", "/nowhere/kb"), ("暂时查不了知识库",)),
    ],
    ids=["no knowledge base", "no such path", "asking without one"],
)
def test_what_cannot_be_done_is_said_in_chinese(
    tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    filled = [str(tmp_path / "kb") if argument == "KB" else argument for argument in arguments]
    done = run(*filled, code=0 if "assistant" in arguments else 1)
    assert all(word in done.stdout + done.stderr for word in words)


def test_a_knowledge_base_of_another_model(folder: Path, tmp_path: Path) -> None:
    done = run(
        "-m", "kb", "stats", "--kb", str(folder), code=1, ANWEN_EMBEDDING_MODEL=str(tmp_path / "no-model")
    )
    assert "no-model" in done.stderr
    assert json.loads(run("-m", "kb", "check", "--kb", str(folder), "--json").stdout)["ok"] is True


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("app.py", code=1, ANWEN_PORT=str(port))
    assert str(port) in done.stderr
    assert "已被占用" in done.stderr


def test_a_setting_that_makes_no_sense() -> None:
    done = run("-m", "kb", "stats", code=1, ANWEN_PORT="eighty")
    assert "ANWEN_PORT" in done.stderr


def here(module: str, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command in this process: seconds faster than a new one."""
    monkeypatch.setattr(sys, "argv", [module, *arguments])
    main: Callable[[Settings], int] = importlib.import_module(f"{module}.__main__").main
    return main(Settings())


def test_try_correct_and_bring_in_later(tmp_path: Path, monkeypatch, capsys) -> None:
    from tests.samples import RULE_LAW

    def said(module: str, *arguments: str) -> Any:
        assert here(module, *arguments, "--kb", str(tmp_path / "kb"), "--json", monkeypatch=monkeypatch) == 0
        return json.loads(capsys.readouterr().out)

    path = tmp_path / "r.md"
    path.write_text(RULE_LAW, "utf-8")
    found = said("ingest", str(path), "--dry-run")[0]
    assert (found["structure"], found["effective"], len(found["passages"])) == ("法规条文", "2020-07-01", 4)
    assert not (tmp_path / "kb").exists()
    assert said("ingest", str(path), "--no-index")["added"] == 1
    assert said("kb", "stats")["pending"] == 1
    assert said("ingest", str(path))["unchanged"] == 1
    assert said("kb", "stats")["pending"] == 0
    said("kb", "correct", found["doc_id"], "region=河南省", "effective=2020-08-01")
    listed = said("kb", "list")[0]
    assert (listed["region"], listed["effective"]) == ("河南省", "2020-08-01")
    with pytest.raises(KnowledgeBaseError, match="可以更正的有"):
        said("kb", "correct", listed["doc_id"], "colour=red")
