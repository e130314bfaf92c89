"""Tables (避难场所一览、物资台账) become one passage per row."""

import re
from collections.abc import Sequence

from ingest.structure.sections import lines
from ingest.structure.statute import Passage

ROW = re.compile(r"^[^：；。]{1,30}：[^；]*(?:；[^：；。]{1,30}：[^；]*)+；?$")
_PAIR = re.compile(r"(?P<name>[^：；]{1,30})：(?P<value>[^；]*)")
_COUNTER = re.compile(r"^(?:序号|编号|No\.?|#|行号)$", re.I)
_NAME_LENGTH = 30
_UNNAMED = "行"


def split(text: str, title: str) -> list[Passage]:
    """Return a passage per row; its label is the sheet's or caption's name and the row's first cell.

    >>> found = split("避难场所\\n名称：东湖公园；容量：5000\\n名称：人民广场；容量：800", "")
    >>> [(p.label, p.path) for p in found]
    [('避难场所·东湖公园', ('避难场所',)), ('避难场所·人民广场', ('避难场所',))]
    """
    found: list[Passage] = []
    seen: dict[str, int] = {}
    sheet, caption = "", ""
    body = list(lines(text, ""))
    for place, line in enumerate(body):
        if line.startswith("#"):
            sheet, caption = line.lstrip("# "), ""
        elif is_caption(body, place):
            caption = line if line != title or not sheet else caption
        else:
            path = tuple(dict.fromkeys(name for name in (sheet, caption) if name))
            label = "·".join([*path[-1:], row_name(line)])
            seen[label] = seen.get(label, 0) + 1
            found.append(Passage(f"{label}（{seen[label]}）" if seen[label] > 1 else label, path, line))
    return found


def is_caption(body: Sequence[str], place: int) -> bool:
    """Whether a line is the name of the rows that follow it."""
    here, below = body[place], body[place + 1] if place + 1 < len(body) else ""
    return not ROW.match(here) and len(here) <= 60 and "：" not in here and bool(ROW.match(below))


def cells(line: str) -> list[tuple[str, str]]:
    """Return the (column, value) pairs of a row.

    >>> cells("名称：东湖公园；容量：5000")
    [('名称', '东湖公园'), ('容量', '5000')]
    """
    return [(m["name"].strip(), m["value"].strip()) for m in _PAIR.finditer(line)]


def row_name(line: str) -> str:
    """Return the cell a row goes by: its first, or the next where the first only counts.

    >>> row_name("序号：3；名称：东湖公园；容量：5000"), row_name("值班电话 12350")
    ('东湖公园', '值班电话')
    """
    pairs = cells(line)
    named = next((value for name, value in pairs if value and not _COUNTER.match(name)), "")
    first = named or (pairs[0][1] if pairs else line.split(" ")[0])
    return first[:_NAME_LENGTH].strip() or _UNNAMED
