"""The one gate of /admin: who is logged in, whether a form is ours, and how a refusal looks."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Form, Request
from fastapi.exceptions import HTTPException, RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from kb.errors import AnwenError, ArticleNotFoundError
from web.admin.jobs import Job, State
from web.admin.office import COOKIE, Office, is_https
from web.admin.sessions import Session
from web.clean import plain
from web.pages.frame import page

_LOGIN: Final = "请先登录。长时间没有操作、或口令换过之后，需要重新登录。"
_FORGED: Final = "这个表单已经过期，没有执行。请返回上一页刷新后重试。"
_BAD_FORM: Final = "表单填得不完整，或有的内容太长，没有执行。请返回上一页检查后重试。"
_QUICK: Final = 4.0  # seconds a form waits for its job before it shows the job's own page
TABS: Final = (
    ("/admin", "概览"), ("/admin/upload", "导入"), ("/admin/documents", "文档"), ("/admin/bench", "试检索"),
    ("/admin/feedback", "反馈"), ("/admin/usage", "统计"), ("/admin/reports", "导入记录"),
    ("/admin/backup", "备份"), ("/admin/audit", "操作记录"),
)  # fmt: skip


class LoginNeededError(AnwenError):
    """A request without a session."""


class ForgedError(AnwenError):
    """A form without the token of its session."""


def office_of(request: Request) -> Office:
    """Return the administration of the app a request came to."""
    state = request.app.state
    if not hasattr(state, "office"):
        state.office = Office(state.services)
    return state.office  # type: ignore[no-any-return]


Served = Annotated[Office, Depends(office_of)]


def admitted(request: Request, office: Served) -> Session:
    """Return the session of a request.

    Raises:
        LoginNeededError: if there is none.
    """
    touch = not request.url.path.endswith(".json")  # a page that asks by itself keeps no session open
    session = office.session(request.scope, touch=touch)
    if session is None:
        raise LoginNeededError(_LOGIN)
    return session


Admitted = Annotated[Session, Depends(admitted)]


def checked(session: Admitted, token: Annotated[str, Form(max_length=100)] = "") -> Session:
    """Return the session of a form, whose token must be the session's.

    Raises:
        LoginNeededError: if there is no session.
        ForgedError: if the token is another.
    """
    if not session.admits(token):
        raise ForgedError(_FORGED)
    return session


Checked = Annotated[Session, Depends(checked)]


class AdminRoute(APIRoute):
    """A route whose refusals are pages, or JSON where a script asks; nothing of it is kept by browsers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the refusals around it."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await handle(request)
            except RequestValidationError:
                response = await run_in_threadpool(refused, request, 422, _BAD_FORM)
            except LoginNeededError as error:
                response = await run_in_threadpool(refused, request, 401, str(error))
            except ForgedError as error:
                response = await run_in_threadpool(refused, request, 403, str(error))
            except ArticleNotFoundError as error:
                response = await run_in_threadpool(refused, request, 404, str(error))
            except AnwenError as error:
                response = await run_in_threadpool(refused, request, 400, str(error))
            except HTTPException as error:
                response = await run_in_threadpool(
                    refused, request, error.status_code, "内容没有收全，请重试。"
                )
            response.headers["cache-control"] = "no-store"
            return response

        return guarded


def refused(request: Request, status: int, reason: str) -> Response:
    """Return a refusal, with the way to log in where that is what it lacks."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": plain(reason, 400)}, status)
    return page(request, "admin_refused.html", status, reason=reason, needs_login=status == 401)


def show(request: Request, template: str, session: Session, tab: str, **values: Any) -> Response:  # noqa: ANN401
    """Return a page of the administration.

    Args:
        request: what was asked.
        template: its template.
        session: of whoever asks; its token goes into every form.
        tab: path of the tab it belongs to.
        values: what the template names.
    """
    told = office_of(request).jobs.find(request.query_params.get("job", "")[:20])
    told = told if told and told.is_over else None
    return page(request, template, session=session, tabs=TABS, tab=tab, told=told, **values)


def after(request: Request, job: Job) -> Response:
    """Return where to go once a job is in the queue: on if it is done at once, else to its own page."""
    job.ended.wait(_QUICK)
    link = job.result.link if job.result else ""
    is_told = job.state is State.DONE and link and not (job.result and job.result.problems)
    if is_told:
        return go(f"{link}{'&' if '?' in link else '?'}job={job.job_id}", request)
    return go(f"/admin/jobs/{job.job_id}", request)


def go(path: str, request: Request) -> Response:
    """Return a redirect to one of our own pages; a script is told the address instead."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"go": path})
    return RedirectResponse(path, 303)


def keep_cookie(response: Response, name: str, request: Request) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE, name, path="/admin", httponly=True, samesite="strict", secure=is_https(request.scope)
    )


def drop_cookie(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/admin", httponly=True, samesite="strict")


def fields(form: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Return the text fields of a form that have one of these names, cleaned, 400 characters at most."""
    return {name: plain(str(form[name]), 400).strip() for name in names if name in form}
