"""The REST door over the site's app, with a small real knowledge base."""

import json
import time
from dataclasses import replace
from threading import BoundedSemaphore

import httpx
import pytest

from kb.datatypes import Answer, AnswerState
from tests.web.doors import GARDEN, Caller, app_of, broken, listening, make
from web.api.search import highlights
from web.api.services import Asked, answers

NOW, BEFORE = f"{GARDEN}@2024-05-06", f"{GARDEN}@2019-03-01"


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return make(tmp_path_factory.mktemp("doors"))


@pytest.fixture(scope="module")
def call(services):
    return Caller(app_of(services))


@pytest.fixture(scope="module")
def call_broken(services):
    return Caller(app_of(broken(services)))


def events(text: str) -> list[tuple[str, dict]]:
    blocks = [block.split("\n") for block in text.split("\n\n") if block]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in blocks]


# -- asking --------------------------------------------------------------------------------------


def test_an_answer_has_its_sources_and_their_versions(call):
    answer = call("POST", "/api/ask", json={"question": f"{GARDEN}第三条"}).json()
    assert answer["state"] == "GROUNDED"
    first = answer["citations"][0]
    assert (first["chunk_id"], first["number"]) == (f"{NOW}#第三条", 1)
    assert first["version"]["status"] == "现行"
    assert first["version"]["published"] == "2024-05-06"
    assert "每月检查一次护栏" in first["quote"]


def test_the_day_asked_about_picks_the_version(call):
    asked = {"question": f"{GARDEN}第二条", "date": "2020-01-01"}
    first = call("POST", "/api/ask", json=asked).json()["citations"][0]
    assert first["chunk_id"] == f"{BEFORE}#第二条"


def test_an_emergency_comes_first_in_the_stream(call):
    reply = call(
        "POST", "/api/ask", json={"question": "家里煤气味很重怎么办"}, headers={"accept": "text/event-stream"}
    )
    assert reply.headers["content-type"].startswith("text/event-stream")
    told = events(reply.text)
    assert told[0][0] == "snapshot"
    assert told[0][1]["emergency"]["number"] == "119"
    assert [kind for kind, _ in told].count("answer") == 1
    assert told[-1][0] == "answer"
    whole = call("POST", "/api/ask", json={"question": "家里煤气味很重怎么办"}).json()
    assert told[-1][1] == whole


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_half_a_character_in_an_answer_breaks_nothing(services, accept):
    class Halved:
        def ask(self, question, **about):
            yield Answer(AnswerState.GROUNDED, "护栏\ud83d要查", follow_ups=("多久\udc00查",))

    ask = Caller(app_of(replace(services, assistant=Halved())))
    reply = ask("POST", "/api/ask", json={"question": "护栏"}, headers={"accept": accept})
    told = events(reply.text)[-1][1] if accept == "text/event-stream" else reply.json()
    assert (told["text"], told["follow_ups"]) == ("护栏要查", ["多久查"])


def test_who_leaves_a_stream_gives_the_place_back(services):
    class Endless:
        def ask(self, question, **about):
            while True:
                time.sleep(0.01)
                yield Answer(AnswerState.GROUNDED, "还在写")

    alone = replace(services, assistant=Endless(), places=BoundedSemaphore(1))
    options = {"json": {"question": "护栏"}, "headers": {"accept": "text/event-stream"}}
    with listening(app_of(alone)) as address:
        with httpx.stream("POST", f"{address}/api/ask", **options) as reply:
            lines = reply.iter_lines()
            assert [next(lines) for _ in range(4)][3] == "event: snapshot"
            assert not alone.places.acquire(blocking=False)
        assert alone.places.acquire(timeout=5)


def test_without_a_knowledge_base_emergencies_are_answered(call_broken):
    answer = call_broken("POST", "/api/ask", json={"question": "楼下着火了，楼道全是烟"}).json()
    assert answer["state"] == "UNAVAILABLE"
    assert answer["emergency"]["number"] == "119"


