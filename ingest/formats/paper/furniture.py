"""What stands on every page and belongs to none: running titles and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_EDGE = 3  # lines at the top and at the bottom of a page where furniture stands
_MOST = 60  # characters; a running title is no longer
_AGAIN = 3  # times it must recur
_NEAR = 2  # pages between two of them: left and right pages may differ
_KEEP = re.compile(
    r"^第.{1,9}条|^之[一二三四五六七八九十]|^[（(][一二三四五六七八九十\d]+[）)]|[。；：]$|^[一二三四五六七八九十]{1,3}、|^\x1e"
)
_DASH = "[-—–－―─·•~～]"
_NUMBER = r"(?:\d{1,4}|[０-９]{1,4}|[IVXivx]{1,6})"
_SIGNED = re.compile(
    rf"^(?:{_DASH}{{1,2}}\s*{_NUMBER}\s*{_DASH}{{1,2}}"
    r"|第\s*[\d０-９一二三四五六七八九十百]{1,5}\s*页(?:\s*[,，/]?\s*[（(]?共\s*[\d０-９一二三四五六七八九十百]{1,5}\s*页[）)]?)?"
    r"|共\s*\d{1,4}\s*页\s*[,，]?\s*第\s*\d{1,4}\s*页"
    r"|[Pp]age\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)$"
)
_BARE = re.compile(r"^(?P<number>\d{1,4}|[０-９]{1,4})(?:\s*/\s*\d{1,4})?$")
_GLUED = re.compile(
    rf"(?<=[\u3400-\u9fff，、])\s*{_DASH}\s?\d{{1,4}}\s?{_DASH}$|^{_DASH}\s?\d{{1,4}}\s?{_DASH}\s*(?=[\u3400-\u9fff])"
)
_DIGITS = re.compile(r"\d+")


def remove(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the pages without running titles and page numbers.

    A line goes if it stands among the first or last three of its page and comes again, alike but for a
    number that counts the pages, at the same end of three pages near each other. The numbers of articles
    and items never count as such. Signed page numbers (— 5 —, 第5页 共20页) go wherever they stand
    alone; a bare number only at the end of a page, and if it counts the pages.
    """
    lines = [[line for line in page if not _SIGNED.match(line.strip())] for page in pages]
    lines = [_without_bare_number(page, places) for page, places in zip(lines, _counting(lines), strict=True)]
    running = _running(lines)
    return [
        [_unglued(line) for place, line in enumerate(page) if (index, place) not in running]
        for index, page in enumerate(lines)
    ]


def _edges(page: Sequence[str]) -> dict[int, str]:
    """Return {place in the page: "top" or "bottom"} for the lines where furniture may stand."""
    top = dict.fromkeys(range(min(_EDGE, len(page))), "top")
    return dict.fromkeys(range(max(len(page) - _EDGE, 0), len(page)), "bottom") | top


def _counting(pages: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return, for each page, the places of the bare numbers at its ends that count the pages."""
    found = [  # page, place, number less page
        (index, place, int(match["number"]) - index)
        for index, page in enumerate(pages)
        for place in ({0, len(page) - 1} if page else ())
        if (match := _BARE.match(page[place].strip()))
    ]
    shifts = Counter(shift for _, _, shift in found)
    places: list[list[int]] = [[] for _ in pages]
    for index, place, shift in found:
        if shifts[shift] >= min(_AGAIN, len(pages)):
            places[index].append(place)
    return places


def _without_bare_number(page: Sequence[str], places: Sequence[int]) -> list[str]:
    return [line for place, line in enumerate(page) if place not in places]


def _running(pages: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """Return (page, place) of the running titles."""
    seen: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    for index, page in enumerate(pages):
        for place, end in _edges(page).items():
            line = re.sub(r"\s", "", page[place])
            if len(line) <= _MOST and not _KEEP.search(line) and re.search(r"[\u3400-\u9fffA-Za-z]{2}", line):
                seen[end, _DIGITS.sub("#", line)].append((index, place, line))
    running: set[tuple[int, int]] = set()
    for group in seen.values():
        if _recurs(group) and _counts_pages(group):
            running |= {(index, place) for index, place, _ in group}
    return running


def _recurs(group: Sequence[tuple[int, int, str]]) -> bool:
    """Whether a line comes three times in pages near each other."""
    pages = sorted({index for index, _, _ in group})
    return any(
        pages[i + _AGAIN - 1] - pages[i] <= _NEAR * (_AGAIN - 1) for i in range(len(pages) - _AGAIN + 1)
    )


def _counts_pages(group: Sequence[tuple[int, int, str]]) -> bool:
    """Whether the lines are the same, or differ by one number that grows with the pages."""
    if len({line for _, _, line in group}) == 1:
        return True
    numbers = [[int(n) - index for n in _DIGITS.findall(line)] for index, _, line in group]
    return any(
        Counter(shifts).most_common(1)[0][1] >= 0.6 * len(group) for shifts in zip(*numbers, strict=True)
    )


def _unglued(line: str) -> str:
    """Return a line without a signed page number that the reader ran into it."""
    return _GLUED.sub("", line)
