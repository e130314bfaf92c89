"""How often one client may ask."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from kb.errors import SettingsError
from tests.web.doors import Caller, app_of, listening, make
from web.limits import Buckets, Budget, Limits, RateLimit, client_of, trusted_proxies

NUMBERS = ("119", "120", "110", "122")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def site(clock, address="203.0.113.5", **options):
    """A caller of an app that answers everything with 200, behind the limits."""
    return Caller(RateLimit(PlainTextResponse("ok"), Limits(**options), clock), address)


def statuses(call, path: str, times: int, **options) -> list[int]:
    return [call("GET", path, **options).status_code for _ in range(times)]


def test_a_burst_then_the_rate(clock):
    call = site(clock)
    assert statuses(call, "/api/ask", 12) == [200] * 10 + [429] * 2
    clock.now += 2.1  # thirty a minute: one every two seconds
    assert statuses(call, "/api/ask", 2) == [200, 429]
    clock.now += 3_600
    assert statuses(call, "/api/ask", 11) == [200] * 10 + [429]


def test_each_budget_is_its_own(clock):
    call = site(clock, answers=Budget(30, 1), searches=Budget(120, 2), others=Budget(600, 3))
    assert statuses(call, "/gradio_api/queue/join", 2) == [200, 429]
    assert statuses(call, "/v1/chat/completions", 1) == [429]
    assert statuses(call, "/api/search", 2) == [200, 200]
    assert statuses(call, "/mcp", 1) == [429]
    assert statuses(call, "/", 4) == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/emergency", "/emergency/fire", "/api/guides/gas-leak", "/api/health"])
def test_the_emergency_page_is_never_limited(clock, path):
    call = site(clock, others=Budget(1, 1))
    assert statuses(call, path, 5) == [200] * 5


def test_a_name_that_only_begins_like_a_free_page_is_limited(clock):
    call = site(clock, others=Budget(1, 1))
    assert statuses(call, "/emergency-other", 2) == [200, 429]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/api/ask", lambda body: body["error"]["message"]),
        ("/v1/chat/completions", lambda body: body["error"]["message"]),
        ("/gradio_api/queue/join", lambda body: body["detail"]),
        ("/", lambda body: body["error"]["message"]),
    ],
)
def test_the_refusal_tells_when_and_whom_to_call(clock, path, where):
    call = site(clock, answers=Budget(6, 1), others=Budget(6, 1))
    call("GET", path)
    reply = call("GET", path)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "10")
    said = where(reply.json())
    assert "10秒后" in said
    assert all(number in said for number in NUMBERS)


def test_clients_do_not_pay_for_each_other(clock):
    app = RateLimit(PlainTextResponse("ok"), Limits(others=Budget(1, 1)), clock)
    one, other = Caller(app, "198.51.100.1"), Caller(app, "198.51.100.2")
    assert statuses(one, "/", 2) == [200, 429]
    assert statuses(other, "/", 1) == [200]


def test_one_subscribers_ipv6_addresses_count_together(clock):
    app = RateLimit(PlainTextResponse("ok"), Limits(others=Budget(1, 1)), clock)
    assert statuses(Caller(app, "2001:db8:1:2::1"), "/", 1) == [200]
    assert statuses(Caller(app, "2001:db8:1:2:ffff::9"), "/", 1) == [429]
    assert statuses(Caller(app, "2001:db8:1:3::1"), "/", 1) == [200]


def scope(address: str, *forwarded: str) -> dict:
    return {"client": (address, 1), "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded]}


@pytest.mark.parametrize(
    ("address", "forwarded", "client"),
    [
        ("203.0.113.5", ["6.6.6.6"], "203.0.113.5"),  # not a proxy: its word counts for nothing
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),  # what the client itself put first
        ("10.0.0.1", ["6.6.6.6, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.7"], "198.51.100.7"),  # two headers read as one
        ("10.0.0.1", ["198.51.100.7, garbage"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
    ],
)
def test_whose_request_it_is(address, forwarded, client):
    assert client_of(scope(address, *forwarded), trusted_proxies("10.0.0.0/8")) == client


def test_a_client_without_an_address_is_one_client():
    assert client_of({"client": None, "headers": []}) == ""
    assert client_of({"client": ("testclient", 1), "headers": []}) == ""


def test_a_misspelt_proxy_is_refused_by_name():
    with pytest.raises(SettingsError, match=r"10\.0\.0\.x"):
        trusted_proxies("127.0.0.1, 10.0.0.x")


def test_the_table_stays_bounded_and_forgets_the_longest_unused(clock):
    buckets = Buckets(Budget(1, 1), clock, most=100)
    buckets.wait("first")
    for number in range(99):
        buckets.wait(f"c{number}")
    assert buckets.wait("first") > 0  # still known, and now the latest used
    for number in range(50_000):
        buckets.wait(f"d{number}")
    assert len(buckets) == 100
    assert buckets.wait("d49999") > 0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=200), st.integers(1, 20), st.integers(1, 600))
def test_nobody_gets_more_than_burst_and_rate_allow(pauses, burst, per_minute):
    clock = Clock()
    buckets = Buckets(Budget(per_minute, burst), clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.wait("one") == 0.0
    assert passed <= burst + sum(pauses) * per_minute / 60 + 1e-6


@given(st.floats(0, 59), st.integers(1, 600))
def test_who_waits_as_told_is_let_in(pause, per_minute):
    clock = Clock()
    buckets = Buckets(Budget(per_minute, 1), clock)
    buckets.wait("one")
    clock.now += pause
    wait = buckets.wait("one")
    clock.now += wait + 1e-6
    assert wait == 0.0 or buckets.wait("one") == 0.0


def test_the_whole_site_is_limited_over_a_real_server(tmp_path):
    import httpx

    services = replace(make(tmp_path), limits=Limits(searches=Budget(1, 2)))
    with listening(app_of(services)) as address, httpx.Client(base_url=address) as client:
        got = [client.get("/api/search?q=护栏", headers={"x-forwarded-for": f"9.9.9.{n}"}) for n in range(3)]
        assert [reply.status_code for reply in got] == [200, 200, 429]
        assert got[2].headers["x-content-type-options"] == "nosniff"  # through the guard
        assert client.get("/api/guides").status_code == 200
