"""What the doors stand on, and the one way they ask."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Depends, Request

from kb.base import KnowledgeBase
from kb.cards.library import Library
from kb.datatypes import Answer, Audience
from kb.embed import Embedder, load_embedder
from kb.errors import KnowledgeBaseError
from kb.journal import Journal
from kb.settings import DEFAULT_KB
from web.answering import TOLD_TURNS, WRITERS, seated
from web.clean import plain
from web.limits import Limits
from web.metrics import Metrics
from web.middleware import Access
from web.ports import Answerer
from web.words import MAX_QUESTION


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs; made once where the app is put together.

    `kb` is None when the knowledge base could not be opened: cards and emergencies are answered all the same.
    """

    assistant: Answerer
    kb: KnowledgeBase | None
    cards: Library  # the written knowledge: guides, signals, terms, sheets
    journal: Journal | None = None
    region: str | None = None  # where questions are about when they name no place
    api_key: str = field(default="", repr=False)  # asked for at /v1; "" asks for none
    metrics_token: str = field(default="", repr=False)  # opens /metrics from elsewhere; "" keeps it local
    access: Access = field(default_factory=lambda: Access.of("127.0.0.1"))
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    kb_dir: Path = DEFAULT_KB  # where uploads are brought in
    embedder: Callable[[], Embedder] = field(default=partial(load_embedder, None), repr=False)
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(WRITERS))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its circumstances, as a door read them."""

    question: str
    audience: Audience | None = None
    region: str | None = None
    on: date | None = None
    history: Sequence[str] = ()


def answers(services: Services, asked: Asked) -> Iterator[Answer]:
    """Yield growing snapshots of the answer; the first is made by rule and never queues."""
    return seated(
        services.assistant.ask(
            plain(asked.question, MAX_QUESTION).strip(),
            audience=asked.audience,
            region=asked.region or services.region,
            on=asked.on,
            history=tuple(plain(text, MAX_QUESTION) for text in asked.history[-TOLD_TURNS:]),
        ),
        services.places,
    )


def services_of(request: Request) -> Services:
    """Return the services of the app a request came to."""
    found = request.app.state.services
    if not isinstance(found, Services):
        raise TypeError("app.state.services is not set: build the app with web.api.include")
    return found


def library_of(services: Annotated[Services, Depends(services_of)]) -> KnowledgeBase:
    """Return the open knowledge base.

    Raises:
        KnowledgeBaseError: if it could not be opened.
    """
    if services.kb is None:
        raise KnowledgeBaseError("the knowledge base is not open")
    return services.kb


Served = Annotated[Services, Depends(services_of)]
Held = Annotated[KnowledgeBase, Depends(library_of)]
