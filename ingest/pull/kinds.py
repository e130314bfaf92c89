"""Which files a pull accepts, told by what the server says they are and by their address."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kb.errors import IngestError

_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.ms-works": ".wps",
    "application/ofd": ".ofd",
}
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-download"})
_PAGES = frozenset(
    {"", ".html", ".htm", ".shtml", ".jhtml", ".xhtml", ".jsp", ".aspx", ".asp", ".php", ".do"}
)
_FILES = frozenset({*_TYPES.values(), ".wps", ".rtf", ".odt", ".eml", ".zip"}) - {".html"}


def suffix_for(content_type: str, address: str) -> str:
    """Return the suffix of the file to be kept.

    Raises:
        IngestError: if it is of a kind we do not read, or a page stands where a file was asked for.

    >>> suffix_for("text/html; charset=gbk", "https://a.example/t_1.shtml")
    '.html'
    >>> suffix_for("application/octet-stream", "https://a.example/通知.pdf?id=1")
    '.pdf'
    """
    kind = content_type.partition(";")[0].strip().lower()
    said = PurePosixPath(unquote(urlsplit(address).path)).suffix.lower()
    if kind in _UNSAID:
        if said in _FILES:
            return said
        if said in _PAGES - {""}:
            return ".html"
        raise IngestError("服务器没有说明这是什么文件，网址也看不出来，没有收下。请下载后手工导入")
    found = _TYPES.get(kind)
    if found is None:
        raise IngestError(f"内容类型 {kind[:60]} 不在可读之列，没有收下")
    if found == ".html" and said in _FILES:
        raise IngestError(f"要的是 {said} 文件，来的是网页（可能要登录，或文件已撤下），没有收下")
    if found == ".txt" and said in _FILES:
        return said  # plain-text servers say text/plain of Markdown too
    return found
