import re
from pathlib import Path

import pytest

from kb.cards.library import read_library
from kb.cards.quiz import Kind, Question, bank, draw
from kb.cards.records import Duty, Penalty, Rule
from kb.datatypes import Audience
from kb.quantities import quantities

LIBRARY = read_library(Path(__file__).parents[2] / "starter")
BANK = bank(LIBRARY)
GUIDES = {guide.id: guide for guide in LIBRARY.guides}


def of(kind: Kind) -> list[Question]:
    return [question for question in BANK if question.kind is kind]


def test_there_are_questions_of_every_kind_and_no_id_or_stem_twice():
    assert all(len(of(kind)) >= 50 for kind in Kind)
    assert len({question.id for question in BANK}) == len({question.stem for question in BANK}) == len(BANK)


def test_the_same_seed_gives_the_same_questions_and_another_seed_others():
    assert bank(LIBRARY) == BANK
    assert bank(LIBRARY, seed=1) != BANK
    assert draw(BANK, 20, seed=3) == draw(BANK, 20, seed=3) != draw(BANK, 20, seed=4)


def test_a_draw_takes_the_kinds_by_turns_and_keeps_to_what_was_asked():
    drawn = draw(BANK, 10, seed=1)
    assert [question.kind for question in drawn] == [*Kind, *Kind]
    citizens = draw(BANK, 1000, seed=1, audience=Audience.CITIZEN)
    assert {question.kind for question in citizens} == {Kind.ACTION, Kind.SIGNAL}
    assert draw(BANK, 0, seed=1) == ()
    assert len(draw(BANK, 10**6, seed=1)) == len(BANK)


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.id)
def test_a_question_has_one_answer_of_four_that_is_not_given_away(question):
    right = question.choices[question.answer]
    assert len(set(question.choices)) == len(question.choices) == 4
    assert right not in question.stem
    assert question.citation and question.explanation
    assert not any(choice in right or right in choice for choice in question.choices if choice != right) or (
        question.kind in (Kind.NUMBER, Kind.PENALTY, Kind.SIGNAL)
    )


def test_answers_stand_at_every_place_about_equally_often():
    counts = [sum(question.answer == place for question in BANK) for place in range(4)]
    assert min(counts) > len(BANK) * 0.2


def _unlisted(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("question", of(Kind.ACTION), ids=lambda question: question.id)
def test_wrong_choices_of_first_aid_are_on_the_guide_s_own_list_of_donts(question):
    guide = GUIDES[question.guide_id]
    donts = _unlisted(next(s.text for s in guide.sections if s.heading == "千万别做"))
    right = question.choices[question.answer]
    assert right in {step.rstrip("。") for step in guide.steps}
    for choice in question.choices:
        if choice != right:
            assert f"不要{_unlisted(choice)}" in donts
            assert not re.search("不|没|别", choice)


def test_a_wrong_number_is_in_no_record_that_cites_the_same_article():
    duties = {duty.id: duty for duty in LIBRARY.of(Duty)}
    for question in of(Kind.NUMBER):
        duty = duties[question.id.rsplit("-", 1)[0]]
        near = [d for d in duties.values() if set(d.basis) & set(duty.basis)]
        true = {float(figure.value) for d in near for figure in d.figures}
        wrong = [c for place, c in enumerate(question.choices) if place != question.answer]
        assert not true & {float(quantities(choice)[0].value) for choice in wrong}, question


def test_a_wrong_fine_is_no_fine_of_the_same_articles():
    penalties = {penalty.id: penalty for penalty in LIBRARY.of(Penalty)}
    for question in of(Kind.PENALTY):
        penalty = penalties[question.id.rsplit("-", 1)[0]]
        near = [p for p in penalties.values() if set(p.liability) & set(penalty.liability)]
        true = {(f.least, f.most) for p in near for f in p.fines if f.unit == "元"}
        for place, choice in enumerate(question.choices):
            if place != question.answer:
                numbers = [q.value for q in quantities(choice)]
                assert ((0, *numbers) if len(numbers) == 1 else tuple(numbers)) not in true


def test_numbers_of_the_article_itself_are_kept_out_where_its_text_is_known():
    def article(rule: Rule) -> str:
        return "期限为五日、十日、二十日、三十日、四十五日、六十日、九十日或者七日、十五日、三日。"

    numbers = [q for q in bank(LIBRARY, article=article) if q.kind is Kind.NUMBER]
    assert numbers
    assert not any(choice.endswith("日") for question in numbers for choice in question.choices)
