"""知识库管理 over HTTP: the door, uploads, documents, what goes on."""

import re
import stat
from datetime import date

import pytest
from fastapi.routing import APIRoute

from kb.errors import LockedError
from kb.lock import writing
from tests.web.desk import LINES, PASSWORD, TITLE, Keyboard, docx, services_of, site
from web.admin.sessions import IDLE, LONGEST, Sessions
from web.pages.admin import router

OPEN = {("GET", "/admin"), ("POST", "/admin/login"), ("POST", "/admin/setup")}


@pytest.fixture
def app(tmp_path):
    return site(services_of(tmp_path))


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A site nothing is changed in."""
    return site(services_of(tmp_path_factory.mktemp("walked")))


@pytest.fixture(scope="module")
def insider(walked):
    made = Keyboard(walked)
    made.enter()
    return made


@pytest.fixture
def desk(app):
    made = Keyboard(app)
    made.enter()
    return made


def routes(of):
    """Every route below a router, however it is nested."""
    for route in of.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes(route.original_router)


def all_routes():
    return sorted({(method, route.path) for route in routes(router) for method in route.methods})


def filled(path):
    return re.sub(r"\{[^}]+\}", "20260101000000-00000000", path)


def test_there_are_routes_to_walk():
    assert len(all_routes()) > 25
    assert set(all_routes()) >= OPEN


@pytest.mark.parametrize(("method", "path"), [one for one in all_routes() if one not in OPEN])
def test_every_route_but_the_way_in_refuses_without_a_session(walked, insider, method, path):
    assert insider.get("/admin/audit").status_code == 200  # a password is set, somebody else is logged in
    stranger = Keyboard(walked)
    stranger.cookies.set("anwen_admin", "x" * 43, domain="127.0.0.1", path="/admin")
    answer = stranger(method, filled(path), data={} if method == "POST" else None)
    assert answer.status_code == 401
    assert "请先登录" in answer.text


@pytest.mark.parametrize(
    "path", [path for method, path in all_routes() if method == "POST" and ("POST", path) not in OPEN]
)
def test_every_form_needs_the_token_of_its_session(insider, path):
    answer = insider("POST", filled(path), data={"token": "A" * 43})
    assert answer.status_code == 403
    assert "表单已经过期" in answer.text


def test_the_first_password_needs_the_code_from_the_start_window(app):
    stranger = Keyboard(app)
    assert "一次性设置码" in stranger.get("/admin").text
    form = {"code": "AAAA-BBBB-CCCC", "password": PASSWORD, "again": PASSWORD}
    assert stranger.post("/admin/setup", form).status_code == 403
    assert not app.state.office.vault.is_set
    form["code"] = app.state.office.vault.code().lower().replace("-", " ")
    wait = stranger.post("/admin/setup", form)
    assert wait.status_code == 429
    assert "请等 1 秒" in wait.text


def test_password_and_code_are_readable_by_their_owner_only_and_the_code_is_used_up(app, tmp_path):
    office = app.state.office
    code = office.vault.code()
    assert stat.S_IMODE((tmp_path / "kb" / "admin-setup.txt").stat().st_mode) == 0o600
    assert code in "".join(office.invitation("http://127.0.0.1:7860"))
    Keyboard(app).enter()
    assert stat.S_IMODE((tmp_path / "kb" / "admin.json").stat().st_mode) == 0o600
    assert PASSWORD not in (tmp_path / "kb" / "admin.json").read_text()
    assert not (tmp_path / "kb" / "admin-setup.txt").exists()
    assert office.invitation("http://127.0.0.1:7860") == ()
    late = Keyboard(app)
    late.get("/admin")
    assert (
        late.post("/admin/setup", {"code": code, "password": "x" * 12, "again": "x" * 12}).status_code == 409
    )


@pytest.mark.parametrize("password", ["短口令一二三", "aaaaaaaaaaaa"], ids=["short", "one letter"])
def test_a_weak_first_password_is_refused_with_the_reason(app, password):
    desk = Keyboard(app)
    desk.get("/admin")
    answer = desk.post(
        "/admin/setup", {"code": app.state.office.vault.code(), "password": password, "again": password}
    )
    assert answer.status_code == 400
    assert "口令" in answer.text
    assert not app.state.office.vault.is_set


def test_a_wrong_password_is_slowed_and_noted_and_the_right_one_must_wait_too(app, desk):
    guesser = Keyboard(app, "203.0.113.9")
    guesser.get("/admin")
    assert guesser.post("/admin/login", {"password": "错的口令一二三四"}).status_code == 403
    second = guesser.post("/admin/login", {"password": PASSWORD})
    assert second.status_code == 429
    assert second.headers["retry-after"] == "1"
    assert "请等 1 秒再试" in second.text
    assert "anwen_admin=" not in second.headers.get("set-cookie", "")
    assert "登录失败" in desk.get("/admin/audit").text
    assert Keyboard(app, "203.0.113.77").get("/admin").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_plain_connections(app):
    Keyboard(app).enter()
    for scheme, secure in (("http", False), ("https", True)):
        desk = Keyboard(app, scheme=scheme)
        desk.get("/admin")
        answer = desk.post("/admin/login", {"password": PASSWORD})
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("anwen_admin="))
        assert {"HttpOnly", "SameSite=strict", "Path=/admin"} <= set(cookie.split("; "))
        assert ("Secure" in cookie.split("; ")) is secure
        assert answer.headers["cache-control"] == "no-store"


def test_a_login_form_from_elsewhere_is_refused(app):
    Keyboard(app).enter()
    other = Keyboard(app)
    assert other("POST", "/admin/login", data={"password": PASSWORD, "token": "A" * 43}).status_code == 403
    foreign = other("POST", "/admin/login", data={}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert "其他网站" in foreign.text


def test_changing_the_password_ends_every_other_session(app, desk):
    other = Keyboard(app)
    other.enter()
    new = "稻田 里的 风车 转了三圈"
    desk.get("/admin")
    assert desk.post("/admin/password", {"old": PASSWORD, "password": new, "again": new}).status_code == 303
    assert other.get("/admin/audit").status_code == 401
    assert desk.get("/admin/audit").status_code == 200


def test_logging_out_ends_the_session_on_the_server(app, desk):
    kept = str(desk.cookies.get("anwen_admin", path="/admin"))
    assert desk.post("/admin/logout").status_code == 303
    again = Keyboard(app)
    again.cookies.set("anwen_admin", kept, domain="127.0.0.1", path="/admin")
    assert again.get("/admin/audit").status_code == 401


def test_sessions_end_when_idle_and_after_eight_hours_and_polling_keeps_none_open():
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    idle, busy = sessions.open("e"), sessions.open("e")
    now[0] = IDLE - 1
    assert sessions.find(idle, "e", touch=False)
    assert sessions.find(busy, "e")
    now[0] = IDLE + 1
    assert sessions.find(idle, "e") is None
    while now[0] < LONGEST:
        assert sessions.find(busy, "e")
        now[0] += IDLE / 2
    now[0] = LONGEST + 1
    assert sessions.find(busy, "e") is None
    assert sessions.find(sessions.open("old"), "new") is None


def test_the_session_table_has_an_end():
    sessions = Sessions()
    names = [sessions.open("e") for _ in range(50)]
    assert len(sessions) == 20
    assert sessions.find(names[0], "e") is None
    assert sessions.find(names[-1], "e")


def test_an_uploaded_docx_is_read_on_trial_set_right_brought_in_and_cited(app, desk):
    services = app.state.services
    question = "水箱支架没有检查罚多少"
    page = desk.upload(("../../屋顶水箱.docx", docx()))
    assert TITLE in page.text
    item = app.state.office.shelf.items()[0]
    assert item.name == "屋顶水箱.docx"
    review = desk.get(f"/admin/upload/{item.item_id}")
    assert all(words in review.text for words in (TITLE, "2026-03-05", "2026-05-01", "第三条", "共 3 段"))
    assert TITLE not in services.kb.titles()
    entry = item.trial[0]
    said = desk.post(
        f"/admin/upload/{item.item_id}/said",
        {"inside": entry["inside"], "title": TITLE, "level": "地方性法规", "region": "全国"},
    )
    assert said.status_code == 303
    desk.get(f"/admin/upload/{item.item_id}")
    told = desk.settled(desk.post("/admin/accept", {"ids": item.item_id}))
    assert "新增 1 份" in told.text
    document = next(d for d in services.kb.documents() if d.title == TITLE)
    assert document.level.value == "地方性法规"
    *_, answer = services.assistant.ask(question)
    assert answer.citations[0].chunk.chunk_id == f"{document.doc_id}#第三条"
    assert app.state.office.shelf.items() == []


def test_a_hostile_file_is_refused_by_name_and_the_rest_goes_in(app, desk):
    page = desk.upload(
        ("屋顶.docx", docx()), ("木马.exe", b"MZ" * 99), ("坏.pdf", b"%PDF-1.7\n" + b"x" * 99), ("空.md", b"")
    )
    for refused in ("木马.exe：不支持这种文件", "坏.pdf：", "空.md：文件是空的"):
        assert refused in page.text
    assert sorted(item.name for item in app.state.office.shelf.items()) == ["坏.pdf", "屋顶.docx"]
    ids = [item.item_id for item in app.state.office.shelf.items()]
    desk.settled(desk.post("/admin/accept", {"ids": ids}))
    assert TITLE in app.state.services.kb.titles()
    assert [item.name for item in app.state.office.shelf.items()] == ["坏.pdf"]


def test_script_in_a_document_is_shown_as_words(app, desk):
    evil = "<script>alert(1)</script>"
    lines = (
        f"第一条 路灯{evil}每月查一次。",
        "第二条 灯杆漏电的，立即断电。",
        "第三条 没有查的，处五百元罚款。",
    )
    desk.bring_in((f"{evil}.docx", docx(*lines, title=f"青桥市路灯{evil}维护办法")))
    document = next(d for d in app.state.services.kb.documents() if "路灯" in d.title)
    for path in (
        "/admin/documents",
        f"/admin/document?id={document.doc_id}",
        "/admin/reports",
        "/admin/audit",
        "/admin/bench?question=路灯",
    ):
        page = desk.get(path)
        assert page.status_code == 200
        assert evil not in page.text
    assert "&lt;script&gt;" in desk.get("/admin/document", params={"id": document.doc_id}).text


def test_a_new_state_of_a_file_shows_what_it_changes_and_takes_its_place(app, desk):
    desk.bring_in(("屋顶.docx", docx()))
    changed = (*LINES[:3], LINES[3].replace("三千元", "五千元"))
    desk.upload(("屋顶.docx", docx(*changed)))
    item = app.state.office.shelf.items()[0]
    page = desk.get(f"/admin/upload/{item.item_id}")
    assert re.search(r'name="instead" value="[^"]+" checked', page.text)
    assert "<ins>" in page.text
    assert "五千" in page.text
    desk.settled(desk.post("/admin/accept", {"ids": item.item_id, "instead": item.item_id}))
    found = [d for d in app.state.services.kb.documents() if d.title == TITLE]
    assert len(found) == 1
    assert "五千元" in app.state.services.kb.chunks(found[0].doc_id)[2].text


def test_files_wait_over_a_restart_and_giving_up_deletes_them(app, desk, tmp_path):
    desk.upload(("屋顶.docx", docx()))
    again = site(app.state.services)  # another process would find the same files
    later = Keyboard(again)
    later.enter()
    assert TITLE in later.get("/admin/upload").text
    item = again.state.office.shelf.items()[0]
    assert later.post("/admin/drop", {"ids": item.item_id}).status_code == 303
    assert again.state.office.shelf.items() == []
    assert not list((tmp_path / "kb" / "uploads").rglob("*.docx"))


def test_what_a_killed_import_left_behind_waits_again(app, desk, tmp_path):
    files = tmp_path / "kb" / "uploads" / "files"
    files.mkdir(parents=True)
    (files / "半路.docx").write_bytes(docx())
    again = site(app.state.services)
    later = Keyboard(again)
    later.enter()
    assert [item.name for item in again.state.office.shelf.items()] == ["半路.docx"]
    assert not list(files.iterdir())


def test_nothing_moves_while_the_command_line_is_writing(app, desk, tmp_path):
    desk.upload(("屋顶.docx", docx()))
    item = app.state.office.shelf.items()[0]
    with writing(tmp_path / "kb"):
        page = desk.settled(desk.post("/admin/accept", {"ids": item.item_id}))
    assert "正被另一个进程" in page.text
    assert [one.name for one in app.state.office.shelf.items()] == ["屋顶.docx"]
    assert issubclass(LockedError, Exception)


@pytest.mark.parametrize("logged_in", [True, False])
def test_a_large_body_is_taken_only_from_who_is_logged_in(app, logged_in):
    desk = Keyboard(app)
    if logged_in:
        desk.enter()
    big = ("大.txt", ("青桥市的路灯每月查一次。" * 20_000).encode())
    answer = desk.post("/admin/upload", files=[("files", big)])
    assert answer.status_code == (303 if logged_in else 413)
    if logged_in:
        assert desk.post("/admin/login", {"password": "长" * 70_000}).status_code == 413


def test_a_document_is_set_right_and_keeps_it_when_read_again(app, desk):
    desk.bring_in(("屋顶.docx", docx()))
    old = next(d for d in app.state.services.kb.documents() if d.title == TITLE)
    page = desk.get("/admin/document", params={"id": old.doc_id})
    assert "一并删除" in page.text
    done = desk.settled(
        desk.post(
            "/admin/document/correct", {"doc_id": old.doc_id, "published": "2026-03-06", "title": TITLE}
        )
    )
    assert "已更正" in done.text
    new = next(d for d in app.state.services.kb.documents() if d.title == TITLE)
    assert new.published == date(2026, 3, 6)
    again = desk.settled(desk.post("/admin/document/reread", {"doc_id": new.doc_id}))
    assert "源文件没有变化" in again.text
    bad = desk.settled(desk.post("/admin/document/correct", {"doc_id": new.doc_id, "effective": "明天"}))
    assert "施行日期的值" in bad.text


def test_deleting_asks_first_and_takes_the_uploaded_file_too(app, desk, tmp_path):
    desk.bring_in(("屋顶.docx", docx()))
    document = next(d for d in app.state.services.kb.documents() if d.title == TITLE)
    assert "没有删除" in desk.post("/admin/document/delete", {"doc_id": document.doc_id}).text
    page = desk.settled(desk.post("/admin/document/delete", {"doc_id": document.doc_id, "sure": "yes"}))
    assert "上传的文件 屋顶.docx 一并删除" in page.text
    assert TITLE not in app.state.services.kb.titles()
    assert not list((tmp_path / "kb" / "uploads").rglob("*.docx"))


def test_deleting_a_document_from_another_folder_leaves_its_file(app, desk):
    document = app.state.services.kb.documents()[0]
    page = desk.settled(desk.post("/admin/document/delete", {"doc_id": document.doc_id, "sure": "yes"}))
    assert "不是在这里上传的，没有删除" in page.text
    assert document.doc_id not in {d.doc_id for d in app.state.services.kb.documents()}


def test_the_list_is_searched_and_narrowed(app, desk):
    whole = desk.get("/admin/documents")
    assert whole.text.count("屋顶花园安全条例</a>") == 2
    found = desk.get("/admin/documents?q=风筝&level=法律&status=现行")
    assert "共 1 份" in found.text
    assert "没有符合条件的文档" in desk.get("/admin/documents?where=upload").text


def test_the_indexes_are_checked_and_made_again(app, desk):
    assert "完好：" in desk.settled(desk.post("/admin/check")).text
    assert "索引已重建：" in desk.settled(desk.post("/admin/rebuild")).text
    assert app.state.services.kb.search("高压线 风筝")[0].chunk.label == "第二条"


def test_the_bench_says_what_was_found_and_why_and_counts_nothing(app, desk):
    page = desk.get("/admin/bench?question=高压线附近能不能放风筝&audience=citizen")
    assert page.status_code == 200
    for words in ("得分", "阈值", "关键词第1", "全部特征", "风筝安全法", "实际回答"):
        assert words in page.text
    assert "拒答" in desk.get("/admin/bench?question=量子纠缠怎么用于炒股").text
    assert desk.get("/admin/bench?question=风筝&on=昨天").status_code == 400
    assert app.state.services.journal.usage(date(2020, 1, 1)) == []


def test_questions_are_counted_without_their_words_and_drawn(app, desk):
    services = app.state.services
    for _ in range(3):
        list(services.assistant.ask("高压线附近能放风筝吗"))
    counted = {what: times for _, what, times in services.journal.usage(date.today())}
    assert sum(times for what, times in counted.items() if what.startswith("提问·")) == 3
    assert sum(times for what, times in counted.items() if what.startswith("结果·")) == 3
    assert services.journal.cited(["风筝安全法@2020-04-08#第二条"])
    page = desk.get("/admin/usage")
    assert "<rect" in page.text
    assert "共 3" in page.text
    assert "引文查准" in page.text


def test_feedback_is_shown_asked_again_and_handled(app, desk):
    app.state.services.journal.send("依据不对", "放风筝罚多少<b>", "回答的话", "条号不对")
    page = desk.get("/admin/feedback")
    assert "放风筝罚多少&lt;b&gt;" in page.text
    assert "/admin/bench?question=" in page.text
    number = re.search(r'feedback_id" value="(\d+)"', page.text)[1]
    assert desk.post("/admin/feedback/handle", {"feedback_id": number}).status_code == 303
    assert "已处理" in desk.get("/admin/feedback").text


def test_the_log_and_the_reports_tell_what_was_done(app, desk):
    desk.bring_in(("屋顶.docx", docx()))
    log = desk.get("/admin/audit").text
    assert all(words in log for words in ("首次设置口令", "上传文件", "导入文件", "屋顶.docx"))
    assert "新增 1" in desk.get("/admin/reports").text


def test_pages_say_so_where_the_knowledge_base_is_not_open(tmp_path):
    from dataclasses import replace

    services = services_of(tmp_path)
    desk = Keyboard(site(replace(services, kb=None, journal=None)))
    desk.enter()
    assert "法规库没有打开" in desk.get("/admin").text
    for path in ("/admin/documents", "/admin/usage", "/admin/feedback", "/admin/audit"):
        page = desk.get(path)
        assert page.status_code == 400
        assert "Traceback" not in page.text
