"""Text from anywhere, made fit for XML, spreadsheets and print."""

import re

from kb.normalise import visible

LONGEST = 100_000  # characters of one field
PIECE = 2_000  # characters of one paragraph in print: a longer one takes too long to break into lines
_ILLEGAL = re.compile("[\ufffe\uffff\ud800-\udfff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\r\n?")


def plain(text: str, longest: int = LONGEST) -> str:
    r"""Return text with line breaks, without characters a file must not hold or a reader cannot see.

    Args:
        text: from anywhere.
        longest: characters kept; how many were left out is said at the end.

    >>> plain("好\x00\u202e\r\n坏\ud800")
    '好\n坏'
    >>> plain("一二三四", 2)
    '一二…（后面2字没有导出）'
    """
    kept = _ILLEGAL.sub("", _BIDI.sub("", _BREAKS.sub("\n", text[:longest])))
    left = len(text) - longest
    said = "\n".join(visible(line) for line in kept.split("\n"))
    return said if left <= 0 else f"{said}…（后面{left}字没有导出）"


def line(text: str, longest: int = 500) -> str:
    r"""Return text as one line.

    >>> line("安全\n 出口")
    '安全 出口'
    """
    return " ".join(plain(text, longest).split())


def pieces(text: str) -> list[str]:
    """Return the lines of a text, long ones cut into pieces; no empty ones."""
    return [
        part[start : start + PIECE]
        for part in plain(text).split("\n")
        if part.strip()
        for start in range(0, len(part), PIECE)
    ]
