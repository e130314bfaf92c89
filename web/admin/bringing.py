"""Jobs on uploaded files: read them on trial, bring them in."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ingest.parse import Given
from ingest.run import ingest
from kb.errors import AnwenError, IngestError
from kb.writer import Writer, open_writer
from web.admin import trial
from web.admin.ground import Ground
from web.admin.jobs import Job, Result, Work
from web.admin.shelf import Item, file_of

LINK = "/admin/upload"


def try_out(ground: Ground, item_ids: Sequence[str]) -> Work:
    """Return a job that reads waiting files and keeps what would come of them."""

    def work(job: Job) -> Result:
        problems: list[str] = []
        for done, item_id in enumerate(item_ids):
            item = ground.shelf.item(item_id)
            if item is None:  # given up meanwhile
                continue
            job.progress(done, len(item_ids), item.name)
            cited = ground.journal.cited if ground.journal else None
            try:
                entries = trial.read(item.path, ground.folder, cited)
            except IngestError as error:
                entries = [{"path": item.name, "inside": "", "error": str(error)}]
            entries = entries or [{"path": item.name, "inside": "", "error": "里面没有可以导入的内容"}]
            ground.shelf.keep_trial(item, entries)
            problems += [f"{entry['path']}：{entry['error']}" for entry in entries if "error" in entry]
        job.progress(len(item_ids), len(item_ids))
        return Result(f"读完 {len(item_ids)} 份文件，请核对后确认导入", tuple(problems), link=LINK)

    return work


def bring_in(ground: Ground, items: Sequence[Item], instead: Collection[str]) -> Work:
    """Return a job that moves files to those brought in and puts them into the knowledge base.

    Args:
        ground: the knowledge base.
        items: the files.
        instead: ids of the items that take the place of the file of their name.
    """

    def work(job: Job) -> Result:
        with open_writer(ground.folder, ground.embedder()) as writer:
            folder = ground.files(writer.catalogue)
            placed: dict[str, Item] = {}
            try:
                for item in items:
                    path = ground.shelf.place(item, folder, instead=item.item_id in instead)
                    placed[str(path)] = item
                    for inside, values in item.said.items():
                        writer.catalogue.put_corrections([f"{path}{inside}"], values)
                report = ingest(writer, list(placed), Given(), progress=job.progress)
            except (AnwenError, OSError):
                _return(ground, writer, placed, {})
                raise
            failed = {failure.path: failure.reason for failure in report.failed}
            _return(ground, writer, placed, failed)
        problems = tuple(f"{Path(path).name}：{reason}" for path, reason in failed.items())
        names = "、".join(item.name for item in items)
        ground.note("导入文件", f"{names}；新增 {report.added}，更新 {report.updated}，失败 {len(failed)}")
        text = f"新增 {report.added} 份，更新 {report.updated} 份，没有变化 {report.unchanged} 份，共 {report.chunks} 段"
        return Result(f"导入完成：{text}", problems, tuple(report.notes), "/admin/documents?where=upload")

    return work


def _return(ground: Ground, writer: Writer, placed: Mapping[str, Item], failed: Mapping[str, str]) -> None:
    """Let what did not go in wait again; the other files have arrived."""
    known = {file_of(source) for source in writer.catalogue.sources()}
    for path, item in placed.items():
        if path in failed or path not in known:
            ground.shelf.put_back(item, Path(path), failed.get(path, "导入中断，没有进入知识库。请再试一次"))
        else:
            ground.shelf.settle(item)
