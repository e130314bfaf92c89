"""A small made-up law and an assistant that answers from it, in our own words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kb.datatypes import Answer, AnswerState, Audience, Chunk, Citation, Document, Emergency, Level, Status
from kb.errors import ArticleNotFoundError, KnowledgeBaseError

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
FIRE = Emergency(
    "火灾", "119", ("马上离开，不要回头拿东西", "压低身子，沿墙走楼梯", "到外面再打电话，说清楼层")
)


@dataclass(frozen=True)
class FakeStats:
    documents: int = 1
    chunks: int = 3
    newest_published: date | None = date(2024, 3, 20)


class FakeLibrary:
    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        at = next((c.position for c in CHUNKS if c.chunk_id == chunk_id), None)
        if at is None:
            raise ArticleNotFoundError(f"没有{chunk_id}")
        padded = (None, *CHUNKS, None)
        return padded[at], CHUNKS[at], padded[at + 2]

    def stats(self) -> FakeStats:
        return FakeStats()


class BrokenLibrary:
    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        raise KnowledgeBaseError("读不出来")

    def stats(self) -> FakeStats:
        raise KnowledgeBaseError("读不出来")


class FakeAssistant:
    """着火 -> emergency card, then the answer; 不知道 -> no match; 坏了 -> unavailable; else the answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Audience | None, tuple[str, ...]]] = []

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
        who = audience or Audience.CITIZEN
        danger = FIRE if "着火" in question else None
        if danger:
            yield Answer(AnswerState.GROUNDED, "", emergency=danger, audience=who)
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
