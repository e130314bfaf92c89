"""The whole site over HTTP, as a program without a browser would use it."""

import json
import re
import secrets

import httpx
import pytest

from tests.web.fakes import CITATION
from web import words


class Visitor:
    """One session: presses a component's handler and reads what comes back."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=20)
        self.session = secrets.token_hex(6)
        page = self.client.get("/").text
        self.config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.client.close()

    def press(self, target: str, event: str, *data) -> list:
        """Run the handler behind `event` of the component with elem_id `target`; return its last output."""
        ids = {c["props"].get("elem_id"): c["id"] for c in self.config["components"]}
        handler = next(
            d["id"] for d in self.config["dependencies"] if [ids[target], event] in map(list, d["targets"])
        )
        join = {"data": [*data, None], "fn_index": handler, "session_hash": self.session}
        self.client.post("/gradio_api/queue/join", json=join).raise_for_status()
        with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as reply:
            for line in reply.iter_lines():
                message = json.loads(line.removeprefix("data: ") or "{}")
                if message.get("msg") == "process_completed":
                    assert message["success"], message
                    return message["output"]["data"]
        raise AssertionError("the stream ended early")


@pytest.fixture
def visitor(address):
    with Visitor(address) as one:
        yield one


def test_two_sessions_do_not_see_each_others_sources(visitor, address):
    mine = visitor
    mine.press("aw-send", "click", "堵了", "citizen")
    opened = mine.press("aw-pick", "change", "cite-1-1@1")[1]
    with Visitor(address) as theirs:
        refused = theirs.press("aw-pick", "change", "cite-1-1@1")[1]
    assert CITATION.document.title in opened
    assert words.SOURCE_GONE in refused
    assert CITATION.document.title not in refused


def test_a_new_conversation_forgets_the_old_one(visitor):
    visitor.press("aw-send", "click", "堵了", "citizen")
    visitor.press("aw-clear", "click")
    assert words.SOURCE_GONE in visitor.press("aw-pick", "change", "cite-1-1@1")[1]


def test_the_length_limit_holds_against_a_program(visitor):
    first = visitor.press("aw-send", "click", "长" * 2_001, "citizen")
    assert words.TOO_LONG in json.dumps(first, ensure_ascii=False)


def test_a_large_message_is_refused_before_gradio_sees_it(visitor):
    join = {"data": ["x" * 70_000, "citizen", None], "fn_index": 0, "session_hash": visitor.session}
    reply = visitor.client.post("/gradio_api/queue/join", json=join)
    assert (reply.status_code, reply.json()) == (413, {"detail": words.TOO_BIG})


def test_the_page_names_no_other_host_and_lets_no_script_slip(address):
    reply = httpx.get(address)
    nonce = re.search(r"'nonce-([^']+)'", reply.headers["content-security-policy"])[1]
    page = reply.text
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert inline and all(f'nonce="{nonce}"' in attributes for attributes in inline)
    assert re.findall(r"""(?:src|href)=["']?(https?:)?//""", page) == []
    assert 'lang="zh-CN"' in page
    assert "og:image" not in page


def test_each_page_has_its_own_nonce(address):
    policies = {httpx.get(address).headers["content-security-policy"] for _ in range(2)}
    assert len(policies) == 2


def test_no_handler_is_published(visitor):
    assert {d["api_visibility"] for d in visitor.config["dependencies"]} == {"private"}


@pytest.mark.parametrize(
    "path", ["/config", "/gradio_api/info", "/openapi.json", "/gradio_api/file=pyproject.toml"]
)
def test_gradios_own_pages_are_closed(address, path):
    assert httpx.get(address + path).status_code == 404


def test_the_page_comes_up_without_a_library(broken_address):
    page = httpx.get(broken_address).text
    assert words.LIBRARY_UNREADABLE in page
    assert 'href="tel:119"' in page


def test_an_article_opens_without_a_library(broken_address):
    with Visitor(broken_address) as visitor:
        visitor.press("aw-send", "click", "堵了", "citizen")
        assert words.NEIGHBOURS_UNREADABLE in visitor.press("aw-pick", "change", "cite-1-1@1")[1]
