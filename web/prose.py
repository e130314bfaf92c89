"""Answer text in Markdown -> a small, safe subset of HTML.

markdown-it-py with HTML, links, images and code blocks switched off: what is left cannot carry an address
or a script. Citation markers such as [1] become buttons when, and only when, that citation exists.
"""

import re
from collections.abc import Collection, MutableMapping, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from web.clean import escape, plain

_FORBIDDEN: Final = [
    "autolink",
    "code",
    "entity",
    "fence",
    "html_block",
    "html_inline",
    "image",
    "lheading",
    "link",
    "reference",
]
_MARKER: Final = re.compile(r"\[(\d{1,2})\]")
_TICK_BOX: Final = re.compile(r"^\[([ xX])\]\s*")


def markdown_html(text: str, turn: int = 0, numbers: Collection[int] = ()) -> str:
    """Return answer text as one line of HTML without links, images or raw markup.

    Args:
        text: Markdown from a card, an article or a model; not trusted.
        turn: which turn of the conversation the markers point into.
        numbers: the citation numbers that exist.

    >>> markdown_html("**先关阀门** [1][7]", turn=2, numbers={1})
    '<p><strong>先关阀门</strong> <button type="button" class="ref cite-2-1"><span class="vh">依据</span>1</button>[7]</p>'
    >>> markdown_html("![](http://x/p.png) <script>a()</script>")
    '<p>![](http://x/p.png) &lt;script&gt;a()&lt;/script&gt;</p>'
    """
    env: MutableMapping[str, Any] = {"turn": turn, "numbers": frozenset(numbers)}
    tokens = _PARSER.parse(plain(text), env)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3"
    return str(_PARSER.renderer.render(tokens, _PARSER.options, env)).replace("\n", "")


def reference(turn: int, number: int) -> str:
    """Return the class name by which a button names its citation; page.js sends it back.

    >>> reference(3, 1)
    'cite-3-1'
    """
    return f"cite-{turn}-{number}"


def _text(
    _self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    """Render one run of words: tick boxes at its start, citation markers anywhere."""
    content = escape(tokens[index].content)
    if index == 0:
        content = _TICK_BOX.sub(lambda box: "☐ " if box[1] == " " else "☑ ", content)

    def button(match: re.Match[str]) -> str:
        number = int(match[1])
        if number not in env["numbers"]:
            return match[0]
        name = reference(env["turn"], number)
        return f'<button type="button" class="ref {name}"><span class="vh">依据</span>{number}</button>'

    return _MARKER.sub(button, content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    parser.enable("table").disable(_FORBIDDEN)
    parser.add_render_rule("text", _text)
    return parser


_PARSER: Final = _parser()
