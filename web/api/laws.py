"""The texts themselves: the list, one text, one article, two versions side by side, quotations checked."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from kb.base import KnowledgeBase
from kb.compare import differences
from kb.datatypes import CARDS, Chunk, Document, Hit, Status
from kb.errors import ArticleNotFoundError
from kb.links import BACKWARDS, Relation
from kb.versions import start
from web.api import reading
from web.api.errors import documented
from web.api.filters import LawFilter
from web.api.models import (
    LONGEST_NAME,
    Article,
    Comparison,
    Difference,
    Heading,
    Law,
    LawRow,
    Laws,
    Linked,
    Passage,
    Place,
    Quote,
    Side,
    Verified,
    Version,
)
from web.api.services import Held

router = APIRouter()

LawName = Annotated[
    str,
    Path(
        max_length=LONGEST_NAME, description="法规名称、通称或版本编号", examples=["青桥市屋顶花园安全条例"]
    ),
]
Number = Annotated[
    str, Path(max_length=LONGEST_NAME, description="条号：第三条、3、134条之1", examples=["第三条"])
]
Day = Annotated[date | None, Query(alias="date", description="按哪一天判断时效，默认今天")]
VersionName = Annotated[str, Query(max_length=LONGEST_NAME, description="版本编号、公布日期或年份")]
_FORMER = BACKWARDS[Relation.SUCCESSOR]


@router.get("/laws", response_model=Laws, responses=documented(422, 503), summary="收录了哪些法规")
def laws(kb: Held, chosen: Annotated[LawFilter, Query()]) -> Laws:
    """List the texts that match, one row each, by name."""
    statuses = kb.statuses(chosen.on)
    rows = [
        LawRow(law=text.shown.name, versions=text.versions, version=_badge(text.shown, statuses))
        for text in reading.texts(kb, statuses)
        if text.shown.level not in CARDS and chosen.fits(text.shown, statuses[text.shown.doc_id])
    ]
    first = (chosen.page - 1) * chosen.size
    return Laws(total=len(rows), page=chosen.page, size=chosen.size, items=rows[first : first + chosen.size])


@router.get(
    "/laws/{law}", response_model=Law, responses=documented(404, 422, 503), summary="一部法规的版本和目录"
)
def law(kb: Held, law: LawName, version: VersionName = "", on: Day = None) -> Law:
    """Return a text's versions and the table of contents of one."""
    versions = reading.family(kb, law)
    shown = reading.choose(kb, versions, version, on)
    statuses = kb.statuses(on)
    return Law(
        law=shown.name,
        version=_badge(shown, statuses),
        versions=[_badge(document, statuses) for document in versions],
        contents=contents(shown.title, kb.chunks(shown.doc_id)),
    )


@router.get(
    "/articles/{law}/{article}",
    response_model=Article,
    responses=documented(404, 422, 503),
    summary="一条的原文、前后条和相关条文",
)
def article(kb: Held, law: LawName, article: Number, version: VersionName = "", on: Day = None) -> Article:
    """Return one article with what stands around it and what belongs to it."""
    hit = reading.article(kb, law, article, version, on)
    before, _, after = kb.neighbours(hit.chunk.chunk_id)
    return Article(
        **_passage(hit),
        before=Passage.of(before) if before else None,
        after=Passage.of(after) if after else None,
        links=[
            Linked(**_passage(other), relation=other.relation, why=list(other.why))
            for other in kb.linked(hit, on)
        ],
    )


@router.get(
    "/compare/{law}/{article}",
    response_model=Comparison,
    responses=documented(404, 422, 503),
    summary="一条在两个版本里的差别",
    description="条号是后一版（to，默认现行版）的；前一版（from，默认上一版）里条号变了的，按内容对应找到原来那条。",
)
def compare(
    kb: Held,
    law: LawName,
    article: Number,
    older: Annotated[str, Query(alias="from", max_length=LONGEST_NAME, description="前一版")] = "",
    newer: Annotated[str, Query(alias="to", max_length=LONGEST_NAME, description="后一版")] = "",
) -> Comparison:
    """Return an article in two versions, with the words that differ."""
    new = reading.article(kb, law, article, newer)
    old = _former(kb, new, older)
    runs = differences(old.chunk.text, new.chunk.text)
    return Comparison(
        older=Side(**_passage(old)),
        newer=Side(**_passage(new)),
        same=old.chunk.text == new.chunk.text,
        differences=[Difference(change=run.change, text=run.text) for run in runs],
    )


@router.post(
    "/verify",
    response_model=Verified,
    responses=documented(400, 404, 422, 503),
    summary="核对一句引文",
    description="在这部法规的每个版本里逐字找所引的话（只忽略空白），说明是不是那一条、是否现行。",
)
def verify(kb: Held, quote: Quote) -> Verified:
    """Say whether a quotation stands in the article it is said to stand in."""
    found = reading.quoted(kb, quote.law, quote.article, quote.quote, quote.on)
    return Verified(
        stands=found.stands,
        in_force=found.in_force,
        message=found.message,
        places=[
            Place(
                chunk_id=hit.chunk.chunk_id,
                article=hit.chunk.label,
                named=hit in found.named,
                version=Version.of(hit.document, hit.status),
            )
            for hit in found.places
        ],
    )


def contents(title: str, chunks: Iterable[Chunk]) -> Heading:
    """Return the table of contents: headings in their order, each with the articles right below it."""
    root = Heading(title=title, articles=[], children=[])
    for chunk in chunks:
        here = root
        for part in chunk.path:
            if not here.children or here.children[-1].title != part:
                here.children.append(Heading(title=part, articles=[], children=[]))
            here = here.children[-1]
        here.articles.append(chunk.label)
    return root


def _former(kb: KnowledgeBase, new: Hit, older: str) -> Hit:
    """Return the article that became `new`, in the version named or in the one before.

    Raises:
        ArticleNotFoundError: if there is none.
    """
    versions = reading.family(kb, new.document.name)
    earlier = [d for d in versions if start(d) < start(new.document)]
    if not older and not earlier:
        raise ArticleNotFoundError(f"《{new.document.name}》没有更早的版本可以比较")
    document = reading.choose(kb, versions, older, None) if older else earlier[-1]
    for hit in kb.linked(new):
        if hit.relation == _FORMER and hit.document.doc_id == document.doc_id:
            return hit
    return reading.article(kb, document.name, new.chunk.label, document.doc_id)


def _badge(document: Document, statuses: dict[str, Status]) -> Version:
    return Version.of(document, statuses[document.doc_id])


def _passage(hit: Hit) -> dict[str, object]:
    return dict(Passage.of(hit.chunk)) | {"version": Version.of(hit.document, hit.status)}
