"""A chat model writes the answer from the passages found (大模型作答), where one is configured.

Any OpenAI-compatible endpoint or Ollama, through langchain, which is imported when a model is configured. What it writes is handed on sentence by sentence,
so that each can be checked before anybody sees it.
"""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from pydantic import SecretStr

from assistant.verify import MARK, sentences
from kb.datatypes import Audience, Hit
from kb.errors import GenerationError, SettingsError
from kb.settings import Settings
from prompts import load

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

logger = logging.getLogger(__name__)

MOST_PASSAGES = 8
_PASSAGE_CHARACTERS = 1_200  # of one passage; a long article is cut at a sentence
_ANSWER_CHARACTERS = 4_000  # of an answer: whatever comes after is a model gone astray
_EARLIER = 3  # earlier questions told
_MOST_REWRITES = 3
_REWRITE_LENGTH = 60
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.S)
_OPENING = re.compile(r"<[a-z]{0,9}\Z")  # the beginning of a tag whose rest has not come yet
_BEGUN_MARK = re.compile(
    r"[ \t]*[”\"」』’）)]*[ \t]*\[\d{0,3}\Z"
)  # a mark of which the rest has not come yet
_TEMPLATE = re.compile(
    r"<\|[^|<>]{0,40}\|>|\[/?INST\]|<<?/?SYS>>?|</?s>|^\s*(?:system|assistant|user)\s*:", re.I | re.M
)
_PAUSE = 0.4  # seconds before a failed call is repeated, doubled each time
_FAILURES: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    TypeError,
    AttributeError,
)


def build_model(settings: Settings) -> "BaseChatModel | None":
    """Return the chat model the settings name, or None where none is.

    Raises:
        SettingsError: if they are incomplete.
    """
    if not settings.llm_model:
        return None
    if settings.llm_provider == "ollama":
        from langchain_ollama import ChatOllama

        return ChatOllama(
            model=settings.llm_model,
            base_url=settings.llm_base_url or None,
            temperature=0.0,
            client_kwargs={"timeout": settings.llm_timeout},
        )
    if not settings.llm_base_url:
        raise SettingsError(
            "配置了 ANWEN_LLM_MODEL，却没有 ANWEN_LLM_BASE_URL。请填大模型服务的地址，例如 http://127.0.0.1:8000/v1"
        )
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key if settings.llm_api_key.get_secret_value() else SecretStr("none"),
        temperature=0.0,
        timeout=settings.llm_timeout,
        max_retries=0,  # a server's Retry-After would outlast our own limit: Writer repeats
        max_completion_tokens=2_000,
    )


class Writer:
    """Writes answers with a chat model."""

    def __init__(self, model: "BaseChatModel", seconds: float, retries: int = 0) -> None:
        """Take a model, the longest one answer may take in seconds, and how often a failed call is repeated."""
        self._model = model
        self._seconds = seconds
        self._retries = retries

    def write(
        self, question: str, hits: Sequence[Hit], audience: Audience, history: Sequence[str] = ()
    ) -> Iterator[str]:
        """Yield the answer sentence by sentence, reasoning left out.

        Args:
            question: as it stands on its own.
            hits: the passages it may speak from, [1] being the first.
            audience: who asks.
            history: earlier questions, oldest first.

        Raises:
            GenerationError: if the model cannot be reached, takes too long, or says nothing.
        """
        said = False
        waiting = ""
        for text in self._visible(_messages(question, hits, audience, history)):
            waiting += text
            *whole, waiting = _complete(waiting)
            for sentence in whole:
                said = said or bool(sentence.strip())
                yield sentence
        if waiting.strip():
            said = True
            yield waiting
        if not said:
            raise GenerationError("大模型没有说任何话")

    def rewrite(self, question: str) -> list[str]:
        """Return up to three searches in legal words for a question asked in lay ones.

        Raises:
            GenerationError: if the model cannot be reached or takes too long.
        """
        text = self.say(load("rewrite", question=question))
        lines = (re.sub(r"^\s*(?:[-*•]|\d+[.、)])\s*", "", line).strip('“”" ') for line in text.splitlines())
        return [line for line in lines if 2 <= len(line) <= _REWRITE_LENGTH][:_MOST_REWRITES]

    def say(self, text: str) -> str:
        """Return the model's whole reply to one message, reasoning left out.

        Raises:
            GenerationError: if the model cannot be reached or takes too long.
        """
        from langchain_core.messages import HumanMessage

        return "".join(self._visible([HumanMessage(text)]))

    def _visible(self, messages: "list[BaseMessage]") -> Iterator[str]:
        """Yield what the model says as it says it, without its reasoning, up to the longest answer."""
        raw, shown = "", 0
        for piece in self._stream(messages):
            raw += piece
            visible = _OPENING.sub("", _THINKING.sub("", raw))[:_ANSWER_CHARACTERS]
            if len(visible) > shown:
                yield visible[shown:]
                shown = len(visible)
            if shown >= _ANSWER_CHARACTERS:
                logger.warning("大模型的回答超过 %d 字，截断", _ANSWER_CHARACTERS)
                return

    def _stream(self, messages: "list[BaseMessage]") -> Iterator[str]:
        """Yield the model's pieces; a call that fails before it has said anything is repeated."""
        deadline = time.monotonic() + self._seconds
        for attempt in range(self._retries + 1):
            said = False
            try:
                for piece in _pieces(self._model, messages, deadline):
                    said = said or bool(piece)
                    yield piece
                return
            except GenerationError:
                wait = min(_PAUSE * 2**attempt, max(0.0, deadline - time.monotonic()))
                if said or attempt == self._retries or wait <= 0.0:
                    raise
                time.sleep(wait)


