"""查条文: the search over articles, with the engine of /api/search."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kb import regions, thesaurus
from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Document, Hit
from kb.errors import ArticleNotFoundError
from kb.normalise import fold
from web.api import reading
from web.api.search import POOL, highlights, terms
from web.api.services import Held, Served
from web.clean import plain
from web.pages.lookup.asking import read
from web.pages.lookup.drawing import LookupRoute, draw, likely_names
from web.pages.lookup.facets import MOST_PAGES, Asked, chosen, facets, kinds
from web.pages.lookup.layout import Run, places, snippet
from web.pages.lookup.links import Links

router = APIRouter(route_class=LookupRoute)

PAGE: Final = 10
_MOST_LAWS = 3  # laws named in the question that are offered beside the articles
_OFTEN: Final = (
    "安全生产法", "消防法", "突发事件应对法", "特种设备安全法", "职业病防治法", "道路交通安全法",
    "生产安全事故应急条例", "危险化学品安全管理条例", "建设工程安全生产管理条例", "行政处罚法",
)  # fmt: skip
_WHY: Final = {
    "条号直达": "写明了这一条", "关键词": "字词相符", "语义": "意思相近", "近似问法": "近似问法", "含罚则": "含罚则",
    "对应罚则": "是所问义务的罚则",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One passage found."""

    hit: Hit
    address: str
    runs: tuple[Run, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A law that the question names."""

    document: Document
    versions: int
    address: str


@router.get("/lookup")
def search(request: Request, kb: Held, services: Served) -> HTMLResponse:
    """Return the search page: empty, or with what was found."""
    asked, faults = read(Asked, request.query_params)
    shared: dict[str, Any] = {"asked": asked, "faults": faults, "areas": areas(kb), "today": date.today()}
    if not asked.q:
        texts = {text.shown.name: text for text in reading.texts(kb, kb.statuses())}
        often = [texts[name].shown for name in _OFTEN if name in texts]
        laws = sum(text.shown.level not in CARDS for text in texts.values())
        return draw(request, "lookup.html", often=often, laws=laws, **shared)
    found = kb.find(asked.q, POOL, on=asked.on, region=asked.region or services.region)
    fitting = [hit for hit in found.hits if asked.passes(hit)]
    pages = min(MOST_PAGES, -(-len(fitting) // PAGE))
    shown = fitting[(asked.page - 1) * PAGE :][:PAGE]
    legal = _legal(asked.q)
    return draw(
        request,
        "lookup_found.html",
        rows=_rows(kb, shown, [*terms(_without_names(kb, asked.q)), *map(fold, legal)]),
        total=len(fitting),
        pages=pages,
        notice=found.notice,
        named=_named(kb, asked.q),
        legal=legal,
        kinds=kinds(asked, found.hits),
        facets=facets(asked, found.hits),
        chosen=chosen(asked),
        likely=likely_names(kb, asked.q) if not fitting else (),
        **shared,
    )


def areas(kb: KnowledgeBase) -> tuple[str, ...]:
    """Return the regions that have rules of their own here, provinces before their places."""
    held = {document.region for document in kb.documents() if document.level not in CARDS} - {
        regions.NATIONWIDE
    }
    around = {region: regions.parent(region) for region in held if regions.known(region)}
    provinces = (held | set(around.values())) & set(regions.provinces())
    found = [
        region
        for province in sorted(provinces)
        for region in (province, *sorted(place for place, outer in around.items() if outer == province))
    ]
    return (*found, *sorted(held - set(found)))


def reason(why: str) -> str:
    """Return why a passage was found, in plain words.

    >>> reason("关键词第12"), reason("近似问法“楼道能停车吗”"), reason("条号直达")
    ('字词相符', '近似问法“楼道能停车吗”', '写明了这一条')
    """
    said = next((said for start, said in _WHY.items() if why.startswith(start)), why)
    return why if said == "近似问法" else said


def _rows(kb: KnowledgeBase, hits: Sequence[Hit], looked_for: Sequence[str]) -> list[Row]:
    links = Links.of(kb)
    rows = []
    for hit in hits:
        text = hit.chunk.text
        spans = places(text, hit.focus) if hit.looked_up else highlights(text, looked_for)
        why = dict.fromkeys(reason(why) for why in hit.why)
        quote = {"quote": hit.focus} if hit.focus else {}
        address = links.article(hit.document, hit.chunk.label, **quote)
        rows.append(Row(hit, address, snippet(text, spans), tuple(why)))
    return rows


def _named(kb: KnowledgeBase, question: str) -> list[Named]:
    """Return the laws held that a question names, in its order."""
    names = dict.fromkeys(mention.name for mention in reading.titles(kb).mentions(fold(question)))
    with contextlib.suppress(ArticleNotFoundError):
        names |= {reading.family(kb, question)[-1].name: None}
    links, held = Links.of(kb), {text.shown.name: text for text in reading.texts(kb, kb.statuses())}
    found = [held[name] for name in names if name in held]
    return [Named(text.shown, text.versions, links.law(text.shown)) for text in found[:_MOST_LAWS]]


def _without_names(kb: KnowledgeBase, question: str) -> str:
    """Return a question without the laws it names: their words stand in every article and say nothing."""
    folded = fold(question)
    for mention in reversed(reading.titles(kb).mentions(folded)):
        folded = f"{folded[: mention.begin]} {folded[mention.end :]}"
    return folded


def _legal(question: str) -> tuple[str, ...]:
    """Return the legal words that a question's lay words stand for."""
    entries = thesaurus.shipped().find(question)
    return tuple(dict.fromkeys(plain(term, 30) for entry in entries for term in entry.legal[:2]))[:6]
