"""Bring the articles that STARD's questions need into a knowledge base that lacks them (补齐标准答案条文).

STARD (Su et al., 2024, MIT licence) carries the words of its gold articles. They are written as Markdown for
`python -m ingest`, outside the repository: test data is no knowledge we ship.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import ArticleKey, GoldArticle, Question, normalise_article, normalise_law
from kb.errors import EvaluationError
from kb.numerals import to_int

_NUMBER = re.compile(r"第(\S+?)条(?:之(\S+))?$")
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]')


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    files: tuple[Path, ...]
    articles: int
    partly_held: tuple[str, ...]  # laws of which the knowledge base holds other articles


def write_gold(questions: Sequence[Question], known: Collection[ArticleKey], folder: Path) -> Written:
    """Write the gold articles missing from `known`, one Markdown file for each law.

    Raises:
        EvaluationError: if an article comes without its words, or the folder cannot be written.
    """
    laws: dict[str, dict[ArticleKey, GoldArticle]] = {}
    for article in (article for question in questions for article in question.gold):
        if not article.text.strip():
            raise EvaluationError(
                f"{article.law}{article.article} 没有 text 字段，写不出原文。请用 stard.jsonl。"
            )
        if article.key not in known:
            laws.setdefault(normalise_law(article.law), {})[article.key] = article
    held = {key.partition("#")[0] for key in known}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [_write(folder, list(articles.values())) for _, articles in sorted(laws.items())]
    except OSError as error:
        raise EvaluationError(f"写不了目录 {folder}：{error}。请换一个可写的位置。") from error
    count = sum(len(articles) for articles in laws.values())
    return Written(tuple(files), count, tuple(sorted(laws.keys() & held)))


def _write(folder: Path, articles: Sequence[GoldArticle]) -> Path:
    law = articles[0].law.strip()
    path = folder / f"{_UNSAFE.sub('', law)}.md"
    ordered = sorted(articles, key=lambda article: _place(article.article))
    parts = [f"{normalise_article(article.article)} {article.text.strip()}" for article in ordered]
    path.write_text("\n\n".join([f"# {law}", *parts]) + "\n", encoding="utf-8")
    return path


def _place(label: str) -> tuple[int, int]:
    match = _NUMBER.fullmatch(normalise_article(label))
    if not match:
        raise EvaluationError(f"看不懂的条号“{label}”。请写成“第二十一条”或“第一百三十四条之一”。")
    return to_int(match[1]), to_int(match[2]) if match[2] else 0
