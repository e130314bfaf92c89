"""科普课堂 over HTTP: cards, posters, warnings, quiz, family plan, terms."""

import re
from html import unescape
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from kb.cards.guides import HAZARDS
from kb.cards.records import Signal, Term
from tests.web import doors
from tests.web.doors import Caller
from tests.web.learn_site import CARDS, learning, site_of
from web.pages import pictograms
from web.pages.frame import STATIC
from web.pages.guide_shelf import PLACES, URGENT, call_of, pick, shelve
from web.pages.learn.poster_fit import SIZES, fitting
from web.pages.learn.signals import KINDS

SHELF = shelve(CARDS.guides)


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return learning(tmp_path_factory.mktemp("learn"))


@pytest.fixture(scope="module")
def call(services):
    return Caller(site_of(services))


@pytest.fixture(scope="module")
def page(call):
    def page(path, **options):
        reply = call("GET", path, **options)
        assert reply.status_code == 200, reply.text[:300]
        return unescape(reply.text)

    return page


# -- cards


def test_every_card_is_on_the_shelf_with_a_link(page):
    listed = re.findall(r'href="/learn/guides/([a-z0-9-]+)"', page("/learn"))
    assert sorted(listed) == sorted(guide.id for guide in CARDS.guides)


@pytest.mark.parametrize(
    ("said", "card"),
    [
        ("煤气味", "gas-leak"),
        ("家里煤气味很重", "gas-leak"),
        ("被狗咬了", "dog-bite"),
        ("触电", "electric-shock"),
        ("煤气泄露咋办", "gas-leak"),
    ],
)
def test_words_find_their_card_first(page, said, card):
    assert re.findall(r'href="/learn/guides/([a-z0-9-]+)"', page("/learn", params={"q": said}))[0] == card


def test_words_nobody_wrote_find_nothing_and_the_page_says_what_to_try(page):
    empty = page("/learn", params={"q": "zzzz"})
    assert "没有找到合适的卡片" in empty
    assert "/learn/guides/" not in empty


def test_hazard_and_place_narrow_together():
    both = pick(SHELF, hazard="火灾", place="学校")
    assert {s.guide.id for s in both} == {"fire-school", "fire-dormitory"}
    assert all(pick(SHELF, place=place) for place in PLACES)


def test_an_unknown_filter_is_no_filter(page):
    assert page("/learn", params={"hazard": "瞌睡", "place": "月球"}).count(
        '<li><a href="/learn/guides/'
    ) == len(SHELF)


def test_a_card_shows_steps_in_order_donts_with_the_word_and_whom_to_call(page):
    guide = next(g for g in CARDS.guides if g.id == "gas-leak")
    shown = page("/learn/guides/gas-leak")
    assert re.findall(r"<li>(.*?)</li>", re.search(r'id="steps">(.*?)</ol>', shown, re.DOTALL)[1]) == list(
        guide.steps
    )
    assert "不要做</h2>" in shown
    assert 'href="tel:119"><span class="k">先打' in shown
    assert f"第5步</span>{guide.steps[4]}" in shown
    assert guide.basis[0] in shown
    assert "2026年11月24日" in shown


def test_a_card_that_is_not_there_is_a_page_with_the_way_back(call):
    for path in ("/learn/guides/nothing", "/learn/guides/nothing/poster", "/learn/guides/%3Cscript%3E"):
        reply = call("GET", path)
        assert reply.status_code == 404
        assert "没有这张应急卡片" in reply.text
        assert 'href="/learn"' in reply.text


def test_every_card_says_when_to_call():
    assert [g.id for g in CARDS.guides if not call_of(g).steps] == []


def test_what_is_typed_is_escaped(call):
    text = call("GET", "/learn", params={"q": '"><img src=x onerror=alert(1)>'}).text
    assert "<img" not in text


# -- pictograms


