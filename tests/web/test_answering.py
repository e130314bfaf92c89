from dataclasses import replace
from datetime import date
from threading import BoundedSemaphore

import pytest

from kb.datatypes import Answer, AnswerState, Audience
from tests.web.fakes import CITATION, FIRE, BrokenLibrary, FakeAssistant, FakeLibrary
from web import answering, words
from web.answering import KEPT_TURNS, Desk, answer_question, open_source, paced, seated
from web.render import Turn

ANSWER = Answer(AnswerState.GROUNDED, "答", (CITATION,))


@pytest.fixture
def assistant():
    return FakeAssistant()


@pytest.fixture
def desk(assistant):
    return Desk(assistant, FakeLibrary(), BoundedSemaphore(1))


def test_the_first_screen_comes_before_the_assistant_is_asked(desk, assistant):
    page, turns = next(answer_question(desk, "堵了", "citizen", ()))
    assert words.SEARCHING in page
    assert (turns, assistant.asked) == ((), [])


def test_the_last_screen_is_whole_and_the_conversation_holds_it(desk):
    *_, (page, turns) = answer_question(desk, "堵了", "manager", ())
    assert "cite-1-1" in page
    assert 'class="progress"' not in page
    assert [(t.number, t.question, t.answer.audience) for t in turns] == [(1, "堵了", Audience.MANAGER)]


def test_earlier_questions_are_told_and_numbers_go_on(desk, assistant):
    earlier = tuple(Turn(n, f"问{n}", ANSWER) for n in range(1, 9))
    *_, (_, turns) = answer_question(desk, "堵了", "citizen", earlier)
    assert turns[-1].number == 9
    assert assistant.asked[0][2] == ("问3", "问4", "问5", "问6", "问7", "问8")


def test_an_old_conversation_is_cut(desk):
    earlier = tuple(Turn(n, "问", ANSWER) for n in range(1, KEPT_TURNS + 1))
    *_, (_, turns) = answer_question(desk, "堵了", "citizen", earlier)
    assert (len(turns), turns[0].number, turns[-1].number) == (KEPT_TURNS, 2, KEPT_TURNS + 1)


@pytest.mark.parametrize("question", [None, "", " \n\u3000\u200b "])
def test_an_empty_question_is_not_asked(desk, assistant, question):
    ((page, turns),) = answer_question(desk, question, "citizen", ())
    assert page == ""
    assert (turns, assistant.asked) == ((), [])


def test_a_question_too_long_is_refused_with_the_numbers_to_call(desk, assistant):
    ((page, turns),) = answer_question(desk, "长" * (words.MAX_QUESTION + 1), "citizen", ())
    assert words.TOO_LONG in page
    assert "tel:119" in page
    assert (turns, assistant.asked) == ((), [])


def test_the_longest_question_is_asked(desk, assistant):
    list(answer_question(desk, "长" * words.MAX_QUESTION, "citizen", ()))
    assert len(assistant.asked[0][0]) == words.MAX_QUESTION


@pytest.mark.parametrize("value", [None, "", "admin", "市民"])
def test_an_unknown_audience_is_a_citizen(desk, assistant, value):
    list(answer_question(desk, "堵了", value, ()))
    assert assistant.asked[0][1] is Audience.CITIZEN


def test_the_region_of_the_installation_is_told(desk, assistant):
    list(answer_question(replace(desk, region="河南省"), "堵了", "citizen", ()))
    assert assistant.regions == ["河南省"]


def test_the_place_and_day_a_visitor_chose_are_told_and_shown(desk, assistant):
    *_, (page, (turn,)) = answer_question(
        replace(desk, region="河南省"), "堵了", "manager;郑州市;2024-05-01", ()
    )
    assert (assistant.regions, assistant.days) == (["郑州市"], [date(2024, 5, 1)])
    assert (turn.terms.region, turn.answer.audience) == ("郑州市", Audience.MANAGER)
    assert "按<b>郑州市</b>、<b>2024年5月1日</b>的规定回答" in page


def test_the_region_of_the_installation_needs_no_words(desk, assistant):
    *_, (page, (turn,)) = answer_question(replace(desk, region="河南省"), "堵了", "citizen;河南省;", ())
    assert assistant.regions == ["河南省"]
    assert turn.terms.is_usual
    assert "的规定回答" not in page


@pytest.mark.parametrize("told", ["citizen;柳溪县;", "citizen;;2024-13-40", "citizen;<b>;x", ";" * 500])
def test_terms_that_nobody_can_choose_are_left_out(desk, assistant, told):
    list(answer_question(desk, "堵了", told, ()))
    assert (assistant.regions, assistant.days) == ([None], [None])


def test_a_follow_up_is_kept_as_it_stands_on_its_own(desk):
    *_, (page, turns) = answer_question(desk, "那罚多少呢", "citizen", (Turn(1, "走道堵了", ANSWER),))
    assert turns[-1].whole == "走道堵了，怎么处罚"
    assert '<p class="whole">走道堵了，怎么处罚</p>' in page


def test_an_answer_that_never_comes_is_said(desk):
    silent = replace(desk, assistant=Silent())
    *_, (page, turns) = answer_question(silent, "堵了", "citizen", ())
    assert words.BROKEN_OFF in page
    assert turns == ()


class Silent:
    def ask(self, question, **_):
        return iter(())


def test_an_emergency_is_shown_when_no_place_is_free(monkeypatch):
    monkeypatch.setattr(answering, "PATIENCE", 0.01)
    places = BoundedSemaphore(1)
    places.acquire()
    danger, busy = seated(FakeAssistant().ask("着火了"), places)
    assert danger.emergency == FIRE
    assert (busy.state, busy.text, busy.emergency) == (AnswerState.UNAVAILABLE, words.BUSY, FIRE)


def test_a_place_is_given_back_after_the_answer_and_after_a_visitor_left():
    places = BoundedSemaphore(1)
    list(seated(FakeAssistant().ask("着火了"), places))
    leaving = seated(FakeAssistant().ask("着火了"), places)
    next(leaving), next(leaving)
    leaving.close()
    assert places.acquire(blocking=False)


def test_nothing_of_a_stream_is_lost_at_its_end():
    answers = [replace(ANSWER, text="答" * n) for n in range(1, 50)]
    shown = list(paced(answers, 60.0))
    assert shown[0] == (answers[0], False)
    assert shown[-1] == (answers[-1], True)
    assert len(shown) == 2


def test_a_chip_opens_its_source_with_neighbours():
    page = open_source(FakeLibrary(), "cite-3-1@9", (Turn(3, "问", ANSWER),))
    assert "第六条" in page
    assert "第八条" in page


@pytest.mark.parametrize(
    "pick", [None, "", "cite-3-2", "cite-2-1", "示例防火规定@2024-05-01#第七条", "cite-3-1@9; x"]
)
def test_a_chip_of_no_citation_in_this_conversation_opens_nothing(pick):
    page = open_source(FakeLibrary(), pick, (Turn(3, "问", ANSWER),))
    assert words.SOURCE_GONE in page
    assert "第七条" not in page


@pytest.mark.parametrize("library", [None, BrokenLibrary()], ids=["none", "broken"])
def test_the_article_is_shown_when_the_library_cannot_be_read(library):
    page = open_source(library, "cite-3-1", (Turn(3, "问", ANSWER),))
    assert "走道和楼梯里不准放置" in page
    assert words.NEIGHBOURS_UNREADABLE in page
