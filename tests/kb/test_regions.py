"""The regions table and the three questions asked of it."""

from collections import Counter

import pytest

from kb import regions
from kb.errors import SettingsError

PLACES_PER_PROVINCE = {
    "北京市": 0, "天津市": 0, "上海市": 0, "重庆市": 0, "河北省": 11, "山西省": 11, "内蒙古自治区": 12, "辽宁省": 14,
    "吉林省": 9, "黑龙江省": 13, "江苏省": 13, "浙江省": 11, "安徽省": 16, "福建省": 9, "江西省": 11, "山东省": 16,
    "河南省": 17 + 1, "湖北省": 13 + 4, "湖南省": 14, "广东省": 21, "广西壮族自治区": 14, "海南省": 4, "四川省": 21,
    "贵州省": 9, "云南省": 16, "西藏自治区": 7, "陕西省": 10, "甘肃省": 14, "青海省": 8, "宁夏回族自治区": 5,
    "新疆维吾尔自治区": 14, "香港特别行政区": 0, "澳门特别行政区": 0, "台湾省": 0,
}  # fmt: skip


def test_every_province_has_its_number_of_places() -> None:
    assert {name: len(regions.places(name)) for name in regions.provinces()} == PLACES_PER_PROVINCE
    assert sum(PLACES_PER_PROVINCE.values()) == 333 + 1 + 4


def test_no_place_stands_twice_and_every_place_has_a_province() -> None:
    listed = [place for province in regions.provinces() for place in regions.places(province)]
    assert [name for name, times in Counter(listed).items() if times > 1] == []
    assert all(regions.parent(place) in PLACES_PER_PROVINCE for place in listed)


def test_every_full_name_is_found_as_itself() -> None:
    for province in regions.provinces():
        for name in (province, *regions.places(province)):
            assert regions.find(f"{name}消防条例") == name


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("郑州", "郑州市"),
        ("河南", "河南省"),
        ("广西那边怎么规定的", "广西壮族自治区"),
        ("内蒙古的矿", "内蒙古自治区"),
        ("河南省郑州市的工厂", "郑州市"),
        ("深圳经济特区消防条例", "深圳市"),
        ("江西安全生产条例", "江西省"),
        ("我在西安开饭店", "西安市"),
        ("恩施州的规定", "恩施土家族苗族自治州"),
        ("海南州草原防火", "海南藏族自治州"),
        ("吉林消防条例", "吉林省"),
        ("吉林市消防条例", "吉林市"),
        ("河南开封的仓库", "开封市"),
        ("开封市的仓库", "开封市"),
        ("北京区域内", "北京市"),
        ("河北和郑州有什么不同", "河北省"),
    ],
)
def test_a_region_is_found(text: str, region: str) -> None:
    assert regions.find(text) == region


@pytest.mark.parametrize(
    "text",
    [
        "开封后的药还能用吗", "来宾太多会不会超员", "穿中山装", "中山路上着火", "大厦门口堆杂物", "这东西安全吗",
        "十四平方米的库房", "今天水管爆了", "造成都要赔", "最大连续工作时间", "混合肥料仓库", "其中卫生条件", "朝阳区的店",
        "大理石加工", "黄河南岸", "有重大理由的", "青海湖边", "厂里130人", "",
    ],
)  # fmt: skip
def test_everyday_words_are_no_region(text: str) -> None:
    assert regions.find(text) is None


@pytest.mark.parametrize(
    ("law_region", "user_region", "expected"),
    [
        ("全国", "郑州市", True),
        ("全国", "全国", True),
        ("河南省", "郑州市", True),
        ("河南", "郑州", True),
        ("河南省", "河南省", True),
        ("郑州市", "河南省", False),
        ("郑州市", "洛阳市", False),
        ("河南省", "全国", False),
        ("湖北省", "郑州市", False),
        ("某开发区", "某开发区", True),
        ("某开发区", "郑州市", False),
    ],
)
def test_which_rules_reach_whom(law_region: str, user_region: str, expected: bool) -> None:
    assert regions.covers(law_region, user_region) is expected


def test_parents_lead_to_the_whole_country() -> None:
    assert [regions.parent(name) for name in ("郑州", "河南", "全国")] == ["河南省", "全国", "全国"]
    with pytest.raises(SettingsError, match="某开发区"):
        regions.parent("某开发区")
