"""GET /api/search: passages with facets and the words that match."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query

from kb.datatypes import Hit
from kb.tokens import words
from web.api.errors import documented
from web.api.filters import SearchFilter
from web.api.models import Facets, Passage, SearchHit, SearchResult, Span, Version
from web.api.services import Held, Served
from web.clean import plain

router = APIRouter()

POOL: Final = 200  # best passages that filters and facets look at
_MOST_SPANS = 200
_MOST_WORDS = 60


@router.get(
    "/search",
    response_model=SearchResult,
    responses=documented(422, 503),
    summary="检索条文和卡片",
    description="在所选日期有效的内容里找；写明条号的直接取那一条，任何版本都行。分面在筛选之前、最好的200段里统计。",
)
def search(kb: Held, services: Served, asked: Annotated[SearchFilter, Query()]) -> SearchResult:
    """Return the best passages that pass the filters."""
    question = plain(asked.q, 2_000)
    found = kb.find(question, POOL, on=asked.on, region=asked.region or services.region)
    fitting = [hit for hit in found.hits if asked.fits(hit.document, hit.status)]
    looked_for = terms(question)
    return SearchResult(
        total=len(fitting),
        notice=found.notice,
        hits=[_hit(hit, looked_for) for hit in fitting[: asked.k]],
        facets=_facets(found.hits),
    )


def terms(question: str) -> list[str]:
    """Return the words of a question to look for in a text, the longest first."""
    return sorted({word for word in words(question) if len(word) > 1}, key=len, reverse=True)[:_MOST_WORDS]


def highlights(text: str, looked_for: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words stand in a text, as merged [start, end) spans.

    >>> highlights("屋顶花园应当每月检查护栏", ["屋顶花园", "花园", "护栏"])
    [(0, 4), (10, 12)]
    """
    lower = text.lower()
    lower = lower if len(lower) == len(text) else text
    found: list[tuple[int, int]] = []
    for word in looked_for:
        at = lower.find(word)
        while at >= 0 and len(found) < _MOST_SPANS:
            found.append((at, at + len(word)))
            at = lower.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _hit(hit: Hit, looked_for: Sequence[str]) -> SearchHit:
    spans = highlights(hit.chunk.text, looked_for)
    return SearchHit(
        **dict(Passage.of(hit.chunk)),
        score=hit.score,
        why=list(hit.why),
        version=Version.of(hit.document, hit.status),
        highlights=[Span(start=begin, end=end) for begin, end in spans],
    )


def _facets(hits: Sequence[Hit]) -> Facets:
    return Facets(
        level=Counter(hit.document.level.value for hit in hits),
        region=Counter(hit.document.region for hit in hits),
        status=Counter(hit.status.value for hit in hits),
        issuer=Counter(hit.document.issuer for hit in hits if hit.document.issuer),
    )
