"""A knowledge base and an assistant small enough to score by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.answers import Rubric
from eval.commands import Opened
from kb.datatypes import Answer, AnswerState, Audience, Chunk, Document, Hit, Level, Status

TEXTS = {
    ("消防法@2021-04-29", "第二十八条"): "不得占用、堵塞、封闭疏散通道，不得损坏消防器材",
    ("消防法@2021-04-29", "第六十条"): "占用疏散通道的，对单位处罚款；个人警告或者罚款",
    ("燃气条例@2016-02-06", "第二十条"): "燃气经营者停气检修应当提前告知用户",
    ("消防法@2008-10-28", "第二十八条"): "旧版：不得占用疏散通道",
    ("旧法@2000-01-01", "第三条"): "早已废止",
}
IN_FORCE = {
    "消防法@2021-04-29": True,
    "燃气条例@2016-02-06": True,
    "消防法@2008-10-28": False,
    "旧法@2000-01-01": False,
}


def document(doc_id: str) -> Document:
    name = doc_id.partition("@")[0]
    return Document(doc_id, f"中华人民共和国{name}", name, Level.LAW, "全国", "x.md", "0")


def chunk(doc_id: str, label: str, text: str = "") -> Chunk:
    return Chunk(f"{doc_id}#{label}", doc_id, doc_id.partition("@")[0], label, (), text, 0)


def hit(doc_id: str, label: str, text: str = "") -> Hit:
    status = Status.IN_FORCE if IN_FORCE.get(doc_id, True) else Status.AMENDED
    return Hit(chunk(doc_id, label, text), document(doc_id), status, 1.0)


class FakeLibrary:
    """Ranks its chunks by the characters they share with the question; the dense mode finds nothing."""

    def search(self, question, k=10, *, on=None, region=None, mode="hybrid") -> list[Hit]:
        if mode == "dense":
            return []
        shared = {place: len(set(text) & set(question)) for place, text in TEXTS.items()}
        best = sorted(
            (place for place in shared if shared[place] > 1), key=lambda place: (-shared[place], place)
        )
        return [hit(*place, TEXTS[place]) for place in best[:k]]

    def chunks(self, doc_id: str) -> list[Chunk]:
        return [chunk(*place, text) for place, text in TEXTS.items() if place[0] == doc_id]

    def statuses(self, on: date | None = None) -> dict[str, Status]:
        return {doc_id: Status.IN_FORCE if now else Status.AMENDED for doc_id, now in IN_FORCE.items()}


class FakeAssistant:
    """Refuses what has 天气 in it, and remembers who asked."""

    def __init__(self) -> None:
        self.audiences: list[Audience | None] = []

    def answer(self, question, audience=None, region=None, on=None, history=()) -> Answer:
        self.audiences.append(audience)
        state = AnswerState.NO_MATCH if "天气" in question else AnswerState.GROUNDED
        return Answer(state, "……")

    def ask(self, question, *, audience=None):
        yield self.answer(question, audience)


class FakeEmbedder:
    """Counts characters into 64 bins."""

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return np.bincount([ord(char) % 64 for char in text], minlength=64).astype(np.float32)


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def make_hit():
    return hit


@pytest.fixture
def make_chunk():
    return chunk


@pytest.fixture
def open_kb(library, assistant, embedder):
    """Opens the fake, whatever the folder; remembers the folders asked for."""
    asked: list[Path | None] = []

    @contextmanager
    def open_fake(folder: Path | None) -> Iterator[Opened]:
        asked.append(folder)
        yield Opened(
            library,
            lambda: assistant,
            lambda: assistant,
            lambda: lambda question, passages, answer: Rubric(8, 7, 9, 9, 6),
            embedder,
            lambda: 2.0,
        )

    open_fake.asked = asked
    return open_fake


QUESTIONS = """\
{"id":"a","question":"疏散通道被占用怎么罚款","gold":[{"law":"《中华人民共和国消防法》","article":"第60条"}],"gold_mode":"any","answerable":true,"audience":"inspector"}

{"id":"b","question":"停气检修","gold":[{"law":"燃气条例","article":"第二十条"},{"law":"消防法","article":"第九条"}],"gold_mode":"all","answerable":true,"audience":"citizen"}
{"id":"c","question":"明天天气","gold":[],"gold_mode":"none","answerable":false,"audience":"unanswerable"}
"""


@pytest.fixture
def question_file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text(QUESTIONS, encoding="utf-8")
    return path
