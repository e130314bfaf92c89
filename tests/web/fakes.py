"""A small made-up law and an assistant that answers from it, in our own words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kb.datatypes import Answer, AnswerState, Audience, Chunk, Citation, Document, Emergency, Level, Status
from kb.errors import ArticleNotFoundError, KnowledgeBaseError
from kb.repeals import Ending
from tests.web.hostile import HOSTILE

LAW = Document(
    "示例防火规定@2024-05-01",
    "示例市高层与地下公共场所防火安全管理规定",
    "示例防火规定",
    Level.LOCAL,
    "示例市",
    "/srv/private/laws/示例防火规定.txt",
    "0" * 64,
    issuer="示例市人民代表大会常务委员会",
    document_number="示例市公告第7号",
    published=date(2024, 3, 20),
    notes=("本文件为测试材料。",),
)

_TEXTS = (
    ("第六条", "物业公司每月至少查看一次灭火器，查看人签名，记录留存两年。"),
    (
        "第七条",
        "走道和楼梯里不准放置会烧起来的东西。\n占用走道的，先口头提醒；当天不搬走的，单位罚一千元以上三千元以下。\n第二次被发现的，按上限处理。",
    ),
    ("第八条", "夜里营业的场所，关门前由当班的人把每个房间看一遍，确认没有明火再离开。"),
)

CHUNKS = tuple(
    Chunk(f"{LAW.doc_id}#{label}", LAW.doc_id, LAW.name, label, ("第二章 日常管理", "第一节 通道"), text, at)
    for at, (label, text) in enumerate(_TEXTS)
)

QUOTE = "占用走道的，先口头提醒；当天不搬走的，单位罚一千元以上三千元以下。"
CITATION = Citation(1, CHUNKS[1], LAW, Status.IN_FORCE, QUOTE)
_LONG_NAME = "示例省人民代表大会常务委员会关于修改示例省高层民用建筑与地下公共场所防火安全管理若干规定的决定"
LONG_CITATIONS = tuple(
    Citation(
        number,
        replace(CHUNKS[1], law=_LONG_NAME, label="第一百三十四条之一第二款第（三）项"),
        replace(LAW, title=_LONG_NAME * 2, document_number="x" * 80),
        status,
        QUOTE,
    )
    for number, status in enumerate(Status, start=1)
)
FIRE = Emergency(
    "火灾", "119", ("马上离开，不要回头拿东西", "压低身子，沿墙走楼梯", "到外面再打电话，说清楼层")
)


@dataclass(frozen=True)
class FakeStats:
    documents: int = 1
    chunks: int = 3
    newest_published: date | None = date(2024, 3, 20)
    by_level: Mapping[str, int] = field(default_factory=dict)


class FakeLibrary:
    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        at = next((c.position for c in CHUNKS if c.chunk_id == chunk_id), None)
        if at is None:
            raise ArticleNotFoundError(f"没有{chunk_id}")
        padded = (None, *CHUNKS, None)
        return padded[at], CHUNKS[at], padded[at + 2]

    def ending(self, doc_id: str, on: date | None = None) -> Ending | None:
        return None

    def stats(self) -> FakeStats:
        return FakeStats()


class BrokenLibrary:
    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        raise KnowledgeBaseError("读不出来")

    def ending(self, doc_id: str, on: date | None = None) -> Ending | None:
        raise KnowledgeBaseError("读不出来")

    def stats(self) -> FakeStats:
        raise KnowledgeBaseError("读不出来")


def _hostile(danger: Emergency | None, who: Audience) -> Iterator[Answer]:
    """Every hostile text, as answer and as law, one citation each."""
    citations = tuple(
        Citation(
            number,
            replace(CHUNKS[1], law=text[:40], label=text[:40], path=(text[:80],), text=text[:3000]),
            replace(LAW, title=text[:80], source=text[:80], notes=(text[:200],)),
            Status.IN_FORCE,
            text[:3000],
        )
        for number, text in enumerate(HOSTILE.values(), start=1)
    )
    words = "\n\n".join(text[:200] for text in HOSTILE.values())
    yield Answer(AnswerState.GROUNDED, words, citations, danger, who, tuple(HOSTILE.values())[:4])


class FakeAssistant:
    """着火 -> emergency card, then the answer; 不知道 -> no match; 坏了 -> unavailable; 长名 -> long titles
    of every status; 恶意 -> the hostile corpus; 出错 -> a bug; anything else -> the answer.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Audience | None, tuple[str, ...]]] = []
        self.regions: list[str | None] = []
        self.days: list[date | None] = []

    def ask(
        self,
        question: str,
        *,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[Answer]:
        self.asked.append((question, audience, tuple(history)))
        self.regions.append(region)
        self.days.append(on)
        who = audience or Audience.CITIZEN
        danger = FIRE if "着火" in question else None
        if danger:
            yield Answer(AnswerState.GROUNDED, "", emergency=danger, audience=who)
        if "出错" in question:
            raise RuntimeError("a bug below")
        if "长名" in question:
            yield Answer(AnswerState.GROUNDED, "见各条。[1][2][3][4]", LONG_CITATIONS, danger, who)
            return
        if "恶意" in question:
            yield from _hostile(danger, who)
            return
        if "不知道" in question:
            yield Answer(
                AnswerState.NO_MATCH, "换个说法，或者写出法规名称再试。", emergency=danger, audience=who
            )
            return
        if "坏了" in question:
            yield Answer(
                AnswerState.UNAVAILABLE, "法规库打不开，请管理员检查。", emergency=danger, audience=who
            )
            return
        text = "**堵住走道要罚款。** 单位当天不搬走，罚一千元以上三千元以下。[1]\n\n- 先拍照留证\n- 再向消防部门反映"
        yield Answer(AnswerState.GROUNDED, text[:18], emergency=danger, audience=who)
        yield Answer(
            AnswerState.GROUNDED, text, (CITATION,), danger, who, ("找谁反映？", "个人堵走道怎么处理？")
        )
