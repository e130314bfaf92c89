from dataclasses import replace

import pytest

from kb.datatypes import Answer, AnswerState, Audience, Emergency, Status, Verification
from tests.web.fakes import CITATION, FIRE
from tests.web.hostile import HOSTILE, inspect
from web import words
from web.render import Turn, notice_html, start_html, turn_html

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


@pytest.mark.parametrize("audience", list(Audience))
def test_each_audience_has_three_examples(audience):
    assert inspect(start_html(audience)).classes.count("say") == 3


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
