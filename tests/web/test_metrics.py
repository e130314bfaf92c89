"""The figures: what is counted, what is never in them, and who may read them."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.web.doors import GARDEN, Caller, app_of, broken, make
from web.metrics import Metrics, WatchedAnswerer

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return make(tmp_path_factory.mktemp("doors"))


@pytest.fixture
def fresh(services):
    metrics = Metrics()
    return replace(services, metrics=metrics, assistant=WatchedAnswerer(services.assistant, metrics))


def figures(text: str) -> dict[tuple[str, frozenset], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset]:
    return name, frozenset(labels.items())


def test_requests_and_answers_are_counted_without_their_words(fresh):
    call = Caller(app_of(fresh))
    call("POST", "/api/ask", json={"question": f"{GARDEN}第三条", "audience": "manager"})
    call("POST", "/api/ask", json={"question": "量子力学的测量问题怎么解释"})
    call(
        "POST",
        "/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "家里煤气味很重怎么办"}]},
    )
    call("GET", "/api/laws/悄悄话")
    call("GET", "/wp-login.php")
    text = call("GET", "/metrics").text
    found = figures(text)
    assert found[labelled("anwen_requests_total", route="/api/ask", method="POST", status="200")] == 2
    assert found[labelled("anwen_requests_total", route="/api/laws", method="GET", status="404")] == 1
    assert found[labelled("anwen_requests_total", route="other", method="GET", status="404")] == 1
    assert found[labelled("anwen_request_seconds_count", route="/api/ask")] == 2
    assert found[labelled("anwen_answers_total", state="GROUNDED", audience="manager")] == 1
    assert found[labelled("anwen_emergencies_total")] == 1
    assert found[labelled("anwen_refusals_total")] == 1
    assert found[labelled("anwen_answer_seconds_count")] == 3
    assert not any(word in text for word in ("悄悄话", "量子", "煤气", GARDEN, "wp-login", HERE))


def test_the_size_and_age_of_the_knowledge_base_are_there(fresh, services):
    found = figures(Caller(app_of(fresh))("GET", "/metrics").text)
    assert found[labelled("anwen_documents")] == 3
    assert found[labelled("anwen_chunks")] == 9
    assert found[labelled("anwen_newest_age_days")] > 900
    assert found[labelled("anwen_knowledge_base_up")] == 1
    gone = figures(Caller(app_of(broken(services)))("GET", "/metrics").text)
    assert gone[labelled("anwen_knowledge_base_up")] == 0


def test_what_is_under_way_is_counted_while_it_is(fresh):
    seen = []

    class Looking:
        def ask(self, question, **about):
            seen.append(fresh.metrics.registry.get_sample_value("anwen_requests_in_flight"))
            return fresh.assistant.ask(question, **about)

    Caller(app_of(replace(fresh, assistant=Looking())))("POST", "/api/ask", json={"question": "护栏"})
    assert seen == [1.0]
    assert fresh.metrics.registry.get_sample_value("anwen_requests_in_flight") == 0.0


def test_a_bug_counts_as_500(fresh):
    class Broken:
        def ask(self, question, **about):
            raise RuntimeError("a bug")

    call = Caller(app_of(replace(fresh, assistant=Broken())))
    call("POST", "/api/ask", json={"question": "护栏"})
    found = figures(call("GET", "/metrics").text)
    assert found[labelled("anwen_requests_total", route="/api/ask", method="POST", status="500")] == 1


@pytest.mark.parametrize(
    ("client", "token", "headers", "status"),
    [
        (HERE, "", {}, 200),
        ("::1", "", {}, 200),
        ("::ffff:127.0.0.1", "", {}, 200),
        (ELSEWHERE, "", {}, 403),
        (HERE, "", {"x-forwarded-for": ELSEWHERE}, 403),  # a proxy on this machine
        (HERE, "", {"forwarded": f"for={ELSEWHERE}"}, 403),
        (ELSEWHERE, "t-1", {}, 403),
        (ELSEWHERE, "t-1", {"authorization": "Bearer t-1"}, 200),
        (ELSEWHERE, "t-1", {"authorization": "bearer t-1"}, 200),
        (ELSEWHERE, "t-1", {"authorization": "Bearer t-2"}, 403),
        (ELSEWHERE, "t-1", {"authorization": "Basic t-1"}, 403),
        (ELSEWHERE, "", {"authorization": "Bearer "}, 403),
    ],
)
def test_only_this_machine_or_the_token_may_read(services, client, token, headers, status):
    reply = Caller(app_of(replace(services, metrics_token=token)), client)("GET", "/metrics", headers=headers)
    assert reply.status_code == status
    assert ("anwen_requests" in reply.text) == (status == 200)


def test_the_door_only_reads(services):
    assert Caller(app_of(services))("POST", "/metrics").status_code == 405


def test_two_sites_count_apart():
    one, other = Metrics(), Metrics()
    one.emergencies.inc()
    assert other.registry.get_sample_value("anwen_emergencies_total") == 0.0
