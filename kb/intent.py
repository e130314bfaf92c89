"""What kind of rule a question is after; so far: whether it asks for a penalty (罚则)."""

import re

from kb.datatypes import Chunk

_ASKS_PENALTY = re.compile(r"罚|处分|拘留|坐牢|判刑|判几年|追究|吊销|什么责任|担.{0,3}责|后果")
_PENALTY = re.compile(r"罚款|拘留|有期徒刑|吊销|处分|责令停产|法律责任|罚则|警告")


def asks_penalty(question: str) -> bool:
    """Return whether a question asks what follows from breaking a rule.

    >>> [asks_penalty(q) for q in ("没培训罚多少", "多久培训一次")]
    [True, False]
    """
    return bool(_ASKS_PENALTY.search(question))


def is_penalty(chunk: Chunk) -> bool:
    """Return whether a passage lays down a penalty."""
    return bool(_PENALTY.search(chunk.text) or any(_PENALTY.search(part) for part in chunk.path))
