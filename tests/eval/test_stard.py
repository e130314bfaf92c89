"""Gold articles become Markdown that the ingester can read."""

from pathlib import Path

import pytest

from eval.datasets import GoldArticle, Question
from eval.stard import write_gold
from kb.errors import EvaluationError


def question(number: int, *gold: tuple[str, str, str]) -> Question:
    articles = tuple(GoldArticle(law=law, article=article, text=text) for law, article, text in gold)
    return Question(id=f"s{number}", question="问", gold=articles)


QUESTIONS = [
    question(1, ("中华人民共和国民法典", "第一百条", "甲"), ("《仲裁法》", "第二条", "乙")),
    question(
        2, ("民法典", "第九条", "丙\n\n第二段"), ("民法典", "第100条", "甲"), ("民法典", "第九条之一", "丁")
    ),
]


def test_one_file_for_each_law_articles_in_order_and_once(tmp_path: Path) -> None:
    written = write_gold(QUESTIONS, frozenset(), tmp_path / "out")
    assert (len(written.files), written.articles, written.partly_held) == (2, 4, ())
    texts = {path.read_text(encoding="utf-8") for path in written.files}
    assert "# 《仲裁法》\n\n第二条 乙\n" in texts
    assert any(
        text.endswith("民法典\n\n第九条 丙\n\n第二段\n\n第九条之一 丁\n\n第一百条 甲\n") for text in texts
    )


def test_only_what_the_base_lacks_is_written(tmp_path: Path) -> None:
    written = write_gold(QUESTIONS, {"仲裁法#第二条", "民法典#第九条"}, tmp_path)
    assert [path.read_text(encoding="utf-8").count("条 ") for path in written.files] == [1]
    assert (written.articles, written.partly_held) == (2, ("民法典",))


def test_gold_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="仲裁法第二条"):
        write_gold([question(1, ("仲裁法", "第二条", " "))], frozenset(), tmp_path)


def test_a_label_that_is_no_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="附则"):
        write_gold([question(1, ("仲裁法", "附则", "文"))], frozenset(), tmp_path)
