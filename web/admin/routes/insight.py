"""What goes on: test bench, feedback, figures, reports of what was brought in, audit log."""

import json
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Form, Query, Request
from starlette.responses import Response

from kb import regions
from kb.catalogue import Catalogue
from kb.datatypes import Audience
from kb.errors import KnowledgeBaseError, SettingsError
from kb.journal import Journal
from web import words
from web.admin.bench import Asked, tried
from web.admin.gate import Admitted, Checked, Served, go, show
from web.admin.office import Office
from web.admin.plots import by_day, days_until
from web.admin.routes import acting, reading
from web.api.services import Held, services_of
from web.clean import plain
from web.counted import ASKED, CAME

look = reading()
act = acting()

_DAYS: Final = 30
_BASELINE: Final = Path(__file__).parents[3] / "eval" / "baseline.json"
_RESULTS: Final = {
    "citation_precision": "引文查准", "citation_recall": "引文查全", "quotes_exact": "引文一字不差",
    "refusal_recall": "该拒答的拒答了", "false_refusal": "不该拒答的拒答了（越低越好）",
}  # fmt: skip
_STATES: Final = {"GROUNDED": "有依据", "NO_MATCH": "无依据", "UNAVAILABLE": "知识库不可用"}
_VERDICTS: Final = ("有帮助", "没帮助", "依据不对")
Text = Annotated[str, Query(max_length=words.MAX_QUESTION)]
Word = Annotated[str, Query(max_length=20)]


@look.get("/bench")
def bench(
    request: Request, session: Admitted, kb: Held, question: Text = "", region: Word = "", on: Word = "",
    audience: Word = "",
) -> Response:  # fmt: skip
    """Return the test bench, with what a question finds."""
    services = services_of(request)
    asked = Asked(
        plain(question, words.MAX_QUESTION).strip(),
        region.strip() or services.region,
        _day(on),
        _audience(audience),
    )
    result = tried(asked, kb, services.assistant) if asked.question else None
    return show(
        request, "admin_bench.html", session, "/admin/bench", question=asked.question, region=region, on=on,
        audience=audience, audiences=words.AUDIENCES, result=result, provinces=regions.provinces(),
    )  # fmt: skip


@look.get("/feedback")
def feedback(request: Request, office: Served, session: Admitted) -> Response:
    """Return what people sent about answers, what is open first."""
    return show(
        request, "admin_feedback.html", session, "/admin/feedback", entries=_journal(office).feedback()
    )


@act.post("/feedback/handle")
def handle(
    request: Request, office: Served, _session: Checked, feedback_id: Annotated[int, Form(ge=1, le=2**53)]
) -> Response:
    """Mark one as handled."""
    _journal(office).handle(feedback_id)
    return go("/admin/feedback", request)


@look.get("/usage")
def usage(request: Request, office: Served, session: Admitted) -> Response:
    """Return questions by day, what came of them, feedback, and the last evaluation."""
    journal, days = _journal(office), days_until(date.today(), _DAYS)
    counted = journal.usage(days[0])
    asked = [(day, what.removeprefix(ASKED), n) for day, what, n in counted if what.startswith(ASKED)]
    came = [(day, what.removeprefix(CAME), n) for day, what, n in counted if what.startswith(CAME)]
    sent = Counter((date.fromisoformat(one.sent[:10]), one.verdict) for one in journal.feedback())
    plots = (
        ("提问（按人群）", by_day(days, {who.value: name for who, name in words.AUDIENCES.items()}, asked),
         {who.value: name for who, name in words.AUDIENCES.items()}),
        ("回答结果", by_day(days, _STATES, came), _STATES),
        ("反馈", by_day(days, {v: v for v in _VERDICTS}, [(d, v, n) for (d, v), n in sent.items()]), {v: v for v in _VERDICTS}),
    )  # fmt: skip
    totals = Counter[str]()
    for _, what, number in came:
        totals[what] += number
    return show(request, "admin_usage.html", session, "/admin/usage", plots=plots, days=_DAYS, totals=totals,
                evaluation=_evaluation())  # fmt: skip


@look.get("/reports")
def reports(request: Request, office: Served, session: Admitted) -> Response:
    """Return the reports of the last times something was brought in."""
    with closing(Catalogue(office.ground.folder)) as catalogue:
        found = catalogue.run_reports()
    return show(request, "admin_reports.html", session, "/admin/reports", reports=found)


@look.get("/audit")
def audit(request: Request, office: Served, session: Admitted) -> Response:
    """Return the newest lines of the audit log."""
    return show(request, "admin_audit.html", session, "/admin/audit", entries=_journal(office).audit())


def _journal(office: Office) -> Journal:
    if office.ground.journal is None:
        raise KnowledgeBaseError("法规库没有打开，使用记录也读不出来。原因在启动窗口里，处理后请重启程序")
    return office.ground.journal


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsError("日期写得不对，应写成 2024-11-01 这样") from error


def _audience(text: str) -> Audience | None:
    return Audience(text) if text in set(Audience) else None


def _evaluation() -> dict[str, Any] | None:
    """Return the shares of the evaluation that comes with the project, None where it cannot be read."""
    try:
        stored = json.loads(_BASELINE.read_text("utf-8"))
        shares = [(name, float(stored[key])) for key, name in _RESULTS.items()]
        return {"n": int(stored["n"]), "shares": shares}
    except (OSError, ValueError, KeyError, TypeError):
        return None
