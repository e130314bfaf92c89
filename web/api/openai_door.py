"""The OpenAI-compatible door: GET /v1/models and POST /v1/chat/completions.

What is streamed cannot be taken back, and a chat model's draft may still fail the check against its
sources. So the emergency banner goes out at once, the answer when it is complete, and comments keep the
connection alive in between.
"""

import hmac
import re
import time
import uuid
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, FastAPI, Header
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from kb.datatypes import Answer, Emergency
from web.api.ask import EVENT_STREAM, closing
from web.api.errors import refuse_with
from web.api.models import MOST_TURNS, Answered
from web.api.services import Asked, Served, Services, answers
from web.clean import plain
from web.words import HOTLINE_SENTENCE, MAX_QUESTION

MODEL: Final = "anwen"
_MARK: Final = re.compile(r"\[(\d{1,3})\](?!\()")
_ALIVE: Final = ": 正在整理\n\n"
_NOTES: Final = "system 和 assistant 消息、model、temperature、tools 等参数不影响回答；usage 按字符计"
_MOST_MESSAGES: Final = 200
_LONGEST_NOTE: Final = 120  # characters of a quote in a footnote; `citations` has it whole


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """The text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What to send at the end of a stream."""

    include_usage: bool = False


class Completion(BaseModel):
    """A request as OpenAI's clients send it; fields not named here are ignored."""

    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    model: str = MODEL
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = 1


def openai_app(services: Services) -> FastAPI:
    """Return the app to mount at /v1."""
    app = FastAPI(title="安问", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    refuse_with(app, _refusal)
    locked = [Depends(_check_key)]
    app.get("/models", dependencies=locked)(models)
    app.get("/models/{name}", dependencies=locked)(model)
    app.post("/chat/completions", dependencies=locked, response_model=None)(complete)
    return app


def models() -> dict[str, Any]:
    """List the one model there is."""
    return {"object": "list", "data": [_model()]}


def model(name: str) -> dict[str, Any]:
    """Return the one model there is."""
    if name != MODEL:
        raise HTTPException(404)
    return _model()


def complete(request: Completion, services: Served) -> Response:
    """Answer the last user message; the earlier ones are the conversation so far."""
    said = [message.words for message in request.messages if message.role == "user"]
    if not said or not said[-1].strip():
        return _refusal(400, "bad_request", "没有问题：messages 里最后一条 user 消息是空的。请写上问题。")
    if len(said[-1]) > MAX_QUESTION:
        return _refusal(400, "bad_request", f"问题太长，最多{MAX_QUESTION}字。请缩短后再发。")
    asked = Asked(said[-1], history=said[:-1][-MOST_TURNS:])
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    prompt = sum(len(text) for text in said)
    if request.stream:
        with_usage = bool(request.stream_options and request.stream_options.include_usage)
        chunks = closing(_chunks(answers(services, asked), head, prompt if with_usage else None))
        return StreamingResponse(
            _lines(chunks), media_type=EVENT_STREAM, headers={"cache-control": "no-store"}
        )
    *_, last = answers(services, asked)
    content = written(last)
    message = {"role": "assistant", "content": content, "refusal": None, "citations": _cited(last)}
    return JSONResponse(
        head
        | {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
            "usage": _usage(prompt, content),
            "anwen_notes": _NOTES,
        }
    )


def banner(emergency: Emergency | None) -> str:
    """Return what comes before everything else when somebody is in danger.

    >>> print(banner(Emergency("火灾", "119", ("马上离开",))), end="")
    **【火灾】先打 119**
    <BLANKLINE>
    1. 马上离开
    <BLANKLINE>
    遇险请直接拨打：火警119，急救120，报警110，交通事故122。
    <BLANKLINE>
    """
    if emergency is None:
        return ""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(emergency.steps, start=1))
    return f"**【{emergency.hazard}】先打 {emergency.number}**\n\n{steps}\n\n{HOTLINE_SENTENCE}\n\n"


def body(answer: Answer) -> str:
    """Return an answer's words with its sources as Markdown footnotes."""
    numbers = {str(citation.number) for citation in answer.citations}
    text = _MARK.sub(lambda mark: f"[^{mark[1]}]" if mark[1] in numbers else mark[0], answer.text)
    notes = [
        f"[^{c.number}]: 《{c.document.title}》{c.chunk.label}（{c.status.value}）：{plain(' '.join(c.quote.split()), _LONGEST_NOTE)}"
        for c in answer.citations
    ]
    return "\n\n".join([text, *(["\n".join(notes)] if notes else [])])


def written(answer: Answer) -> str:
    """Return the whole content of the reply."""
    return banner(answer.emergency) + body(answer)


def _chunks(
    snapshots: Iterator[Answer], head: dict[str, Any], prompt: int | None
) -> Generator[dict[str, Any] | None]:
    """Yield the chunks of a stream; None where there is nothing to send yet."""
    shown, last = "", None
    for last in snapshots:
        if last.emergency and not shown:
            shown = banner(last.emergency)
            yield _chunk(head, {"role": "assistant", "content": shown})
        else:
            yield None
    if last is None:
        return
    rest = written(last).removeprefix(shown)
    for place, block in enumerate(re.split(r"(?<=\n\n)", rest)):
        opening = {"role": "assistant"} if not shown and place == 0 else {}
        yield _chunk(head, opening | {"content": block})
    yield _chunk(head, {"citations": _cited(last)}, "stop") | {"anwen_notes": _NOTES}
    if prompt is not None:
        yield _chunk(head, None) | {"usage": _usage(prompt, written(last))}


def _chunk(head: dict[str, Any], delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
    choices = (
        [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
    )
    return head | {"object": "chat.completion.chunk", "choices": choices}


async def _lines(chunks: AsyncIterator[dict[str, Any] | None]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield _ALIVE.encode() if chunk is None else b"data: " + JSONResponse(chunk).body + b"\n\n"
    yield b"data: [DONE]\n\n"


def _cited(answer: Answer) -> list[dict[str, Any]]:
    return [citation.model_dump(mode="json") for citation in Answered.of(answer).citations]


def _usage(prompt: int, content: str) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": len(content), "total_tokens": prompt + len(content)}


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _check_key(services: Served, authorization: Annotated[str, Header()] = "") -> None:
    scheme, _, given = authorization.partition(" ")
    wanted = services.api_key.encode()
    if wanted and not (scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted)):
        raise HTTPException(401, headers={"www-authenticate": "Bearer"})


_KINDS: Final = {
    401: ("authentication_error", "invalid_api_key"),
    404: ("invalid_request_error", "not_found"),
}
_NO_KEY: Final = "密钥不对或没有提供。请在请求头写 Authorization: Bearer 密钥，密钥见设置 ANWEN_API_KEY。"


def _refusal(status: int, code: str, message: str) -> Response:
    """Return a refusal in OpenAI's shape; a faulty request is 400 there."""
    kind, named = _KINDS.get(status, ("server_error" if status >= 500 else "invalid_request_error", code))
    said = _NO_KEY if status == 401 else message
    problem = {"message": said, "type": kind, "param": None, "code": named}
    headers = {"retry-after": "5"} if status == 503 else None
    return JSONResponse({"error": problem}, 400 if status == 422 else status, headers)
