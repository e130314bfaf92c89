"""The question bank: how people really ask, question by question, with the article that answers (题库).

Written by this project, one JSONL file per law: {"law", "article", "audience", "question"}. It serves
three ends: the questions of an article are indexed with it, the embedding model and the reranker learn
from it, and a part kept back by article measures them.
"""

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.datatypes import Audience
from kb.errors import SettingsError

FOLDER = Path(__file__).parent
_VALIDATION_SHARE = 10  # one article in ten is kept back


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    law: str = Field(min_length=2)
    article: str = Field(pattern=r"^第.+条(之.+)?$")
    audience: Audience
    question: str = Field(min_length=4, max_length=200)


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One question and the article that answers it."""

    chunk_id: str  # of the version the question was written for: "安全生产法@2021-06-10#第二十四条"
    law: str
    article: str
    audience: Audience
    question: str

    @property
    def is_validation(self) -> bool:
        """Whether the question is kept back: all questions of an article are, or none."""
        return is_validation(self.law, self.article)


def is_validation(law: str, article: str) -> bool:
    """Return whether an article's questions are kept back for measuring.

    >>> is_validation("甲法", "第一条") == is_validation("甲法", "第一条")
    True
    """
    return zlib.crc32(f"{law}#{article}".encode()) % _VALIDATION_SHARE == 0


def read_bank(folder: Path = FOLDER) -> tuple[BankQuestion, ...]:
    """Return every question, laws in the order of their names.

    Raises:
        SettingsError: if a line is malformed or a law has no version; names file and line.
    """
    versions = _versions(folder / "versions.yaml")
    found: list[BankQuestion] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            try:
                line = _Line.model_validate_json(text)
                doc_id = versions[line.law]
            except ValidationError as error:
                raise SettingsError(
                    f"题库 {path} 第 {number} 行格式不对：{error.errors()[0]['msg']}"
                ) from error
            except KeyError as error:
                raise SettingsError(
                    f"题库 {path} 第 {number} 行的法规 {error} 没有写进 versions.yaml"
                ) from error
            found.append(
                BankQuestion(f"{doc_id}#{line.article}", line.law, line.article, line.audience, line.question)
            )
    return tuple(found)


@cache
def covered_documents() -> frozenset[str]:
    """Return the doc_ids of the versions the shipped bank has questions for."""
    return frozenset(_versions(FOLDER / "versions.yaml").values())


def _versions(path: Path) -> dict[str, str]:
    try:
        return {str(law): str(doc_id) for law, doc_id in yaml.safe_load(path.read_text("utf-8")).items()}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise SettingsError(f"题库版本表 {path} 读不出来：{error}") from error
