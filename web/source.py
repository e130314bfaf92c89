"""The source panel: one cited article, whole, with what stands before and after it."""

from datetime import date
from urllib.parse import urlsplit

from kb.datatypes import Chunk, Citation, Document, Status
from web import words
from web.clean import escape, paragraphs, plain
from web.render import status_badge

_WARNINGS = {
    Status.AMENDED: "这是旧版本，现行条文可能已经不同。",
    Status.REPEALED: "这部文件已经废止，不能再作为依据。",
    Status.NOT_YET: "这部文件还没有施行。",
}


def source_html(citation: Citation, before: Chunk | None, after: Chunk | None, note: str = "") -> str:
    """Return the panel for one citation.

    Args:
        citation: the passage and the words the answer used.
        before: the passage before it in the same document, None at the start.
        after: the passage after it, None at the end.
        note: why the neighbours are missing, when they are.
    """
    document = citation.document
    warning = _WARNINGS.get(citation.status, "")
    parts = [
        f"<h2>{escape(document.title, 200)}</h2>",
        f"<p>{status_badge(citation.status)}<i class='badge'>{document.level.value}</i></p>",
        f'<p class="warn">{warning}</p>' if warning else "",
        _path(citation.chunk.path),
        _neighbour("上一条", before),
        f'<article class="law"><h3>{escape(citation.chunk.label, 100)}</h3>{_quoted(citation)}</article>',
        _neighbour("下一条", after),
        f'<p class="warn">{escape(note)}</p>' if note else "",
        _facts(document),
        "".join(f'<p class="remark">{escape(remark, 500)}</p>' for remark in document.notes),
    ]
    return f'<div class="source">{"".join(parts)}</div>'


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


def _facts(document: Document) -> str:
    facts = (
        ("制定机关", document.issuer),
        ("文号", document.document_number),
        ("适用地区", document.region),
        ("公布日期", _day(document.published)),
        ("施行日期", _day(document.effective) or words.UNKNOWN_EFFECTIVE),
        ("失效日期", _day(document.expires)),
        ("来源", source_name(document.source)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value, 300)}</dd>" for name, value in facts if value)
    return f"<dl>{rows}</dl>"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
