"""Present dangers are recognised; talk about danger is not; no broken file silences an emergency."""

import json
import logging
import shutil
import time
from pathlib import Path

import pytest

from assistant.triage import LONGEST, SHOWN_STEPS, Triage
from kb.cards.guides import read_guides
from kb.errors import IngestError

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "starter"
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "triage_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
SPECIFIC = [  # written by somebody who had not seen the rules, and never learned from
    json.loads(line)
    for line in (Path(__file__).parent / "triage_specific.jsonl").read_text(encoding="utf-8").splitlines()
]
QUESTIONS = ROOT.parent / "shared" / "data" / "questions_dev.jsonl"


@pytest.fixture(scope="module")
def triage() -> Triage:
    return Triage.load(STARTER)


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the starter folder to break."""
    (tmp_path / "guides").mkdir()
    shutil.copy(STARTER / "triage.yaml", tmp_path)
    for path in (STARTER / "guides").glob("*.md"):
        shutil.copy(path, tmp_path / "guides")
    return tmp_path


def test_recall_and_false_alarms_on_the_labelled_cases(triage):
    found = {case["text"]: triage.assess(case["text"]) for case in CASES}
    present = [case for case in CASES if case["emergency"]]
    absent = [case for case in CASES if not case["emergency"]]
    missed = [case["text"] for case in present if not found[case["text"]]]
    false = [case["text"] for case in absent if found[case["text"]]]
    assert len(CASES) == len(found) >= 160 and min(len(present), len(absent)) >= 60
    assert len(missed) <= 0.02 * len(present), missed
    assert len(false) <= 0.05 * len(absent), false


def test_recall_and_false_alarms_on_sentences_nothing_was_tuned_on(triage):
    """Floors, not aims: what was measured is in docs/measurements.md."""
    present = [case for case in SPECIFIC if case["emergency"]]
    absent = [case for case in SPECIFIC if not case["emergency"]]
    assert sum(triage.assess(case["text"]) is not None for case in present) >= 0.95 * len(present)
    assert sum(triage.assess(case["text"]) is not None for case in absent) <= 0.12 * len(absent)


def test_the_number_to_call_is_the_right_one(triage):
    wrong = [
        (case["text"], emergency.number)
        for case in CASES
        if case["emergency"]
        and (emergency := triage.assess(case["text"]))
        and emergency.number != case["number"]
    ]
    assert len(wrong) <= 0.03 * sum(case["emergency"] for case in CASES), wrong


@pytest.mark.parametrize(
    ("text", "number", "guide"),
    [
        ("我家煤气味好重", "119", "gas-leak"),
        ("家里煤气味很重怎么办", "119", "gas-leak"),
        ("邻居晕倒没有呼吸", "120", "cardiac-arrest"),
        ("有人触电了", "120", "electric-shock"),
        ("孩子噎住了", "120", "choking"),
        ("厨房油锅着火了", "119", "fire-kitchen-oil"),
        ("我不想活了", "12356", "mental-crisis"),
    ],
)
def test_words_that_must_trigger(triage, text, number, guide):
    emergency = triage.assess(text)
    assert emergency is not None
    assert (emergency.number, emergency.guide_id) == (number, guide)
    assert len(emergency.steps) == SHOWN_STEPS


@pytest.mark.parametrize(
    "text",
    [
        "发生火灾后多久上报",
        "查到占用消防通道罚多少",
        "出了较大事故罚款幅度",
        "群里有人转明晚几点有地震，这种能发吗",
        "地震局的朋友私下说最近可能有大震",
        "如果着火了",
        "去年着火了",
        "消防演练",
        "着火了会罚多少",
        "电动车起火的赔偿",
        "怎么预防",
        "",
        " \n　",
    ],
)
def test_words_that_must_not_trigger(triage, text):
    assert triage.assess(text) is None


@pytest.mark.parametrize(
    ("calm", "urgent"),
    [
        ("去年我家着火了", "去年装的电线，现在着火了"),
        ("如果着火了先做什么", "如果着火了先做什么，不是演习，正在烧，救命"),
        ("楼道着火了物业要赔钱吗", "楼道着火了物业要赔钱吗，先不说了救命啊"),
    ],
)
def test_a_sign_of_present_danger_overrides(triage, calm, urgent):
    assert triage.assess(calm) is None
    assert triage.assess(urgent) is not None


@pytest.mark.parametrize(
    "text", ["着 火 了", "着～火～了！", "我家着火了ｈｅｌｐ", "我們家著火了", "着\u200b火了", "着火了🔥🔥"]
)
def test_spelling_is_forgiven(triage, text):
    assert triage.assess(text).number == "119"


def test_the_steps_come_from_the_guides_word_for_word(triage):
    guides = {guide.id: guide for guide in read_guides(STARTER / "guides")}
    emergency = triage.assess("厨房油锅着火了")
    assert emergency.steps == guides["fire-kitchen-oil"].steps[:SHOWN_STEPS]


def test_rules_and_guides_name_the_same_number(triage):
    guides = {guide.id: guide for guide in read_guides(STARTER / "guides")}
    seen = {e.guide_id: e for case in CASES if (e := triage.assess(case["text"]))}
    own = {guide: e for guide, e in seen.items() if guide and e.steps == guides[guide].steps[:SHOWN_STEPS]}
    assert len(own) >= 20
    for guide, emergency in own.items():
        assert emergency.number == guides[guide].number or any(
            emergency.number in step for step in guides[guide].steps
        )


def test_every_guide_the_rules_point_to_is_reached_by_a_case(triage):
    reached = {e.guide_id for case in (*CASES, *SPECIFIC) if (e := triage.assess(case["text"]))}
    assert set(triage.guides()) <= reached


def test_suicide_is_answered_with_care_and_three_numbers(triage):
    emergency = triage.assess("我不想活了")
    shown = "".join(emergency.steps)
    assert emergency.number == "12356"
    assert all(number in shown for number in ("12356", "120", "110"))


def test_a_short_follow_up_stays_an_emergency(triage):
    history = ["消防栓几个月检查一次", "我家煤气味好重"]
    assert triage.assess("阀门关不上怎么办", history).guide_id == "gas-leak"
    assert triage.assess("然后呢", history).guide_id == "gas-leak"
    assert triage.assess("烟越来越大了", ["厨房油锅着火了"]).guide_id == "fire-kitchen-oil"
    assert triage.assess("那物业会被罚多少", history) is None
    assert triage.assess("我想问安全员要配几个", history) is None
    assert triage.assess("好的，安全员要配几个", history) is None
    assert triage.assess("然后呢", history[:1]) is None
    assert triage.assess("然后呢", [*history, "安全员要几个", "多久培训一次"]) is None


def test_only_the_first_2000_characters_are_looked_at(triage):
    padding = "今天天气不错，" * (LONGEST // 7 + 1)
    assert triage.assess(padding[: LONGEST - 6] + "。我家着火了") is not None
    assert triage.assess(padding[:LONGEST] + "。我家着火了") is None


@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_a_lost_guide_leaves_built_in_steps_and_is_logged(starter, damage, caplog):
    path = starter / "guides" / "gas-leak.md"
    path.unlink() if damage == "missing" else path.write_text("---\nid: [\n", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        emergency = Triage.load(starter).assess("我家煤气味好重")
    assert emergency.number == "119"
    assert len(emergency.steps) == SHOWN_STEPS and all(emergency.steps)
    assert "gas-leak.md" in caplog.text


def test_without_any_guide_every_case_still_gets_steps(starter):
    shutil.rmtree(starter / "guides")
    bare = Triage.load(starter)
    found = [e for case in CASES if case["emergency"] and (e := bare.assess(case["text"]))]
    assert len(found) >= 0.98 * sum(case["emergency"] for case in CASES)
    assert all(len(e.steps) == SHOWN_STEPS and e.number for e in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hazards:", "hazard:"),
        ('number: "119"', 'number: "一一九"'),
        ("  - name: drill", "  - nom: drill"),
        ('"泥石流|', '"泥石流(|'),
        ("words:", "words: ["),
    ],
    ids=["no hazards", "bad number", "unknown key", "bad pattern", "bad yaml"],
)
def test_broken_rules_are_refused_by_name(starter, old, new):
    path = starter / "triage.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(IngestError, match=r"triage\.yaml"):
        Triage.load(starter)


def test_missing_rules_are_refused_by_name(tmp_path):
    with pytest.raises(IngestError, match=r"triage\.yaml"):
        Triage.load(tmp_path)


def test_a_question_is_assessed_in_5_ms_and_no_text_is_catastrophic(triage):
    short = min(
        _seconds(triage, "我家住六楼，楼下的电动车充电时冒烟了，楼道里都是烟，孩子还小，怎么办")
        for _ in range(5)
    )
    longest = max(
        min(_seconds(triage, text) for _ in range(3))
        for text in (
            "火" * LONGEST,
            "人" * LONGEST,
            "车家人水火山血烟电" * 230,
            "没有" * 1000,
            "去年我家着火了烧得很大的烟" * 160,
        )
    )
    assert short < 0.005
    assert longest < 0.25  # measured 0.01 to 0.03 s on a busy 2-core machine


def _seconds(triage: Triage, text: str) -> float:
    start = time.perf_counter()
    triage.assess(text)
    return time.perf_counter() - start


@pytest.mark.data
@pytest.mark.skipif(not QUESTIONS.is_file(), reason="shared questions are not here")
def test_no_false_alarm_on_the_shared_questions(triage):
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert len(questions) >= 92
    assert [question for question in questions if triage.assess(question)] == []
