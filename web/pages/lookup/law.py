"""One law: what it is, whether it is in force, its versions, its table of contents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Chunk, Document, Status
from kb.errors import ArticleNotFoundError
from kb.normalise import fold
from kb.numerals import NUMERAL, article_label
from kb.versions import start
from web.api import reading
from web.api.laws import LawName, VersionName, contents
from web.api.models import LONGEST_NAME, Heading
from web.api.search import highlights
from web.api.services import Held
from web.clean import plain
from web.pages.lookup.drawing import LookupRoute, draw
from web.pages.lookup.layout import Run, laid_out, snippet
from web.pages.lookup.links import Links

router = APIRouter(route_class=LookupRoute)

_NUMBER: Final = re.compile(rf"第{NUMERAL}+条(?:之{NUMERAL}+)?")
_OPENING: Final = 34  # characters of an article shown in the table of contents
_ALL_OPEN: Final = 40  # articles up to which the whole table of contents is unfolded
_MOST_PLACES: Final = 60  # articles shown that have the words looked for

Wanted = Annotated[str, Query(max_length=LONGEST_NAME, description="条号或字词")]


@dataclass(frozen=True, slots=True)
class Node:
    """A part, chapter or section with the articles right below it."""

    title: str
    articles: tuple[Chunk, ...]
    children: tuple["Node", ...]
    extent: str  # "第一条至第十五条"

    @property
    def first(self) -> int:
        """Where it begins in the text."""
        below = [child.first for child in self.children]
        return min([*below, *(chunk.position for chunk in self.articles)], default=0)

    @property
    def is_late(self) -> bool:
        """Whether its own articles stand behind its children (附件 behind the chapters)."""
        return bool(self.children and self.articles) and self.articles[0].position > self.children[0].first

    @property
    def count(self) -> int:
        """How many articles it has, those below its children counted."""
        return len(self.articles) + sum(child.count for child in self.children)


@dataclass(frozen=True, slots=True)
class Place:
    """An article that has the words looked for."""

    chunk: Chunk
    runs: tuple[Run, ...]


@router.get("/lookup/{law}")
def law(
    request: Request, kb: Held, law: LawName, version: VersionName = "", find: Wanted = "", full: bool = False
) -> Response:
    """Return a law's page; an article's number in `find` leads to the article."""
    versions = reading.family(kb, law)
    shown = reading.choose(kb, versions, version, None)
    chunks, statuses, links = kb.chunks(shown.doc_id), kb.statuses(), Links.of(kb)
    wanted, notice = plain(find, LONGEST_NAME).strip(), ""
    if wanted:
        label = article_label(wanted)
        if any(chunk.label == label for chunk in chunks):
            return RedirectResponse(links.article(shown, label), 303)
        notice = _no_such_article(kb, shown, label)
    return draw(
        request,
        "lookup_law.html",
        law=shown,
        standing=statuses[shown.doc_id],
        statuses=statuses,
        versions=versions[::-1],
        earlier=earlier(versions, shown),
        ending=kb.ending(shown.doc_id),
        newest=kb.stats().newest_published,
        is_card=shown.level in CARDS,
        tree=_tree(contents(shown.title, chunks), {chunk.label: chunk for chunk in chunks}),
        all_open=len(chunks) <= _ALL_OPEN,
        opening=_opening,
        laid_out=laid_out,
        full=full,
        find=wanted,
        notice=notice,
        matches=_matches(chunks, wanted) if wanted and not notice else None,
        links=links,
    )


def earlier(versions: Sequence[Document], shown: Document) -> Document | None:
    """Return the version before one, None if it is the first held."""
    before = [d for d in versions if start(d) < start(shown) and d.part == shown.part]
    return max(before, key=start, default=None)


def _no_such_article(kb: KnowledgeBase, shown: Document, label: str) -> str:
    """Return what to say where a number was asked for that the law does not have, "" if it was no number."""
    if not _NUMBER.fullmatch(label):
        return ""
    try:
        hit = kb.article(shown.name, label)
    except ArticleNotFoundError as error:
        return plain(str(error), 300)
    return f"这一版没有{label}；现行版里对应的是{hit.chunk.label}。"


def _tree(heading: Heading, chunks: dict[str, Chunk]) -> Node:
    children = tuple(_tree(child, chunks) for child in heading.children)
    articles = tuple(chunks[label] for label in heading.articles)
    labels = [label for label in _labels(heading) if label.startswith("第")]
    extent = (f"{labels[0]}至{labels[-1]}" if len(labels) > 1 else labels[0]) if labels else ""
    return Node(heading.title, articles, children, extent)


def _labels(heading: Heading) -> list[str]:
    return heading.articles + [label for child in heading.children for label in _labels(child)]


def _opening(chunk: Chunk) -> str:
    """Return the first words of an article."""
    text = " ".join(chunk.text.split())
    return text if len(text) <= _OPENING else f"{text[:_OPENING]}…"


def _matches(chunks: Sequence[Chunk], wanted: str) -> list[Place]:
    """Return the articles that have every word looked for; words are parted by blanks."""
    looked_for = [fold(word) for word in wanted.split()]
    found = [c for c in chunks if all(word in fold(f"{c.label}{c.text}") for word in looked_for)]
    return [Place(c, snippet(c.text, highlights(c.text, looked_for))) for c in found[:_MOST_PLACES]]


def warning(document: Document, status: Status, today: date) -> str:
    """Return what a reader must know before relying on a version, "" if nothing."""
    if document.level in CARDS or status is Status.IN_FORCE:
        return ""
    if status is Status.NOT_YET:
        return f"这一版从{_day(start(document))}起施行，今天（{_day(today)}）还不能作为依据。"
    if status is Status.REPEALED:
        return "这部文件已经废止，不能再作为依据。"
    return "这是旧版本，现行条文可能已经不同。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
