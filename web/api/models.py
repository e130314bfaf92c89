"""The JSON of /api: what comes in and what goes out."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.__main__ import as_json
from kb.datatypes import Answer, AnswerState, Audience, Chunk, Document, Level, Status, Verification
from web.words import MAX_QUESTION

LONGEST_NAME = 100  # characters of a law's name or an article's number
MOST_TURNS = 20

Text = Annotated[str, Field(max_length=MAX_QUESTION)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Incoming(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Question(Incoming):
    """A question to answer."""

    question: Annotated[
        Text, Field(min_length=1, description="问题，最多2000字", examples=["仓库里能住人吗"])
    ]
    audience: Audience | None = Field(
        None, description="对象：citizen 市民、manager 企业、inspector 执法；不写由问题判断"
    )
    region: Name | None = Field(None, description="所在地区", examples=["河南省"])
    on: date | None = Field(None, alias="date", description="按哪一天的规定回答，默认今天")
    history: list[Text] = Field(
        [], max_length=MOST_TURNS, description="本次对话里先前的问题，旧的在前；只用最后6个"
    )


class Version(BaseModel):
    """Which text a passage stands in, and whether it is in force (版本徽章)."""

    doc_id: str = Field(description="版本编号", examples=["青桥市屋顶花园安全条例@2024-05-06"])
    title: str = Field(description="公布时的名称")
    level: Level = Field(description="效力级别")
    region: str = Field(description="适用地区")
    status: Status = Field(description="时效性")
    issuer: str = Field(description="制定机关，不知道为空")
    document_number: str = Field(description="文号，不知道为空")
    published: date | None = Field(description="公布日期，不知道为 null")
    effective: date | None = Field(description="施行日期，不知道为 null")
    expires: date | None = Field(description="失效日期")
    part: str = Field("", description="单独公布的编")

    @classmethod
    def of(cls, document: Document, status: Status) -> "Version":
        """Return the badge of a document."""
        return cls(
            doc_id=document.doc_id, title=document.title, level=document.level, region=document.region,
            status=status, issuer=document.issuer, document_number=document.document_number,
            published=document.published, effective=document.effective, expires=document.expires,
            part=document.part,
        )  # fmt: skip


class Cited(BaseModel):
    """A passage an answer stands on."""

    number: int = Field(description="正文里的编号 [1]")
    chunk_id: str
    law: str
    article: str
    quote: str = Field(description="所引的原文，一字不差")
    version: Version


class Danger(BaseModel):
    """What to do at once."""

    hazard: str = Field(description="什么险情", examples=["火灾"])
    number: str = Field(description="先打哪个电话", examples=["119"])
    steps: list[str] = Field(description="头几步，按先后")


class Answered(BaseModel):
    """An answer, or a growing snapshot of one."""

    state: AnswerState = Field(description="GROUNDED 有依据、NO_MATCH 没找到、UNAVAILABLE 查不了")
    text: str = Field(description="回答，Markdown")
    citations: list[Cited] = Field(description="依据")
    emergency: Danger | None = Field(description="有险情时最先要显示的内容")
    follow_ups: list[str] = Field(description="可以接着问的")
    verification: Verification = Field(description="文字与原文的核对结果")
    audience: Audience

    @classmethod
    def of(cls, answer: Answer) -> "Answered":
        """Return an answer as `python -m assistant --json` spells it, with the version of each citation."""
        spelt: dict[str, Any] = as_json(answer)
        for row, citation in zip(spelt["citations"], answer.citations, strict=True):
            row |= {"number": citation.number, "version": Version.of(citation.document, citation.status)}
        if answer.emergency:
            spelt["emergency"]["hazard"] = answer.emergency.hazard
        return cls.model_validate(spelt | {"audience": answer.audience})


class Passage(BaseModel):
    """One article or section."""

    chunk_id: str
    law: str
    article: str
    path: list[str] = Field(description="所在的编、章、节")
    text: str
    page: int | None = Field(None, description="在原文件第几页，没有页码为 null")

    @classmethod
    def of(cls, chunk: Chunk) -> "Passage":
        """Return a chunk as JSON."""
        return cls(
            chunk_id=chunk.chunk_id, law=chunk.law, article=chunk.label, path=list(chunk.path),
            text=chunk.text, page=chunk.page or None,
        )  # fmt: skip


class Span(BaseModel):
    """Characters [start, end) of a text, counted as Unicode code points."""

    start: int
    end: int


class SearchHit(Passage):
    """One passage found."""

    score: float = Field(description="得分，只能在同一次结果里比较")
    why: list[str] = Field(description="为什么找到")
    version: Version
    highlights: list[Span] = Field(description="正文里与问题相同的词")


class Facets(BaseModel):
    """How many of all passages found have each value, before filtering."""

    level: dict[str, int]
    region: dict[str, int]
    status: dict[str, int]
    issuer: dict[str, int]


class SearchResult(BaseModel):
    """What a search found."""

    total: int = Field(description="符合筛选的段落数，在最好的200段里数")
    notice: str = Field(description="要告诉人的话，如“共几条，没有第几条”")
    hits: list[SearchHit]
    facets: Facets


class LawRow(BaseModel):
    """One text in the list, with the version that counts."""

    law: str = Field(description="名称，不带书名号和国名")
    versions: int = Field(description="收录了几个版本")
    version: Version


class Laws(BaseModel):
    """A page of the list."""

    total: int
    page: int
    size: int
    items: list[LawRow]


class Heading(BaseModel):
    """A part, chapter or section of a text with the articles right below it."""

    title: str
    articles: list[str] = Field(description="直属的条号")
    children: list["Heading"]


class Law(BaseModel):
    """One text: all its versions, and the table of contents of one."""

    law: str
    version: Version = Field(description="目录所属的版本")
    versions: list[Version] = Field(description="全部版本，旧的在前")
    contents: Heading = Field(description="编章节条")


class Linked(Passage):
    """A passage that belongs to the article."""

    relation: str = Field(description="关系", examples=["对应罚则"])
    why: list[str]
    version: Version


class Article(Passage):
    """One article with what stands around it and what belongs to it."""

    version: Version
    before: Passage | None
    after: Passage | None
    links: list[Linked]


class Side(Passage):
    """An article in one version."""

    version: Version


class Difference(BaseModel):
    """A run of words that both versions have, or only one."""

    change: Literal["same", "removed", "added"]
    text: str


class Comparison(BaseModel):
    """An article in two versions."""

    model_config = ConfigDict(populate_by_name=True)

    older: Side = Field(alias="from")
    newer: Side = Field(alias="to")
    same: bool = Field(description="两个版本的文字是否完全相同")
    differences: list[Difference] = Field(description="依次排列，去掉 added 是前一版，去掉 removed 是后一版")


class Quote(Incoming):
    """A quotation to check."""

    law: Annotated[Name, Field(description="法规名称或通称", examples=["青桥市屋顶花园安全条例"])]
    article: Annotated[Name, Field(description="条号，如 第三条、3、134条之1", examples=["第二条"])]
    quote: Annotated[Text, Field(min_length=2, description="所引的话", examples=["屋顶花园应当登记造册"])]
    on: date | None = Field(None, alias="date", description="按哪一天判断是否现行，默认今天")


class Place(BaseModel):
    """Where a quotation stands."""

    chunk_id: str
    article: str
    named: bool = Field(description="是否就是所说的那一条")
    version: Version


class Verified(BaseModel):
    """Whether a quotation stands."""

    stands: bool = Field(description="所说的那一条里（任一版本）有这句话，除空白外一字不差")
    in_force: bool = Field(description="有这句话的那一条是否现行")
    message: str = Field(description="给人看的结论")
    places: list[Place] = Field(description="这部法规里有这句话的地方，所说的那一条在前")


class Feedback(Incoming):
    """What somebody says about an answer."""

    verdict: Literal["有帮助", "没帮助", "依据不对"]
    question: Text = ""
    answer: str = Field("", max_length=4_000, description="对哪个回答")
    comment: Text = Field("", description="想说的话；请不要写姓名、电话")


class Kept(BaseModel):
    """The thanks for a feedback."""

    message: str


class Health(BaseModel):
    """Alive."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Ready to answer, and from how much."""

    ready: Literal[True] = True
    documents: int = Field(description="文件数")
    chunks: int = Field(description="条和段落数")
    pending: int = Field(description="还没进索引的文件数")
    newest_published: date | None = Field(description="最新一部的公布日期")
    by_level: dict[str, int]
    embedding_model: str