def test_every_pictogram_named_is_drawn_on_one_grid():
    root = ElementTree.parse(STATIC / pictograms.SPRITE).getroot()
    symbols = {s.get("id"): s for s in root}
    named = {s.picture for s in SHELF} | set(pictograms.OF_HAZARD.values())
    named |= {pictograms.of_signal(signal.hazard) for signal in CARDS.of(Signal)}
    assert named <= symbols.keys()
    assert len(named) >= 30
    assert {(s.get("viewBox"), s.get("stroke"), s.get("stroke-width")) for s in root} == {
        ("0 0 48 48", "currentColor", "2.8")
    }
    assert set(pictograms.OF_HAZARD) == set(HAZARDS)


# -- posters


def test_a_long_card_gets_smaller_type_than_a_short_one():
    short, long = (
        fitting("漏气", ["走"] * 4, ["不点火"]),
        fitting("漏气", ["走" * 30] * 6, ["不点火" * 9] * 5),
    )
    assert SIZES.index(short) < SIZES.index(long)


def test_a_poster_has_the_number_the_steps_and_no_shell(page):
    poster = page("/learn/guides/choking/poster")
    assert poster.count("<ol>") == 1
    assert "aw-calls" not in poster
    assert "<b>120</b>" in poster


# -- warnings


def test_warnings_start_with_rain_in_four_colours_with_the_words(page):
    shown = page("/learn/signals")
    assert re.findall(r'class="level is-(\w+)">(\w+)<', shown) == [
        ("blue", "蓝色"),
        ("yellow", "黄色"),
        ("orange", "橙色"),
        ("red", "红色"),
    ]
    assert "50毫米" in shown


def test_who_narrows_what_is_told(page):
    told = set(re.findall(r'class="tell"><b>(\w+)</b>', page("/learn/signals", params={"who": "schools"})))
    assert told == {"学校"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_level_of_a_kind_is_shown(page, kind):
    shown = page("/learn/signals", params={"kind": kind, "hazard": "全部"})
    held = [signal for signal in CARDS.of(Signal) if signal.kind == kind]
    assert shown.count('<span class="level') == len(held) > 0
    assert all(signal.threshold in shown for signal in held)


def test_a_time_limit_links_to_its_articles(page):
    shown = unquote(page("/learn/signals", params={"kind": "报告时限", "hazard": "生产安全事故"}))
    assert 'href="/lookup/生产安全事故报告和调查处理条例/第九条"' in shown


# -- quiz


def test_a_draw_is_sent_to_an_address_of_its_own(call):
    reply = call("GET", "/learn/quiz", params={"go": "1", "kind": "处置", "n": "5"})
    assert reply.status_code == 303
    assert re.fullmatch(r"/learn/quiz\?kind=%E5%A4%84%E7%BD%AE&n=5&seed=\d+", reply.headers["location"])


def test_the_same_seed_gives_a_class_the_same_questions(page):
    stems = [
        re.findall(r"</span>([^<]+)</legend>", page("/learn/quiz", params={"seed": seed}))
        for seed in (7, 7, 8)
    ]
    assert len(stems[0]) == 10
    assert stems[0] == stems[1] != stems[2]


def test_without_script_the_answers_are_marked_by_the_server(page):
    asked = page("/learn/quiz", params={"seed": 7, "n": 5})
    right = {f"a{n}": answer for n, answer in enumerate(re.findall(r'data-answer="(\d)"', asked))}
    assert "正确答案" not in asked
    marked = page("/learn/quiz", params={"seed": 7, "n": 5, "done": 1, **right})
    assert "<b>5</b> / 5" in marked
    slip = {"a0": (int(right["a0"]) + 1) % 3}
    wrong = page("/learn/quiz", params={"seed": 7, "n": 5, "done": 1, **right, **slip})
    half = page("/learn/quiz", params={"seed": 7, "n": 5, "done": 1})
    assert "<b>0</b> / 5" in half and half.count("这题没有作答") == 5
    assert "<b>4</b> / 5" in wrong
    assert '<ul class="reads">' in half


def test_a_topic_without_questions_for_an_audience_says_where_they_are(page):
    assert "没有给市民做的题" in page("/learn/quiz", params={"seed": 7, "kind": "罚款", "who": "citizen"})


def test_the_paper_has_the_answers_after_the_questions(page):
    paper = page("/learn/quiz/paper", params={"seed": 7})
    questions, answers = paper.split('<section class="answers">')
    assert questions.count('class="stem"') == answers.count("<li>") == 10


@pytest.mark.parametrize("seed", ["-5", "七", "9" * 400, "1e9", ""])
def test_a_seed_nobody_can_read_gives_the_form_or_a_draw(call, seed):
    assert call("GET", "/learn/quiz", params={"seed": seed}).status_code == 200


# -- family plan


def test_a_plan_counts_supplies_and_takes_the_cards_the_home_calls_for(call):
    reply = call(
        "POST", "/learn/plan", data={"adults": "2", "infants": "1", "floor": "12", "gas": "1", "near": "山林"}
    )
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert '<td class="amount">27升</td>' in reply.text
    for card in ("fire-highrise", "gas-leak", "fire-forest", "choking-infant"):
        assert f'href="/learn/guides/{card}"' in reply.text
    assert "flood-river" not in reply.text


def test_the_fields_for_people_have_no_name_and_no_form(call):
    shown = call("POST", "/learn/plan", data={"adults": "1"}).text
    blanks = re.findall(r'<input type="text"[^>]*>', shown)
    assert len(blanks) == 8
    assert not any("name=" in blank for blank in blanks)
    assert "<form" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"adults": "x"}, "成人填了“x”：请填整数"),
        ({"adults": "0"}, "家里一个人也没有填"),
        ({"adults": "99"}, "成人填了99"),
        ({"adults": "1", "floor": "0"}, "楼层填了0"),
        ({"adults": "²"}, "成人填了“²”"),
        ({"adults": "<b>"}, "成人填了“<b>”"),
    ],
)
def test_what_cannot_be_is_said_and_the_answers_stay(call, sent, said):
    reply = call("POST", "/learn/plan", data=sent)
    assert reply.status_code == 422
    assert said in unescape(reply.text)
    assert f'value="{sent["adults"]}"' in unescape(reply.text)
    assert "<b>" not in re.search(r'role="alert">(.*?)</p>', reply.text)[1]


