"""One article: its whole words, where it stands, and everything that belongs to it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Hit, Level, Status
from kb.links import FORWARDS, Relation
from kb.numerals import article_label
from web.api import reading
from web.api.laws import LawName, Number, VersionName
from web.api.services import Held
from web.clean import plain
from web.pages.frame import day
from web.pages.lookup.drawing import LookupRoute, draw
from web.pages.lookup.law import warning
from web.pages.lookup.layout import laid_out, places
from web.pages.lookup.links import Links
from web.pages.lookup.related import grouped, reach
from web.pages.lookup.scan import has_picture
from web.prose import markdown_html
from web.words import MAX_QUESTION

router = APIRouter(route_class=LookupRoute)

_NEWER = FORWARDS[Relation.SUCCESSOR]
_MOST_VERSIONS = 30

Quoted = Annotated[str, Query(max_length=MAX_QUESTION, description="要标出的原文")]


@router.get("/lookup/{law}/{article:path}")
def article(
    request: Request, kb: Held, law: LawName, article: Number, version: VersionName = "", quote: Quoted = ""
) -> HTMLResponse:
    """Return an article's page."""
    hit = _read(kb, law, article, version)
    before, _, after = kb.neighbours(hit.chunk.chunk_id)
    words = plain(quote, MAX_QUESTION).strip()
    spans = places(hit.chunk.text, words)
    related = grouped(kb.linked(hit))
    return draw(
        request,
        "lookup_article.html",
        hit=hit,
        clauses=laid_out(hit.chunk.text, spans),
        prose=Markup(markdown_html(hit.chunk.text)) if hit.document.level is Level.GUIDE else "",
        renumbered=_renumbered(article, hit),
        misquoted=bool(words) and not spans,
        warning=warning(hit.document, hit.status, date.today()),
        present=_present(kb, hit),
        ending=kb.ending(hit.document.doc_id) if hit.status in (Status.REPEALED, Status.AMENDED) else None,
        before=before,
        after=after,
        related=related,
        reach=reach,
        copied=copied(hit),
        is_card=hit.document.level in CARDS,
        picture=has_picture(hit.chunk, hit.document),
        links=Links.of(kb),
    )


def _renumbered(number: str, hit: Hit) -> str:
    """Return the number asked for where the article has another by now, else ""."""
    return "" if hit.chunk.label in {number, number.replace("／", "/"), article_label(number)} else number


def copied(hit: Hit) -> str:
    """Return an article as it is put on the clipboard: with its law, number, version and status."""
    document = hit.document
    if document.level in CARDS:
        return f"{document.title}：{hit.chunk.label}\n{hit.chunk.text}"
    dated = f"{day(document.published)}公布" if document.published else "公布日期不明"
    effective = f"，{day(document.effective)}起施行" if document.effective else ""
    return (
        f"《{document.title}》{hit.chunk.label}（{dated}{effective}，{hit.status.value}）\n{hit.chunk.text}"
    )


def _read(kb: KnowledgeBase, law: str, number: str, version: str) -> Hit:
    """Return the article: by its label as it stands (cards have labels with blanks), else by its number.

    Raises:
        ArticleNotFoundError: if it is not here.
    """
    document = reading.choose(kb, reading.family(kb, law), version, None)
    labels = {number, number.replace("／", "/")}  # a slash stands full width in an address
    chunk = next((chunk for chunk in kb.chunks(document.doc_id) if chunk.label in labels), None)
    if chunk is not None:
        return Hit(chunk, document, kb.status(document.doc_id), 1.0)
    return reading.article(kb, law, number, version)


def _present(kb: KnowledgeBase, hit: Hit) -> Hit | None:
    """Return what an article of an older version has become in the one in force, None if none is alike."""
    if hit.status is not Status.AMENDED:
        return None
    found = hit
    for _ in range(_MOST_VERSIONS):
        later = next((other for other in kb.linked(found) if other.relation == _NEWER), None)
        if later is None or later.status is Status.IN_FORCE:
            return later
        found = later
    return None
