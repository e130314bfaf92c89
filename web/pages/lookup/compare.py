"""Two versions of a law, or of one article, side by side with what differs marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from kb.compare import Span, differences
from kb.datatypes import Chunk, Document
from kb.errors import ArticleNotFoundError
from web.api import laws as doors
from web.api import reading
from web.api.laws import LawName, Number
from web.api.models import LONGEST_NAME
from web.api.services import Held
from web.pages.lookup.drawing import LookupRoute, draw
from web.pages.lookup.law import earlier
from web.pages.lookup.links import Links

if TYPE_CHECKING:
    from ingest.radar.changes import Change

router = APIRouter(route_class=LookupRoute)

Older = Annotated[str, Query(alias="from", max_length=LONGEST_NAME)]
Newer = Annotated[str, Query(alias="to", max_length=LONGEST_NAME)]
UNCHANGED = "未改动"


@dataclass(frozen=True, slots=True)
class Pair:
    """An article in both versions."""

    kind: str  # 修改, 新增, 删去, 条号变动, 未改动
    old: Chunk | None
    new: Chunk | None
    spans: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        """The article's number, both where it got another."""
        old, new = self.old and self.old.label, self.new and self.new.label
        return f"{old} → {new}" if old and new and old != new else new or old or ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two versions, article by article."""

    pairs: tuple[Pair, ...]

    def of(self, kind: str) -> tuple[Pair, ...]:
        """Return those of one kind."""
        return tuple(pair for pair in self.pairs if pair.kind == kind)


@router.get("/lookup/compare/{law}")
def compare(
    request: Request, kb: Held, law: LawName, older: Older = "", newer: Newer = "", everything: bool = False
) -> HTMLResponse:
    """Return the articles that differ between two versions; all of them if `everything`."""
    versions = reading.family(kb, law)
    new = reading.choose(kb, versions, newer, None)
    old = reading.choose(kb, versions, older, None) if older else earlier(versions, new)
    if old is None:
        return _alone(request, kb, new)
    found = paired(tuple(kb.chunks(old.doc_id)), tuple(kb.chunks(new.doc_id)))
    left_out = set() if everything else {UNCHANGED, "条号变动"}
    return draw(
        request,
        "lookup_compare.html",
        old=old,
        new=new,
        versions=versions[::-1],
        statuses=kb.statuses(),
        found=found,
        shown=[pair for pair in found.pairs if pair.kind not in left_out],
        everything=everything,
        links=Links.of(kb),
    )


@router.get("/lookup/compare/{law}/{article:path}")
def compare_article(
    request: Request, kb: Held, law: LawName, article: Number, older: Older = "", newer: Newer = ""
) -> HTMLResponse:
    """Return one article in two versions."""
    try:
        found = doors.compare(kb, law, article, older, newer)
    except ArticleNotFoundError:
        hit = reading.article(kb, law, article, newer)
        return _alone(request, kb, hit.document, hit.chunk.label)
    old, new = (kb.document(side.version.doc_id) for side in (found.older, found.newer))
    left, right = _chunk(kb, found.older.chunk_id), _chunk(kb, found.newer.chunk_id)
    kind = UNCHANGED if found.same else "修改"
    spans = tuple(Span(run.change, run.text) for run in found.differences)
    return draw(
        request,
        "lookup_compare_article.html",
        old=old,
        new=new,
        pair=Pair(kind, left, right, spans),
        statuses=kb.statuses(),
        links=Links.of(kb),
    )


@lru_cache(maxsize=8)
def paired(old: tuple[Chunk, ...], new: tuple[Chunk, ...]) -> Pairs:
    """Return two versions article by article, in the order of the new one; what went stands where it stood."""
    from ingest.radar.changes import changes  # loads scipy, which takes half a second

    return Pairs(tuple(_in_order(changes(old, new).items, old, new)))


def _in_order(items: Sequence["Change"], old: Sequence[Chunk], new: Sequence[Chunk]) -> Iterator[Pair]:
    changed = {change.new.chunk_id for change in items if change.new}
    before = {(chunk.label, "".join(chunk.text.split())): chunk for chunk in old}
    by_label = {chunk.label: chunk for chunk in old}
    kept = [chunk for chunk in new if chunk.chunk_id not in changed]
    twin = {c.chunk_id: before.get((c.label, "".join(c.text.split()))) or by_label.get(c.label) for c in kept}
    place = 0
    for change in items:
        while place < len(kept) and _stands_before(kept[place], twin[kept[place].chunk_id], change):
            yield Pair(UNCHANGED, twin[kept[place].chunk_id], kept[place], (Span("same", kept[place].text),))
            place += 1
        yield _pair(change)
    for chunk in kept[place:]:
        yield Pair(UNCHANGED, twin[chunk.chunk_id], chunk, (Span("same", chunk.text),))


def _stands_before(chunk: Chunk, twin: Chunk | None, change: "Change") -> bool:
    if change.new:
        return chunk.position < change.new.position
    return bool(change.old and twin and twin.position < change.old.position)


def _pair(change: "Change") -> Pair:
    old, new = change.old.text if change.old else "", change.new.text if change.new else ""
    return Pair(change.kind.value, change.old, change.new, tuple(differences(old, new)))


def _alone(request: Request, kb: Held, new: Document, label: str = "") -> HTMLResponse:
    """Return the page that says there is nothing to compare with."""
    return draw(request, "lookup_alone.html", new=new, label=label, links=Links.of(kb))


def _chunk(kb: Held, chunk_id: str) -> Chunk:
    return kb.neighbours(chunk_id)[1]
