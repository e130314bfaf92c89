"""The source panel: one cited article, whole, with what stands before and after it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

from kb.datatypes import CARDS, Chunk, Citation, Level, Status
from kb.repeals import Ending
from web import words
from web.clean import escape, paragraphs, plain
from web.render import status_badge

_WARNINGS = {
    Status.AMENDED: "这是旧版本，现行条文可能已经不同。",
    Status.REPEALED: "这部文件已经废止，不能再作为依据。",
    Status.NOT_YET: "这部文件还没有施行。",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What the panel shows beside the cited passage.

    Attributes:
        before: the passage before it in the same document, None at the start.
        after: the passage after it, None at the end.
        ending: what ended the version, where it is not in force and a text held says so.
        newest: date of the newest text in the knowledge base.
        note: why something of this is missing, when it is.
    """

    before: Chunk | None = None
    after: Chunk | None = None
    ending: Ending | None = None
    newest: date | None = None
    note: str = ""


def source_html(citation: Citation, around: Around) -> str:
    """Return the panel for one citation, with what stands around it."""
    document = citation.document
    warning = _WARNINGS.get(citation.status, "")
    parts = [
        f"<h2>{escape(document.title, 200)}</h2>",
        f"<p>{status_badge(citation)}<i class='badge'>{document.level.value}</i></p>",
        f'<p class="warn">{warning}</p>' if warning else "",
        _ended(around.ending),
        _path(citation.chunk.path),
        _neighbour("上一条", around.before),
        f'<article class="law"><h3>{escape(citation.chunk.label, 100)}</h3>{_quoted(citation)}</article>',
        _neighbour("下一条", around.after),
        _whole(citation),
        f'<p class="warn">{escape(around.note)}</p>' if around.note else "",
        _facts(citation, around.newest),
        "".join(f'<p class="remark">{escape(remark, 500)}</p>' for remark in document.notes),
    ]
    return f'<div class="source">{"".join(parts)}</div>'


def whole_text(citation: Citation) -> str:
    """Return the address of the page with the whole text around a citation, "" where there is none.

    A version that is not in force is named by its own number, so that the page shows that one.
    """
    document = citation.document
    if document.level is Level.GUIDE:
        return f"/learn/guides/{_quoted_part(document.doc_id)}"
    if document.level in CARDS:
        return ""
    law = document.name if citation.status is Status.IN_FORCE else document.doc_id
    return f"/lookup/{_quoted_part(law)}/{_quoted_part(citation.chunk.label)}"


def _whole(citation: Citation) -> str:
    address = whole_text(citation)
    if not address:
        return ""
    said = "查看整张应急卡片" if citation.document.level is Level.GUIDE else "查看全文"
    return f'<p><a class="whole-text" href="{address}">{said}</a></p>'


def _quoted_part(text: str) -> str:
    return quote(plain(text, 200), safe="", errors="replace")


def _ended(ending: Ending | None) -> str:
    """Return what took a version out of force, with the sentence that says so."""
    if ending is None:
        return ""
    by = f"《{escape(ending.by.title, 200)}》{escape(ending.label, 100)}"
    if not ending.sentence:
        return f'<p class="ended">{_day(ending.day)}起由新版本代替：{by}</p>'
    return f'<p class="ended">{_day(ending.day)}起不再有效，见{by}：“{escape(ending.sentence, 300)}”</p>'


def missing_html() -> str:
    """Return the panel for a chip whose citation is not in this session."""
    return f'<div class="source"><p class="warn">{words.SOURCE_GONE}</p></div>'


def source_name(source: str) -> str:
    """Return where a text came from without showing a path of this machine.

    >>> source_name("/home/li/laws/消防法.txt")
    '消防法.txt'
    >>> source_name("https://flk.example.cn/detail?id=1")
    'flk.example.cn'
    """
    if source.startswith(("http://", "https://")):
        try:
            return urlsplit(source).hostname or ""
        except ValueError:
            return ""
    return source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _quoted(citation: Citation) -> str:
    """Return the passage with the quoted words marked; a quote of the whole passage marks nothing."""
    text, quote = plain(citation.chunk.text), plain(citation.quote).strip()
    start = text.find(quote) if quote and quote != text.strip() else -1
    if start < 0:
        return paragraphs(text)
    return _marked(text, start, start + len(quote))


def _marked(text: str, start: int, end: int) -> str:
    """Return text as paragraphs with text[start:end] in <mark>, which may span several lines."""
    lines: list[str] = []
    offset = 0
    for line in text.split("\n"):
        low, high = (min(max(edge - offset, 0), len(line)) for edge in (start, end))
        mark = f"<mark>{escape(line[low:high])}</mark>" if low < high else ""
        if line.strip():
            lines.append(f"<p>{escape(line[:low])}{mark}{escape(line[high:])}</p>")
        offset += len(line) + 1
    return "".join(lines)


def _neighbour(word: str, chunk: Chunk | None) -> str:
    if chunk is None:
        return ""
    return (
        f'<details class="near"><summary><b>{word}</b> {escape(chunk.label, 100)}</summary>'
        f"{paragraphs(chunk.text)}</details>"
    )


def _path(path: tuple[str, ...]) -> str:
    return f'<p class="path">{" › ".join(escape(part, 100) for part in path)}</p>' if path else ""


def _facts(citation: Citation, newest: date | None) -> str:
    document, page = citation.document, citation.chunk.page
    facts = (
        ("制定机关", document.issuer),
        ("文号", document.document_number),
        ("适用地区", document.region),
        ("公布日期", _day(document.published)),
        ("施行日期", _day(document.effective) or words.UNKNOWN_EFFECTIVE),
        ("失效日期", _day(document.expires)),
        ("来源", source_name(document.source)),
        ("页码", f"原文件第{page}页" if page else ""),
        ("数据截至", _day(newest)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value, 300)}</dd>" for name, value in facts if value)
    return f"<dl>{rows}</dl>"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
