"""A chat model marks answers by a rubric of five parts (大模型评分)."""

import json
import re
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from assistant.generate import Writer, build_model
from eval.answers import Rubric
from kb.errors import EvaluationError, GenerationError
from kb.settings import Settings
from prompts import load

_OBJECT = re.compile(r"\{[^{}]*\}")
_MARKS = range(1, 11)


def make_judge(settings: Settings) -> Callable[[str, str, str], Rubric | None]:
    """Return what marks (question, passages, answer); it returns None where the model gave no marks.

    Raises:
        EvaluationError: if no chat model is configured.
    """
    model = build_model(settings)
    if model is None:
        raise EvaluationError("没有配置大模型，不能评分。请先设 ANWEN_LLM_BASE_URL 和 ANWEN_LLM_MODEL。")
    writer = Writer(model, settings.llm_timeout)

    def judge(question: str, passages: str, answer: str) -> Rubric | None:
        try:
            return parse(writer.say(load("judge", question=question, passages=passages, answer=answer)))
        except GenerationError:
            return None

    return judge


def parse(text: str) -> Rubric | None:
    """Return the marks in a judge's reply, or None if there are none that can be used.

    >>> parse('好的 {"factuality": 7, "satisfaction": 8, "clarity": 9, "coherence": 9, "completeness": 6}').clarity
    9
    >>> parse("八分") is None
    True
    """
    for found in _OBJECT.findall(text):
        try:
            rubric = TypeAdapter(Rubric).validate_python(json.loads(found))
        except (ValueError, ValidationError):
            continue
        if all(getattr(rubric, name) in _MARKS for name in Rubric.__slots__):
            return rubric
    return None
