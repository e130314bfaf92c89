from pathlib import Path

import pytest

import prompts
from kb.errors import PromptError
from prompts import load

FIELDS = {
    "no_match": {"reason": "没有。", "documents": "3", "newest": "2026-01-01", "nearest": "没有相近的规定。"},
    "unavailable": {"reason": "坏了"},
    "empty": {},
    "answer": {"style": "提问的是市民。"},
    "answer_citizen": {},
    "answer_manager": {},
    "answer_inspector": {},
    "passages": {"question": "多久一次", "earlier": "", "passages": "[1] 《甲法》第一条"},
    "rewrite": {"question": "多久一次"},
    "judge": {"question": "多久一次", "passages": "[1] 每年", "answer": "每年一次。[1]"},
}
OWN_BRACES = {"judge"}  # shows the judge a JSON object


def test_every_template_is_known_here_and_filled_completely() -> None:
    names = {path.stem for path in Path(prompts.__file__).parent.glob("*.md")}
    assert names == FIELDS.keys()
    for name, fields in FIELDS.items():
        text = load(name, **fields)
        assert "{" not in text or name in OWN_BRACES
        assert all(value in text for value in fields.values())


def test_wrong_fields_and_names_are_refused() -> None:
    with pytest.raises(PromptError, match="nearest"):
        load("no_match", reason="x")
    with pytest.raises(PromptError, match="extra"):
        load("unavailable", reason="x", extra="y")
    with pytest.raises(PromptError, match="缺少提示模板"):
        load("nothing")


def test_braces_in_values_are_data() -> None:
    assert "{reason} {0} {x.__class__}" in load("unavailable", reason="{reason} {0} {x.__class__}")
