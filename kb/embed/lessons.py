"""The question bank as training material of the shipped embedding model."""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kb.bank import BankQuestion
from kb.embed.corpus import Article
from kb.embed.pairs import Tokens, encode

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lessons:
    """Questions and articles as token ids."""

    questions: Sequence[Tokens]
    answers: NDArray[np.int64]  # place of each question's article
    articles: Sequence[Tokens]  # each as it is embedded: title, headings, text
    laws: NDArray[np.int64]  # number of each article's law


def make_lessons(
    questions: Sequence[BankQuestion], articles: Sequence[Article], tokenizer: Tokenizer
) -> Lessons:
    """Return the questions whose article is among the articles; how many are not is logged.

    Raises:
        ValueError: if there is not one.
    """
    places = {_key(article.law, article.label): place for place, article in enumerate(articles)}
    known = [question for question in questions if _key(question.law, question.article) in places]
    if not known:
        raise ValueError("题库里没有一问的条文在这些法规里；只用法规训练请加 --bank none")
    if len(known) < len(questions):
        logger.warning("%d of %d questions have no article here", len(questions) - len(known), len(questions))
    numbers = {law: number for number, law in enumerate(dict.fromkeys(article.law for article in articles))}
    return Lessons(
        encode([question.question for question in known], tokenizer),
        np.array([places[_key(question.law, question.article)] for question in known], np.int64),
        encode([f"{article.heading} {article.text}" for article in articles], tokenizer),
        np.array([numbers[article.law] for article in articles], np.int64),
    )


def bank_hash(questions: Sequence[BankQuestion]) -> str:
    """Return the sha256 of all questions in order, to say later what a model was trained on."""
    digest = hashlib.sha256()
    for question in questions:
        digest.update("\x1f".join((question.chunk_id, question.question, "\x1e")).encode())
    return digest.hexdigest()


def _key(law: str, label: str) -> tuple[str, str]:
    """Return what tells articles apart; quotation marks in a title vary from text to text."""
    return re.sub(r"\W", "", law), label
