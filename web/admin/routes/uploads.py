"""Files in, what would come of them, bring in or give up; and the jobs that do it."""

from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

from fastapi import Depends, File, Form, Request, UploadFile
from starlette.responses import JSONResponse, Response

from ingest.formats import SUFFIXES
from ingest.gather import INSIDE
from kb.catalogue import FILE_NAME, Catalogue
from kb.datatypes import Level
from kb.errors import AnwenError, ArticleNotFoundError, IngestError
from kb.identity import CORRECTABLE
from web.admin import trial
from web.admin.bringing import bring_in, try_out
from web.admin.gate import Admitted, Checked, Served, after, fields, go, show
from web.admin.jobs import Job, State
from web.admin.office import Office
from web.admin.routes import acting, reading
from web.admin.shelf import Item
from web.clean import plain

look = reading()
act = acting()

_MOST_FILES = 100
Ids = Annotated[list[str], Form(max_length=500)]
Id = Annotated[str, Form(max_length=60)]


@look.get("/upload")
def waiting(request: Request, office: Served, session: Admitted) -> Response:
    """Return the form for files and the list of what waits."""
    office.recover()
    running = [job for job in office.jobs.all() if not job.is_over]
    unread = office.waiting_trial()
    if unread and not running:  # a restart broke the reading off
        running = [office.jobs.submit("试读文件", try_out(office.ground, unread), "/admin/upload")]
    kinds = sorted(SUFFIXES)
    return show(request, "admin_upload.html", session, "/admin/upload", items=office.shelf.items(), kinds=kinds,
                running=running)  # fmt: skip


@act.post("/upload")
def receive(
    request: Request, office: Served, _session: Checked, files: Annotated[list[UploadFile], File()]
) -> Response:
    """Store uploaded files and have them read on trial; a bad one is refused by name, the rest is kept."""
    if len(files) > _MOST_FILES:
        raise IngestError(f"一次最多上传 {_MOST_FILES} 份文件，请分几次")
    taken: list[Item] = []
    refused: list[str] = []
    for file in files:
        try:
            taken.append(office.shelf.take(file.filename or "", file.file))
        except IngestError as error:
            refused.append(f"{plain(file.filename or '未命名', 80)}：{error}")
    office.ground.note(
        "上传文件", "、".join(item.name for item in taken) + "".join(f"；拒收 {r}" for r in refused)
    )
    if not taken:
        raise IngestError("没有收下任何文件。" + "；".join(refused[:10]))
    job = office.jobs.submit(
        f"试读 {len(taken)} 份文件", try_out(office.ground, [item.item_id for item in taken]), "/admin/upload"
    )
    job.refused = tuple(refused)
    return go(f"/admin/jobs/{job.job_id}", request)


@look.get("/upload/{item_id}")
def review(request: Request, office: Served, session: Admitted, item_id: str) -> Response:
    """Return what was understood of one file, with the form to set it right."""
    item = _found(office, item_id)
    entries = [
        {**entry, "shown": trial.values(entry, item.said.get(entry["inside"], {})), "said": item.said.get(entry["inside"])}
        if "error" not in entry
        else entry
        for entry in item.trial or ()
    ]  # fmt: skip
    return show(request, "admin_review.html", session, "/admin/upload", item=item, entries=entries,
                fields=CORRECTABLE, levels=[level.value for level in Level], clash=_clash(office, item))  # fmt: skip


async def sent(request: Request) -> dict[str, str]:
    """Return the form of a request as plain values."""
    return fields(dict(await request.form()), {**CORRECTABLE, "inside": ""})


@act.post("/upload/{item_id}/said")
def set_right(
    request: Request, office: Served, _session: Checked, item_id: str,
    form: Annotated[dict[str, str], Depends(sent)],
) -> Response:  # fmt: skip
    """Keep what was set right about one document of a waiting file."""
    item = _found(office, item_id)
    inside = form.get("inside", "")
    entry = next((e for e in item.trial or () if e.get("inside") == inside and "error" not in e), None)
    if entry is None:
        raise ArticleNotFoundError("这份文件里没有这个文档，请刷新后重试")
    office.shelf.keep_said(item, inside, trial.as_said(entry, form))
    office.ground.note("核对上传的文件", f"{item.name}{inside.replace(INSIDE, ' / ')}")
    return go(f"/admin/upload/{item_id}#d{(item.trial or ()).index(entry)}", request)


@act.post("/accept")
def accept(
    request: Request,
    office: Served,
    _session: Checked,
    ids: Ids,
    instead: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Bring waiting files in."""
    items = [item for item_id in ids if (item := office.shelf.item(item_id)) and item.is_readable]
    if not items:
        raise IngestError("没有选中可以导入的文件。请先勾选，或刷新页面看看是否已经导入")
    names = items[0].name if len(items) == 1 else f"{items[0].name} 等 {len(items)} 份文件"
    return after(
        request,
        office.jobs.submit(
            f"导入 {names}", bring_in(office.ground, items, set(instead or ())), "/admin/upload"
        ),
    )


@act.post("/drop")
def drop(request: Request, office: Served, _session: Checked, ids: Ids) -> Response:
    """Delete waiting files."""
    items = [item for item_id in ids if (item := office.shelf.item(item_id))]
    for item in items:
        office.shelf.drop(item)
    office.ground.note("放弃上传的文件", "、".join(item.name for item in items))
    return go("/admin/upload", request)


@look.get("/jobs/{job_id}.json")
def told(office: Served, job_id: str) -> JSONResponse:
    """Return how far a job is."""
    job = _job(office, job_id)
    return JSONResponse({
        "state": job.state.value, "over": job.is_over, "done": job.done, "total": job.total,
        "now": plain(job.now, 120), "link": f"/admin/jobs/{job.job_id}",
    })  # fmt: skip


@look.get("/jobs/{job_id}")
def job_page(request: Request, office: Served, session: Admitted, job_id: str) -> Response:
    """Return a job's page: how far it is, then what came of it."""
    job = _job(office, job_id)
    if (
        job.state is State.DONE
        and job.result
        and job.result.link == "/admin/upload"
        and not job.result.problems
        and not job.refused
    ):
        return go(f"/admin/upload?job={job.job_id}", request)
    return show(request, "admin_job.html", session, "", job=job)


def _job(office: Office, job_id: str) -> Job:
    job = office.jobs.find(job_id)
    if job is None:
        raise ArticleNotFoundError("没有这个任务，可能程序重新启动过。上传的文件都还在“导入”里")
    return job


def _found(office: Office, item_id: str) -> Item:
    item = office.shelf.item(item_id)
    if item is None:
        raise ArticleNotFoundError("没有这份待导入的文件，可能已经导入或放弃")
    return item


def _clash(office: Office, item: Item) -> str:
    """Return what lies under the file's name already: "" nothing, "same" an earlier state of it, else "other"."""
    if not (office.ground.folder / FILE_NAME).is_file():
        return ""
    try:
        with closing(Catalogue(office.ground.folder)) as catalogue:
            path = office.ground.files(catalogue) / item.name
            if not path.exists():
                return ""
            held = catalogue.sources().get(str(path.resolve()))
    except AnwenError:
        return ""
    entries: Sequence[dict[str, object]] = item.trial or ()
    return "same" if held and trial.likely_same(entries, held.doc_id) else "other"
