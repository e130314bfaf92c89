"""Jobs on documents in the knowledge base: set right, take out, read again; and on its indexes."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from ingest.parse import Given
from ingest.run import ingest
from kb.check import check as held_against
from kb.datatypes import CARDS, Document
from kb.errors import KnowledgeBaseError
from kb.identity import CORRECTABLE
from kb.writer import Writer, open_writer
from kb.writer import rebuild as make_again
from web.admin.ground import Ground
from web.admin.jobs import Job, Result, Work
from web.admin.shelf import file_of

LIST = "/admin/documents"


def page_of(doc_id: str) -> str:
    """Return the address of a document's page."""
    return f"/admin/document?id={quote(doc_id, safe='')}"


def correct(ground: Ground, doc_id: str, values: Mapping[str, str]) -> Work:
    """Return a job that sets right what a document says about itself."""

    def work(_job: Job) -> Result:
        with open_writer(ground.folder, ground.embedder()) as writer:
            new = writer.correct(doc_id, values)
        told = "，".join(f"{CORRECTABLE[name]}＝{value or '（空）'}" for name, value in values.items())
        ground.note("更正文档", f"{doc_id}：{told}")
        return Result("已更正。以后重新读取同一文件时照此处理", link=page_of(new.doc_id))

    return work


def remove(ground: Ground, doc_id: str) -> Work:
    """Return a job that takes a document out, and deletes its file if it was uploaded here."""

    def work(_job: Job) -> Result:
        with open_writer(ground.folder, ground.embedder()) as writer:
            sources = [source.source for source in writer.catalogue.sources_of(doc_id)]
            if not sources:
                raise KnowledgeBaseError(f"知识库里没有文档 {doc_id}，可能已经删除")
            writer.remove_sources(sources)
            kept = {file_of(source) for source in writer.catalogue.sources()}
        files = {file_of(source) for source in sources}
        deleted = {path for path in files - kept if ground.is_uploaded(path)}
        for path in deleted:
            Path(path).unlink(missing_ok=True)
        ground.note("删除文档", doc_id)
        notes = [f"上传的文件 {Path(path).name} 一并删除" for path in sorted(deleted)]
        notes += [_left(path, is_shared=path in kept) for path in sorted(files - deleted)]
        return Result(f"已从知识库中删除 {doc_id}", notes=tuple(notes), link=LIST)

    return work


def _left(path: str, *, is_shared: bool) -> str:
    if is_shared:
        return f"文件 {Path(path).name} 里还有别的文档，没有删除"
    return f"源文件 {Path(path).name} 不是在这里上传的，没有删除；再用命令行导入它所在的目录，它会回来"


def reread(ground: Ground, document: Document) -> Work:
    """Return a job that reads a document's file again."""

    def work(job: Job) -> Result:
        with open_writer(ground.folder, ground.embedder()) as writer:
            path = file_of(document.source)
            if not Path(path).is_file():
                raise KnowledgeBaseError(
                    f"源文件 {Path(path).name} 已不在原处，不能重新读取。知识库里的内容没有变化"
                )
            report = ingest(writer, [path], _given(writer, document, ground), progress=job.progress)
        ground.note("重新读取", document.doc_id)
        problems = tuple(f"{Path(failure.path).name}：{failure.reason}" for failure in report.failed)
        changed = report.added + report.updated
        text = f"重新读取完成，更新 {changed} 份" if changed else "源文件没有变化"
        return Result(
            "没有读成" if problems else text, problems, tuple(report.notes), page_of(document.doc_id)
        )

    return work


def _given(writer: Writer, document: Document, ground: Ground) -> Given:
    """Return what holds beside the file: what the command line once said about it is not known, so it is kept."""
    path = file_of(document.source)
    if ground.is_uploaded(path) or document.level in CARDS or path in writer.catalogue.corrections():
        return Given()
    return Given(document.level, document.region)


def rebuild(ground: Ground) -> Work:
    """Return a job that makes both indexes again."""

    def work(job: Job) -> Result:
        chunks = make_again(ground.folder, ground.embedder(), job.progress)
        ground.note("重建索引", f"{chunks} 段")
        return Result(f"索引已重建：{chunks:,} 段", link=LIST)

    return work


def check(ground: Ground) -> Work:
    """Return a job that holds the indexes against the catalogue."""

    def work(_job: Job) -> Result:
        health = held_against(ground.folder, ground.embedder())
        if health.problems:
            return Result("索引与目录不一致，请重建索引", health.problems, link=LIST)
        return Result(f"完好：{health.documents:,} 份文档，{health.chunks:,} 段，索引与目录一致", link=LIST)

    return work
