"""Web pages of government sites: the article without what the site puts around it; and lists of links."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urldefrag, urljoin, urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from ingest.formats.pages.body import HAN, article, without_furniture
from ingest.formats.pages.facts import bare_title, days, facts
from ingest.formats.pages.lines import lines
from ingest.formats.pages.tree import LETTER, concealed_note, parse, seen, take_unseen
from ingest.formats.reading import Reading
from kb.errors import IngestError

MAX_LINKS = 1_000
_ERROR_PAGE = re.compile(
    r"404|403|50[0-4]|不存在|找不到|已删除|出错|错误提示|禁止访问|安全验证|访问受限|拦截", re.I
)
_SHORT_PAGE = 200  # Hanzi; an error page says little else
_EMPTY = "网页里没有读到正文（可能要运行脚本才显示，或只是目录页、出错页）。请用浏览器打开正文页，另存为“网页，全部”或 PDF 后再导入"


@dataclass(frozen=True, slots=True)
class Selectors:
    """How a list page (目录页) is read, in CSS."""

    item: str  # each entry: "ul.list > li"
    link: str = "a[href]"  # inside an entry, the first that fits
    date: str = ""  # inside an entry, what holds the day; "" looks in the whole entry


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a list page."""

    title: str
    address: str  # absolute, http or https, without #fragment
    published: date | None


def read(data: bytes, name: str) -> Reading:
    """Return the article of a web page.

    Args:
        data: the page's bytes, in any of the encodings Chinese sites use.
        name: the file's name, for messages.

    Raises:
        IngestError: if the page cannot be decoded, is built to exhaust its reader, or holds no article.
    """
    reading = read_page(data)
    if reading is None:
        raise IngestError(f"{name}：{_EMPTY}")
    return reading


def read_page(data: bytes, charset: str = "") -> Reading | None:
    """Return the article of a web page, None if it holds none.

    Args:
        data: the page's bytes.
        charset: what the transport says of its encoding, "" if nothing.

    Raises:
        IngestError: if the page cannot be decoded or is built to exhaust its reader.
    """
    root = parse(data, charset)
    unseen = take_unseen(root)
    found = facts(root)
    bodies = article(root)
    inside = {element for body in bodies for element in body.iter()}
    concealed = sum(letters for parent, letters in unseen if parent in inside)
    text = without_furniture([line for body in bodies for line in map(_tidy, lines(body)) if line])
    if not _says_something(text, found.title):
        return None
    title = bare_title(found.title, text)
    if title and text[0].lstrip("# ") != title:
        text.insert(0, f"# {title}")
    return Reading(
        text="\n".join(text) + "\n",
        title=title,
        published=found.published,
        document_number=found.document_number,
        issuer=found.issuer,
        notes=(concealed_note(concealed),) if concealed else (),
    )


def links(data: bytes, selectors: Selectors, base: str) -> list[Link]:
    """Return the entries of a list page, in its order, each address once, at most `MAX_LINKS`.

    Entries that lead nowhere on the web (javascript:, mailto:, user:password@) are passed over.

    Args:
        data: the page's bytes.
        selectors: where its entries are.
        base: the page's own address, for relative links.

    Raises:
        IngestError: as `read`, and if a selector is no CSS.
    """
    root = parse(data)
    take_unseen(root)
    entries, link, dated = (_selector(css) for css in (selectors.item, selectors.link, selectors.date or "*"))
    found: dict[str, Link] = {}
    for entry in entries(root):
        anchor = next((a for a in link(entry) if a.get("href")), None)
        address = _address(anchor, base) if anchor is not None else ""
        if anchor is None or not address or address in found:
            continue
        title = seen(anchor.get("title", "")) or seen(" ".join(anchor.itertext()))
        places = dated(entry) if selectors.date else [entry]
        dates = [found for place in places for found in days(seen(" ".join(place.itertext())))]
        found[address] = Link(
            title, address, dates[-1] if dates else None
        )  # a title may name a day before it
        if len(found) == MAX_LINKS:
            break
    return list(found.values())


def _says_something(text: list[str], title: str) -> bool:
    """Whether lines are an article and no error page."""
    hanzi = sum(len(HAN.findall(line)) for line in text)
    is_error = hanzi < _SHORT_PAGE and _ERROR_PAGE.search(title)
    return any(LETTER.search(line) for line in text) and not is_error


def _tidy(line: str) -> str:
    """Return a line with single blanks; a lone mark of a heading is nothing."""
    tidy = seen(line)
    return "" if not tidy.strip("#* ") else tidy


def _selector(css: str) -> CSSSelector:
    try:
        return CSSSelector(css, translator="html")
    except SelectorError as error:
        raise IngestError(f"选择器“{css}”不是有效的 CSS：{error}。请改正 sources.toml 里的写法") from error


def _address(anchor: HtmlElement, base: str) -> str:
    """Return where a link leads, or "" if that is no plain web address."""
    try:
        address = urldefrag(urljoin(base, anchor.get("href", "").strip())).url
        parts = urlsplit(address)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
        return address if plain and parts.port != 0 else ""
    except ValueError:
        return ""
