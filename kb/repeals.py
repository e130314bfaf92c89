"""Why a text is no longer in force: the later text that says so, and the sentence it says it in."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.datatypes import Chunk, Document, Status
from kb.normalise import law_name
from kb.versions import start

_SENTENCE = re.compile(r"[^。\n]+")
_ENDS = re.compile("废止|失效|停止执行")
_BOOK = re.compile(r"《([^《》]{2,80}(?:《[^《》]{2,60}》[^《》]{0,40})?)》")


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a text. `sentence` is an exact substring of the passage `label` of `by`."""

    by: Document
    day: date
    label: str = ""
    sentence: str = ""  # "" where a newer version of the same text took its place


def ending(
    document: Document,
    documents: Iterable[Document],
    statuses: Mapping[str, Status],
    chunks: Callable[[str], Sequence[Chunk]],
) -> Ending | None:
    """Return what ended a text, None if it is in force or no text held says why it is not.

    Args:
        document: the text.
        documents: all texts of the knowledge base.
        statuses: {doc_id: status} on the day asked about.
        chunks: gives the passages of a text.
    """
    if statuses[document.doc_id] not in (Status.REPEALED, Status.AMENDED):
        return None
    others = list(documents)
    if statuses[document.doc_id] is Status.REPEALED:
        for other in sorted((o for o in others if document.name in o.repeals), key=start):
            for chunk in chunks(other.doc_id):
                if sentence := _declaration(chunk.text, document.name):
                    return Ending(other, start(other), chunk.label, sentence)
    newer = [
        other
        for other in others
        if (other.name, other.part) == (document.name, document.part)
        and start(other) > start(document)
        and statuses[other.doc_id] is not Status.NOT_YET
    ]
    first = min(newer, key=start, default=None)
    return Ending(first, start(first)) if first else None


def _declaration(text: str, name: str) -> str:
    """Return the sentence that declares the text of this name repealed, "" if none does.

    >>> _declaration("本法自2024年起施行。《甲办法》和《乙规定》同时废止。", "乙规定")
    '《甲办法》和《乙规定》同时废止'
    """
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if _ENDS.search(sentence) and name in {law_name(book) for book in _BOOK.findall(sentence)}:
            return sentence
    return ""