@pytest.mark.parametrize("path", ["/api/search?q=a", "/api/laws", f"/api/laws/{GARDEN}", "/api/ready"])
def test_without_a_knowledge_base_the_rest_says_so_with_the_numbers(call_broken, path):
    reply = call_broken("GET", path)
    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "5"
    said = reply.json()["error"]
    assert said["code"] == "unavailable"
    assert all(number in said["message"] for number in ("119", "120", "110", "122"))


def test_the_history_is_cut_and_cleaned(services):
    heard = []

    class Listening:
        def ask(self, question, **about):
            heard.append((question, about))
            yield Answer(AnswerState.NO_MATCH, "")

    list(
        answers(
            replace(services, assistant=Listening(), region="河南省"),
            Asked("问\u200b题 ", history=["旧"] * 9),
        )
    )
    question, about = heard[0]
    assert question == "问题"
    assert about["history"] == ("旧",) * 6
    assert about["region"] == "河南省"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "question 没有填写"),
        ({"question": ""}, "question 太短"),
        ({"question": "问" * 2001}, "question 太长，最多2000字"),
        ({"question": "问", "audience": "king"}, "audience 不在可选的值里"),
        ({"question": "问", "date": "昨天"}, "date 应是日期"),
        ({"question": "问", "history": ["旧"] * 21}, "history 项数太多"),
        ({"question": "问", "regoin": "河南省"}, "regoin 是不认识的字段"),
    ],
)
def test_a_faulty_question_is_named(call, body, said):
    reply = call("POST", "/api/ask", json=body)
    assert reply.status_code == 422
    assert said in reply.json()["error"]["message"]


def test_a_body_that_is_no_json_is_refused_in_the_one_shape(call):
    reply = call("POST", "/api/ask", content=b"{", headers={"content-type": "application/json"})
    assert reply.status_code == 422
    assert "JSON" in reply.json()["error"]["message"]


def test_a_body_in_another_encoding_is_refused(call):
    reply = call(
        "POST", "/api/verify", content="{护栏}".encode("gbk"), headers={"content-type": "application/json"}
    )
    assert reply.status_code == 400
    assert "UTF-8" in reply.json()["error"]["message"]


# -- searching -----------------------------------------------------------------------------------


def test_search_marks_the_words_and_counts_the_kinds(call):
    found = call("GET", "/api/search", params={"q": "大风时花盆", "k": 2}).json()
    first = found["hits"][0]
    marked = {first["text"][span["start"] : span["end"]] for span in first["highlights"]}
    assert "花盆" in marked
    assert len(found["hits"]) == 2
    assert found["total"] == 6
    assert found["facets"]["level"] == {"地方性法规": 4, "法律": 2}
    assert found["facets"]["status"] == {"现行": 6}


def test_filters_narrow_the_hits_and_not_the_facets(call):
    found = call(
        "GET", "/api/search", params={"q": "护栏", "level": "法律", "date_from": "2020-01-01"}
    ).json()
    assert {hit["law"] for hit in found["hits"]} == {"风筝安全法"}
    assert sum(found["facets"]["level"].values()) == 6
    assert call("GET", "/api/search", params={"q": "护栏", "issuer": "没有这个机关"}).json()["total"] == 0
    assert call("GET", "/api/search", params={"q": "护栏", "date_to": "2020-12-31"}).json()["total"] == 2


def test_an_article_that_is_not_there_is_told(call):
    found = call("GET", "/api/search", params={"q": f"{GARDEN}第九十条"}).json()
    assert "没有第九十条" in found["notice"]


@pytest.mark.parametrize("k", [0, 51, "x"])
def test_k_is_bounded(call, k):
    assert call("GET", "/api/search", params={"q": "护栏", "k": k}).status_code == 422


def test_highlights_keep_their_places_where_folding_changes_length():
    text = "İİ花盆"
    begin, end = highlights(text, ["花盆"])[0]
    assert text[begin:end] == "花盆"


# -- reading -------------------------------------------------------------------------------------


