from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from kb.cards.checklist import Checklist, Item, When, checklist
from kb.cards.frequency import Cycle, Frequency, cycles, cycles_of
from kb.cards.groups import GROUPS, OTHER, group_of
from kb.cards.library import read_library
from kb.cards.records import Duty, Feature, Penalty, Rule
from kb.cards.trades import TRADES, trade
from kb.cards.units import Unit, questions
from kb.errors import SettingsError

LIBRARY = read_library(Path(__file__).parents[2] / "starter")
DUTIES, PENALTIES = LIBRARY.of(Duty), LIBRARY.of(Penalty)


def made(name: str, people: int, *features: Feature, region: str = "全国") -> Checklist:
    return checklist(Unit(name, people, frozenset(features), region), DUTIES, PENALTIES)


def by_id(found: Checklist) -> dict[str, Item]:
    return {item.duty.id: item for item in found.items}


METAL = made("机械与金属加工", 130, "特种设备", region="河南省")
RESTAURANT = made("餐饮、饭店、食堂", 20, "燃气")
CHEMICAL = made("化工、危险化学品生产", 180, "重大危险源", "特种作业", "职业病危害", "动火作业")
KINDERGARTEN = made("幼儿园、托育机构", 35, "燃气", region="郑州市")
PROPERTY = made("物业服务（住宅小区）", 60, "高层建筑", "消防控制室", "特种设备", region="河南省")


def test_a_metal_shop_of_130_must_have_full_time_safety_staff_and_says_why():
    item = by_id(METAL)["gen-safety-officer-over-100"]
    assert Rule(law="安全生产法", article="第二十四条") in item.duty.basis
    assert (item.group, item.when) == ("机构与人员", When.ALWAYS)
    assert item.reasons == ("你单位130人，超过100人",)
    assert "你单位有特种设备" in by_id(METAL)["site-equip-registration"].reasons
    assert any("河南省" in reason for reason in by_id(METAL)["gen-henan-officer-numbers"].reasons)


