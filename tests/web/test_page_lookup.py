"""查条文 over HTTP, on a small real knowledge base of made-up rules."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.parse import Given
from ingest.run import fingerprint
from kb.datatypes import Chunk, Document, Hit, Level, Status
from kb.embed import load_embedder
from kb.errors import ArticleNotFoundError
from kb.writer import open_writer
from tests.web.doors import GARDEN, Caller, app_of, broken, make
from web.pages.lookup import compare, law, layout, related, router, scan
from web.pages.lookup.asking import read
from web.pages.lookup.facets import Asked

ENDED, ENDER, SCANNED = "风筝比赛管理办法", "风筝活动安全条例", "梨园灯会安全办法"
CARD = "屋里·有煤气味"
SENTENCE = "2016年公布的《风筝比赛管理办法》同时废止"
NASTY = "<script>alert(1)</script>"
LONG = "梨园县人民政府办公室、梨园县文化广播电视和旅游局关于进一步做好大型灯会、庙会、花车巡游等民俗活动人群疏导工作的若干规定"


def stored(name: str, day: date, articles: dict[str, str], **facts) -> tuple[Document, list[Chunk]]:
    doc_id = f"{name}@{day}"
    document = Document(
        doc_id, name, name, Level.ADMINISTRATIVE, "全国", f"/srv/{name}.md", "0" * 64, published=day, effective=day
    )  # fmt: skip
    document = replace(document, **facts)
    page = 1 if document.source.endswith(".pdf") else 0
    return document, [
        Chunk(f"{doc_id}#{label}", doc_id, name, label, (), text, at, page)
        for at, (label, text) in enumerate(articles.items())
    ]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("files") / "灯会.pdf"
    canvas = Canvas(str(path), pagesize=(300, 400))
    canvas.drawString(40, 300, "Lantern fair, page one")
    canvas.save()
    return path


@pytest.fixture(scope="module")
def services(tmp_path_factory, pdf):
    folder = tmp_path_factory.mktemp("lookup")
    made = make(folder)
    hash_ = fingerprint(pdf.read_bytes(), Given(region="全国"))
    with open_writer(folder / "kb", load_embedder(None)) as writer:
        writer.put(*stored(ENDED, date(2016, 3, 1), {"第一条": "比赛要有裁判。"}))
        writer.put(
            *stored(ENDER, date(2022, 5, 1), {"第一条": f"{NASTY}", "第二条": f"本条例自公布之日起施行。{SENTENCE}。"},
                    repeals=(ENDED,), issuer=NASTY)
        )  # fmt: skip
        writer.put(
            *stored(
                SCANNED, date(2023, 1, 5), {"第一条": "灯会要设出口。"}, source=str(pdf), content_hash=hash_
            )
        )
        writer.put(
            *stored(
                LONG, date(2021, 1, 5), {"一、": "疏导人群要有专人。"}, level=Level.NORMATIVE, region="河南省"
            )
        )
        writer.put(*stored("GB/T99999", date(2020, 1, 5), {"4.1/a": "绳长要量。"}, level=Level.STANDARD))
        writer.put(
            *stored(
                CARD,
                date(2024, 1, 1),
                {"现在 就做": "1. **关阀门**，开窗。\n2. 到屋外打电话。"},
                level=Level.GUIDE,
            )
        )
        writer.flush()
        writer.link()
    return made


def caller(services) -> Caller:
    app = app_of(services)
    app.state.services = services
    app.include_router(router)
    return Caller(app)


@pytest.fixture(scope="module")
def get(services):
    call = caller(services)

    def get(path: str, code: int = 200, **params) -> str:
        reply = call("GET", path, params=params or None)
        assert reply.status_code == code, reply.text[:300]
        return reply.text

    return get


def seen(page: str) -> str:
    """The words of a page's main part."""
    words = re.sub(r"</?mark>", "", page[page.index("<main") :])
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split())


# -- searching -----------------------------------------------------------------------------------------


def test_the_opening_page_offers_examples_and_the_list(get):
    page = get("/lookup")
    assert 'name="q"' in page and 'role="search"' in page
    assert "执法检查" in page and "企业管理" in page and "市民" in page
    assert 'href="/lookup/laws"' in page and 'href="tel:119"' in page


