"""One file out, the same knowledge base back; and a bad file changes nothing."""

import io
import json
import sqlite3
import stat
import zipfile
from contextlib import closing

import pytest

from tests.web import doors
from tests.web.desk import PASSWORD, TITLE, Keyboard, docx, services_of, site

KITE = "风筝安全法@2020-04-08"


@pytest.fixture
def app(tmp_path):
    return site(services_of(tmp_path))


@pytest.fixture
def desk(app):
    made = Keyboard(app)
    made.enter()
    return made


def backup(desk):
    answer = desk.post("/admin/backup")
    assert answer.status_code == 200, answer.text
    desk.get("/admin/backup")
    return answer.content


def restore(desk, data, **form):
    answer = desk.post("/admin/restore", {"sure": "yes", **form}, files={"file": ("b.zip", data)})
    return desk.settled(answer)


def repacked(data, change):
    """The same backup with its parts changed by `change({name: bytes})`; digests stay as they were."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def resealed(data, name, content):
    """The same backup with one part changed and its digest made to fit, as somebody with bad intent would."""
    import hashlib

    def change(parts):
        parts[name] = content
        manifest = json.loads(parts["manifest.json"])
        manifest["files"] = [e for e in manifest["files"] if e["name"] != name]
        manifest["files"].append(
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        )
        parts["manifest.json"] = json.dumps(manifest).encode()

    return repacked(data, change)


def test_a_backup_holds_catalogue_files_and_password_but_no_session(app, desk, tmp_path):
    desk.bring_in(("屋顶.docx", docx()))
    with zipfile.ZipFile(io.BytesIO(backup(desk))) as packed:
        assert set(packed.namelist()) == {
            "catalogue.sqlite3",
            "admin.json",
            "uploads/屋顶.docx",
            "manifest.json",
        }
        manifest = json.loads(packed.read("manifest.json"))
        assert PASSWORD.encode() not in packed.read("admin.json")
    assert manifest["documents"] == len(app.state.services.kb.documents())
    assert {len(entry["sha256"]) for entry in manifest["files"]} == {64}
    assert not list((tmp_path / "kb" / "uploads" / "outgoing").iterdir())


def test_what_was_deleted_comes_back_and_is_found_without_a_restart(app, desk, tmp_path):
    kb = app.state.services.kb
    desk.bring_in(("屋顶.docx", docx()))
    kept = backup(desk)
    document = next(d for d in kb.documents() if d.title == TITLE)
    desk.settled(desk.post("/admin/document/delete", {"doc_id": document.doc_id, "sure": "yes"}))
    desk.settled(desk.post("/admin/document/delete", {"doc_id": KITE, "sure": "yes"}))
    assert TITLE not in kb.titles()
    page = restore(desk, kept)
    assert "已恢复到" in page.text, page.text
    assert kb.search("水箱支架 检查")[0].document.title == TITLE
    assert kb.search("高压线 风筝")[0].chunk.doc_id == KITE
    assert "完好：" in desk.settled(desk.post("/admin/check")).text
    again = next(d for d in kb.documents() if d.title == TITLE)
    assert (
        "源文件没有变化" in desk.settled(desk.post("/admin/document/reread", {"doc_id": again.doc_id})).text
    )
    assert len(list((tmp_path / "kb" / "uploads").rglob("*.docx"))) == 1
    assert not list((tmp_path / "kb" / "uploads").glob("restore-*"))
    assert "删除文档" in desk.get("/admin/audit").text  # nobody loses his traces by restoring


def test_a_backup_moves_to_another_machine(app, desk, tmp_path):
    desk.bring_in(("屋顶.docx", docx()))
    kept = backup(desk)
    other = site(services_of(tmp_path / "other"))
    there = Keyboard(other)
    there.enter()
    assert (
        "已恢复到" in restore(there, kept, with_password="yes").text or there.get("/admin").status_code == 200
    )
    assert stat.S_IMODE((tmp_path / "other" / "kb" / "admin.json").stat().st_mode) == 0o600
    assert there.get("/admin/audit").status_code == 401  # the password came along: everybody logs in again
    there.enter()
    document = next(d for d in other.state.services.kb.documents() if d.title == TITLE)
    assert str(tmp_path / "other" / "kb" / "uploads") in document.source
    assert "重新读取" in there.get("/admin/document", params={"id": document.doc_id}).text


def _not_zip(data):
    return b"PK\x03\x04 not really"


def _cut(data):
    return data[: len(data) // 2]


def _flipped(data):
    return repacked(
        data, lambda parts: parts.update({"catalogue.sqlite3": parts["catalogue.sqlite3"][:-1] + b"!"})
    )


def _no_manifest(data):
    return repacked(data, lambda parts: parts.pop("manifest.json"))


def _outside(data):
    return resealed(data, "uploads/../../evil.md", b"# x")


def _later(data):
    def change(parts):
        parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), "schema": 99}).encode()

    return repacked(data, change)


def _bomb(data):
    def change(parts):
        manifest = json.loads(parts["manifest.json"])
        parts["uploads/大.md"] = b"0" * 3_000_000
        manifest["files"].append({"name": "uploads/大.md", "size": 10, "sha256": "0" * 64})
        parts["manifest.json"] = json.dumps(manifest).encode()

    return repacked(data, change)


def _trigger(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        database = packed.read("catalogue.sqlite3")
    with closing(sqlite3.connect(":memory:")) as made:
        made.deserialize(database)
        made.execute("CREATE TRIGGER t AFTER INSERT ON facts BEGIN DELETE FROM documents; END")
        made.commit()
        return resealed(data, "catalogue.sqlite3", made.serialize())


def _garbage(data):
    return resealed(data, "catalogue.sqlite3", b"SQLite format 3\0" + b"\xff" * 5000)


@pytest.mark.parametrize(
    "spoil", [_not_zip, _cut, _flipped, _no_manifest, _outside, _later, _bomb, _trigger, _garbage]
)
def test_a_bad_backup_is_refused_and_changes_nothing(app, desk, tmp_path, spoil):
    kept = backup(desk)
    before = sorted(d.doc_id for d in app.state.services.kb.documents())
    page = restore(desk, spoil(kept))
    assert "没有改动" in page.text or "请先把程序升级" in page.text, page.text
    assert "已恢复" not in page.text
    assert sorted(d.doc_id for d in app.state.services.kb.documents()) == before
    assert app.state.services.kb.search("高压线 风筝")[0].chunk.doc_id == KITE
    assert not list((tmp_path / "kb" / "uploads").glob("restore-*"))
    assert not list(tmp_path.rglob("evil.md"))


def test_restoring_asks_to_be_sure(desk):
    answer = desk.post("/admin/restore", {}, files={"file": ("b.zip", backup(desk))})
    assert answer.status_code == 400
    assert "没有恢复" in answer.text


def test_a_broken_journal_breaks_no_answer(tmp_path):
    from kb.errors import KnowledgeBaseError
    from web.counted import CountedAnswerer

    class Broken:
        def count(self, what, day):
            raise KnowledgeBaseError("磁盘满了")

    services = doors.make(tmp_path)
    counted = CountedAnswerer(services.assistant, Broken())
    *_, answer = counted.ask("高压线附近能放风筝吗")
    assert answer.citations
    *_, alone = CountedAnswerer(services.assistant, None).ask("高压线附近能放风筝吗")
    assert alone.text == answer.text


def test_the_journal_tells_in_chinese_when_it_cannot_be_written(tmp_path):
    from datetime import date

    from kb.errors import KnowledgeBaseError

    services = doors.make(tmp_path)
    with closing(sqlite3.connect(tmp_path / "kb" / "catalogue.sqlite3")) as database:
        database.execute("DROP TABLE usage")
        database.commit()
    with pytest.raises(KnowledgeBaseError, match="使用记录"):
        services.journal.count("提问·citizen", date.today())


def test_strangers_together_are_slowed_but_who_was_here_before_is_not_locked_out():
    from web.admin.throttle import LONGEST, MOST, Throttle

    now = [0.0]
    throttle = Throttle(lambda: now[0])
    assert throttle.attempt("office") == 0
    throttle.succeeded("office")
    assert sum(throttle.attempt(f"203.0.113.{n}") == 0 for n in range(200)) == 21
    assert throttle.attempt("198.51.100.1") > 0
    assert throttle.attempt("office") == 0
    now[0] += 4 * 3600
    assert throttle.attempt("198.51.100.1") == 0
    for n in range(MOST + 50):
        now[0] += LONGEST + 1
        throttle.attempt(f"a{n}")
    assert len(throttle) <= MOST
