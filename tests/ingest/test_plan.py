"""Emergency plans in the manner of counties: invented places, invented levels."""

from ingest.structure.kinds import Structure, recognise
from ingest.structure.plan import is_plan, split

PLAN = """柳溪县防汛应急预案
1 总则
1.1 编制目的
让洪水来的时候人人知道往哪里走。
1.2适用范围
本预案适用于柳溪县境内的内涝和山洪。
2 组织体系
2.1 县防汛指挥部
县防指成员单位：县应急局、县水利局。
2.2 成员单位职责
县应急管理局：负责值班，调拨帐篷。
县水利局：负责巡查堤坝；
（1）每日两次查看水位。
县融媒体中心负责播发预警。
其他单位按照各自分工做好工作。
2.3 工作组
单位：转移安置组；主要职责：把低洼处住户送到学校。
单位：后勤组；主要职责：供水供饭。
各组组长每晚碰头一次。
3 监测预警
3.1 预警分级
Ⅰ级（红色）：一小时雨量超过90毫米。
4 应急响应
4.1 分级响应
4.1.1 Ⅰ级响应
（1）启动条件
有下列情形之一的，启动Ⅰ级响应：
①柳溪水位超过52.30米；
②水库溃坝。
（2）启动程序
由指挥长签发命令。
（3）响应措施
全县停课停业。
4.1.2 II级应急响应
出现下列情况之一，启动II级响应：
1.柳溪水位超过51.50米；
响应启动后，采取以下措施：
1.关闭滨河公园。
4.1.3三级响应
4.1.3.1 启动条件
水位超过50.80米。
4.1.3.2 响应措施
乡镇干部进村。
4.2 启动条件汇总
（1）Ⅳ级响应：水位超过50米。
4.3 响应终止
水退以后由指挥部宣布结束。
5 附则
5.1 名词术语
（1）管涌：水从堤脚冒沙冒水。
内涝是指雨水排不出去而积在地面。
附件1
避难场所一览表
名称：东湖公园；容量：5000人
名称：柳溪一中；容量：800人
柳溪县人民政府办公室
2025年5月6日
"""
TOWN = """石桥镇森林火灾应急预案
一、组织机构及职责
（一）成员单位职责
1.应急办：负责接报火情。
2.派出所：负责封路。
二、应急响应
（一）一级响应
1.启动条件：过火面积超过十公顷。
2.响应措施：
（1）请求县里增援。
（二）二级响应
启动条件：过火面积一公顷以上。
镇扑火队上山。
Ⅲ级（较大）响应：冒烟即到。
三、附则
本预案由镇政府解释。
"""


def texts(text: str, title: str) -> dict[str, str]:
    return {p.label: p.text for p in split(text, title)}


COUNTY = texts(PLAN, "柳溪县防汛应急预案")


def test_levels_keep_triggers_and_measures_apart() -> None:
    assert COUNTY["4.1.1·Ⅰ级响应·启动条件"].endswith("①柳溪水位超过52.30米；\n②水库溃坝。")
    assert COUNTY["4.1.1·Ⅰ级响应·启动程序"] == "由指挥长签发命令。"
    assert COUNTY["4.1.1·Ⅰ级响应·响应措施"] == "全县停课停业。"
    assert COUNTY["4.1.3.1·Ⅲ级响应·启动条件"] == "水位超过50.80米。"
    assert COUNTY["4.1.3.2·Ⅲ级响应·响应措施"] == "乡镇干部进村。"


def test_triggers_and_measures_without_headings_are_told_by_their_first_sentence() -> None:
    assert "51.50米" in COUNTY["4.1.2·Ⅱ级响应·启动条件"]
    assert COUNTY["4.1.2·Ⅱ级响应·响应措施"].endswith("1.关闭滨河公园。")


def test_the_path_names_the_level() -> None:
    passage = next(p for p in split(PLAN, "柳溪县防汛应急预案") if p.label == "4.1.1·Ⅰ级响应·启动条件")
    assert passage.path == ("4应急响应", "4.1分级响应", "4.1.1Ⅰ级响应", "启动条件")


def test_levels_listed_under_the_triggers() -> None:
    assert COUNTY["4.2·Ⅳ级响应"] == "水位超过50米。"
    assert COUNTY["4.3"] == "水退以后由指挥部宣布结束。"


def test_a_grade_of_warning_is_no_response() -> None:
    assert COUNTY["3.1"].startswith("Ⅰ级（红色）")


def test_each_unit_has_its_duties() -> None:
    assert COUNTY["2.2·县应急管理局"] == "负责值班，调拨帐篷。"
    assert COUNTY["2.2·县水利局"].endswith("（1）每日两次查看水位。")
    assert COUNTY["2.2·县融媒体中心"] == "负责播发预警。"
    assert COUNTY["2.2"] == "其他单位按照各自分工做好工作。"
    assert COUNTY["2.1"].startswith("县防指成员单位：")


def test_units_in_a_table() -> None:
    assert COUNTY["2.3·转移安置组"] == "单位：转移安置组；主要职责：把低洼处住户送到学校。"
    assert COUNTY["2.3"] == "各组组长每晚碰头一次。"


def test_terms_and_annex_rows() -> None:
    assert COUNTY["5.1·管涌"] == "（1）管涌：水从堤脚冒沙冒水。"
    assert COUNTY["5.1·内涝"].startswith("内涝是指")
    row = next(p for p in split(PLAN, "柳溪县防汛应急预案") if p.label == "附件1·东湖公园")
    assert row.path == ("附件1避难场所一览表", "东湖公园")


def test_signature_and_date_are_kept() -> None:
    assert any("柳溪县人民政府办公室\n2025年5月6日" in text for text in COUNTY.values())


def test_a_plan_numbered_in_chinese() -> None:
    found = texts(TOWN, "石桥镇森林火灾应急预案")
    assert list(found) == [
        "一、（一）应急办",
        "一、（一）派出所",
        "二、（一）Ⅰ级响应·启动条件",
        "二、（一）Ⅰ级响应·响应措施",
        "二、（二）Ⅱ级响应·启动条件",
        "二、Ⅲ级响应",
        "三、",
    ]


def test_numbers_inside_a_list_are_no_chapters() -> None:
    found = texts(
        "1 总则\n1.1 目的\n快。\n2 职责\n2.1 分工\n1.先敲锣\n3.再转移\n3 附则\n3.1 解释\n镇里。", "甲预案"
    )
    assert list(found) == ["1.1", "2.1", "3.1"]
    assert found["2.1"] == "1.先敲锣\n3.再转移"


def test_recognised_by_title_or_by_what_it_speaks_of() -> None:
    assert is_plan(PLAN, "柳溪县防汛应急预案")
    assert recognise(PLAN, "无题", False) is Structure.PLAN
    assert not is_plan("一、学习预案\n二、做好准备", "关于学习的通知")
