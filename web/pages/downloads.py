"""Files sent to a visitor: a Chinese name every browser understands, and never kept by anybody on the way."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from web.export.safe import line

KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
}
_FORBIDDEN: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


def download(data: bytes, name: str, kind: str) -> Response:
    """Return a file to save.

    Args:
        data: its bytes.
        name: what to call it, without ending; characters no file name may hold are replaced.
        kind: a key of `KINDS`, which is also the ending.

    >>> download(b"", "甲/乙", "ics").headers["content-disposition"]
    "attachment; filename*=UTF-8''%E7%94%B2_%E4%B9%99.ics"
    """
    called = line(name, 80).translate(_FORBIDDEN).strip(". ") or "安问"
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(f'{called}.{kind}', safe='')}",
        "cache-control": "no-store",
    }
    return Response(data, media_type=KINDS[kind], headers=headers)
