"""The chat page: a question goes in, a streamed answer with openable sources comes out.

The chooser, the examples, the options and the drawers stand in the shell (templates/chat_*.html), painted before
Gradio's scripts have run; chat.js writes what was chosen into the hidden field `told`.

All content is drawn by `gr.Markdown`, which cleans HTML once more in the browser and, unlike `gr.HTML`,
needs no string evaluation. What one visitor asked lives in `gr.State` only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Final

import gradio as gr

from web import words
from web.answering import Desk, Turns, answer_question, open_source
from web.ports import Answerer, Library
from web.render import notice_html, turn_html

QUEUE_SIZE: Final = 64  # events waiting before Gradio refuses
HANDLERS: Final = 24  # events handled at once
SESSIONS: Final = 500  # conversations kept in memory, some 100 kB each; the one idle longest is forgotten
STATE_SECONDS: Final = 7_200  # seconds a conversation is kept after its page is closed

_QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Screen:
    """The components of the page that handlers read and write."""

    told: gr.Textbox  # hidden; chat.js writes audience;region;day into it
    fresh: gr.Button  # hidden; chat.js presses it for 新对话
    past: gr.Markdown
    now: gr.Markdown
    box: gr.Textbox
    send: gr.Button
    panel: gr.Column
    close: gr.Button
    source: gr.Markdown
    pick: gr.Textbox  # hidden; chat.js writes into it which chip was pressed
    turns: gr.State


def build_page(
    assistant: Answerer, library: Library | None, region: str | None, places: BoundedSemaphore
) -> gr.Blocks:
    """Return the chat page, its queue set; theme and mounting are the caller's.

    `places` are shared with the other doors: so many answers are written at once, whoever asked.
    """
    desk = Desk(assistant, library, places, region)
    page = gr.Blocks(title=f"{words.NAME} · {words.TAGLINE}", analytics_enabled=False)
    with page:
        screen = _draw()
        _wire_questions(desk, screen)
        _wire_controls(screen)
        _wire_sources(desk.library, screen)
    page.state_session_capacity = SESSIONS
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=HANDLERS, api_open=False)
    return page


def _draw() -> Screen:
    with gr.Row(elem_id="aw-desk"):
        with gr.Column(elem_id="aw-talk", scale=3, min_width=0):
            past = _markdown("", "aw-past")
            now = _markdown("", "aw-now")
            box, send = _composer()
        with gr.Column(visible=False, elem_id="aw-panel", scale=2, min_width=0) as panel:
            close = gr.Button("关闭原文", size="sm", elem_id="aw-close")
            source = _markdown("", "aw-source")
    told = gr.Textbox(visible="hidden", elem_id="aw-told", label="提问条件")
    fresh = gr.Button("清空对话", visible="hidden", elem_id="aw-clear")
    pick = gr.Textbox(visible="hidden", elem_id="aw-pick", label="选中的依据")
    turns = gr.State((), time_to_live=STATE_SECONDS)
    return Screen(told, fresh, past, now, box, send, panel, close, source, pick, turns)


def _wire_questions(desk: Desk, screen: Screen) -> None:
    """Let Enter and the button ask; the earlier turns move up, the new one streams below them."""

    def ask(question: str | None, told: str | None, turns: Turns) -> Iterator[list[Any]]:
        earlier = "".join(turn_html(turn) for turn in turns)
        is_kept = len(question or "") > words.MAX_QUESTION
        yield [earlier, gr.skip(), gr.skip(), gr.skip() if is_kept else "", gr.Column(visible=False)]
        for page, grown in answer_question(desk, question, told, turns):
            yield [gr.skip(), page, grown, gr.skip(), gr.skip()]

    gr.on(
        [screen.box.submit, screen.send.click],
        ask,
        [screen.box, screen.told, screen.turns],
        [screen.past, screen.now, screen.turns, screen.box, screen.panel],
        concurrency_limit=HANDLERS,
        **_QUIET,
    ).failure(lambda: notice_html("", words.BROKEN_OFF), None, screen.now, **_QUIET)


def _wire_controls(screen: Screen) -> None:
    """Connect the new conversation and the panel's close button."""
    screen.fresh.click(
        lambda: ["", "", (), "", gr.Column(visible=False)],
        None,
        [screen.past, screen.now, screen.turns, screen.box, screen.panel],
        **_QUIET,
    )
    screen.close.click(lambda: gr.Column(visible=False), None, screen.panel, **_QUIET)


def _wire_sources(library: Library | None, screen: Screen) -> None:
    """Open the panel for the chip that was pressed."""
    screen.pick.change(
        lambda chosen, turns: [gr.Column(visible=True), open_source(library, chosen, turns)],
        [screen.pick, screen.turns],
        [screen.panel, screen.source],
        **_QUIET,
    )


def _composer() -> tuple[gr.Textbox, gr.Button]:
    with gr.Row(elem_id="aw-ask-row"):
        box = gr.Textbox(
            placeholder=words.ASK_PLACEHOLDER,
            label="问题",
            show_label=False,
            container=False,
            max_lines=5,
            elem_id="aw-ask",
            scale=8,
            min_width=0,
        )
        send = gr.Button("提问", variant="primary", elem_id="aw-send", scale=0, min_width=76)
    return box, send


def _markdown(value: str, elem_id: str) -> gr.Markdown:
    return gr.Markdown(
        value, elem_id=elem_id, sanitize_html=True, latex_delimiters=[], container=False, show_label=False
    )
