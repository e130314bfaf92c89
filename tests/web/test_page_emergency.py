"""The emergency page over HTTP: light, without script, there when nothing else is."""

import re
from dataclasses import replace

import pytest

from kb.cards.library import Library
from tests.web import doors
from tests.web.doors import Caller
from tests.web.learn_site import CARDS, learning, site_of
from web.pages.guide_shelf import URGENT


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return doors.broken(learning(tmp_path_factory.mktemp("emergency")))


@pytest.fixture(scope="module")
def shown(services):
    reply = Caller(site_of(services))("GET", "/emergency")
    assert reply.status_code == 200
    return reply.text


def test_it_is_small_and_has_no_script(shown):
    assert len(shown.encode()) < 30_000
    assert "<script" not in shown
    assert not re.search(r"\son[a-z]+=", shown)


def test_the_numbers_are_links_and_come_before_the_cards(shown):
    body = shown[shown.index("<h1>") :]
    assert re.findall(r'<li><a href="tel:(\d+)"', body) == ["119", "120", "110", "122"]
    assert body.index("tel:119") < body.index("<details>")


def test_each_urgent_card_has_three_steps_and_the_way_to_the_rest(shown):
    wanted = [card for cards in URGENT.values() for card in cards]
    assert re.findall(r'href="/learn/guides/([a-z-]+)"', shown) == wanted
    steps = [
        re.findall(r"<li>(.*?)</li>", part)
        for part in re.findall(r"<details>(.*?)</details>", shown, re.DOTALL)
    ]
    guides = {guide.id: guide for guide in CARDS.guides}
    assert steps == [list(guides[card].steps[:3]) for card in wanted]


def test_without_any_card_the_numbers_still_stand(services):
    reply = Caller(site_of(replace(services, cards=Library((), ()))))("GET", "/emergency")
    assert reply.status_code == 200
    assert "应急卡片暂时读不出来" in reply.text
    assert 'href="tel:120"' in reply.text
