"""Untrusted text made fit for a page: invisible characters out, markup escaped."""

import html
import re
from typing import Final

# Controls, zero-width and direction marks, fillers, variation selectors, private use, tags, surrogates.
# Kept: tab and line feed. A reader cannot see these, so nothing readable is lost.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_LINE_BREAKS: Final = re.compile("\r\n?|[\u2028\u2029\u0085]")
_BLANK_LINES: Final = re.compile(r"\n\s*\n\s*\n+")


def plain(text: str, limit: int = 20_000) -> str:
    r"""Return text without invisible characters, cut at `limit` characters with a mark.

    >>> plain("安\u200b全\u202e\x00法")
    '安全法'
    >>> plain("一二三四", limit=3)
    '一二三…（已截断）'
    """
    visible = _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text))
    visible = _BLANK_LINES.sub("\n\n", visible)
    return visible if len(visible) <= limit else visible[:limit] + "…（已截断）"


def escape(text: str, limit: int = 20_000) -> str:
    """Return text safe as HTML content and inside a quoted attribute, on one line.

    >>> escape('<img src=x onerror="a()">')
    '&lt;img src=x onerror=&quot;a()&quot;&gt;'
    """
    return html.escape(plain(text, limit)).replace("\n", " ")


def paragraphs(text: str, limit: int = 20_000) -> str:
    r"""Return each non-empty line of text as an escaped HTML paragraph.

    >>> paragraphs("一\n\n二")
    '<p>一</p><p>二</p>'
    """
    lines = (line.strip() for line in plain(text, limit).split("\n"))
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)


def phone_link(number: str, label: str, css_class: str) -> str:
    """Return a tel: link, or the bare label where `number` is not a telephone number.

    >>> phone_link("119", "火警", "call")
    '<a class="call" href="tel:119"><b>119</b><span>火警</span></a>'
    >>> phone_link("javascript:1", "火警", "call")
    '<span class="call"><span>火警</span></span>'
    """
    if not re.fullmatch(r"[0-9]{3,12}", number):
        return f'<span class="{css_class}"><span>{escape(label)}</span></span>'
    return f'<a class="{css_class}" href="tel:{number}"><b>{number}</b><span>{escape(label)}</span></a>'
