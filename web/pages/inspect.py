"""现场检查: the sheets, the page that works through one, the record, and the worker that keeps them without a network.

An inspection lives in the visitor's browser (IndexedDB). It comes here only to be made a Word file, and what
the file says of rules comes from the written knowledge and the knowledge base, never from the browser.
"""

import hashlib
import json
from functools import cache
from threading import BoundedSemaphore
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.responses import Response

from kb.base import KnowledgeBase
from kb.cards.records import Rule, Sheet
from kb.errors import AnwenError, IngestError, SettingsError
from kb.normalise import fold
from web import words
from web.api import reading
from web.api.services import Served, Services
from web.clean import plain
from web.export.inspections import inspection_docx
from web.pages.downloads import download
from web.pages.frame import STATIC, asset, page
from web.pages.inspection_record import read_record, record_of

router = APIRouter()

_SHELL: Final = ("/inspect", "/inspect/record", "/emergency")
_ASSETS: Final = (
    "base.css", "pages.css", "inspect.css", "inspect_store.js", "inspect.js", "inspect_sheet.js", "inspect_record.js",
)  # fmt: skip
_MAKERS: Final = BoundedSemaphore(2)  # Word files with photos made at once
_WORKER: Final = "sw.js"


@router.get("/inspect")
def start(request: Request, services: Served, q: str = "") -> HTMLResponse:
    """Return the sheets whose title, industry or scope hold `q`."""
    wanted, held = [fold(word) for word in q[:100].split()], services.cards.of(Sheet)
    found = [s for s in held if all(w in fold(f"{s.title}{s.industry}{s.scope}") for w in wanted)]
    return page(request, "inspect.html", sheets=found, total=len(held), q=q.strip()[:100])


@router.get("/inspect/record")
def record(request: Request) -> HTMLResponse:
    """Return the empty record; the browser fills it in from what it keeps."""
    return page(request, "inspect_record.html")


@router.get("/inspect/{sheet}")
def sheet(request: Request, services: Served, sheet: str) -> HTMLResponse:
    """Return one sheet to work through, or to print and fill in by hand."""
    found = _sheet(services, sheet)
    if found is None:
        return page(request, "inspect_none.html", 404)
    return page(request, "inspect_sheet.html", sheet=found)


@router.get("/inspect/{sheet}/texts")
def texts(services: Served, sheet: str) -> JSONResponse:
    """Return the articles a sheet rests on, as they stand today; those not here have no text."""
    found = _sheet(services, sheet)
    if found is None:
        return JSONResponse({"error": {"code": "not_found", "message": "没有这张检查表。"}}, 404)
    rules = dict.fromkeys(rule for check in found.items for rule in (*check.basis, *check.penalty))
    if services.kb is None:
        return JSONResponse({"error": {"code": "unavailable", "message": words.LIBRARY_UNREADABLE}}, 503)
    return JSONResponse({"sheet": found.id, "texts": [_text(services.kb, rule) for rule in rules]})


@router.post("/inspect/export")
def export(
    services: Served,
    record: Annotated[str, Form()] = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Return an inspection as a Word file; `photos` stand in the order the record counts them."""
    if not _MAKERS.acquire(timeout=20):
        return _refused(503, "导出的人太多，请过一会儿再试。记录还在这台设备上。")
    try:
        sent = read_record(record)
        pictures = [photo.file.read() for photo in photos or ()]
        made = record_of(sent, pictures, _sheet(services, sent.sheet), lambda rules: _quoted(services, rules))
        return download(inspection_docx(made), f"{made.place or made.sheet}检查记录{made.day}", "docx")
    except (SettingsError, IngestError) as error:
        return _refused(422, plain(str(error), 300))
    finally:
        _MAKERS.release()


@router.get("/sw.js")
def worker() -> Response:
    """Return the service worker with the list of what it keeps; a changed list or file makes it a new one."""
    kept = {"version": _version(), "pages": _SHELL, "assets": [asset(name) for name in _ASSETS]}
    script = f"const KEPT = {json.dumps(kept)};\n{(STATIC / _WORKER).read_text('utf-8')}"
    return Response(
        script, media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"}
    )


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for name in (*_ASSETS, _WORKER):
        digest.update((STATIC / name).read_bytes())
    return digest.hexdigest()[:12]


def _sheet(services: Services, name: str) -> Sheet | None:
    return next((sheet for sheet in services.cards.of(Sheet) if sheet.id == name), None)


def _text(kb: KnowledgeBase, rule: Rule) -> dict[str, Any]:
    """Return an article's words and its state, or a note where it cannot be read."""
    said: dict[str, Any] = {"law": rule.law, "article": rule.article}
    try:
        hit = reading.article(kb, rule.law, rule.article)
    except AnwenError:
        return said | {"text": "", "status": ""}
    return said | {"text": plain(hit.chunk.text), "status": hit.status.value}


def _quoted(services: Services, rules: tuple[Rule, ...]) -> str:
    if services.kb is None:
        return ""
    found = [_text(services.kb, rule) for rule in rules]
    return "\n".join(f"《{t['law']}》{t['article']}：{t['text']}" for t in found if t["text"])


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": "refused", "message": message}}, status)
