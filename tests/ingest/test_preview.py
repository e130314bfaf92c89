"""Trying a file before it goes in, following a folder, setting right what was read wrong."""

import threading
import time
from datetime import date
from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.preview import Remembered, as_json, as_text, preview, summary
from ingest.run import ingest
from ingest.watch import watch
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.datatypes import Level
from kb.embed import load_embedder
from kb.errors import IngestError, KnowledgeBaseError, LockedError
from kb.writer import open_writer
from tests.samples import RULE_2019, RULE_2024, RULE_LAW


def test_a_preview_says_what_was_understood_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rule.md"
    path.write_text(RULE_2024, "utf-8")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    found = list(preview([str(tmp_path)], Given()))
    text = "\n".join(as_text(one) for one in found)
    for part in (
        "法规条文，",
        "青桥市",
        "2024-09-01",
        "宣布废止：《青桥市阳台花盆管理规定》",
        "bad.pdf",
        "不能导入",
    ):
        assert part in text
    assert "不能导入 1 份" in summary(found)
    good = next(as_json(one) for one in found if one.parsed)
    assert (good["structure"], good["effective"]) == ("法规条文", "2024-09-01")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.pdf", "rule.md"]


def test_a_preview_shows_what_a_new_version_changes(tmp_path: Path, bring_in) -> None:
    (tmp_path / "old.md").write_text(RULE_2019, "utf-8")
    bring_in(tmp_path / "old.md")
    (tmp_path / "new.md").write_text(RULE_2024, "utf-8")
    held = Catalogue(tmp_path / "kb")
    found = list(preview([str(tmp_path / "new.md")], Given(), Remembered(held)))
    assert found[0].changes is not None
    assert found[0].changes.old.published == date(2019, 3, 1)
    assert as_json(found[0])["changes"]["changes"]
    held.close()


def test_a_folder_is_followed(tmp_path: Path, monkeypatch) -> None:
    folder, stop, reports = tmp_path / "in", threading.Event(), []
    folder.mkdir()
    (folder / "a.md").write_text(RULE_LAW, "utf-8")

    def bring_in() -> None:
        if not reports:
            reports.append(None)
            raise LockedError("正被写入")  # somebody else is writing: it is tried again
        with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
            reports.append(ingest(writer, [str(folder)], Given(), prune=True))

    monkeypatch.setattr("ingest.watch._RETRY", 0.1)
    follower = threading.Thread(target=watch, args=([str(folder)], bring_in, stop))
    follower.start()
    try:
        wait_for(lambda: len(reports) == 2)
        time.sleep(0.5)  # the watcher takes its first look at the folder
        (folder / "b.md").write_text(RULE_2024, "utf-8")
        wait_for(lambda: len(reports) == 3)
        (folder / "a.md").unlink()
        wait_for(lambda: len(reports) == 4)
    finally:
        stop.set()
        follower.join(10)
    assert [(r.added, r.removed) for r in reports[1:]] == [(1, 0), (1, 0), (0, 1)]


def wait_for(happened) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_only_folders_can_be_followed(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="不是目录"):
        watch([str(tmp_path / "nothing")], lambda: None)


def test_what_was_set_right_holds_when_the_file_is_read_again(tmp_path: Path, bring_in) -> None:
    path = tmp_path / "青桥市通告.md"
    path.write_text(RULE_LAW.replace("2020年", "2021年"), "utf-8")
    bring_in(path)
    with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
        old = writer.catalogue.documents()[0]
        new = writer.correct(
            old.doc_id, {"title": "风筝安全条例", "published": "2022-02-02", "level": "行政法规"}
        )
    assert (new.doc_id, new.level) == ("风筝安全条例@2022-02-02", Level.ADMINISTRATIVE)
    path.write_text(path.read_text("utf-8").replace("五百米", "六百米"), "utf-8")
    assert bring_in(path).updated == 1
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert [d.doc_id for d in kb.documents()] == ["风筝安全条例@2022-02-02"]
        hit = kb.article("风筝安全条例", "第二条")
    assert "六百米" in hit.chunk.text
    assert hit.document.level is Level.ADMINISTRATIVE


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("published", "去年", "年-月-日"),
        ("level", "最高级", "法律、行政法规"),
        ("colour", "red", "没有 colour"),
        ("title", " ", "不能为空"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(tmp_path: Path, bring_in, field, value, reason) -> None:
    (tmp_path / "a.md").write_text(RULE_LAW, "utf-8")
    bring_in(tmp_path / "a.md")
    with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
        doc_id = writer.catalogue.documents()[0].doc_id
        with pytest.raises(KnowledgeBaseError, match=reason):
            writer.correct(doc_id, {field: value})
        with pytest.raises(KnowledgeBaseError, match="没有文档"):
            writer.correct("没有@2020-01-01", {"title": "x"})


def test_the_sentence_that_ends_a_text_is_known(kb: KnowledgeBase) -> None:
    ended = next(d for d in kb.documents() if d.name == "青桥市阳台花盆管理规定")
    found = kb.ending(ended.doc_id)
    assert found is not None
    assert "青桥市阳台花盆管理规定" in found.sentence
    assert found.sentence in next(c.text for c in kb.chunks(found.by.doc_id) if c.label == found.label)
    current = next(d for d in kb.documents() if d.name == "风筝安全法")
    assert kb.ending(current.doc_id) is None
