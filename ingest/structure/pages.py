"""On which page of the file each passage begins, for citations that open the page."""

from bisect import bisect_right
from collections.abc import Sequence

from ingest.structure.statute import Passage
from kb.normalise import clean

_ENOUGH = 14  # characters by which a line is known again


def located(lines: Sequence[str], starts: Sequence[int], passages: Sequence[Passage]) -> list[int]:
    """Return the page (counted from 1) on which each passage begins; [] for a file without pages.

    Args:
        lines: the lines of the file.
        starts: the 0-based line at which each page begins.
        passages: in the order of the text; one that cannot be found again keeps the page before it.

    >>> lines = ["第一条 为了安全。", "第二条 每日检查。", "并作记录。"]
    >>> located(lines, [0, 1], [Passage("第一条", (), "为了安全。"), Passage("第二条", (), "每日检查。")])
    [1, 2]
    """
    if not starts:
        return []
    plain = ["".join(clean(line).split()) for line in lines]
    pages: list[int] = []
    at = 0
    for passage in passages:
        wanted = "".join(passage.text.split("\n", 1)[0].split())[:_ENOUGH]
        at = next((i for i in range(at, len(plain)) if wanted in plain[i]), at)
        pages.append(max(bisect_right(starts, at), 1))
    return pages