def test_the_list_has_one_row_per_law_with_the_version_in_force(call):
    listed = call("GET", "/api/laws", params={"q": "花园"}).json()
    assert [(row["law"], row["versions"], row["version"]["doc_id"]) for row in listed["items"]] == [
        (GARDEN, 2, NOW)
    ]
    assert call("GET", "/api/laws", params={"size": 1, "page": 2}).json()["items"][0]["law"] == "风筝安全法"
    assert (
        call("GET", "/api/laws", params={"date": "2019-12-31", "q": "花园"}).json()["items"][0]["version"][
            "doc_id"
        ]
        == BEFORE
    )


def test_contents_follow_the_headings(call):
    law = call("GET", f"/api/laws/{GARDEN}").json()
    assert [version["doc_id"] for version in law["versions"]] == [BEFORE, NOW]
    chapters = law["contents"]["children"]
    assert [(part["title"], part["articles"]) for part in chapters] == [
        ("第一章 总则", ["第一条", "第二条", "第三条"]),
        ("第二章 罚则", ["第四条"]),
    ]
    assert call("GET", "/api/laws/中华人民共和国风筝安全法").json()["contents"]["articles"] == [
        "第一条",
        "第二条",
    ]


def test_an_article_has_its_neighbours_and_its_penalty(call):
    article = call("GET", f"/api/articles/{GARDEN}/3").json()
    assert (article["before"]["article"], article["after"]["article"]) == ("第二条", "第四条")
    assert {(link["relation"], link["article"]) for link in article["links"]} >= {("对应罚则", "第四条")}
    assert "private" not in json.dumps(article)  # no path of this machine


@pytest.mark.parametrize("version", ["2019", "2019-03-01", BEFORE])
def test_a_version_may_be_named_in_several_ways(call, version):
    article = call("GET", f"/api/articles/{GARDEN}/第二条", params={"version": version}).json()
    assert article["version"]["doc_id"] == BEFORE
    assert article["version"]["status"] == "已修改"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/laws/没有这部法", "知识库里没有《没有这部法》"),
        (f"/api/articles/{GARDEN}/90", "没有第九十条"),
        (f"/api/articles/{GARDEN}/1?version=1999", "收录的版本"),
        ("/api/compare/风筝安全法/1", "没有更早的版本"),
        ("/api/guides/none", "没有这张应急卡片"),
        ("/api/sheets/none", "没有这张检查表"),
        ("/api/none", "没有这个地址"),
        ("/api/laws/%0A没有", "知识库里没有"),
    ],
)
def test_what_is_not_there_is_404_with_a_remedy(call, path, said):
    reply = call("GET", path)
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"
    assert said in reply.json()["error"]["message"]


def test_a_renumbered_article_is_compared_with_what_it_was(call):
    compared = call("GET", f"/api/compare/{GARDEN}/4").json()
    assert (compared["from"]["article"], compared["to"]["article"]) == ("第三条", "第四条")
    kept = {"old": "", "new": ""}
    for part in compared["differences"]:
        kept["old"] += part["text"] if part["change"] != "added" else ""
        kept["new"] += part["text"] if part["change"] != "removed" else ""
    assert kept == {"old": compared["from"]["text"], "new": compared["to"]["text"]}
    assert {"change": "removed", "text": "五百元"} in compared["differences"]


def test_the_same_article_in_both_versions_is_said_to_be_the_same(call):
    compared = call("GET", f"/api/compare/{GARDEN}/1", params={"from": "2019", "to": "2024"}).json()
    assert compared["same"]
    assert [part["change"] for part in compared["differences"]] == ["same"]


@pytest.mark.parametrize(
    ("article", "quote", "stands", "in_force", "where"),
    [
        ("3", "每月检查一次护栏", True, True, "第三条"),
        ("2", "每季度检查一次护栏", True, False, "第二条"),
        ("1", "每月检查一次护栏", False, False, "第三条"),
        (
            "3",
            "屋顶花园的主人应当：（一）每月检查一次护栏",
            True,
            True,
            "第三条",
        ),  # the line break is no word
    ],
)
def test_a_quotation_is_checked_word_for_word(call, article, quote, stands, in_force, where):
    said = call("POST", "/api/verify", json={"law": GARDEN, "article": article, "quote": quote}).json()
    assert (said["stands"], said["in_force"], said["places"][0]["article"]) == (stands, in_force, where)


