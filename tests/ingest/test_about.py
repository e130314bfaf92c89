"""Title, number, issuer, region, dates and repeals, read from texts of our own."""

from datetime import date

import pytest

from ingest.about import authority, dates
from ingest.about.repeal import Repeal, repeal_sentences, repeals
from ingest.about.titles import document_number, titles
from ingest.structure.statute import Passage
from kb.datatypes import Level


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["柳溪县人民政府", "关于印发", "《柳溪县防汛预案》的通知", "各乡镇：", "照办。"], "柳溪县防汛预案"),
        (
            ["风筝委办公室", "关于进一步加强风筝场", "管理工作的通知", "风委〔2022〕6号", "各地："],
            "风筝委办公室关于进一步加强风筝场管理工作的通知",
        ),
        (
            [
                "柳溪县人民政府文件",
                "柳政〔2024〕3号",
                "柳溪县关于印发柳溪县防汛预案的通知",
                "照办。",
                "柳溪县防汛预案",
            ],
            "柳溪县防汛预案",
        ),
        (["关于印发柳溪县防汛预案的通知", "照办。", "别的"], "关于印发柳溪县防汛预案的通知"),
        (["中华人民共和国国家标准", "GB 99999—2020", "风筝场安全要求", "1 范围"], "风筝场安全要求"),
        (["某科", "会议精神", "发布日期:2022-01-14"], "会议精神"),
        (["第一条 无题", "第二条 无题"], "文件名"),
        (["第四条发现漏氨先撤到上风处", "第五条办法自即日起施行"], "文件名"),  # a page of a scan, blanks lost
        (["风筝场管理办法", "第一条 甲", "第二条 乙"], "风筝场管理办法"),
    ],
)
def test_titles(lines: list[str], expected: str) -> None:
    assert titles(lines, "文件名")[0] == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["2003年11月24日中华人民共和国国务院令第393号公布"], "国务院令第393号"),
        (["中华人民共和国应急管理部令", "第 13 号"], "应急管理部令第13号"),
        (["2015年2月17日国家发展改革委令第21号公布"], "国家发展改革委令第21号"),
        (["国务院、中央军事委员会令第9号"], "国务院、中央军事委员会令第9号"),
        (["应急〔2021〕61号"], "应急〔2021〕61号"),
        (["文号：豫政办[2020] 3号"], "豫政办〔2020〕3号"),
        (["安委办明电（2022）6号"], "安委办明电〔2022〕6号"),
        (["公告 2019年第4号"], "公告2019年第4号"),
        (["GB 50016—2014", "建筑"], "GB 50016—2014"),
        (["GB/T 29639-2020"], "GB/T 29639—2020"),
        (["《甲决定》（国发〔2005〕11号）同时废止。"], ""),
        (["柳政〔2024〕3号", "根据《乙通知》（乙办〔2019〕8号）"], "柳政〔2024〕3号"),
        (["没有文号"], ""),
    ],
)
def test_document_number(header: list[str], expected: str) -> None:
    assert document_number(header) == expected


@pytest.mark.parametrize(
    ("title", "header", "expected"),
    [
        ("柳溪县防汛应急预案", ["柳溪县人民政府办公室"], (Level.PLAN, "柳溪县人民政府办公室", "柳溪县")),
        ("郑州市防汛应急预案", [], (Level.PLAN, "", "郑州市")),
        ("风筝场安全要求", ["GB 99999—2020"], (Level.STANDARD, "", "全国")),
        (
            "风筝管理办法",
            ["国务院办公厅关于印发", "《风筝管理办法》的通知", "国办发〔2024〕5号"],
            (Level.NORMATIVE, "国务院办公厅", "全国"),
        ),
        ("风筝细则", ["国家煤矿安全监察局2018-05-02公布"], (Level.NORMATIVE, "国家煤矿安全监察局", "全国")),
        ("风筝规程", ["国家安全监管总局令第9号"], (Level.MINISTRY, "国家安全生产监督管理总局", "全国")),
        (
            "风筝诉讼规则",
            ["2021年5月18日最高人民法院审判委员会会议通过"],
            (Level.JUDICIAL, "最高人民法院", "全国"),
        ),
        ("城市风筝管理办法", ["2020年3月1日应急管理部令第1号"], (Level.MINISTRY, "应急管理部", "全国")),
    ],
)
def test_level_issuer_region(title: str, header: list[str], expected: tuple[Level, str, str]) -> None:
    found = authority.kind(title, header)
    assert (found.level, found.issuer, found.region) == expected


@pytest.mark.parametrize(
    ("closing", "expected"),
    [
        ("本办法自2024年5月1日起施行，有效期五年。", date(2029, 5, 1)),
        ("本通知自印发之日起施行，有效期至2027年12月31日。", date(2028, 1, 1)),
        ("本预案自发布之日起实施，试行两年。", date(2026, 3, 2)),
        ("本规定有效期为6个月。", date(2024, 9, 2)),
        ("登记证有效期为3年。", None),
        ("本办法规定的登记证有效期为3年。", None),
    ],
)
def test_expiry(closing: str, expected: date | None) -> None:
    assert dates.read("x", ["2024年3月2日"], [closing]).expires == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《甲条例》、《乙规定》（2006年3月1日公布）同时废止。", ("甲条例", "乙规定")),
        ("《甲办法》自本办法施行之日起废止。", ("甲办法",)),
        ("2010年发布的《甲办法》即行废止。", ("甲办法",)),
        ("自本规定公布之日起，《甲办法》予以废止；《乙办法》继续有效。", ("甲办法",)),
        ("《关于修改〈甲办法〉的决定》同时废止。", ("关于修改〈甲办法〉的决定",)),
        ("《关于执行《甲办法》的通知》同时废止。", ("关于执行甲办法的通知",)),
        ("下列文件予以废止：\n1.《甲办法》\n2.《乙办法》\n其余照旧。", ("甲办法", "乙办法")),
        ("根据《甲法》制定的《乙办法》同时废止。", ("乙办法",)),
        ("《甲办法》废止前已经受理的，从其规定。", ()),
        ("《甲办法》不得废止。", ()),
        ("《甲办法》中关于收费的规定同时废止。", ()),
        ("《甲办法》第三条同时废止。", ()),
        ("应当及时修改或者废止《甲办法》。", ()),
        ("增加一条：“《甲办法》同时废止。”", ()),
    ],
)
def test_repeals(text: str, expected: tuple[str, ...]) -> None:
    assert repeals([text]) == tuple(name.replace("〈", "").replace("〉", "") for name in expected)


def test_a_repeal_names_its_sentence_and_its_passage() -> None:
    passages = [
        Passage("第八条", (), "甲。"),
        Passage("第九条", (), "本条例自明日起施行。《甲条例》同时废止。"),
    ]
    assert repeal_sentences(passages) == (Repeal("甲条例", "《甲条例》同时废止。", "第九条"),)
