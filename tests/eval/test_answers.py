"""How answers are scored: by hand, on answers made for it."""

import json
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.triage import Triage
from eval.answers import Answered, ask_all, rows, score, worse
from eval.commands import execute
from eval.datasets import GoldArticle, Question
from eval.judge import make_judge, parse
from kb.base import KnowledgeBase
from kb.datatypes import Answer, AnswerState, Audience, Chunk, Citation, Document, Level, Status
from kb.errors import EvaluationError
from kb.settings import Settings
from tests.conftest import ROOT


def cited(number: int, article: str, text: str) -> Citation:
    chunk = Chunk(f"甲法@2020#{article}", "甲法@2020", "甲法", article, (), text, number)
    return Citation(
        number,
        chunk,
        Document("甲法@2020", "甲法", "甲法", Level.LAW, "全国", "x", "y"),
        Status.IN_FORCE,
        text,
    )


def asked(*gold: str, mode: str = "any", answerable: bool = True) -> Question:
    return Question(
        id="q", question="多久检查一次", gold=tuple(GoldArticle(law="甲法", article=a) for a in gold),
        gold_mode=mode, answerable=answerable, audience="manager",
    )  # fmt: skip


def answered(question: Question, text: str, *citations: Citation) -> Answered:
    state = AnswerState.GROUNDED if citations else AnswerState.NO_MATCH
    return Answered(question, Answer(state, text, citations, audience=Audience.MANAGER), 0.01, 0.02)


MONTHLY = cited(1, "第一条", "应当每月检查一次，记录保存二年。")
OTHER = cited(2, "第二条", "应当登记。")


def test_precision_and_recall_by_hand() -> None:
    both = answered(
        asked("第一条"), "> 应当每月检查一次，记录保存二年。 [1]\n>\n> 应当登记。 [2]", MONTHLY, OTHER
    )
    half = answered(
        asked("第一条", "第三条", mode="all"), "> 应当登记。 [1]", cited(1, "第一条", "应当登记。")
    )
    refused = answered(asked("第一条"), "没有。")
    figures = score([both, half, refused])
    assert figures["citation_precision"] == 0.75  # (1/2 + 1) / 2
    assert figures["citation_recall"] == pytest.approx((1 + 0.5 + 0) / 3, abs=1e-4)
    assert figures["citation_recall_when_answered"] == 0.75
    assert figures["false_refusal"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["quotes_exact"] == 1.0
    assert figures["length"]["manager"] > 0


def test_a_quote_that_is_not_the_passages_own_and_a_number_from_nowhere_are_seen() -> None:
    wrong = answered(asked("第一条"), "> 应当每周检查一次。 [1]\n\n要在九日内整改，罚款五万元。[1]", MONTHLY)
    figures = score([wrong])
    assert figures["quotes_exact"] == 0.5  # the citation is exact, the line shown is not
    assert figures["ungrounded_numbers"] == 3  # every week, nine days, fifty thousand
    assert "9日" in json.dumps(list(rows([wrong])), ensure_ascii=False)


def test_worse_than_the_baseline_is_told_and_better_is_not() -> None:
    before = {"citation_recall": 0.9, "false_refusal": 0.02, "ungrounded_numbers": 0}
    assert worse({"citation_recall": 0.95, "false_refusal": 0.0, "ungrounded_numbers": 0}, before) == []
    assert worse({"citation_recall": 0.8, "false_refusal": 0.2, "ungrounded_numbers": 1}, before) == [
        "citation_recall：基线 0.9，现在 0.8",
        "false_refusal：基线 0.02，现在 0.2",
        "ungrounded_numbers：基线 0，现在 1",
    ]


def test_the_real_assistant_quotes_exactly(kb: KnowledgeBase) -> None:
    question = Question(
        id="a", question="放风筝把高压线弄停电了罚多少", gold=(GoldArticle(law="风筝安全法", article="第三条"),), audience="inspector"
    )  # fmt: skip
    figures = score(ask_all([question], Assistant(kb, Triage.load(ROOT / "starter"))))
    assert (figures["citation_recall"], figures["quotes_exact"], figures["ungrounded_numbers"]) == (
        1.0,
        1.0,
        0,
    )


def test_the_command_writes_rows_and_holds_a_baseline(question_file: Path, tmp_path: Path, open_kb) -> None:
    base, out = tmp_path / "base.json", tmp_path / "rows.jsonl"
    common = ["answers", "--questions", str(question_file)]
    data = json.loads(
        execute([*common, "--json", "--judge", "--rows", str(out), "--write-baseline", str(base)], open_kb)
    )
    assert (data["n"], data["judged"], data["clarity"]) == (3, 2, 9)
    assert len(out.read_text("utf-8").splitlines()) == 3
    assert execute([*common, "--baseline", str(base)], open_kb).startswith("| 指标")
    base.write_text(json.dumps(data | {"refusal_recall": 2.0}), "utf-8")
    with pytest.raises(EvaluationError, match="比基线差：refusal_recall"):
        execute([*common, "--baseline", str(base)], open_kb)
    base.write_text("[", "utf-8")
    with pytest.raises(EvaluationError, match="--write-baseline"):
        execute([*common, "--baseline", str(base)], open_kb)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "好",
        '{"factuality": 11}',
        '{"factuality": 1, "satisfaction": 1, "clarity": 1, "coherence": 1, "completeness": 99}',
    ],
)
def test_a_judge_that_gives_no_marks_is_not_counted(reply: str) -> None:
    assert parse(reply) is None


def test_judging_needs_a_model() -> None:
    with pytest.raises(EvaluationError, match="ANWEN_LLM_MODEL"):
        make_judge(Settings(llm_model=""))
