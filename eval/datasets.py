"""Questions with the articles that answer them (题集), read from JSONL and checked line by line."""

import re
import unicodedata
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kb.errors import EvaluationError
from kb.normalise import law_name
from kb.numerals import NUMERAL, article_label

ArticleKey = str  # "消防法#第二十八条": one article, whatever its version

_ARTICLE_IN_LABEL = re.compile(rf"第?{NUMERAL}+条(?:之[一二三四五六七八九十0-9]+)?")


class GoldArticle(BaseModel):
    """An article that answers the question."""

    model_config = ConfigDict(frozen=True)

    law: str = Field(min_length=1)
    article: str = Field(min_length=1)
    text: str = ""  # its words, where the question set has them (STARD)

    @property
    def key(self) -> ArticleKey:
        """The article as rankings name it."""
        return article_key(self.law, self.article)


class Question(BaseModel):
    """One question, the articles that answer it, and how many of them a ranking must show."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^\S+$")  # white space would break a TREC run file
    question: str = Field(min_length=1)
    gold: tuple[GoldArticle, ...] = ()
    gold_mode: Literal["any", "all", "none"] = "any"
    answerable: bool = True
    audience: str = "citizen"

    @field_validator("question")
    @classmethod
    def _not_blank(cls, question: str) -> str:
        if not question.strip():
            raise ValueError("question 是空白")
        return question

    @model_validator(mode="after")
    def _gold_fits_answerable(self) -> "Question":
        if self.answerable and (not self.gold or self.gold_mode == "none"):
            raise ValueError("answerable 为真时 gold 不能为空，gold_mode 须为 any 或 all")
        if not self.answerable and self.gold:
            raise ValueError("answerable 为假时 gold 须为空")
        return self

    @property
    def gold_keys(self) -> frozenset[ArticleKey]:
        """The gold articles as rankings name them."""
        return frozenset(article.key for article in self.gold)


def read_questions(path: Path) -> list[Question]:
    """Read a question set; blank lines are skipped, unknown fields ignored.

    Raises:
        EvaluationError: if the file cannot be read, holds no question or an id twice, or a line is broken.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split(
            "\n"
        )  # splitlines() would cut at U+2028 in a string
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"读不了题集 {path}：{error}。请检查路径，文件须为 UTF-8 的 JSONL。") from error
    questions = [_read_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise EvaluationError(f"题集 {path} 里没有题目。请放入每行一个 JSON 对象的文件。")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise EvaluationError(f"题集 {path} 中编号 {question.id} 出现了两次。请改成不同的 id。")
        seen.add(question.id)
    return questions


def article_key(law: str, article: str) -> ArticleKey:
    """One article's name in rankings and run files: no spaces, one spelling.

    >>> article_key("《中华人民共和国消防法》", "第28条")
    '消防法#第二十八条'
    """
    return f"{normalise_law(law)}#{normalise_article(article)}"


def normalise_law(name: str) -> str:
    """A law's name in its one spelling: NFKC, without 中华人民共和国, 《》 and spaces.

    >>> normalise_law("最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）")
    '最高人民法院关于适用民法典婚姻家庭编的解释（一）'
    """
    return re.sub(r"\s", "", law_name(name))


def normalise_article(label: str) -> str:
    """The article a label names, in its one spelling; 款 and 项 are dropped, other labels only folded (NFKC).

    >>> [normalise_article(t) for t in ("第21条", "第二十一条第二款", "第134条之1", "一、（二）")]
    ['第二十一条', '第二十一条', '第一百三十四条之一', '一、(二)']
    """
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", label))
    match = _ARTICLE_IN_LABEL.match(compact)
    return article_label(match[0] if match else compact)


def _read_line(path: Path, number: int, line: str) -> Question:
    try:
        return Question.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "整行"
        raise EvaluationError(
            f"题集 {path} 第 {number} 行有误（{field}：{first['msg']}）。"
            '请改成一个 JSON 对象，例如 {"id":"q1","question":"…","gold":[{"law":"消防法","article":"第二十八条"}]}。'
        ) from error
