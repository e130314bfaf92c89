import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from web import words
from web.middleware import Access, Guard, content_policy


async def echo(scope, receive, send):
    """Answer with the body received; /gradio_api/queue/join answers what Gradio does when full."""
    body = b""
    while scope["method"] == "POST":
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    status = 503 if body == b"full" else 200
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": body or b"ok"})


def call(method="GET", path="/", access=None, **options):
    guard = Guard(echo, access or Access.of("127.0.0.1", ["kb.example"]), json_limit=100)

    async def go():
        transport = httpx.ASGITransport(app=guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:7860") as client:
            return await client.request(method, path, **options)

    with ThreadPoolExecutor(1) as elsewhere:  # a browser test may have left a loop running in this thread
        return elsewhere.submit(asyncio.run, go()).result()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:7860", 200),
        ("127.0.0.1:7860", 200),
        ("[::1]:7860", 200),
        ("KB.example", 200),
        ("evil.example", 421),
        ("localhost.evil.example:7860", 421),
        ("kb.example@evil.example", 421),
        ("", 421),
    ],
)
def test_only_the_names_of_this_server_are_answered(host, status):
    assert call(headers={"host": host}).status_code == status


def test_any_name_is_answered_when_that_is_set():
    assert call(headers={"host": "any.example"}, access=Access.of("0.0.0.0", ["*"])).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:7860", 200),
        ("https://kb.example", 200),
        ("http://localhost:3000", 403),
        ("http://127.0.0.1:7860", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_sites_may_not_call(method, origin, status):
    assert call(method, headers={"origin": origin}).status_code == status


def test_a_cross_site_form_without_origin_is_refused():
    assert call("POST", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert call("GET", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_body_at_the_limit_passes_whole():
    assert call("POST", content=b"x" * 100).text == "x" * 100


def test_a_body_over_the_limit_is_refused_in_chinese_with_the_numbers():
    reply = call("POST", content=b"x" * 101)
    assert reply.status_code == 413
    assert reply.json() == {"detail": words.TOO_BIG}
    for number in ("119", "120", "110", "122"):
        assert number in words.TOO_BIG


def test_a_body_that_hides_its_length_is_refused_all_the_same():
    async def chunks():
        for _ in range(11):
            yield b"x" * 10

    assert call("POST", content=chunks()).status_code == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", ""])
def test_a_broken_length_is_refused(length):
    assert call("POST", headers={"content-length": length}, content=b"x").status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/docs",
        "/openapi.json",
        "/login",
        "/monitoring/summary",
        "/gradio_api/info",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://evil.example",
        "/gradio_api/run/predict",
        "/gradio_api/call/x",
        "/gradio_api/vibe-edit",
        "/gradio_api/dev/reload",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unused_doors_are_closed(method, path):
    assert call(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/data", "/gradio_api/heartbeat/abc", "/assets/x.js"])
def test_used_doors_are_open(path):
    assert call(path=path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config"])
def test_every_reply_carries_the_security_headers(path):
    headers = call(path=path).headers
    assert headers["content-security-policy"] == content_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_the_policy_allows_no_eval_no_inline_script_and_no_other_host():
    rules = dict(rule.strip().split(" ", 1) for rule in content_policy("n0nce").split(";"))
    assert rules["script-src"] == "'self' 'nonce-n0nce'"
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "http" not in content_policy()
    assert "unsafe-eval" not in content_policy()


def test_a_full_queue_is_said_in_chinese_with_the_numbers():
    reply = call("POST", "/gradio_api/queue/join", content=b"full")
    assert reply.status_code == 429
    assert reply.json() == {"detail": words.BUSY}
    assert "119" in words.BUSY


def test_a_503_elsewhere_is_left_alone():
    assert call("POST", "/other", content=b"full").status_code == 503
