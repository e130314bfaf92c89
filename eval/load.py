"""Visitors asking at once: `python -m eval.load --address http://127.0.0.1:7860 --kb K --visitors 50 --seconds 120`.

Each visitor asks the chat page (Gradio's queue, as the browser does) or the REST door, reads for a while, asks
again. The questions are the phrases of the shipped cards and the titles of duties. Prints times from sending to
the complete answer, the refusals in words, and the memory of the server's process before and after.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kb import console
from kb.cards.library import read_library
from kb.cards.records import Duty
from kb.settings import Settings

_PATIENCE = 60.0  # seconds until a visitor gives up


@dataclass
class Tally:
    """What the visitors saw."""

    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)  # until anything of the answer stood there
    busy: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def main(settings: Settings) -> int:
    """Run the visitors; returns 1 if any met a fault."""
    arguments = console.parser("eval.load", "许多人同时提问：用时、被婉拒的次数、服务进程的内存")
    arguments.add_argument("--address", default="http://127.0.0.1:7860", help="服务地址")
    arguments.add_argument("--visitors", type=int, default=50, help="同时在线的人数")
    arguments.add_argument("--seconds", type=float, default=120.0, help="共多少秒")
    arguments.add_argument(
        "--think", type=float, default=6.0, help="读完一个答案平均多少秒再问（0 为不停地问）"
    )
    arguments.add_argument("--door", choices=("page", "api"), default="page", help="走聊天页还是 /api/ask")
    arguments.add_argument("--process", type=int, help="服务进程号，用来看内存")
    arguments.add_argument("--json", action="store_true", help="输出 JSON")
    options = arguments.parse_args()
    questions = _questions(settings.starter_dir)
    before = _memory(options.process)
    tally = asyncio.run(_run(options, questions))
    result = _result(tally) | {"memory_mb": [before, _memory(options.process)]}
    sys.stdout.write((json.dumps(result, ensure_ascii=False) if options.json else _text(result)) + "\n")
    return 1 if tally.faults else 0


async def _run(options: argparse.Namespace, questions: list[str]) -> Tally:
    tally = Tally()
    limits = httpx.Limits(max_connections=options.visitors * 3)
    async with httpx.AsyncClient(base_url=options.address, timeout=_PATIENCE, limits=limits) as client:
        end = time.monotonic() + options.seconds
        visitors = (_visitor(client, options, questions, tally, end) for _ in range(options.visitors))
        await asyncio.gather(*visitors)
    return tally


async def _visitor(
    client: httpx.AsyncClient, options: argparse.Namespace, questions: list[str], tally: Tally, end: float
) -> None:
    chance = random.Random()
    await asyncio.sleep(chance.uniform(0, max(options.think, 0.5)))
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            ask = _ask_page if options.door == "page" else _ask_api
            first = await ask(client, chance.choice(questions))
        except httpx.HTTPError as error:
            tally.faults[type(error).__name__] += 1
        except _BusyError:
            tally.busy += 1
        except _FaultError as fault:
            tally.faults[str(fault)] += 1
        else:
            tally.first.append(first - started)
            tally.seconds.append(time.monotonic() - started)
        await asyncio.sleep(chance.uniform(0.5, 1.5) * options.think)


class _BusyError(Exception):
    """The server said in words that too many ask."""


class _FaultError(Exception):
    """The answer was none."""


async def _ask_api(client: httpx.AsyncClient, question: str) -> float:
    reply = await client.post("/api/ask", json={"question": question})
    if reply.status_code == 429:
        raise _BusyError
    if reply.status_code != 200 or not reply.json()["text"]:
        raise _FaultError(f"/api/ask {reply.status_code}")
    return time.monotonic()


async def _ask_page(client: httpx.AsyncClient, question: str) -> float:
    """Ask as the browser does: join the queue, then follow its events to the end; returns when words first came."""
    session = uuid.uuid4().hex  # a page of its own for every question: what weighs most on the server
    event = await _event(client)
    data = [question, *event["data"][1:]]
    joined = await client.post(
        "/gradio_api/queue/join",
        json={
            "data": data,
            "fn_index": event["fn_index"],
            "session_hash": session,
            "trigger_id": event["trigger_id"],
        },
    )
    if joined.status_code == 429:
        raise _BusyError
    if joined.status_code != 200:
        raise _FaultError(f"join {joined.status_code}")
    first = 0.0
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line.removeprefix("data:"))
            if message["msg"] == "process_generating" and not first:
                first = time.monotonic()
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise _FaultError("process_completed without success")
                return first or time.monotonic()
    raise _FaultError("the stream ended early")


_known: dict[str, Any] = {}


async def _event(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return how the page asks: the function behind the send button, with empty inputs of its kinds."""
    if not _known:
        page = (await client.get("/")).text
        config = json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])
        components = {component["id"]: component for component in config["components"]}
        asks = [
            one
            for one in config["dependencies"]
            if one["inputs"] and components[one["inputs"][0]]["props"].get("elem_id") == "aw-ask"
        ]
        values = [components[place]["props"].get("value") for place in asks[0]["inputs"]]
        _known.update({"fn_index": asks[0]["id"], "data": values, "trigger_id": asks[0]["targets"][0][0]})
    return _known


def _questions(starter: Path) -> list[str]:
    library = read_library(starter)
    phrases = [phrase for guide in library.guides for phrase in guide.phrases]
    return phrases + [f"{duty.title}有什么要求" for duty in library.of(Duty)]


def _memory(process: int | None) -> float | None:
    """Return the resident memory of a process in MB."""
    if process is None:
        return None
    line = next(
        line for line in Path(f"/proc/{process}/status").read_text().split("\n") if line.startswith("VmRSS")
    )
    return round(int(line.split()[1]) / 1024, 1)


def _result(tally: Tally) -> dict[str, Any]:
    def at(values: list[float], share: int) -> float | None:
        return round(statistics.quantiles(values, n=100)[share - 1], 3) if len(values) > 1 else None

    return {
        "answers": len(tally.seconds),
        "busy": tally.busy,
        "faults": dict(tally.faults),
        "seconds": {
            "p50": at(tally.seconds, 50),
            "p95": at(tally.seconds, 95),
            "max": max(tally.seconds, default=None),
        },
        "first_words": {"p50": at(tally.first, 50), "p95": at(tally.first, 95)},
    }


def _text(result: dict[str, Any]) -> str:
    seconds, first = result["seconds"], result["first_words"]
    return (
        f"答完 {result['answers']} 次，被告知人多 {result['busy']} 次，出错 {result['faults'] or 0}；"
        f"用时 p50 {seconds['p50']} 秒、p95 {seconds['p95']} 秒；"
        f"首字 p50 {first['p50']} 秒、p95 {first['p95']} 秒；内存 {result['memory_mb']} MB"
    )


if __name__ == "__main__":
    console.run(main)
