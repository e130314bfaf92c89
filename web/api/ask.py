"""POST /api/ask and /api/feedback, GET /api/health and /api/ready."""

from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from kb.datatypes import Answer
from kb.errors import KnowledgeBaseError
from kb.normalise import visible
from web.answering import PACE, paced
from web.api.errors import documented
from web.api.models import Answered, Feedback, Health, Kept, Question, Ready
from web.api.services import Asked, Held, Served, Services, answers
from web.clean import plain

router = APIRouter()
EVENT_STREAM: Final = "text/event-stream"
_T = TypeVar("_T")
_STREAMED = {
    "description": "回答；请求头 Accept 为 text/event-stream 时是事件流：snapshot 事件是逐渐变长的回答，answer 事件是完整的回答",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
}


@router.post(
    "/ask",
    response_model=Answered,
    responses=documented(400, 422) | {200: _STREAMED},
    summary="回答一个问题",
    description="句句有依据；有险情时 emergency 最先给出。知识库打不开时 state 为 UNAVAILABLE，仍返回 200。",
)
def ask(request: Request, question: Question, services: Served) -> Answered | Response:
    """Return the answer, or stream it to who accepts an event stream."""
    asked = Asked(question.question, question.audience, question.region, question.on, tuple(question.history))
    if EVENT_STREAM in request.headers.get("accept", ""):
        return StreamingResponse(
            _events(closing(_snapshots(services, asked))),
            media_type=EVENT_STREAM,
            headers={"cache-control": "no-store"},
        )
    *_, last = answers(services, asked)
    return _sendable(last)


@router.post(
    "/feedback",
    response_model=Kept,
    status_code=201,
    responses=documented(400, 422, 503),
    summary="评价一个回答",
    description="只保存所发的文字，不保存姓名和地址。",
)
def feedback(sent: Feedback, services: Served) -> Kept:
    """Keep what somebody says about an answer."""
    if services.journal is None:
        raise KnowledgeBaseError("no journal to keep feedback in")
    services.journal.send(sent.verdict, plain(sent.question), plain(sent.answer), plain(sent.comment))
    return Kept(message="收到，谢谢。")


@router.get("/health", response_model=Health, summary="服务是否活着")
def health() -> Health:
    """Say that the process answers."""
    return Health()


@router.get("/ready", response_model=Ready, responses=documented(503), summary="知识库是否可用")
def ready(kb: Held) -> Ready:
    """Say how much can be answered from."""
    stats = kb.stats()
    return Ready(
        documents=stats.documents,
        chunks=stats.chunks,
        pending=stats.pending,
        newest_published=stats.newest_published,
        by_level=dict(stats.by_level),
        embedding_model=stats.embedding_model,
    )


def _snapshots(services: Services, asked: Asked) -> Generator[tuple[Answer, bool]]:
    yield from paced(answers(services, asked), PACE)


async def closing(items: Generator[_T]) -> AsyncIterator[_T]:
    """Yield what a generator yields in a worker thread; close it when the reader leaves, so its place is freed."""
    try:
        async for item in iterate_in_threadpool(items):
            yield item
    finally:
        items.close()


async def _events(items: AsyncIterator[tuple[Answer, bool]]) -> AsyncIterator[str]:
    async for answer, is_last in items:
        kind = "answer" if is_last else "snapshot"
        yield f"event: {kind}\ndata: {_sendable(answer).model_dump_json()}\n\n"


def _sendable(answer: Answer) -> Answered:
    """Return an answer as JSON whose text is UTF-8: a model may write half a character (a lone surrogate)."""
    return Answered.of(
        replace(
            answer, text=visible(answer.text), follow_ups=tuple(visible(asked) for asked in answer.follow_ups)
        )
    )