def test_an_article_named_comes_first_with_its_badge_and_reason(get):
    page = seen(get("/lookup", q=f"{GARDEN}第三条"))
    first = page.index(f"《{GARDEN}》 第三条")
    assert (
        page.index("现行", first) < page.index("每月检查一次护栏", first) < page.index("写明了这一条", first)
    )


def test_a_clause_named_is_marked(get):
    page = get("/lookup", q=f"{GARDEN}第三条第一款第二项")
    assert "<mark>（二）大风预警发布后两小时内收起花盆。</mark>" in page
    assert "quote=" in page


def test_a_missing_article_is_said_on_top(get):
    page = seen(get("/lookup", q="风筝安全法第九条"))
    assert "共2条，没有第九条" in page.split("找到")[0]


def test_lay_words_find_and_are_marked(get):
    page = get("/lookup", q="护栏多久检查一次")
    assert "<mark>护栏</mark>" in page and f"《{GARDEN}》" in page


def test_a_filter_narrows_and_its_link_keeps_the_rest(get):
    page = get("/lookup", q="风筝", date="2026-01-01")
    assert "风筝安全法" in seen(page) and ENDER in seen(page)
    link = unescape(re.search(r'href="([^"]*level=%E6%B3%95%E5%BE%8B[^"]*)"', page)[1])
    assert "date=2026-01-01" in link and "q=" in link
    narrowed = get(link)
    assert "风筝安全法" in seen(narrowed) and f"《{ENDER}》" not in seen(narrowed)
    assert 'aria-current="true"' in narrowed


def test_facet_counts_are_what_the_link_brings(get):
    page = get("/lookup", q="风筝")
    for link, count in re.findall(
        r'<a href="([^"]*level=[^"]+)"><span>[^<]+</span><small>(\d+)</small>', page
    ):
        assert f"找到 {count} 条" in seen(get(unescape(link)))


def test_the_day_decides_which_version_is_found(get):
    earlier = seen(get("/lookup", q="护栏检查", date="2020-01-01"))
    assert "每季度检查" in earlier and "每月检查" not in earlier
    assert "2020年1月1日 有效" in earlier


def test_results_of_an_earlier_day_lead_to_that_version(get):
    page = get("/lookup", q="护栏检查", date="2020-01-01")
    assert re.search(r'href="/lookup/[^"]*version=[^"]*2019-03-01"', page)


def test_nothing_found_says_what_to_try(get):
    page = seen(get("/lookup", q="护栏", status="已废止"))
    assert "可以这样再试" in page and "全部去掉" in page


@pytest.mark.parametrize(
    ("field", "value"), [("date", "昨天"), ("level", "圣旨"), ("page", "-3"), ("kind", "x"), ("date_to", "2026-02-31")]
)  # fmt: skip
def test_a_field_that_cannot_be_read_is_left_out_and_said(get, field, value):
    page = get("/lookup", q="护栏", **{field: value})
    assert "没有看懂，这一项没有用" in page and f"《{GARDEN}》" in page


def test_a_very_long_question_is_cut_and_said(get):
    assert "检索词太长" in get("/lookup", q="护栏" * 900)


@pytest.mark.parametrize(
    "q", [NASTY, '"><img src=x onerror=a()>', "\u202e\x00护栏", "%00", "《》第条" * 20, "第" * 300]
)
def test_hostile_questions_stay_words(get, q):
    page = get("/lookup", q=q)
    assert "<script>alert" not in page and "<img src=x" not in page and "\u202e" not in page


def test_cards_are_found_beside_rules_and_marked_as_ours(get):
    page = seen(get("/lookup", q="屋里有煤气味怎么办", kind="card"))
    assert "本项目编写" in page and "《" not in page.split("最相关的在前")[1].split("为什么列出")[0]