GOLDEN = {
    "metal": (
        METAL,
        "gen-safety-officer-over-100 gen-henan-officer-numbers gen-henan-monthly-hazard-report gen-staff-training "
        "site-equip-registration site-equip-monthly-check site-equip-operator-certificate fire-monthly-fire-check "
        "gen-emergency-drill gen-work-injury-insurance gen-accident-report-one-hour",
        "gen-safety-officer-up-to-100 gen-safety-officer-high-risk site-metal-safety-staff site-metal-molten "
        "chem-evaluation chem-special-store site-crane-install fire-ktv-exits fire-hr-patrol site-oh-declare "
        "site-hangzhou-elevator-user site-dust-cleaning gen-registered-engineer-required fire-opening-permit",
    ),
    "restaurant": (
        RESTAURANT,
        "gen-restaurant-gas-alarm chem-gas-unit-user chem-gas-user-ban gen-safety-officer-up-to-100 fire-opening-permit "
        "fire-exits-clear fire-staff-training fire-no-window-bars gen-public-place-emergency",
        "gen-safety-officer-over-100 fire-hotel-building fire-hotel-minors fire-hr-kitchen-duct chem-gas-licence "
        "chem-gas-user-check fire-ktv-hours-minors site-equip-registration chem-zz-gas-user gen-henan-ppe-no-cash",
    ),
    "chemical": (
        CHEMICAL,
        "chem-production-licence chem-major-hazard-file chem-evaluation chem-special-store chem-two-person chem-register "
        "gen-registered-engineer-required gen-safety-officer-high-risk gen-safety-liability-insurance site-oh-health-exam "
        "gen-special-operator-certificate fire-hot-work-permit gen-emergency-drill-half-year chem-sds-label",
        "gen-safety-officer-over-100 gen-safety-officer-up-to-100 chem-trade-licence chem-transport-vehicle res-coal-permit "
        "gen-registered-engineer-ratio gen-henan-major-hazard-source chem-fireworks-shop chem-shop-small-pack",
    ),
    "kindergarten": (
        KINDERGARTEN,
        "fire-kindergarten-building fire-school-safety-system fire-school-staff-check fire-henan-smoke-alarm "
        "fire-henan-school-drill chem-gas-unit-user chem-zz-gas-user fire-exits-clear fire-no-window-bars",
        "fire-opening-permit fire-bus-permit res-med-storage fire-hr-patrol gen-safety-officer-over-100 fire-ktv-exits",
    ),
    "property": (
        PROPERTY,
        "fire-hr-residential-property fire-hr-control-room fire-henan-control-room fire-hr-patrol fire-hr-drill "
        "fire-hr-doors-refuge fire-hr-ebike fire-henan-property site-elevator-maintenance site-elevator-notice-owner "
        "fire-henan-lift fire-property-common-systems",
        "fire-hr-manager fire-hr-kitchen-duct fire-xinxiang-property fire-nanyang-property site-hangzhou-elevator-user "
        "site-hangzhou-elevator-rescue site-equip-install-notice fire-ktv-exits fire-hr-hot-work",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_lists_read_by_hand_hold_what_binds_and_leave_out_what_does_not(name):
    found, wanted, unwanted = GOLDEN[name]
    ids = set(by_id(found))
    assert set(wanted.split()) - ids == set()
    assert set(unwanted.split()) & ids == set()
    known = {duty.id for duty in DUTIES}
    assert set((wanted + " " + unwanted).split()) - known == set()


def test_public_bodies_are_told_to_check_what_binds_businesses():
    item = by_id(KINDERGARTEN)["gen-safety-funding"]
    assert item.when is When.CHECK
    assert any("公办" in reason for reason in item.reasons)


def test_the_number_of_people_decides():
    assert "gen-safety-officer-over-100" not in by_id(made("其他企业", 100))
    assert "gen-safety-officer-up-to-100" in by_id(made("其他企业", 100))
    assert "gen-safety-officer-over-100" in by_id(made("其他企业", 101))
    assert "gen-registered-engineer-ratio" in by_id(made("煤矿", 300))
    assert "gen-registered-engineer-ratio" not in by_id(made("煤矿", 299))
    assert "gen-henan-officer-numbers" not in by_id(made("其他企业", 99, region="河南省"))
    assert "gen-henan-officer-numbers" in by_id(made("建筑施工", 50, region="河南省"))


def test_a_city_has_its_province_s_rules_and_not_another_city_s():
    zhengzhou = set(by_id(made("餐饮、饭店、食堂", 20, "燃气", region="郑州市")))
    luoyang = set(by_id(made("餐饮、饭店、食堂", 20, "燃气", region="洛阳市")))
    assert zhengzhou - luoyang == {"chem-zz-gas-user", "site-zhengzhou-house-safe-use"}
    assert "gen-henan-ppe-no-cash" in zhengzhou & luoyang


def test_a_larger_area_is_only_shown_beside_rules_that_draw_an_area_line():
    unit = Unit("商场、超市、市场", 60, frozenset({"建设项目"}), area_m2=12_000)
    with_area = [i for i in checklist(unit, DUTIES).items if any("12000平方米" in r for r in i.reasons)]
    assert [item.duty.id for item in with_area] == ["fire-design-review"]


def test_every_duty_binds_some_unit():
    everything = frozenset(get_args(Feature))
    reached = {
        item.duty.id
        for name in TRADES
        for region in ("郑州市", "杭州市", "新乡市", "南阳市", "洛阳市", "驻马店市")
        for people in (60, 400)
        for item in checklist(Unit(name, people, everything, region), DUTIES).items
    }
    assert [duty.id for duty in DUTIES if duty.id not in reached] == []


@pytest.mark.parametrize("name", TRADES)
def test_every_trade_gets_a_list_in_order_with_reasons_and_a_rhythm(name):
    found = made(name, 60)
    assert len(found.items) >= 50
    order = list(When)
    keys = [(GROUPS.index(i.group), order.index(i.when), -i.weight) for i in found.items]
    assert keys == sorted(keys)
    assert all(item.reasons and item.cycles for item in found.items)
    assert sum(len(items) for items in found.groups().values()) == len(found.items)


def test_fewer_than_one_in_twenty_lands_under_other():
    assert sum(group_of(duty) == OTHER for duty in DUTIES) < len(DUTIES) * 0.05


def test_a_duty_with_a_heavy_penalty_stands_before_one_without():
    items = METAL.groups()["责任制与制度"]
    weights = {item.duty.id: item.weight for item in items}
    assert weights["gen-hazard-check-system"] > weights["gen-no-retaliation"] == 0
    assert by_id(METAL)["gen-safety-officer-over-100"].fines


def test_the_five_questions_make_a_unit():
    asked = questions()
    assert [question.field for question in asked] == ["trade", "headcount", "area_m2", "features", "region"]
    assert all(trade(choice) for choice in asked[0].choices)
    assert Unit(asked[0].choices[0], 1, frozenset(asked[3].choices), asked[4].choices[1])


@pytest.mark.parametrize(
    "arguments",
    [
        ("飞船制造", 10),
        ("其他企业", 0),
        ("其他企业", -3),
        ("其他企业", 10**9),
        ("其他企业", 5, frozenset({"火星"})),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(arguments):
    with pytest.raises(SettingsError, match="请"):
        Unit(*arguments)


@pytest.mark.parametrize("area", [0, -1, float("nan"), float("inf")])
def test_an_area_that_cannot_be_is_refused(area):
    with pytest.raises(SettingsError, match="面积"):
        Unit("其他企业", 10, area_m2=area)


# -- how often -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("至少每月一次", ["每月"]),
        ("每三年至少一次", ["每三年"]),
        ("至少每15日一次", ["每半月"]),
        ("每周五查一次", ["每周"]),
        ("综合或专项每年至少一次，现场处置每半年至少一次", ["每年", "每半年"]),
        ("居民每年至少一次，非居民每年至少两次", ["每年", "每半年"]),
        ("每年至少一次；进新岗位、新工地前", ["每年", "随时"]),
        ("每班清理", ["每班"]),
        ("证书每6年换一次", ["每六年"]),
        ("", []),
        ("看情况", []),
    ],
)
def test_frequencies_are_read_from_words(text, wanted):
    assert [cycle.every.value for cycle in cycles(text)] == wanted


def test_every_written_frequency_is_understood_and_every_duty_has_a_rhythm():
    assert [duty.frequency for duty in DUTIES if duty.frequency and not cycles(duty.frequency)] == []
    assert all(cycles_of(duty) for duty in DUTIES)


def test_only_the_cycle_that_fits_the_unit_is_kept():
    assert [c.words for c in by_id(METAL)["fire-monthly-fire-check"].cycles] == ["企业至少每月一次"]
    assert [c.every for c in by_id(KINDERGARTEN)["fire-monthly-fire-check"].cycles] == [Frequency.QUARTERLY]
    assert [c.words for c in by_id(PROPERTY)["fire-hr-check"].cycles] == ["住宅至少每月一次"]


def _days(every: Frequency, start: date) -> Iterator[str]:
    return (day.isoformat() for day in Cycle(every, "").due(start, 3))


def test_due_days_follow_the_calendar_and_keep_the_day_of_the_month():
    assert list(_days(Frequency.MONTHLY, date(2027, 12, 31))) == ["2028-01-31", "2028-02-29", "2028-03-31"]
    assert list(_days(Frequency.YEARLY, date(2028, 2, 29))) == ["2029-02-28", "2030-02-28", "2031-02-28"]
    assert list(_days(Frequency.WEEKLY, date(2026, 12, 28))) == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert list(_days(Frequency.CONTINUOUS, date(2026, 12, 28))) == []


def test_a_fixed_day_of_the_year_comes_before_the_interval():
    (cycle,) = cycles("每年3月31日前")
    assert cycle.due(date(2026, 11, 24), 2) == (date(2027, 3, 31), date(2028, 3, 31))
    assert cycle.due(date(2027, 3, 31), 1) == (date(2028, 3, 31),)
    assert cycles("每年汛前")[0].due(date(2026, 11, 24), 1) < cycles("每年一次")[0].due(date(2026, 11, 24), 1)