def test_a_file_is_no_answer(call):
    reply = call("POST", "/learn/plan", files={"adults": ("a.txt", b"2")})
    assert reply.status_code == 400


# -- terms


def test_all_terms_are_listed_and_each_link_leads_to_its_explanation(page):
    listed = re.findall(r'href="/learn/terms\?topic=([^#"]+)#([a-z0-9-]+)"', page("/learn/terms"))
    assert len(listed) == len(CARDS.of(Term)) == len({card for _, card in listed})
    topic, card = listed[-1]
    assert f'id="{card}"' in page(f"/learn/terms?topic={topic}")


def test_a_lay_name_finds_the_term_first(page):
    shown = page("/learn/terms", params={"q": "危化品"})
    assert re.findall(r"<dt>([^<]+)", shown)[0] == "危险化学品"
    assert "别弄混" in shown
    assert 'href="/lookup/危险化学品安全法/第三条"' in unquote(shown)


def test_a_word_that_is_no_term_leads_to_the_law(page):
    assert "没有这个词" in page("/learn/terms", params={"q": "zzzz"})


# -- without a knowledge base


def test_everything_but_the_articles_is_there_without_a_knowledge_base(services):
    call = Caller(site_of(doors.broken(services)))
    paths = (
        "/learn",
        "/learn/guides/choking",
        "/learn/signals",
        "/learn/quiz?seed=7",
        "/learn/plan",
        "/learn/terms",
    )
    assert [call("GET", path).status_code for path in paths] == [200] * len(paths)


def test_the_urgent_cards_exist():
    known = {guide.id for guide in CARDS.guides}
    assert {card for cards in URGENT.values() for card in cards} <= known
