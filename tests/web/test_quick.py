from dataclasses import replace

import pytest

from assistant.dialogue import complete, style_asked
from kb import regions
from kb.datatypes import Answer, AnswerState, Audience, Level
from tests.web.fakes import CITATION, FIRE, LAW
from web.quick import ORIGINAL, PENALTY, SIMPLER, quick_asks

NATIONAL = replace(CITATION, document=replace(LAW, region="全国", level=Level.LAW))
CARD = replace(CITATION, document=replace(LAW, level=Level.DUTY))
ANSWER = Answer(AnswerState.GROUNDED, "要查看。[1]", (NATIONAL,))


def test_a_citizen_is_offered_the_text_the_penalty_and_the_rules_at_home():
    assert quick_asks("多久看一次灭火器", ANSWER, "河南省") == (ORIGINAL, PENALTY, "河南省怎么规定")


def test_an_inspector_who_has_the_text_is_offered_plain_words():
    assert quick_asks("多久看一次灭火器", replace(ANSWER, audience=Audience.INSPECTOR), None) == (
        SIMPLER,
        PENALTY,
    )


@pytest.mark.parametrize(
    ("question", "answer", "region", "left_out"),
    [
        ("堵了罚多少钱", ANSWER, None, PENALTY),
        ("着火了", replace(ANSWER, emergency=FIRE), None, PENALTY),
        ("多久看一次", replace(ANSWER, citations=(CARD,)), "河南省", ORIGINAL),
        ("郑州多久看一次", ANSWER, "河南省", "河南省怎么规定"),
        ("多久看一次", replace(ANSWER, citations=(CITATION,)), "河南省", "河南省怎么规定"),
        ("多久看一次", ANSWER, "全国", "全国怎么规定"),
    ],
    ids=["penalty asked", "danger", "cards only", "place named", "local already", "nationwide"],
)
def test_what_makes_no_sense_is_not_offered(question, answer, region, left_out):
    assert left_out not in quick_asks(question, answer, region)


@pytest.mark.parametrize("state", [AnswerState.NO_MATCH, AnswerState.UNAVAILABLE])
def test_nothing_is_offered_where_nothing_was_found(state):
    assert quick_asks("问", Answer(state, "没有"), "河南省") == ()


def test_the_dialogue_understands_every_offer():
    before = ["多久看一次灭火器"]
    assert (style_asked(SIMPLER), style_asked(ORIGINAL)) == (Audience.CITIZEN, Audience.INSPECTOR)
    assert complete(PENALTY, before) == "多久看一次灭火器，怎么处罚"
    for region in (
        place for province in regions.provinces() for place in (province, *regions.places(province))
    ):
        asked = next(ask for ask in quick_asks(before[0], ANSWER, region) if region in ask)
        assert complete(asked, before) == f"{region}，多久看一次灭火器", region
