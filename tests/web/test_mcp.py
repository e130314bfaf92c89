"""The MCP door, spoken to by the package's own client: in memory, over HTTP in this process, over stdio."""

import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest

from tests.web.doors import GARDEN, Caller, app_of, broken, listening, make

ROOT = Path(__file__).parents[2]
TOOLS = {"look_up_article", "search", "verify_citation"}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    return make(tmp_path_factory.mktemp("doors"))


@pytest.fixture(scope="module")
def address(services):
    with listening(app_of(services)) as url:
        yield url


def talk(server, conversation):
    """Run `await conversation(client)` with a client of `server`: an address or a transport."""
    from mcp.client import Client

    async def run():
        async with Client(server) as client:
            return await conversation(client)

    return anyio.run(run)


async def everything(client):
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    read = await client.call_tool("look_up_article", {"law": GARDEN, "article": "3"})
    old = await client.call_tool("look_up_article", {"law": GARDEN, "article": "2", "date": "2020-01-01"})
    found = await client.call_tool("search", {"query": "大风时花盆怎么办", "k": 2})
    checked = await client.call_tool(
        "verify_citation", {"law": GARDEN, "article": "2", "quote": "每季度检查一次护栏"}
    )
    missing = await client.call_tool("look_up_article", {"law": GARDEN, "article": "90"})
    faulty = await client.call_tool("search", {"query": "", "k": 1000})
    return listed, read, old, found, checked, missing, faulty


def check(told):
    listed, read, old, found, checked, missing, faulty = told
    assert set(listed) == TOOLS
    assert all(tool.description.endswith("。") for tool in listed.values())
    assert all(tool.annotations.read_only_hint for tool in listed.values())
    assert set(listed["search"].input_schema["properties"]) == {"query", "region", "k"}
    article = read.structured_content
    assert (article["article"], article["version"]["status"]) == ("第三条", "现行")
    assert ("对应罚则", "第四条") in {(link["relation"], link["article"]) for link in article["links"]}
    assert old.structured_content["text"] == "屋顶花园的主人应当每季度检查一次护栏。"
    assert [hit["article"] for hit in found.structured_content["hits"]][:1] == ["第三条"]
    assert len(found.structured_content["hits"]) == 2
    assert (checked.structured_content["stands"], checked.structured_content["in_force"]) == (True, False)
    assert missing.is_error
    assert "没有第九十条" in missing.content[0].text
    assert faulty.is_error


def test_over_http_in_this_process(address):
    check(talk(f"{address}/mcp", everything))


def test_over_stdio(services):
    from mcp.client.stdio import StdioServerParameters, stdio_client

    server = StdioServerParameters(
        command=sys.executable, args=["-m", "web.mcp_door", "--kb", str(services.kb.folder)], cwd=ROOT
    )
    check(talk(stdio_client(server), everything))


def test_a_missing_knowledge_base_is_told_on_stderr(tmp_path):
    command = [sys.executable, "-m", "web.mcp_door", "--kb", str(tmp_path / "none")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "没有知识库" in done.stderr


def test_a_broken_library_is_told_with_the_numbers(services):
    async def ask(client):
        return await client.call_tool("search", {"query": "护栏"})

    with listening(app_of(broken(services))) as url:
        reply = talk(f"{url}/mcp", ask)
    assert reply.is_error
    assert "119" in reply.content[0].text


def initialize(address: str, **headers: str) -> httpx.Response:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    accept = {"accept": "application/json, text/event-stream"}
    return httpx.post(f"{address}/mcp", json=hello, headers=accept | headers)


def test_replies_are_json_and_keep_no_session(address):
    reply = initialize(address)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("application/json")
    assert "mcp-session-id" not in reply.headers
    assert reply.json()["result"]["serverInfo"]["name"] == "anwen"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://localhost:3000"}, 403),
    ],
)
def test_other_sites_are_refused_by_the_guard_and_by_the_door_itself(services, address, headers, status):
    from fastapi import FastAPI

    from web.api.include import include

    assert initialize(address, **headers).status_code == status
    bare = FastAPI()
    include(bare, services)
    with listening(bare) as url:
        assert initialize(url, **headers).status_code == status
        assert initialize(url).status_code == 200


def test_the_package_is_not_loaded_before_somebody_calls():
    code = "import sys, web.api.include; print('mcp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


def test_a_call_before_any_lifespan_still_works(services):
    reply = Caller(app_of(services))("GET", "/mcp", headers={"accept": "application/json"})
    assert reply.status_code in {405, 406}