def test_paging_walks_through_everything_once(get):
    titles, link = [], "/lookup?q=风筝护栏检查处罚&kind=all"
    while link:
        page = get(link)
        titles += re.findall(r'<li class="card[^"]*">\s*<h2><a href="([^"]+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        link = unescape(found[1]) if found else ""
    total = int(re.search(r"找到 (\d+) 条", seen(page))[1])
    assert len(titles) == len(set(titles)) == total > 10


# -- laws ----------------------------------------------------------------------------------------------


def test_the_list_has_each_law_once_and_filters(get):
    page = seen(get("/lookup/laws"))
    assert page.count(GARDEN) == 1 and "收录 2 个版本" in page and "AED" not in page
    only = seen(get("/lookup/laws", q="风筝", level="行政法规", status="现行"))
    assert ENDER in only and ENDED not in only and "风筝安全法" not in only


def test_an_empty_list_says_what_is_near(get):
    assert GARDEN in seen(get("/lookup/laws", q="屋顶花园安全条约"))


def test_a_laws_page_has_versions_contents_and_facts(get):
    page = get(f"/lookup/{GARDEN}")
    words = seen(page)
    assert "第一章 总则" in words and "第一条至第三条" in words and "青桥市人民代表大会常务委员会" in words
    assert "2024年5月6日版" in words and "2019年3月1日版" in words and "与上一版对照" in words
    assert "资料截至 2024年5月6日" in words
    assert "<details" in page and "/srv/private" not in page


def test_what_ended_a_law_is_said_with_its_sentence(get):
    page = get(f"/lookup/{ENDED}")
    assert f"<blockquote>{SENTENCE}</blockquote>" in page and "已废止" in page
    quoted = unescape(re.search(r'href="([^"]*quote=[^"]*)"', page)[1])
    assert f"<mark>{SENTENCE}</mark>" in get(quoted)


def test_an_old_version_leads_to_the_new(get):
    page = get(f"/lookup/{GARDEN}", version="2019")
    assert "2024年8月4日起由" in seen(page) and "新版" in seen(page)


@pytest.mark.parametrize("typed", ["3", "第3条", "第三条", " 三 条".replace(" ", "第", 1)])
def test_an_article_number_jumps(services, typed):
    reply = caller(services)("GET", f"/lookup/{GARDEN}", params={"find": typed})
    assert reply.status_code == 303
    assert reply.headers["location"].endswith("/%E7%AC%AC%E4%B8%89%E6%9D%A1")


def test_a_number_too_high_is_said(get):
    assert "共4条，没有第九十条" in seen(get(f"/lookup/{GARDEN}", find="第90条"))


def test_words_are_looked_for_in_one_law(get):
    page = get(f"/lookup/{GARDEN}", find="护栏 检查")
    assert "2 处" in seen(page) and "<mark>护栏</mark>" in page
    assert "没有“月亮”" in seen(get(f"/lookup/{GARDEN}", find="月亮"))


def test_the_whole_text_can_be_read(get):
    words = seen(get(f"/lookup/{GARDEN}", full="1"))
    assert words.index("登记造册") < words.index("每月检查一次护栏") < words.index("花盆坠落伤人")


def test_unknown_law_is_404_with_likely_names(get):
    page = seen(get("/lookup/屋顶花园安全条约", 404))
    assert "库里没有《屋顶花园安全条约》" in page and GARDEN in page


@pytest.mark.parametrize(
    "path", ["/lookup/%00", "/lookup/" + "长" * 300, "/lookup/..%2f..%2fetc", "/lookup/《》"]
)
def test_strange_addresses_are_pages_too(get, path):
    assert "没有找到" in get(path, 404)


# -- one article ---------------------------------------------------------------------------------------


def test_an_article_is_laid_out_with_its_neighbours_and_links(get):
    page = get(f"/lookup/{GARDEN}/第三条")
    words = seen(page)
    assert '<p class="lk-item">（一）每月检查一次护栏；</p>' in page
    assert "第一章 总则" in words and "上一条 第二条" in words and "下一条 第四条" in words
    assert "对应罚则" in words
    penalty = seen(get(f"/lookup/{GARDEN}/第四条"))
    assert "对应义务" in penalty and "前一版：2019年3月1日版第三条" in penalty and "与旧版对照" in penalty


def test_the_copy_button_carries_source_and_version(get):
    copied = unescape(re.search(r'data-copy="([^"]+)"', get(f"/lookup/{GARDEN}/第三条"))[1])
    assert copied.startswith(f"《{GARDEN}》第三条（2024年5月6日公布，2024年8月4日起施行，现行）\n")
    assert "收起花盆" in copied


def test_a_quote_is_marked_across_lines_and_a_wrong_one_is_said(get):
    page = get(f"/lookup/{GARDEN}/3", quote="屋顶花园的主人应当：（一）每月")
    assert "<mark>屋顶花园的主人应当：</mark>" in page and "<mark>（一）每月</mark>检查" in page
    assert "没有一字不差的原文" in get(f"/lookup/{GARDEN}/3", quote="每年检查")


def test_an_old_article_says_so_and_leads_to_the_present_one(get):
    page = get(f"/lookup/{GARDEN}/第三条", version=f"{GARDEN}@2019-03-01")
    words = seen(page)
    assert "已修改" in words and "这是旧版本" in words and "现行版对应第四条" in words
    assert re.search(r'rel="prev" href="[^"]*version=[^"]*2019-03-01"', page)


def test_a_missing_article_is_404_and_leads_to_the_law(get):
    page = seen(get(f"/lookup/{GARDEN}/第九十条", 404))
    assert "共4条，没有第九十条" in page and f"打开《{GARDEN}》的目录" in page


def test_words_of_a_text_are_never_markup(get):
    for path in (f"/lookup/{ENDER}/第一条", f"/lookup/{ENDER}", "/lookup?q=" + ENDER + "第一条"):
        page = get(path)
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_names_with_a_slash_have_an_address(get):
    page = get("/lookup/laws", q="GB")
    law_page = get(unescape(re.search(r'href="(/lookup/GB[^"]+)"', page)[1]))
    article = re.search(r'<ol class="lk-articles">\s*<li><a href="([^"]+)"', law_page)[1]
    assert "绳长要量" in get(unescape(article))


def test_a_card_opens_and_is_not_called_a_law(get):
    page = get("/lookup", q="屋里有煤气味怎么办", kind="card")
    link = unescape(re.search(r'<h2><a href="([^"]+)"', page)[1])
    card = seen(get(link))
    assert "本项目编写" in card and "《" not in card.split("本项目编写")[0]


# -- the page of the PDF -------------------------------------------------------------------------------


def test_the_page_of_the_pdf_is_drawn(get, services):
    page = get(f"/lookup/{SCANNED}/第一条")
    assert "看原件 PDF 第1页" in seen(page)
    reply = caller(services)("GET", unescape(re.search(r'src="(/lookup/page[^"]+)"', page)[1]))
    assert reply.status_code == 200 and reply.headers["content-type"] == "image/png"
    assert reply.content.startswith(b"\x89PNG")


def test_no_picture_of_another_file_or_of_none(get, services, pdf):
    document, (chunk,) = stored(
        SCANNED, date(2023, 1, 5), {"第一条": "x"}, source=str(pdf), content_hash="1" * 64
    )
    assert not scan.has_picture(chunk, document)
    assert not scan.has_picture(chunk, replace(document, source="/nowhere/x.pdf"))
    assert not scan.has_picture(chunk, replace(document, source="https://example.org/x.pdf"))
    assert not scan.has_picture(chunk, replace(document, source="/etc/passwd"))
    with pytest.raises(ArticleNotFoundError, match="不能显示"):
        scan.drawn(pdf, document, 1)
    get("/lookup/page", 404, of=f"{GARDEN}@2024-05-06#第一条")
    get("/lookup/page", 404, of="../../etc/passwd")


def test_a_page_that_is_not_there_is_not_drawn(services, pdf):
    document = services.kb.document(f"{SCANNED}@2023-01-05")
    with pytest.raises(ArticleNotFoundError, match="不能显示"):
        scan.drawn(pdf, document, 7)


# -- versions side by side -----------------------------------------------------------------------------


def test_versions_side_by_side_show_only_what_changed(get):
    page = get(f"/lookup/compare/{GARDEN}")
    words = seen(page)
    assert "修改 1 条" in words and "新增 2 条" in words and "删去 1 条" in words and "未改动 1 条" in words
    assert "<del>" in page and "<ins>" in page
    assert "让屋顶花园不伤人" not in words
    assert "让屋顶花园不伤人" in seen(get(f"/lookup/compare/{GARDEN}", everything="1"))


def test_either_side_is_the_text_of_its_version(services):
    old, new = (tuple(services.kb.chunks(f"{GARDEN}@{day}")) for day in ("2019-03-01", "2024-05-06"))
    pairs = compare.paired(old, new).pairs
    assert [pair.new.chunk_id for pair in pairs if pair.new] == [chunk.chunk_id for chunk in new]
    assert {pair.old.chunk_id for pair in pairs if pair.old} == {chunk.chunk_id for chunk in old}
    for pair in pairs:
        if pair.old:
            assert "".join(s.text for s in pair.spans if s.change != "added") == pair.old.text
        if pair.new:
            assert "".join(s.text for s in pair.spans if s.change != "removed") == pair.new.text


def test_one_article_in_two_versions(get):
    page = get(f"/lookup/compare/{GARDEN}/第四条")
    assert "第三条 → 第四条" in seen(page) and "二百元" in page and "<ins>" in page


def test_nothing_to_compare_with_is_said(get):
    assert "只收录了" in get("/lookup/compare/风筝安全法")
    assert "没有对应的条文" in get("/lookup/compare/风筝安全法/第一条")


# -- when things fail ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/lookup?q=护栏", "/lookup/laws", f"/lookup/{GARDEN}", f"/lookup/{GARDEN}/1"]
)
def test_without_a_knowledge_base_the_page_says_so_and_shows_the_numbers(services, path):
    reply = caller(broken(services))("GET", path)
    assert reply.status_code == 503
    assert "暂时不可用" in reply.text and 'href="tel:119"' in reply.text


