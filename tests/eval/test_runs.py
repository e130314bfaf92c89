"""What a run keeps of each question, and the TREC file it becomes."""

from pathlib import Path

import ir_measures
import pytest

from eval.datasets import read_questions
from eval.metrics import mrr_at_k, recall_at_k
from eval.runs import Outcome, RunOptions, ranking, read_run, run, write_run
from kb.datatypes import Audience
from kb.errors import EvaluationError


def test_every_hit_keeps_its_place_but_only_the_version_in_force_counts(make_hit) -> None:
    hits = [make_hit("消防法@2008-10-28", "第28条"), make_hit("消防法@2021-04-29", "第28条")]
    names = ranking(hits)
    assert names[1] == "消防法#第二十八条"
    assert mrr_at_k(names, {"消防法#第二十八条"}, 10) == 1 / 2


def test_a_superseded_version_never_counts(make_hit) -> None:
    names = ranking([make_hit("消防法@2008-10-28", "第二十八条")])
    assert recall_at_k(names, {"消防法#第二十八条"}, 10) == 0.0


def test_pieces_of_one_article_keep_their_places_without_counting_twice(make_hit) -> None:
    labels = ["第二十八条第一款", "第二十八条第二款", "第六十条", "第二十八条第三款"]
    assert ranking([make_hit("消防法@2021-04-29", label) for label in labels]) == (
        "消防法#第二十八条", "消防法#第二十八条~2", "消防法#第六十条", "消防法#第二十八条~3",
    )  # fmt: skip


def test_a_run_asks_search_and_assistant(question_file: Path, library, assistant) -> None:
    outcomes = run(read_questions(question_file), library, assistant, RunOptions())
    assert [(o.question_id, o.refused) for o in outcomes] == [("a", False), ("b", False), ("c", True)]
    assert outcomes[0].ranked[0] == "消防法#第六十条"
    assert all(outcome.seconds > 0 for outcome in outcomes)
    assert assistant.audiences == [Audience.INSPECTOR, Audience.CITIZEN, None]


def test_without_an_assistant_nothing_is_refused_or_answered(question_file: Path, library) -> None:
    outcomes = run(read_questions(question_file), library, None, RunOptions())
    assert {outcome.refused for outcome in outcomes} == {None}


def test_a_run_file_reads_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    ranked = (*(f"消防法#第{i}条" for i in "一二三四五六七八九十"), "燃气条例#第十一条")
    write_run(path, [Outcome("q1", ranked, 0.1, None), Outcome("q2", (), 0.1, True)], "anwen")
    assert path.read_text(encoding="utf-8").splitlines()[0] == "q1 Q0 消防法#第一条 1 11 anwen"
    assert read_run(path) == {"q1": ranked}


def test_trec_eval_ranks_the_run_file_as_we_do(tmp_path: Path, question_file: Path, library) -> None:
    path = tmp_path / "run.txt"
    questions = read_questions(question_file)[:2]
    outcomes = run(questions, library, None, RunOptions())
    write_run(path, outcomes, "anwen")
    qrels = {q.id: dict.fromkeys(q.gold_keys, 1) for q in questions}
    oracle = ir_measures.calc_aggregate([ir_measures.RR @ 10], qrels, ir_measures.read_trec_run(str(path)))
    ours = [mrr_at_k(o.ranked, q.gold_keys, 10) for q, o in zip(questions, outcomes, strict=True)]
    assert oracle[ir_measures.RR @ 10] == pytest.approx(sum(ours) / 2, abs=1e-9)


@pytest.mark.parametrize("line", ["q1 Q0 a 1 2", "q1 Q0 a eins 2.0 t", "q1 Q0 消防法 第一条 1 2 t"])
def test_a_broken_run_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "run.txt"
    path.write_text(f"q1 Q0 a 1 2 t\n{line}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 2 行"):
        read_run(path)


def test_run_files_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="读不了运行文件"):
        read_run(tmp_path / "none.txt")
    with pytest.raises(EvaluationError, match="写不了运行文件"):
        write_run(tmp_path / "no" / "folder.txt", [], "anwen")
