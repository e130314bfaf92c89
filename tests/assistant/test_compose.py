"""Answers shaped for who asks: the asker's numbers, what belongs beside a rule, cards that fit."""

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.compose.thresholds import compare, contradicts
from assistant.triage import Triage
from ingest.parse import Given
from ingest.run import ingest
from kb.base import KnowledgeBase
from kb.datatypes import AnswerState, Audience
from kb.embed import load_embedder
from kb.writer import open_writer
from tests.conftest import ROOT

LAW = """# 中华人民共和国风筝工厂安全法

2021年6月1日 全国人大常委会第二次会议通过

## 第一章 管理

第一条 风筝工厂的从业人员超过八十人的，应当配备专职风筝安全员；从业人员在八十人以下的，应当配备专职或者兼职的风筝安全员。

第二条 风筝坠落造成三人以上九人以下死亡的，是较大风筝事故；造成九人以上死亡的，是重大风筝事故。

## 第二章 法律责任

第三条 违反本法第一条规定，未配备风筝安全员的，处二万元以上六万元以下罚款。

第四条 本法自2021年8月1日起施行。
"""
CARDS = """title: 职责清单·风筝
items:
- id: kite-over-80
  title: 超过80人要有专职风筝安全员
  who: 风筝工厂
  industries: [通用]
  applies: 从业人员超过80人的工厂
  what: 要有一个专管风筝安全、不兼别的活的人。
  evidence: [任命书]
  basis:
    - {law: 风筝工厂安全法, article: 第一条}
  penalty:
    - {law: 风筝工厂安全法, article: 第三条}
  consequence: 不配的罚2万元以上6万元以下。
- id: kite-under-80
  title: 80人以下可以兼职管风筝
  who: 风筝工厂
  industries: [通用]
  applies: 从业人员在80人以下的工厂
  what: 可以让别的员工兼着管风筝安全。
  evidence: [任命书]
  basis:
    - {law: 风筝工厂安全法, article: 第一条}
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("compose")
    (folder / "duties").mkdir()
    (folder / "duties" / "kite.yaml").write_text(CARDS, "utf-8")
    (folder / "风筝工厂安全法(2021-06-01).md").write_text(LAW, "utf-8")
    with open_writer(folder / "kb", load_embedder(None)) as writer:
        report = ingest(writer, [str(folder)], Given())
    assert not report.failed
    with KnowledgeBase.open(folder / "kb") as kb:
        yield Assistant(kb, Triage.load(ROOT / "starter"))


@pytest.mark.parametrize(
    ("question", "limits"),
    [
        ("厂里130人", ["超过八十人"]),
        ("厂里80人", ["八十人以下"]),
        ("厂里人多", []),
        ("罚130元", []),
    ],
)
def test_a_number_is_held_against_the_limits_of_its_unit(question: str, limits: list[str]) -> None:
    text = LAW.split("第一条 ")[1].split("\n")[0]
    assert [found.limit for found in compare(question, text)] == limits


@pytest.mark.parametrize(("dead", "grade"), [(3, "较大"), (8, "较大"), (9, "重大"), (2, "")])
def test_a_range_holds_its_lower_end_and_not_its_upper(dead: int, grade: str) -> None:
    text = LAW.split("第二条 ")[1].split("\n")[0]
    parts = [found.part for found in compare(f"死了{dead}个人算什么事故", text)]
    assert bool(parts) == bool(grade)
    assert all(grade in part for part in parts[:1])


def test_what_only_fits_other_numbers_contradicts() -> None:
    assert contradicts("厂里130人", "从业人员在80人以下的工厂")
    assert not contradicts("厂里130人", "应当配备安全员")


def test_a_manager_sees_the_duty_his_number_and_the_card_that_fits(assistant: Assistant) -> None:
    answer = assistant.answer("风筝工厂130人，风筝安全员可以兼职吗", Audience.MANAGER)
    assert answer.state is AnswerState.GROUNDED
    assert "您说的 **130人** 与这一条的“超过八十人”相符" in answer.text
    labels = [citation.chunk.label for citation in answer.citations]
    assert "第一条" in labels
    assert "80人以下可以兼职管风筝" not in labels


def test_an_inspector_gets_the_article_before_the_card_and_the_penalty_beside_it(
    assistant: Assistant,
) -> None:
    answer = assistant.answer("风筝工厂没配风筝安全员怎么处罚", Audience.INSPECTOR)
    labels = [citation.chunk.label for citation in answer.citations]
    assert set(labels[:2]) == {"第一条", "第三条"}
    assert "二万元以上六万元以下" in answer.text


def test_a_citizen_is_spared_what_was_not_asked(assistant: Assistant) -> None:
    citizen = assistant.answer("风筝工厂130人，要配风筝安全员吗", Audience.CITIZEN)
    manager = assistant.answer("风筝工厂130人，要配风筝安全员吗", Audience.MANAGER)
    assert len(citizen.text) <= len(manager.text)


def test_prevention_is_answered_with_prevention(tmp_path: Path) -> None:
    with open_writer(tmp_path, load_embedder(None)) as writer:
        ingest(writer, [str(ROOT / "starter" / "guides")], Given())
    with KnowledgeBase.open(tmp_path) as kb:
        answer = Assistant(kb, Triage.load(ROOT / "starter")).answer("怎么预防一氧化碳中毒", Audience.CITIZEN)
    assert answer.citations[0].chunk.chunk_id == "carbon-monoxide#平时预防"
