"""The knowledge base as one file, out and in again."""

import shutil
from datetime import datetime
from typing import Annotated

from fastapi import File, Form, Request, UploadFile
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from kb.errors import KnowledgeBaseError
from web.admin import backup
from web.admin.gate import Admitted, Checked, Served, after, show
from web.admin.restore import receiving, restore
from web.admin.routes import acting, reading
from web.admin.unpacking import MOST_BYTES

look = reading()
act = acting()


@look.get("/backup")
def keeping(request: Request, office: Served, session: Admitted) -> Response:
    """Return the page to take a backup and to bring one back."""
    return show(request, "admin_backup.html", session, "/admin/backup", most=MOST_BYTES // 10**9,
                is_busy=any(not job.is_over for job in office.jobs.all()))  # fmt: skip


@act.post("/backup")
def take(office: Served, _session: Checked) -> FileResponse:
    """Return the backup as a file."""
    path = backup.write(office.ground)
    office.ground.note("下载备份")
    return FileResponse(
        path, media_type="application/zip", filename=f"anwen-backup-{datetime.now():%Y%m%d-%H%M}.zip",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )  # fmt: skip


@act.post("/restore")
def bring_back(
    request: Request, office: Served, _session: Checked, file: Annotated[UploadFile, File()],
    sure: Annotated[str, Form(max_length=10)] = "", with_password: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """Check an uploaded backup and put it in place of the knowledge base, as a job."""
    if sure != "yes":
        raise KnowledgeBaseError("没有恢复：请先勾选“我知道现在的内容会被替换”")
    folder = receiving(office.ground)
    try:
        with (folder / "backup.zip").open("xb") as out:
            shutil.copyfileobj(file.file, out, 1 << 20)
        office.ground.note("上传备份，开始恢复")
        work = restore(office.ground, folder / "backup.zip", with_password=with_password == "yes")
        return after(request, office.jobs.submit("恢复备份", work, "/admin/backup"))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise KnowledgeBaseError(f"备份没有收下：{error.strerror}。请检查磁盘空间") from error