def _pieces(model: "BaseChatModel", messages: "list[BaseMessage]", deadline: float) -> Iterator[str]:
    """Yield what a model streams until a deadline that holds even where the server only keeps the line open.

    The model runs in a thread of its own, which is left behind when it overstays.

    Raises:
        GenerationError: if it fails or overstays. The message names no address and no key.
    """
    arrived: SimpleQueue[str | Exception | None] = SimpleQueue()
    given_up = Event()

    def run() -> None:
        try:
            for chunk in model.stream(messages):
                if given_up.is_set():
                    return
                arrived.put(str(chunk.text))
            arrived.put(None)
        except _failures() as error:
            arrived.put(error)

    Thread(target=run, daemon=True, name="anwen-chat-model").start()
    try:
        while True:
            item = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            if item is None:
                return
            if isinstance(item, Exception):
                status = getattr(item, "status_code", None)
                raise GenerationError(
                    f"大模型没有正常回答（{type(item).__name__}{f' {status}' if status else ''}）"
                )
            yield item
    except Empty:
        raise GenerationError("大模型没有在限定时间内答完") from None
    finally:
        given_up.set()


def _failures() -> tuple[type[Exception], ...]:
    """Return what the clients of chat models raise; they share no base class."""
    import httpx
    from ollama import ResponseError
    from openai import OpenAIError

    return (*_FAILURES, httpx.HTTPError, OpenAIError, ResponseError)


def _messages(
    question: str, hits: Sequence[Hit], audience: Audience, history: Sequence[str]
) -> "list[BaseMessage]":
    from langchain_core.messages import HumanMessage, SystemMessage

    style = load(f"answer_{audience.value}")
    passages = "\n\n".join(_passage(number, hit) for number, hit in enumerate(hits, start=1))
    earlier = "".join(f"（之前问过：{text[:120]}）\n" for text in history[-_EARLIER:])
    asked = load("passages", question=_as_data(question), earlier=_as_data(earlier), passages=passages)
    return [SystemMessage(load("answer", style=style)), HumanMessage(asked)]


def _passage(number: int, hit: Hit) -> str:
    """Return a passage as the model reads it; marks inside it, which would look like sources, are taken out."""
    text = hit.focus or hit.chunk.text
    if len(text) > _PASSAGE_CHARACTERS:
        cut = text[:_PASSAGE_CHARACTERS]
        text = cut[: max(cut.rfind("。"), cut.rfind("\n"), _PASSAGE_CHARACTERS // 2) + 1]
    head = f"《{hit.document.title}》{hit.chunk.label}（{hit.status.value}，{hit.document.level.value}，{hit.document.region}）"
    return f"[{number}] {_as_data(head)}\n{_as_data(text)}"


def _as_data(text: str) -> str:
    """Return text without what a model could take for a mark of ours or for a change of speaker."""
    return _TEMPLATE.sub("", MARK.sub("", text))


def _complete(text: str) -> list[str]:
    """Return the sentences that are certainly whole, and last the rest, which may grow: a mark may follow.

    >>> _complete("每年一次。[1]要记"), _complete("每年一次。["), _complete("每年一次。")
    (['每年一次。[1]', '要记'], ['每年一次。['], ['每年一次。'])
    """
    parts = list(sentences(text))
    if not parts:
        return [text]
    if len(parts) > 1 and _BEGUN_MARK.match(parts[-1]):
        last = parts.pop()
        parts[-1] += last
    return parts