# -- parts ---------------------------------------------------------------------------------------------


def test_a_form_reads_what_it_can():
    asked, faults = read(Asked, {"q": " 护栏 ", "level": "", "date": "2026-13-01", "utm_source": "x"})
    assert (asked.q, asked.on, asked.level) == ("护栏", None, None)
    assert len(faults) == 1 and "按哪一天有效" in faults[0]


def test_a_long_text_is_cut_around_the_words_found():
    text = "开头。" * 100 + "这里说到护栏。" + "结尾。" * 100
    at = text.index("护栏")
    runs = layout.snippet(text, [(at, at + 2)])
    assert runs[0].text == runs[-1].text == "…"
    assert [run.text for run in runs if run.marked] == ["护栏"]
    assert len("".join(run.text for run in runs)) < 200


def test_marks_that_overlap_lines_lose_no_character():
    text = "甲应当：\n（一）建账；\n\n（二）巡查。\n乙。"
    laid = layout.laid_out(text, [(2, 9), (14, 15)])
    assert "".join(run.text for c in laid for line in c.lines for run in line.runs) == text.replace("\n", "")
    assert [c.number for c in laid] == ["第一款", "第二款"]


def test_local_rules_stand_by_themselves():
    def hit(name, region, relation, level=Level.LOCAL):
        document, (chunk,) = stored(name, date(2020, 1, 1), {"第一条": "x"}, region=region, level=level)
        return Hit(chunk, document, Status.IN_FORCE, 0.6, relation=relation)

    found = related.grouped(
        [
            hit("甲", "河南省", "实施规定"),
            hit("乙", "全国", "实施规定"),
            hit("丙", "全国", "引用本条", Level.DUTY),
        ]
    )
    assert [(group.name, len(group.hits)) for group in found.rules] == [("地方规定", 1), ("实施规定", 1)]
    assert [group.name for group in found.cards] == ["职责清单"]
    assert "郑州市" in related.reach("河南省").split()


def test_a_version_not_yet_in_force_is_warned_of():
    document, _ = stored("甲", date(2027, 1, 1), {"第一条": "x"})
    assert "2027年1月1日起施行" in law.warning(document, Status.NOT_YET, date(2026, 11, 24))
    assert law.warning(document, Status.IN_FORCE, date(2026, 11, 24)) == ""
