import random

import pytest

from ingest.formats.paper.mend import mend
from ingest.formats.paper.radicals import as_hanzi
from ingest.structure.statute import split

SENTENCE = "仓库管理员每天下班以前要把所有的灯、插座和取暖器的开关逐个关好，再在本子上写下自己的名字和时间，交给门卫保管。"


def test_a_running_title_and_page_numbers_go() -> None:
    pages = [
        ["云岭市冷库值班手册", f"{word}班人员要看好温度计。", f"- {number} -"]
        for number, word in enumerate("早中晚夜", start=1)
    ]
    lines, starts = mend(pages)
    assert lines == [f"{word}班人员要看好温度计。" for word in "早中晚夜"]
    assert starts == (0, 1, 2, 3)


def test_titles_of_left_and_right_pages_go() -> None:
    titles = ["冷库值班手册", "第二编 夜班须知"]
    pages = [
        [titles[number % 2], f"{word}门要锁好，钥匙交给门卫。"] for number, word in enumerate("东南西北前后")
    ]
    assert mend(pages)[0] == [f"{word}门要锁好，钥匙交给门卫。" for word in "东南西北前后"]


@pytest.mark.parametrize(
    "number",
    [
        "- 5 -",
        "— 5 —",
        "－５－",
        "第5页 共20页",
        "第 5 页 / 共 20 页",
        "· 5 ·",
        "~5~",
        "第五页",
        "Page 5 of 20",
    ],
)
def test_a_page_number_inside_a_sentence_goes(number: str) -> None:
    assert mend([[SENTENCE[:26], number], [SENTENCE[26:]]])[0] == [SENTENCE]


@pytest.mark.parametrize("style", ["{0}", "{0}/9"])
def test_bare_numbers_go_where_they_count_the_pages(style: str) -> None:
    pages = [
        [f"{word}库的门朝外开。", style.format(number)] for number, word in enumerate("甲乙丙丁", start=6)
    ]
    assert mend(pages)[0] == [f"{word}库的门朝外开。" for word in "甲乙丙丁"]


def test_bare_numbers_that_do_not_count_stay() -> None:
    pages = [
        [f"{word}库的门朝外开。", number] for word, number in zip("甲乙丙", ("31", "7", "452"), strict=True)
    ]
    assert [line for line in mend(pages)[0] if line.isdigit()] == ["31", "7", "452"]


def test_numbers_of_articles_at_the_ends_of_pages_are_no_furniture() -> None:
    pages = [
        [f"第{n}条", "门要锁好。", f"第{m}条", "灯要关好。"] for n, m in ("一二", "三四", "五六", "七八")
    ]
    statute = split("\n".join(mend(pages)[0]))
    assert statute is not None
    assert len(statute.passages) == 8


def test_a_list_of_figures_is_no_furniture() -> None:
    pages = [[f"灭火器{n}具", "说明写在这一行里面。", f"水带{n * 3 + n % 2}盘"] for n in (4, 9, 2, 7)]
    assert len(mend(pages)[0]) == 12


def test_broken_lines_are_joined_within_and_across_pages() -> None:
    first, second = (
        ["　　第一条　" + SENTENCE[:20], SENTENCE[20:46]],
        [SENTENCE[46:], "　　第二条　门要锁好。"],
    )
    lines, starts = mend([first, second])
    assert lines == ["第一条 " + SENTENCE, "第二条 门要锁好。"]
    assert starts == (0, 0)


@pytest.mark.parametrize(
    "heading",
    [
        "第二条 门要锁好。",
        "第二章 夜班",
        "二、夜班的人员",
        "（二）夜班的人员",
        "2．夜班的人员",
        "附件1：清单",
        "# 夜班",
    ],
)
def test_a_heading_is_never_joined(heading: str) -> None:
    assert mend([[SENTENCE[:26], SENTENCE[26:], heading, "人员。"]])[0][1] == heading


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "冷库里没有按时换班或者夜里把门从外面锁上的，依照这份办法",
            "第二十条的规定处理，写进本人的档案里。",
        ),
        (
            "冷库里没有按时换班或者夜里把门从外面锁上的，依照这份办法",
            "第二条、第三条的规定处理，写进本人的档案里。",
        ),
        (
            "冷库里没有按时换班或者夜里把门从外面锁上的，依照第六条第一款第",
            "（二）项的规定处理，写进本人的档案里。",
        ),
    ],
)
def test_a_wrapped_reference_joins_its_sentence(before: str, after: str) -> None:
    lines, _ = mend([["第一条 " + before, after, "第二条 门要锁好。"]])
    assert lines == ["第一条 " + before + after, "第二条 门要锁好。"]


def test_the_article_whose_turn_it_is_begins_anew_though_a_full_stop_was_lost() -> None:
    lost = "第一条 " + SENTENCE[:-1]
    assert mend([[lost, "第二条夜班的人员不得离开库房的值班室。"]])[0][1].startswith("第二条")


def test_a_number_broken_before_its_zhi_is_whole_again() -> None:
    pages = [["第七条", "门要锁好。", "第七条"], ["之一", "灯要关好。", "第八条", "水要关好。"]]
    assert mend(pages)[0] == ["第七条", "门要锁好。", "第七条之一", "灯要关好。", "第八条", "水要关好。"]


def test_a_paragraph_goes_on_after_a_full_stop_at_the_margin_where_paragraphs_are_indented() -> None:
    full = "值班室里要备好手电筒和雨衣，放在靠门的柜子里面。"
    page = [
        "　　" + full[:-2],
        "用完放回。",
        "　　" + full[2:],
        full,
        full[:9] + "。",
        "　　门要锁好。",
        "　　灯要关好。",
    ]
    assert mend([page])[0][1] == full[2:] + full + full[:9] + "。"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("安 全 生 产 工作", "安全生产 工作"),
        ("目　录", "目录"),
        ("第 十 一 章　总 则", "第十一章 总则"),
        ("第⼗⼀条　⻓期停⻋", "第十一条 长期停车"),
        ("安\u200b全\ue123帽", "安全帽"),
        ("值班电话１２３５０", "值班电话１２３５０"),
        ("第一章 夜班............12", "第一章 夜班"),
        ("名称 数量 地点", "名称 数量 地点"),
        ("他说还有别的……", "他说还有别的……"),
    ],
)
def test_spaces_and_signs(raw: str, clean: str) -> None:
    assert mend([[raw]])[0] == [clean]


def test_latin_words_keep_their_spaces_and_lose_the_hyphen_of_the_margin() -> None:
    assert mend(
        [["Keep the exit clear and the extin-", "guisher within reach of the door", "at all times."]]
    )[0] == ["Keep the exit clear and the extinguisher within reach of the door at all times."]


def test_an_empty_page_starts_where_the_next_begins() -> None:
    assert mend([["门要锁好。"], [], ["灯要关好。"]]) == (["门要锁好。", "灯要关好。"], (0, 1, 1))
    assert mend([]) == ([], ())


def test_nothing_but_furniture_is_ever_lost() -> None:
    shuffle = random.Random(5)
    letters = "门灯水电锁库班夜人时"
    for _ in range(200):
        page = ["".join(shuffle.choices(letters, k=shuffle.randint(1, 40))) for _ in range(12)]
        assert "".join(mend([page])[0]) == "".join(page)


def test_radicals() -> None:
    assert as_hanzi("⽔⽕⽆情") == "水火无情"