@pytest.mark.parametrize("quote", ["每月检查两次护栏", "每月检查一次护栏。", "\u200b\u200b"])
def test_a_wrong_quotation_does_not_stand(call, quote):
    said = call("POST", "/api/verify", json={"law": GARDEN, "article": "3", "quote": quote}).json()
    assert not said["stands"]
    assert said["places"] == []
    assert "请核对原文" in said["message"]


# -- cards, feedback, health ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["call", "call_broken"])
def test_cards_are_there_even_without_a_knowledge_base(kind, request):
    caller = request.getfixturevalue(kind)
    guide = caller("GET", "/api/guides/gas-leak").json()
    assert guide["number"] == "119"
    assert guide["sections"][0]["heading"] == "现在就做"
    assert {row["id"] for row in caller("GET", "/api/guides").json()} == {"gas-leak", "aed-use"}
    assert [row["id"] for row in caller("GET", "/api/guides", params={"q": "除颤"}).json()] == ["aed-use"]


def test_terms_are_found_by_their_other_names(call):
    assert "危险化学品" in {term["term"] for term in call("GET", "/api/terms", params={"q": "危化品"}).json()}


def test_a_sheet_opens_from_the_list(call):
    row = call("GET", "/api/sheets", params={"q": "活动"}).json()[0]
    assert len(call("GET", f"/api/sheets/{row['id']}").json()["items"]) == row["items"]


def test_signals_tell_their_thresholds(call):
    found = call("GET", "/api/signals", params={"q": "特别重大"}).json()
    assert any(signal["level"] == "特别重大" and signal["threshold"] for signal in found)


def test_feedback_is_kept(call, services):
    sent = {"verdict": "依据不对", "question": "护栏\u202e", "answer": "每月", "comment": "应是每季度"}
    assert call("POST", "/api/feedback", json=sent).status_code == 201
    kept = services.journal.feedback()[0]
    assert (kept.verdict, kept.question, kept.comment) == ("依据不对", "护栏", "应是每季度")


def test_feedback_without_a_journal_is_refused(call_broken):
    assert call_broken("POST", "/api/feedback", json={"verdict": "有帮助"}).status_code == 503


def test_health_and_readiness(call, call_broken):
    assert call("GET", "/api/health").json() == {"status": "ok"}
    ready = call("GET", "/api/ready").json()
    assert (ready["documents"], ready["chunks"], ready["newest_published"]) == (3, 9, "2024-05-06")
    assert call_broken("GET", "/api/health").status_code == 200


# -- the app as a whole --------------------------------------------------------------------------


def test_a_bug_below_shows_no_trace(services):
    class Broken:
        def ask(self, question, **about):
            raise RuntimeError("secret detail")
            yield

    reply = Caller(app_of(replace(services, assistant=Broken())))("POST", "/api/ask", json={"question": "问"})
    assert reply.status_code == 500
    assert reply.json()["error"]["code"] == "internal"
    assert "secret" not in reply.text
    assert "119" in reply.text


def test_the_schema_names_every_route_and_the_guard_stands_before(call):
    schema = call("GET", "/api/openapi.json").json()
    assert set(schema["paths"]) == {
        "/ask", "/search", "/laws", "/laws/{law}", "/articles/{law}/{article}", "/compare/{law}/{article}",
        "/verify", "/guides", "/guides/{card}", "/signals", "/terms", "/sheets", "/sheets/{card}", "/feedback",
        "/health", "/ready",
    }  # fmt: skip
    assert schema["servers"] == [{"url": "/api"}]
    assert call("GET", "/api/health", headers={"host": "evil.example"}).status_code == 421
    assert call("GET", "/api/docs").status_code == 404
