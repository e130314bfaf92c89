"""One shape for everything a door refuses: Chinese, with the remedy, and never a stack trace."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from kb.errors import AnwenError, ArticleNotFoundError
from web.clean import plain
from web.words import HOTLINE_SENTENCE

logger = logging.getLogger(__name__)

Render = Callable[[int, str, str], Response]  # (status, code, message) -> the refusal in a door's own shape

_CODES: Final = {
    400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    413: "too_large", 415: "unsupported_media_type", 422: "bad_request", 429: "busy", 503: "unavailable",
}  # fmt: skip
_SAID: Final = {
    400: "请求正文读不出来：应是 UTF-8 编码的 JSON。",
    404: "没有这个地址。请对照 docs/api.md 检查路径。",
    405: "这个地址不接受这种请求方法。请对照 docs/api.md 检查。",
}
UNAVAILABLE: Final = f"法规库暂时不可用，请稍后再试。{HOTLINE_SENTENCE}"
BROKEN: Final = f"服务内部出错，已记入日志，请稍后再试。{HOTLINE_SENTENCE}"
_RETRY: Final = {"retry-after": "5"}
_REASONS: Final = {
    "missing": "没有填写",
    "json_invalid": "不是有效的 JSON",
    "string_too_long": "太长，最多{max_length}字",
    "string_too_short": "太短，至少{min_length}字",
    "too_long": "项数太多，最多{max_length}项",
    "too_short": "项数太少，至少{min_length}项",
    "greater_than_equal": "太小，最小是{ge}",
    "less_than_equal": "太大，最大是{le}",
    "int_parsing": "应是整数",
    "string_type": "应是文字",
    "string_unicode": "含有不能识别的字符",
    "bool_parsing": "应是 true 或 false",
    "list_type": "应是列表",
    "enum": "不在可选的值里",
    "literal_error": "不在可选的值里",
    "extra_forbidden": "是不认识的字段，请删去",
    "model_attributes_type": "应是 JSON 对象，并带上 Content-Type: application/json",
}


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="供程序判断的代号", examples=["not_found"])
    message: str = Field(
        description="给人看的说明和办法", examples=["知识库里没有《风筝法》。请先用 GET /api/laws 查名称"]
    )


class Refusal(BaseModel):
    """The body of every refusal."""

    error: Problem


def refusal(status: int, code: str, message: str) -> JSONResponse:
    """Return a refusal in the shape of /api; 429 and 503 tell when to come back."""
    headers = _RETRY if status in {429, 503} else None
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route that may refuse with these statuses."""
    said = {400: "请求正文读不出来", 404: "没有找到", 422: "参数有误", 503: "法规库暂时不可用"}
    return {status: {"model": Refusal, "description": said[status]} for status in statuses}


def refuse_with(app: FastAPI, render: Render) -> None:
    """Make `app` answer every error through `render`."""

    def on_ours(_request: Request, error: Exception) -> Response:
        if isinstance(error, ArticleNotFoundError):
            return render(404, "not_found", plain(str(error), 300))
        logger.warning("a door could not answer: %s", error)  # may name paths: for the log only
        return render(503, "unavailable", UNAVAILABLE)

    def on_invalid(_request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else ()
        return render(422, "bad_request", _explained(found))

    def on_http(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        said = _SAID.get(status) or "请求有误，请对照 docs/api.md 检查。"
        response = render(status, _CODES.get(status, "bad_request"), said)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    def on_bug(_request: Request, _error: Exception) -> Response:
        return render(500, "internal", BROKEN)

    app.add_exception_handler(AnwenError, on_ours)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_bug)


def _explained(found: Sequence[Mapping[str, Any]]) -> str:
    """Return what is wrong with a request, at most three faults.

    >>> _explained([{"type": "missing", "loc": ("body", "question")}])
    '参数有误：question 没有填写。请改正后再发。'
    """
    told = "；".join(f"{_place(fault['loc'])} {_reason(fault)}" for fault in found[:3])
    return f"参数有误：{told or '请求'}。请改正后再发。"


def _place(where: Sequence[object]) -> str:
    named = ".".join(str(part) for part in where if part not in {"body", "query", "path", "header"})
    return plain(named, 60) or "请求正文"


def _reason(fault: Mapping[str, Any]) -> str:
    kind = str(fault["type"])
    if kind.startswith("date"):
        return "应是日期，写成 2026-01-31 的样子"
    return _REASONS.get(kind, "格式不对").format(**fault.get("ctx", {}))
