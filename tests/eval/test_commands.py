"""The commands, over a fake knowledge base."""

import json
from pathlib import Path

import pytest

from eval.commands import execute
from eval.runs import read_run
from kb.errors import EvaluationError


def test_retrieval_as_json(question_file: Path, tmp_path: Path, open_kb) -> None:
    arguments = [
        "retrieval",
        "--kb",
        "x",
        "--questions",
        str(question_file),
        "--run",
        str(tmp_path / "r.txt"),
        "--json",
    ]
    data = json.loads(execute(arguments, open_kb))
    assert open_kb.asked == [Path("x")]
    assert (data["n"], data["mode"], data["gold_missing"]) == (3, "hybrid", 1)
    assert (data["hit@1"], data["recall@10"]) == (0.5, 0.75)  # question b lacks one of its two articles
    assert (data["refusal_recall"], data["false_refusal"]) == (1.0, 0.0)
    assert set(data["by"]) == {"inspector", "citizen", "unanswerable"}
    assert read_run(tmp_path / "r.txt")["a"][0] == "消防法#第六十条"


def test_all_modes_side_by_side_ask_the_assistant_once(
    question_file: Path, tmp_path: Path, open_kb, assistant
) -> None:
    arguments = [
        "retrieval",
        "--questions",
        str(question_file),
        "--all-modes",
        "--run",
        str(tmp_path / "r.txt"),
    ]
    reports = json.loads(execute([*arguments, "--json"], open_kb))
    assert [report["mode"] for report in reports] == ["hybrid", "lexical", "dense"]
    assert [report["hit@10"] for report in reports] == [0.5, 0.5, 0.0]
    assert [report["refusal_recall"] for report in reports] == [1.0, None, None]
    assert len(assistant.audiences) == 3
    assert sorted(path.name for path in tmp_path.glob("r.*")) == [
        "r.dense.txt",
        "r.hybrid.txt",
        "r.lexical.txt",
    ]
    table = execute(arguments, open_kb)
    assert [line.split(" | ")[0] for line in table.splitlines()[2:5]] == ["| hybrid", "| lexical", "| dense"]


def test_no_answers_leaves_the_refusals_unmeasured(question_file: Path, open_kb, assistant) -> None:
    arguments = ["retrieval", "--questions", str(question_file), "--no-answers", "--json"]
    data = json.loads(execute(arguments, open_kb))
    assert (data["refusal_recall"], data["false_refusal"]) == (None, None)
    assert assistant.audiences == []


@pytest.mark.parametrize("given", [[], ["--questions"]])
def test_bench_compares_four_systems(question_file: Path, open_kb, given: list[str]) -> None:
    questions = [*given, str(question_file)] if given else []
    data = json.loads(execute(["bench", "--json", *questions], open_kb))
    assert [system["name"] for system in data["systems"]] == ["安问", "rank_bm25", "bm25s", "chroma"]
    assert data["systems"][0]["index_seconds"] == 2.0
    assert set(data["ratios"]) == {"rank_bm25", "bm25s", "chroma"}
    assert (data["articles"], data["n"]) == (3, 2 if given else 3)
    assert "向量" in data["systems"][3]["note"]


def test_stard_base_writes_only_what_is_missing(tmp_path: Path, open_kb) -> None:
    source = tmp_path / "stard.jsonl"
    gold = [{"law": "消防法", "article": a, "text": "文"} for a in ("第二十八条", "第九条")]
    source.write_text(json.dumps({"id": "s", "question": "问", "gold": gold}), encoding="utf-8")
    arguments = ["stard-base", "--stard", str(source), "--out", str(tmp_path / "out")]
    assert "2 条" in execute(arguments, open_kb)
    assert open_kb.asked == []
    with source.open("a", encoding="utf-8") as lines:
        repealed = {"law": "旧法", "article": "第三条", "text": "held, though not in force"}
        lines.write("\n" + json.dumps({"id": "t", "question": "问", "gold": [repealed]}))
    said = execute([*arguments, "--kb", "x"], open_kb)
    assert "1 条" in said and "1 部库中已有其他条文（消防法）" in said
    assert (tmp_path / "out" / "消防法.md").read_text(encoding="utf-8") == "# 消防法\n\n第九条 文\n"


@pytest.mark.parametrize(
    "arguments", [[], ["retrieval"], ["retrieval", "--questions", "x", "--depth", "5"], ["answers"]]
)
def test_wrong_arguments_end_with_usage(arguments: list[str], open_kb, capsys) -> None:
    with pytest.raises(SystemExit):
        execute(arguments, open_kb)
    assert "usage" in capsys.readouterr().err


def test_a_missing_question_file_is_said_before_the_base_is_opened(tmp_path: Path, open_kb) -> None:
    with pytest.raises(EvaluationError, match="读不了题集"):
        execute(["retrieval", "--questions", str(tmp_path / "none.jsonl")], open_kb)
    assert open_kb.asked == []
