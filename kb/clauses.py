"""Inside an article: its paragraphs (款) and items (项)."""

import re

from kb.numerals import to_int

_ITEM = re.compile(r"^[（(](?P<n>[一二三四五六七八九十]+)[）)]")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs (款) of an article; the items (项) of a list stay with their paragraph.

    >>> paragraphs("单位应当：\\n（一）建账；\\n（二）巡查。\\n违反的，责令改正。")
    ['单位应当：\\n（一）建账；\\n（二）巡查。', '违反的，责令改正。']
    """
    found: list[str] = []
    for line in text.split("\n"):
        if found and _ITEM.match(line):
            found[-1] += "\n" + line
        elif line.strip():
            found.append(line)
    return found


def clause(text: str, paragraph: int | None, item: int | None) -> str:
    """Return the words of a 款 or 项 (counted from 1), or "" if the article has none such.

    An item without a paragraph is looked for in the whole article.

    >>> clause("单位应当：\\n（一）建账；\\n（二）巡查。\\n违反的，责令改正。", 1, 2)
    '（二）巡查。'
    """
    parts = paragraphs(text)
    if paragraph is not None:
        if not 1 <= paragraph <= len(parts):
            return ""
        parts = [parts[paragraph - 1]]
    if item is None:
        return parts[0] if parts else ""
    for line in "\n".join(parts).split("\n"):
        match = _ITEM.match(line)
        if match and to_int(match["n"]) == item:
            return line
    return ""
