"""Turns of the conversation -> HTML for `gr.Markdown`.

Each function returns one line: a line break inside an HTML block would hand the rest to the browser's
Markdown parser. All words from questions, documents and models pass through `web.clean` or `web.prose`.
"""

from dataclasses import dataclass, field

from kb.datatypes import CARDS, Answer, AnswerState, Citation, Emergency, Status
from web import words
from web.clean import escape, paragraphs, phone_link
from web.prose import markdown_html, reference
from web.terms import Terms
from web.tools import terms_html, tools_html

STATUS_CLASS = {
    Status.IN_FORCE: "is-in-force",
    Status.NOT_YET: "is-not-yet",
    Status.AMENDED: "is-amended",
    Status.REPEALED: "is-repealed",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was answered, kept in the session so that its chips can be opened."""

    number: int  # counted from 1; never reused within a conversation
    question: str
    answer: Answer
    terms: Terms = field(default_factory=Terms)
    whole: str = ""  # the question as it stands on its own
    quick: tuple[str, ...] = ()  # what may be asked next by one tap


def turn_html(turn: Turn, progress: str = "") -> str:
    """Return one question with its answer: danger first, then the words, then what they stand on."""
    answer = turn.answer
    parts = [
        f'<div class="asked"><h2 class="vh">您问</h2>{paragraphs(turn.question, words.MAX_QUESTION)}</div>',
        emergency_html(answer.emergency) if answer.emergency else "",
        terms_html(turn.terms),
        _said(turn, is_whole=not progress),
        f'<p class="progress" role="status">{escape(progress)}</p>' if progress else "",
    ]
    return f'<section class="turn" id="turn-{turn.number}">{"".join(parts)}</section>'


def emergency_html(emergency: Emergency) -> str:
    """Return the red card: what is happening, the number to tap, the first steps in order."""
    steps = "".join(f"<li>{escape(step, 300)}</li>" for step in emergency.steps)
    others = "".join(
        phone_link(line.number, line.label, "other")
        for line in words.HOTLINES
        if line.is_emergency and line.number != emergency.number
    )
    return (
        f'<section class="danger"><h3>{escape(emergency.hazard, 40)} · 先保命，再细看</h3>'
        f"{phone_link(emergency.number, '点这里拨打', 'call')}"
        f'<ol>{steps}</ol><p class="others">{others}</p></section>'
    )


def notice_html(question: str, message: str) -> str:
    """Return a refusal by the page itself (too long, too busy), with the numbers to call."""
    asked = f'<div class="asked">{paragraphs(question, 200)}</div>' if question else ""
    return f'<section class="turn">{asked}<div class="said is-notice"><p>{escape(message)}</p>{_hotlines()}</div></section>'


def _said(turn: Turn, *, is_whole: bool) -> str:
    answer = turn.answer
    if not (answer.text or answer.citations or answer.state is not AnswerState.GROUNDED):
        return ""
    note = words.STATE_NOTES.get(answer.state.value, "")
    checked = words.VERIFICATION_NOTES.get(answer.verification, "") if not note else ""
    body = markdown_html(answer.text, turn.number, {c.number for c in answer.citations})
    parts = [
        f'<p class="note">{escape(note)}</p>' if note else "",
        f'<p class="checked">{escape(checked)}</p>' if checked else "",
        f'<div class="words">{body}</div>',
        _hotlines() if answer.state is AnswerState.UNAVAILABLE and answer.emergency is None else "",
        _chips(turn),
        _follow_ups((*answer.follow_ups[:4], *turn.quick)),
        tools_html(turn.whole or turn.question, answer, turn.terms) if is_whole else "",
    ]
    return f'<div class="said is-{answer.state.value.lower()}">{"".join(parts)}</div>'


def _chips(turn: Turn) -> str:
    if not turn.answer.citations:
        return ""
    chips = "".join(_chip(turn.number, citation) for citation in turn.answer.citations)
    return f'<div class="cites"><h3>依据原文</h3>{chips}</div>'


def _chip(turn: int, citation: Citation) -> str:
    title = f"{citation.chunk.law} {citation.chunk.label}"
    return (
        f'<button type="button" class="chip {reference(turn, citation.number)}"><b>{citation.number}</b>'
        f"<span>{escape(title, 90)}</span>{status_badge(citation)}</button>"
    )


def status_badge(citation: Citation) -> str:
    """Return the mark that says whether a text is in force, or that this project wrote it."""
    status = citation.status
    if citation.document.level in CARDS and status is Status.IN_FORCE:
        return '<i class="badge is-card">本项目编写</i>'
    return f'<i class="badge {STATUS_CLASS[status]}">{status.value}</i>'


def _follow_ups(questions: tuple[str, ...]) -> str:
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" class="say">{escape(question, 80)}</button>' for question in questions
    )
    return f'<div class="next"><h3>接着问</h3><div class="says">{buttons}</div></div>'


def _hotlines() -> str:
    links = "".join(
        phone_link(line.number, line.label, "other") for line in words.HOTLINES if line.is_emergency
    )
    return f'<p class="others">{links}</p>'
