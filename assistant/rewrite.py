"""A question nothing was found for, asked again in legal words by the chat model (改写再查)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

from assistant.evidence import is_supported
from assistant.generate import Writer
from kb.datatypes import Found, Hit
from kb.errors import GenerationError

logger = logging.getLogger(__name__)


def search_again(writer: Writer, question: str, find: Callable[[str], Found]) -> Found | None:
    """Return what the model's rewordings find together, or None if none is supported by what it finds.

    A rewording only searches: the answer is still written from the passages and held against them.

    Args:
        writer: the chat model.
        question: as asked.
        find: searches the knowledge base.
    """
    try:
        rewordings = writer.rewrite(question)
    except GenerationError as error:
        logger.warning("the chat model could not reword: %s", error)
        return None
    found = [result for wording in rewordings if is_supported(wording, result := find(wording))]
    return replace(found[0], hits=fused([result.hits for result in found])) if found else None


def fused(lists: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Return the hits of several searches, the first of each before the second of any, none twice."""
    unique: dict[str, Hit] = {}
    for row in zip_longest(*lists):
        for hit in row:
            if hit is not None:
                unique.setdefault(hit.chunk.chunk_id, hit)
    return tuple(unique.values())
