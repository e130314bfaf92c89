from pathlib import Path

import pytest

from kb.cards.guides import read_guides
from kb.cards.household import Contact, Home, Household, Members, Near, Plan, plan
from kb.errors import SettingsError

GUIDES = read_guides(Path(__file__).parents[2] / "starter" / "guides")


def supplies(made: Plan) -> dict[str, int]:
    return {supply.name: supply.amount for supply in made.supplies}


def test_amounts_grow_with_people_and_days():
    alone = supplies(plan(Household(Members(adults=1)), GUIDES))
    four = supplies(plan(Household(Members(adults=2, infants=1, elderly=1)), GUIDES))
    assert (alone["饮用水"], four["饮用水"]) == (9, 36)
    assert (alone["不用煮的食品"], four["不用煮的食品"]) == (9, 27)  # an infant drinks milk
    assert (four["尿裤"], four["常用药和用药单"]) == (24, 7)
    assert "尿裤" not in alone
    assert "宠物粮和水" not in alone
    assert supplies(plan(Household(Members(adults=1, pets=2)), GUIDES))["宠物粮和水"] == 6


def test_the_home_decides_which_guides_are_in_the_plan():
    def ids(home: Home) -> set[str]:
        return {section.guide_id for section in plan(Household(Members(adults=2), home), GUIDES).sections}

    assert ids(Home(floor=1)) >= {"fire-home", "earthquake", "family-plan", "emergency-kit"}
    assert "fire-highrise" in ids(Home(floor=18)) and "fire-home" not in ids(Home(floor=18))
    assert "gas-leak" in ids(Home(gas=True)) - ids(Home())
    assert ids(Home(near=frozenset(Near))) >= {
        "flood-river", "landslide", "flash-flood", "fire-forest", "chemical-cloud-unknown", "evacuation-order",
    }  # fmt: skip


def test_those_who_need_help_are_named_only_where_there_are_any():
    def helped(members: Members) -> str:
        found = [s for s in plan(Household(members), GUIDES).sections if s.heading == "要特别照顾的人"]
        return "".join(line for section in found for line in section.lines)

    assert helped(Members(adults=2)) == ""
    assert "老人" in helped(Members(elderly=1)) and "看不见" not in helped(Members(elderly=1))
    assert "看不见" in helped(Members(adults=1, disabled=1))


def test_every_section_of_a_guide_says_so_and_no_guide_is_missing():
    everything = Household(Members(1, 1, 1, 1, 1, 1), Home(12, True, frozenset(Near)))
    made = plan(everything, GUIDES)
    titles = {guide.id: guide.title for guide in GUIDES}
    assert made.missing == ()
    assert all(titles[s.guide_id] == s.guide_title for s in made.sections if s.guide_id)
    assert "（出自应急卡片“地震”）" in made.text()
    assert "gas-leak" in plan(everything, [g for g in GUIDES if g.id != "gas-leak"]).missing


def test_what_the_family_wrote_is_one_clean_short_line_each():
    made = plan(
        Household(
            Members(adults=1),
            meeting=("楼下\u202e花坛\n# 假标题", "\x00", "长" * 10_000),
            contacts=(Contact("大姨\x07", "示例\u200b号码"), Contact("没号码", "")),
        ),
        GUIDES,
    )
    assert made.sections[0].lines[:1] == ("先到这里会合：楼下花坛 # 假标题",)
    assert len(made.sections[0].lines[1]) < 100
    assert made.sections[1].lines == ("火警119，急救120，报警110，交通事故122", "大姨：示例号码")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Household(Members()),
        lambda: Household(Members(pets=3)),
        lambda: Household(Members(adults=-1)),
        lambda: Household(Members(adults=31)),
        lambda: Household(Members(adults=1), Home(floor=0)),
        lambda: Household(Members(adults=1), meeting=("家",) * 9),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(wrong):
    with pytest.raises(SettingsError, match="请"):
        wrong()
