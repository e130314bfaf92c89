"""One visitor's question through to HTML: the page's logic without its components.

Nothing here is kept between calls: the conversation comes in and goes back out.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Final

from assistant.dialogue import complete
from kb.datatypes import Answer, AnswerState, Citation
from kb.errors import AnwenError
from web import words
from web.clean import plain
from web.ports import Answerer, Library
from web.quick import quick_asks
from web.render import Turn, notice_html, turn_html
from web.source import Around, missing_html, source_html
from web.terms import Terms, read_terms

logger = logging.getLogger(__name__)

KEPT_TURNS: Final = 20  # turns of one conversation kept for reading and for opening sources
TOLD_TURNS: Final = 6  # earlier questions given to the assistant
WRITERS: Final = 4  # answers worked on at once; the rule-based first snapshot is never held up
PATIENCE: Final = 20.0  # seconds an answer waits for its place before the page says it is busy
PACE: Final = 0.08  # seconds between two redraws of a streaming answer

Turns = tuple[Turn, ...]
_PICK: Final = re.compile(r"cite-(\d{1,6})-(\d{1,3})(?:@\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers, what sources are read from, and how many answers may be in the making."""

    assistant: Answerer
    library: Library | None
    places: BoundedSemaphore
    region: str | None = None  # where questions are about when they name no place


def answer_question(
    desk: Desk, question: str | None, told: str | None, turns: Turns
) -> Iterator[tuple[str, Turns]]:
    """Yield the HTML of the new turn and the conversation with it, as the answer grows.

    Args:
        desk: what answers.
        question: as typed; not trusted.
        told: the terms as `web.terms.read_terms` reads them; not trusted.
        turns: the conversation so far.
    """
    asked = plain(question or "", words.MAX_QUESTION + 1).strip()
    if not asked:
        yield "", turns
        return
    if len(asked) > words.MAX_QUESTION:
        yield notice_html("", words.TOO_LONG), turns
        return
    terms = _apart(read_terms(told), desk.region)
    history = tuple(turn.question for turn in turns[-TOLD_TURNS:])
    number = turns[-1].number + 1 if turns else 1
    waiting = Turn(number, asked, Answer(AnswerState.GROUNDED, ""), terms, complete(asked, history))
    yield turn_html(waiting, words.SEARCHING), turns
    last = waiting
    for answer, is_last in paced(seated(_snapshots(desk, waiting, history), desk.places), PACE):
        last = replace(waiting, answer=replace(answer, hits=()))
        if is_last:
            last = replace(last, quick=quick_asks(last.whole, answer, terms.region or desk.region))
        yield turn_html(last, "" if is_last else words.WRITING), _keep(turns, last)
    if last is waiting:
        yield notice_html(asked, words.BROKEN_OFF), turns


def _snapshots(desk: Desk, turn: Turn, history: tuple[str, ...]) -> Iterator[Answer]:
    terms = turn.terms
    return desk.assistant.ask(
        turn.question,
        audience=terms.audience,
        region=terms.region or desk.region,
        on=terms.on,
        history=history,
    )


def _apart(terms: Terms, home: str | None) -> Terms:
    """Return the terms without a region that is the installation's own: nothing needs to be said of it."""
    return replace(terms, region=None) if terms.region == home else terms


def seated(snapshots: Iterator[Answer], places: BoundedSemaphore) -> Iterator[Answer]:
    """Yield snapshots, the first at once, the rest only when there is a free place.

    The first is made by rule and may be an emergency card: it never queues. When no place comes free
    within `PATIENCE`, the answer ends as UNAVAILABLE, keeping the emergency card.
    """
    first = next(snapshots, None)
    if first is None:
        return
    yield first
    if not places.acquire(timeout=PATIENCE):
        yield replace(first, state=AnswerState.UNAVAILABLE, text=words.BUSY)
        return
    try:
        yield from snapshots
    finally:
        places.release()


def paced(answers: Iterable[Answer], pace: float) -> Iterator[tuple[Answer, bool]]:
    """Yield (answer, is_last), leaving out snapshots that follow within `pace` seconds.

    >>> [(a, last) for a, last in paced(["甲", "乙", "丙"], 60.0)]
    [('甲', False), ('丙', True)]
    """
    shown_at = -pace
    held: Answer | None = None
    for answer in answers:
        moment = time.monotonic()
        if held is None or moment - shown_at >= pace:
            yield answer, False
            shown_at = moment
        held = answer
    if held is not None:
        yield held, True


def open_source(library: Library | None, pick: str | None, turns: Turns) -> str:
    """Return the panel for the chip named by `pick`, if that citation is in this conversation."""
    match = _PICK.fullmatch(pick or "")
    found = match and next(
        (
            (turn, citation)
            for turn in turns
            if turn.number == int(match[1])
            for citation in turn.answer.citations
            if citation.number == int(match[2])
        ),
        None,
    )
    if not found:
        return missing_html()
    turn, citation = found
    return source_html(citation, _around(library, citation, turn.terms))


def _around(library: Library | None, citation: Citation, terms: Terms) -> Around:
    """Read what stands around a cited passage; that it cannot be read is said, not raised."""
    if library is None:
        return Around(note=words.NEIGHBOURS_UNREADABLE)
    try:
        before, _, after = library.neighbours(citation.chunk.chunk_id)
        ending = library.ending(citation.document.doc_id, terms.on)
        return Around(before, after, ending, library.stats().newest_published)
    except AnwenError as error:
        logger.warning("around %s: %s", citation.chunk.chunk_id, error)
        return Around(note=words.NEIGHBOURS_UNREADABLE)


def _keep(turns: Turns, turn: Turn) -> Turns:
    """Return the conversation with a turn added; what was found and not used is let go."""
    kept = replace(turn, answer=replace(turn.answer, hits=()))
    return (*turns, kept)[-KEPT_TURNS:]
