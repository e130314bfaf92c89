"""The page of the PDF an article was read from, as a picture, while the file is still the one that was read."""

import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from kb.datatypes import Chunk, Document
from kb.errors import ArticleNotFoundError
from web.api.services import Held
from web.pages.lookup.drawing import LookupRoute

router = APIRouter(route_class=LookupRoute)

LARGEST: Final = 60_000_000  # bytes of a PDF
_LARGEST_PICTURE: Final = 6_000_000  # bytes of a PNG
_SECONDS: Final = 20
_WAIT: Final = 5  # seconds in the queue of pictures
_KEPT: Final = 24  # pictures
_ROOT: Final = Path(__file__).parents[3]
_NOT_NOW: Final = "这一页的原件现在不能显示：文件已经移走、改动，或者画不出来"
_CACHED: Final = {"cache-control": "private, max-age=3600"}
_one_at_a_time = threading.BoundedSemaphore(1)


def has_picture(chunk: Chunk, document: Document) -> bool:
    """Whether the page a passage begins on can be shown."""
    return chunk.page > 0 and _original(document) is not None


@router.get("/lookup/page")
def picture(kb: Held, chunk_id: Annotated[str, Query(alias="of", max_length=400)]) -> Response:
    """Return the page a passage begins on as a PNG."""
    document = kb.document(chunk_id.partition("#")[0])
    chunk = kb.neighbours(chunk_id)[1]
    path = _original(document) if chunk.page > 0 else None
    if path is None:
        raise ArticleNotFoundError(_NOT_NOW)
    return Response(drawn(path, document, chunk.page), media_type="image/png", headers=_CACHED)


@lru_cache(maxsize=_KEPT)
def drawn(path: Path, document: Document, number: int) -> bytes:
    """Return a page of a PDF as a PNG, drawn in a child process with limits.

    Args:
        path: the file.
        document: what was read from it; bytes that are other by now are not drawn.
        number: the page, counted from 1.

    Raises:
        ArticleNotFoundError: if the file is gone or another by now, or the page cannot be drawn.
    """
    command = [sys.executable, "-m", "web.page_picture", str(number)]
    try:
        data = path.read_bytes()
        if not _is_what_was_read(data, document):
            raise ArticleNotFoundError(_NOT_NOW)
        if not _one_at_a_time.acquire(timeout=_WAIT):
            raise ArticleNotFoundError(_NOT_NOW)
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=_SECONDS, cwd=_ROOT, check=False
            )
        finally:
            _one_at_a_time.release()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ArticleNotFoundError(_NOT_NOW) from error
    if done.returncode or not 0 < len(done.stdout) <= _LARGEST_PICTURE:
        raise ArticleNotFoundError(_NOT_NOW)
    return done.stdout


def _original(document: Document) -> Path | None:
    """Return the PDF a document was read from, None if it is gone, too large or another file by now."""
    if not document.source.lower().endswith(".pdf") or "://" in document.source:
        return None
    path = Path(document.source)
    try:
        facts = path.stat()
        if not path.is_file() or facts.st_size > LARGEST:
            return None
        return path if _unchanged(path, document, facts.st_mtime_ns, facts.st_size) else None
    except (OSError, ValueError):  # gone, not readable, or no path at all
        return None


@lru_cache(maxsize=256)
def _unchanged(path: Path, document: Document, _changed: int, _size: int) -> bool:
    return _is_what_was_read(path.read_bytes(), document)


def _is_what_was_read(data: bytes, document: Document) -> bool:
    """Whether these are the bytes a document was read from, whatever was said about level and region then."""
    from ingest.parse import Given  # with the readers, which take two seconds to load
    from ingest.run import fingerprint

    return document.content_hash in {
        fingerprint(data, Given(level, region))
        for level in (None, document.level)
        for region in (None, document.region)
    }
