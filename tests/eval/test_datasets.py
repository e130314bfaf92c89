"""Question sets are read strictly, and names compare whatever their spelling."""

from pathlib import Path

import pytest

from eval.datasets import normalise_article, normalise_law, read_questions
from kb.errors import EvaluationError

SHARED = Path(__file__).parents[3] / "shared" / "data"


def test_questions_are_read_with_their_gold(question_file: Path) -> None:
    first, second, third = read_questions(question_file)
    assert (first.id, first.audience, first.gold_keys) == ("a", "inspector", {"消防法#第六十条"})
    assert (second.gold_mode, second.gold_keys) == ("all", {"燃气条例#第二十条", "消防法#第九条"})
    assert (third.answerable, third.gold) == (False, ())


def test_missing_fields_take_stard_defaults(tmp_path: Path) -> None:
    path = tmp_path / "stard.jsonl"
    path.write_text('{"id":"s-0","question":"问\u2028题","gold":[{"law":"民法典","article":"第一条","text":"文"}],'
                    '"reference_answer":"答"}', encoding="utf-8")  # fmt: skip
    (question,) = read_questions(path)
    assert (question.answerable, question.audience, question.gold_mode) == (True, "citizen", "any")
    assert question.gold[0].text == "文"


GOLD = '"gold":[{"law":"消防法","article":"第一条"}]'


@pytest.mark.parametrize(
    ("line", "named"),
    [
        pytest.param("不是 JSON", "整行", id="no_json"),
        pytest.param('{"id":"x",' + GOLD + "}", "question", id="no_question"),
        pytest.param('{"id":"x","question":"  ",' + GOLD + "}", "question", id="blank_question"),
        pytest.param('{"id":"x y","question":"问",' + GOLD + "}", "id", id="space_in_id"),
        pytest.param(
            '{"id":"x","question":"问","gold":[{"law":"消防法"}]}', "gold.0.article", id="no_article"
        ),
        pytest.param('{"id":"x","question":"问","gold":[]}', "gold 不能为空", id="answerable_without_gold"),
        pytest.param(
            '{"id":"x","question":"问","answerable":false,' + GOLD + "}",
            "gold 须为空",
            id="gold_unanswerable",
        ),
        pytest.param(
            '{"id":"x","question":"问","gold_mode":"some",' + GOLD + "}", "gold_mode", id="unknown_mode"
        ),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"id":"ok","question":"问",' + GOLD + "}\n" + line, encoding="utf-8")
    with pytest.raises(EvaluationError) as raised:
        read_questions(path)
    message = str(raised.value)
    assert "broken.jsonl" in message and "第 2 行" in message and named in message and "请改成" in message


def test_files_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="读不了题集"):
        read_questions(tmp_path / "none.jsonl")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="没有题目"):
        read_questions(empty)
    binary = tmp_path / "gbk.jsonl"
    binary.write_bytes("问题".encode("gbk"))
    with pytest.raises(EvaluationError, match="UTF-8"):
        read_questions(binary)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.jsonl"
    path.write_text(('{"id":"q7","question":"问",' + GOLD + "}\n") * 2, encoding="utf-8")
    with pytest.raises(EvaluationError, match="q7 出现了两次"):
        read_questions(path)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("中华人民共和国消防法", "《消防法》"),
        ("刑法修正案(十一)", "中华人民共和国刑法修正案（十一）"),
        ("河南省 消防条例", "河南省消防条例"),
        ("关于适用《中华人民共和国仲裁法》若干问题的解释", "关于适用仲裁法若干问题的解释"),
    ],
)
def test_law_names_compare_normalised(left: str, right: str) -> None:
    assert normalise_law(left) == normalise_law(right)


@pytest.mark.parametrize(
    ("label", "article"),
    [
        ("第21条", "第二十一条"),
        ("第 ２１ 条", "第二十一条"),
        ("第一百三十四条之一", "第一百三十四条之一"),
        ("第134条之1", "第一百三十四条之一"),
        ("第二十一条第三款", "第二十一条"),
        ("第二十一条第一款第（二）项", "第二十一条"),
        ("报警", "报警"),
    ],
)
def test_article_labels_compare_normalised(label: str, article: str) -> None:
    assert normalise_article(label) == article


def test_an_article_with_a_sub_number_is_another_article() -> None:
    assert normalise_article("第一百三十四条之一") != normalise_article("第一百三十四条")


@pytest.mark.data
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/data here")
@pytest.mark.parametrize(("name", "count"), [("questions_dev.jsonl", 92), ("stard.jsonl", 1543)])
def test_the_shared_sets_are_read_whole(name: str, count: int) -> None:
    questions = read_questions(SHARED / name)
    assert len(questions) == count
    assert all(len(question.gold_keys) == len(question.gold) for question in questions)
