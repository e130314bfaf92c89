from dataclasses import replace
from datetime import date

import pytest

from kb.datatypes import Answer, AnswerState, Audience, Emergency, Status, Verification
from tests.web.fakes import CITATION, FIRE
from tests.web.hostile import HOSTILE, inspect
from web import words
from web.render import Turn, notice_html, turn_html
from web.terms import Terms

GROUNDED = Answer(AnswerState.GROUNDED, "要罚款。[1][2]", (CITATION,), follow_ups=("找谁反映？",))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_in_every_field_stays_text(text):
    citation = replace(CITATION, chunk=replace(CITATION.chunk, law=text, label=text))
    answer = Answer(
        AnswerState.GROUNDED, text, (citation,), Emergency(text, text, (text, text)), follow_ups=(text,)
    )
    seen = inspect(turn_html(Turn(1, text, answer), progress=text))
    assert seen.bad == []
    assert set(seen.links) <= {"tel:119", "tel:120", "tel:110", "tel:122"}


def test_danger_comes_before_the_answer_with_number_and_steps_in_order():
    seen = inspect(turn_html(Turn(1, "着火", replace(GROUNDED, emergency=FIRE))))
    text = "".join(seen.words)
    assert seen.links[0] == "tel:119"
    places = [text.index(part) for part in (*FIRE.steps, "要罚款")]
    assert places == sorted(places)


def test_the_other_emergency_numbers_stand_in_the_card_but_not_the_reporting_line():
    seen = inspect(turn_html(Turn(1, "着火", replace(GROUNDED, emergency=FIRE))))
    assert seen.links == ["tel:119", "tel:120", "tel:110", "tel:122"]


def test_chips_carry_turn_and_number():
    seen = inspect(turn_html(Turn(7, "问", GROUNDED)))
    assert "ref cite-7-1" in seen.classes
    assert "chip cite-7-1" in seen.classes
    assert not any("cite-7-2" in name for name in seen.classes)


@pytest.mark.parametrize("status", list(Status))
def test_each_status_is_said_on_the_chip(status):
    answer = replace(GROUNDED, citations=(replace(CITATION, status=status),))
    assert f">{status.value}</i>" in turn_html(Turn(1, "问", answer))


def test_an_unavailable_answer_shows_the_numbers():
    seen = inspect(turn_html(Turn(1, "问", Answer(AnswerState.UNAVAILABLE, "打不开"))))
    assert seen.links == ["tel:119", "tel:120", "tel:110", "tel:122"]
    assert words.STATE_NOTES["UNAVAILABLE"] in "".join(seen.words)


def test_no_match_says_so_and_claims_no_source():
    page = turn_html(Turn(1, "问", Answer(AnswerState.NO_MATCH, "换个说法")))
    assert words.STATE_NOTES["NO_MATCH"] in page
    assert "依据原文" not in page


def test_a_waiting_turn_has_no_empty_answer_box():
    page = turn_html(Turn(1, "问", Answer(AnswerState.GROUNDED, "")), words.SEARCHING)
    assert 'class="said' not in page
    assert words.SEARCHING in page


def test_place_and_day_are_said_above_the_answer_when_chosen():
    chosen = Turn(1, "问", GROUNDED, Terms(region="示例省", on=date(2024, 5, 1)))
    page = turn_html(chosen)
    assert "按<b>示例省</b>、<b>2024年5月1日</b>的规定回答" in page
    assert page.index("的规定回答") < page.index("要罚款")
    assert "的规定回答" not in turn_html(Turn(1, "问", GROUNDED))


def test_the_tools_come_with_the_whole_answer_only():
    turn = Turn(1, "问", GROUNDED, Terms(Audience.MANAGER, "示例省", date(2024, 5, 1)), "问全了")
    assert "do-copy" not in turn_html(turn, words.WRITING)
    seen = inspect(turn_html(turn))
    assert seen.bad == []
    assert "tools by-citizen at-示例省 on-2024-05-01" in seen.classes  # for whom it was answered, not asked
    assert "问全了" in seen.words
    assert {"tool do-docx", "tool do-pdf", "tool do-good", "tool do-bad", "tool do-wrong"} <= set(
        seen.classes
    )


def test_an_answer_without_ground_is_not_offered_as_a_file():
    page = turn_html(Turn(1, "问", Answer(AnswerState.NO_MATCH, "换个说法")))
    assert "do-copy" in page
    assert "do-docx" not in page


def test_quick_questions_follow_the_others():
    seen = inspect(turn_html(Turn(1, "问", GROUNDED, quick=("罚多少",))))
    said = [word for word in seen.words if word in {"找谁反映？", "罚多少"}]
    assert said == ["找谁反映？", "罚多少"]


def test_a_notice_gives_the_numbers():
    assert inspect(notice_html("问", words.BUSY)).links == ["tel:119", "tel:120", "tel:110", "tel:122"]


@pytest.mark.parametrize("verification", list(Verification))
def test_how_the_words_stand_to_their_sources_is_said(verification):
    answer = Answer(AnswerState.GROUNDED, "每月查看一次。[1]", (CITATION,), verification=verification)
    html = turn_html(Turn(1, "多久看一次", answer))
    notes = [note for note in words.VERIFICATION_NOTES.values() if note in html]
    assert notes == (
        [words.VERIFICATION_NOTES[verification]] if verification in words.VERIFICATION_NOTES else []
    )
