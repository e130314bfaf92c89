"""Set the first password, log in and out, change the password; and the overview behind the door."""

import hmac
import math
import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from kb.errors import AnwenError, SettingsError
from web.admin.gate import AdminRoute, Checked, Served, drop_cookie, go, keep_cookie, show
from web.admin.office import COOKIE, Office, is_https
from web.admin.routes import acting
from web.api.services import services_of
from web.pages.frame import page

door = APIRouter(prefix="/admin", route_class=AdminRoute)  # the only routes without a session
inside = acting()

_FORM_COOKIE: Final = "anwen_admin_form"
_WRONG: Final = "口令不对。"
_WRONG_CODE: Final = "设置码不对。它在启动窗口里，也写在知识库目录的 admin-setup.txt 里。"
_STALE: Final = "这个页面放得太久，请重新填写。"
_UNLIKE: Final = "两次输入的口令不一样，没有设置。"

Text = Annotated[str, Form(max_length=400)]


@door.get("")
def start(request: Request, office: Served) -> Response:
    """Return the overview, or the way in."""
    session = office.session(request.scope)
    if session is None:
        return _way_in(request, office)
    office.recover()
    kb = services_of(request).kb
    journal = office.ground.journal
    try:
        stats = kb.stats() if kb else None
        open_feedback = sum(not one.handled for one in journal.feedback()) if journal else 0
    except AnwenError as error:
        return show(request, "admin.html", session, "/admin", stats=None, broken=str(error), jobs=office.jobs.all(),
                    waiting=office.shelf.items(), open_feedback=0)  # fmt: skip
    return show(
        request, "admin.html", session, "/admin", stats=stats, broken="" if kb else "法规库没有打开，原因在启动窗口里",
        jobs=office.jobs.all()[:8], waiting=office.shelf.items(), open_feedback=open_feedback,
    )  # fmt: skip


@door.post("/setup")
def set_first(
    request: Request, office: Served, code: Text = "", password: Text = "", again: Text = "", token: Text = ""
) -> Response:
    """Set the first password, for who has the one-time code."""
    if office.vault.is_set:
        return _way_in(request, office, "口令已经设过了，请登录。", 409)
    if not _is_ours(request, token):
        return _way_in(request, office, _STALE, 403)
    if wait := office.throttle.attempt(office.address(request.scope)):
        return _wait(request, office, wait)
    if not office.vault.admits_code(code):
        office.ground.note("设置码不对")
        return _way_in(request, office, _WRONG_CODE, 403)
    office.throttle.succeeded(office.address(request.scope))
    if password != again:
        return _way_in(request, office, _UNLIKE, 400)
    try:
        office.vault.set(password)
    except SettingsError as error:
        return _way_in(request, office, str(error), 400)
    office.ground.note("首次设置口令")
    return _opened(request, office)


@door.post("/login")
def log_in(request: Request, office: Served, password: Text = "", token: Text = "") -> Response:
    """Open a session for who knows the password; a guesser waits longer each time."""
    if not office.vault.is_set:
        return _way_in(request, office)
    if not _is_ours(request, token):
        return _way_in(request, office, _STALE, 403)
    address = office.address(request.scope)
    if wait := office.throttle.attempt(address):
        return _wait(request, office, wait)
    if not office.vault.admits(password):
        office.ground.note("登录失败")
        return _way_in(request, office, _WRONG, 403)
    office.throttle.succeeded(address)
    office.ground.note("登录")
    return _opened(request, office)


@inside.post("/logout")
def log_out(request: Request, office: Served, _session: Checked) -> Response:
    """End this session."""
    office.sessions.end(request.cookies.get(COOKIE, ""))
    office.ground.note("退出")
    response = go("/admin", request)
    drop_cookie(response)
    return response


@inside.post("/password")
def change(
    request: Request, office: Served, _session: Checked, old: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """Change the password; every session ends, this one is opened anew."""
    address = office.address(request.scope)
    if wait := office.throttle.attempt(address):
        raise SettingsError(_waiting(wait))
    if not office.vault.admits(old):
        office.ground.note("更换口令失败")
        raise SettingsError("现在的口令不对，没有更换。请返回上一页重新输入")
    office.throttle.succeeded(address)
    if password != again:
        raise SettingsError("两次输入的新口令不一样，没有更换。请返回上一页重新输入")
    office.vault.set(password)
    office.sessions.end_all()
    office.ground.note("更换口令", "所有登录已失效")
    return _opened(request, office)


def _way_in(request: Request, office: Office, said: str = "", status: int = 200) -> Response:
    """Return the form to log in, or to set the first password; with the token that marks it as ours."""
    if not office.vault.is_set:
        office.vault.code()  # so that the file is there for whoever may read it
    given = request.cookies.get(_FORM_COOKIE, "")
    token = given if len(given) == 43 else secrets.token_urlsafe(32)
    response = page(request, "admin_login.html", status, is_set=office.vault.is_set, said=said, token=token)
    response.set_cookie(
        _FORM_COOKIE, token, path="/admin", httponly=True, samesite="strict", secure=is_https(request.scope)
    )
    return response


def _is_ours(request: Request, token: str) -> bool:
    given = request.cookies.get(_FORM_COOKIE, "")
    return bool(given) and hmac.compare_digest(given.encode(), token.encode())


def _wait(request: Request, office: Office, wait: float) -> Response:
    response = _way_in(request, office, _waiting(wait), 429)
    response.headers["retry-after"] = str(math.ceil(wait))
    return response


def _waiting(wait: float) -> str:
    return f"试错的次数太多，请等 {math.ceil(wait)} 秒再试。"


def _opened(request: Request, office: Office) -> Response:
    response = go("/admin", request)
    keep_cookie(response, office.sessions.open(office.vault.epoch()), request)
    response.delete_cookie(_FORM_COOKIE, path="/admin")
    return response
