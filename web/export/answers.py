"""An answer on paper: question, answer, every citation with its version, the data's date, numbers to call."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.datatypes import Answer, Citation, Document
from web import words
from web.export.docx import document_bytes
from web.export.pdf import pdf_bytes
from web.export.safe import line, pieces

Style = Literal["title", "heading", "text", "item", "quote", "small", "alarm"]
_HEADING = re.compile(r"^#{1,6}\s+")
_ITEM = re.compile(r"^(?:[-*•]\s+|(\d{1,3})[.、]\s*)")
_STRONG = re.compile(r"\*\*(.+?)\*\*|__(.+?)__|`([^`]+)`")
_QUOTED = re.compile(r"^>\s?")


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes on the paper.

    Attributes:
        data_date: the newest text in the knowledge base; None if unknown.
        printed: the day it was asked.
    """

    question: str
    answer: Answer
    printed: date
    data_date: date | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph and how it looks."""

    style: Style
    text: str


def answer_docx(paper: Paper) -> bytes:
    """Return the answer as a Word file."""
    return document_bytes(
        [(block.style, block.text) for block in blocks(paper)], title=line(paper.question, 80)
    )


def answer_pdf(paper: Paper) -> bytes:
    """Return the answer as a PDF; see `web.export.pdf` for its fonts."""
    return pdf_bytes([(block.style, block.text) for block in blocks(paper)], title=line(paper.question, 80))


def blocks(paper: Paper) -> Iterator[Block]:
    """Yield the paragraphs of the paper in order, in clean text without Markdown."""
    answer = paper.answer
    yield Block("title", f"{words.NAME} · {words.TAGLINE}")
    yield Block("heading", "问题")
    yield from (Block("text", part) for part in pieces(paper.question))
    if answer.emergency:
        yield Block(
            "alarm", f"{line(answer.emergency.hazard, 40)}：马上拨打{line(answer.emergency.number, 20)}"
        )
        yield from (Block("item", f"{n}. {line(s)}") for n, s in enumerate(answer.emergency.steps, 1))
    yield Block("heading", "回答")
    note = words.STATE_NOTES.get(answer.state.value) or words.VERIFICATION_NOTES.get(answer.verification)
    if note:
        yield Block("small", note)
    yield from _markdown(answer.text)
    if answer.citations:
        yield Block("heading", "依据")
    for citation in answer.citations:
        yield from _citation(citation)
    yield from _foot(paper)


def _markdown(text: str) -> Iterator[Block]:
    for part in pieces(text):
        style: Style = "text"
        said = part.strip()
        if _HEADING.match(said):
            style, said = "heading", _HEADING.sub("", said)
        elif _QUOTED.match(said):
            style, said = "quote", _QUOTED.sub("", said)
        elif found := _ITEM.match(said):
            style, said = (
                "item",
                f"{found[1]}. {said[found.end() :]}" if found[1] else f"· {said[found.end() :]}",
            )
        yield Block(style, _STRONG.sub(lambda m: m[1] or m[2] or m[3], said))


def _citation(citation: Citation) -> Iterator[Block]:
    chunk, status = citation.chunk, citation.status.value
    yield Block(
        "item",
        f"[{citation.number}]《{line(chunk.law)}》{line(chunk.label, 80)}【{status}】{version(citation.document)}",
    )
    yield from (Block("quote", part) for part in pieces(citation.quote))


def version(document: Document) -> str:
    """Return which version of a text it is: 2021-06-10 公布，2021-09-01 起施行."""
    published = f"{document.published}公布" if document.published else "公布日期未知"
    effective = f"{document.effective}起施行" if document.effective else "施行日期未知，待核"
    return f"（{published}，{effective}）"


def _foot(paper: Paper) -> Iterator[Block]:
    yield Block("heading", "说明")
    known = f"知识库里最新的文件公布于{paper.data_date}" if paper.data_date else "知识库里文件的日期未知"
    yield Block("small", f"导出日期{paper.printed}；{known}。")
    yield Block("alarm", words.HOTLINE_SENTENCE)
    yield Block("small", words.FOOTER)
