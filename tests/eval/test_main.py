"""`python -m eval` over a real, tiny knowledge base."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from kb.datatypes import Chunk, Document, Level
from kb.embed import load_embedder
from kb.writer import open_writer

ARTICLES = {"第一条": "疏散通道不得占用，占用的处以罚款。", "第二条": "停气检修应当提前告知用户。"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document = Document("甲法@2021-01-01", "甲法", "甲法", Level.LAW, "全国", "x.md", "0")
    chunks = [
        Chunk(f"{document.doc_id}#{label}", document.doc_id, "甲法", label, (), text, place)
        for place, (label, text) in enumerate(ARTICLES.items())
    ]
    with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
        writer.put(document, chunks)
    return tmp_path / "kb"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "q.jsonl"
    rows = [
        {"id": label, "question": text, "gold": [{"law": "《甲法》", "article": label}]}
        for label, text in ARTICLES.items()
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_retrieval_finds_what_was_put_in(folder: Path, questions: Path, capsys) -> None:
    assert main(["retrieval", "--kb", str(folder), "--questions", str(questions), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["n"], data["hit@1"], data["mrr@10"], data["gold_missing"]) == (2, 1.0, 1.0, 0)
    assert data["false_refusal"] is not None


def test_bench_makes_our_index_again_beside_the_peers(folder: Path, questions: Path, capsys) -> None:
    before = sorted(path.name for path in folder.iterdir())
    assert main(["bench", "--kb", str(folder), "--questions", str(questions), "--json"]) == 0
    ours, *_ = json.loads(capsys.readouterr().out)["systems"]
    assert ours["index_seconds"] > 0
    assert ours["hit@1"] == 1.0
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_missing_base_is_said_on_standard_error(tmp_path: Path, questions: Path, capsys) -> None:
    assert main(["retrieval", "--kb", str(tmp_path / "none"), "--questions", str(questions)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "python -m ingest" in printed.err
