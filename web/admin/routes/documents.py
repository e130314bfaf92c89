"""What is in the knowledge base: found, shown, set right, read again, taken out; its indexes checked and made anew."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request
from starlette.responses import Response

from kb.base import KnowledgeBase
from kb.datatypes import CARDS, Document, Level, Status
from kb.errors import KnowledgeBaseError
from kb.identity import CORRECTABLE
from kb.normalise import fold
from kb.settings import Settings
from web.admin import mending
from web.admin.gate import Admitted, Checked, Served, after, fields, show
from web.admin.ground import Ground
from web.admin.routes import acting, reading
from web.admin.shelf import file_of
from web.admin.trial import text_of
from web.api.services import Held

look = reading()
act = acting()

DEFAULT_STARTER: Final = Path(Settings.model_fields["starter_dir"].default).resolve()
_PER_PAGE: Final = 50
_PASSAGES: Final = 60
WHERE: Final = {"": "全部来源", "upload": "网页上传", "starter": "自带知识", "other": "命令行导入"}
DocId = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    document: Document
    status: Status
    where: str
    link: str

    @property
    def is_law(self) -> bool:
        """Whether it is a rule, with a date and a force of its own, and not something this project wrote."""
        return self.document.level not in CARDS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to."""

    q: str = ""
    level: str = ""
    status: str = ""
    where: str = ""

    def admits(self, row: Row) -> bool:
        """Whether a line is wanted."""
        document = row.document
        return (
            (
                not self.q
                or fold(self.q) in fold(f"{document.title}{document.doc_id}{document.document_number}")
            )
            and self.level in {"", document.level.value}
            and self.status in {"", row.status.value}
            and self.where in {"", row.where}
        )


@look.get("/documents")
def listed(
    request: Request, office: Served, session: Admitted, kb: Held,
    q: Annotated[str, Query(max_length=100)] = "", level: Annotated[str, Query(max_length=20)] = "",
    status: Annotated[str, Query(max_length=20)] = "", where: Annotated[str, Query(max_length=20)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:  # fmt: skip
    """Return the list, narrowed and cut into pages."""
    wanted = Wanted(q.strip(), level, status, where)
    rows = [row for row in _rows(kb, office.ground) if wanted.admits(row)]
    pages = max(1, -(-len(rows) // _PER_PAGE))
    number = min(number, pages)
    asked = {"q": wanted.q, "level": level, "status": status, "where": where}
    more = {at: f"/admin/documents?{urlencode({**asked, 'page': at})}" for at in (number - 1, number + 1)}
    return show(
        request, "admin_documents.html", session, "/admin/documents", wanted=wanted, total=len(rows), number=number,
        rows=rows[(number - 1) * _PER_PAGE : number * _PER_PAGE], pages=pages, more=more, where=WHERE,
        levels=[one.value for one in Level], statuses=[one.value for one in Status],
    )  # fmt: skip


@look.get("/document")
def one(
    request: Request, office: Served, session: Admitted, kb: Held,
    doc_id: Annotated[str, Query(alias="id", max_length=300)],
) -> Response:  # fmt: skip
    """Return one document: what it says about itself, its passages, what can be done with it."""
    document, chunks = kb.document(doc_id), kb.chunks(doc_id)
    values = {name: text_of(getattr(document, name)) for name in CORRECTABLE}
    file = file_of(document.source)
    return show(
        request, "admin_document.html", session, "/admin/documents", document=document, state=kb.status(doc_id),
        values=values, fields=CORRECTABLE, levels=[level.value for level in Level], chunks=chunks[:_PASSAGES],
        count=len(chunks), file=Path(file).name, place=WHERE[_where(document, office.ground)],
        is_uploaded=office.ground.is_uploaded(file), is_there=Path(file).is_file(),
    )  # fmt: skip


async def sent(request: Request) -> dict[str, str]:
    """Return the form of a request as plain values."""
    return fields(dict(await request.form()), CORRECTABLE)


@act.post("/document/correct")
def correct(
    request: Request, office: Served, _session: Checked, kb: Held, doc_id: DocId,
    form: Annotated[dict[str, str], Depends(sent)],
) -> Response:  # fmt: skip
    """Set right what a document says about itself."""
    document = kb.document(doc_id)
    changed = {name: value for name, value in form.items() if value != text_of(getattr(document, name))}
    if not changed:
        raise KnowledgeBaseError("没有改动任何一项。请返回上一页修改后再保存")
    job = office.jobs.submit(
        f"更正 {doc_id}", mending.correct(office.ground, doc_id, changed), mending.page_of(doc_id)
    )
    return after(request, job)


@act.post("/document/delete")
def delete(
    request: Request, office: Served, _session: Checked, doc_id: DocId, sure: Annotated[str, Form()] = ""
) -> Response:
    """Take a document out; asks to be sure."""
    if sure != "yes":
        raise KnowledgeBaseError("没有删除：请先勾选“我确认要删除”")
    job = office.jobs.submit(f"删除 {doc_id}", mending.remove(office.ground, doc_id), mending.page_of(doc_id))
    return after(request, job)


@act.post("/document/reread")
def reread(request: Request, office: Served, _session: Checked, kb: Held, doc_id: DocId) -> Response:
    """Read a document's file again."""
    document = kb.document(doc_id)
    job = office.jobs.submit(
        f"重新读取 {doc_id}", mending.reread(office.ground, document), mending.page_of(doc_id)
    )
    return after(request, job)


@act.post("/rebuild")
def rebuild(request: Request, office: Served, _session: Checked) -> Response:
    """Make both indexes again."""
    return after(request, office.jobs.submit("重建索引", mending.rebuild(office.ground), mending.LIST))


@act.post("/check")
def check(request: Request, office: Served, _session: Checked) -> Response:
    """Hold the indexes against the catalogue."""
    return after(request, office.jobs.submit("检查知识库", mending.check(office.ground), mending.LIST))


def _rows(kb: KnowledgeBase, ground: Ground) -> list[Row]:
    statuses = kb.statuses()
    rows = [
        Row(document, statuses[document.doc_id], _where(document, ground), mending.page_of(document.doc_id))
        for document in kb.documents()
    ]
    return sorted(rows, key=lambda row: not row.is_law)


def _where(document: Document, ground: Ground) -> str:
    """Return where a document came from: a key of WHERE."""
    file = file_of(document.source)
    if ground.is_uploaded(file):
        return "upload"
    return "starter" if DEFAULT_STARTER in Path(file).parents else "other"
