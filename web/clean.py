"""Untrusted text made fit for a page: invisible characters out, markup escaped."""

import html
import re
from typing import Final

from kb.normalise import INVISIBLE

_LINE_BREAKS: Final = re.compile("\r\n?|[\u2028\u2029\u0085]")
_BLANK_LINES: Final = re.compile(r"\n\s*\n\s*\n+")


def plain(text: str, limit: int = 20_000) -> str:
    r"""Return text without invisible characters, cut at `limit` characters with a mark.

    >>> plain("安\u200b全\u202e\x00法")
    '安全法'
    >>> plain("一二三四", limit=3)
    '一二三…（已截断）'
    """
    visible = INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text))
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
