"""Archives and mails: what is inside goes in, one bad file inside stops nothing, nothing is read twice."""

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.formats.paper import ocr
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from tests.ingest.formats import papers
from tests.samples import NOTICE, RULE_2019, RULE_2024, RULE_LAW


def zipped(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return buffer.getvalue()


def sources(folder: Path) -> list[str]:
    catalogue = Catalogue(folder)
    try:
        return sorted(source.rpartition("/")[2] for source in catalogue.sources())
    finally:
        catalogue.close()


def test_an_archive_is_read_once_and_followed(tmp_path: Path, bring_in) -> None:
    path = tmp_path / "法规.zip"
    path.write_bytes(zipped(**{"a/风筝安全法(2020-04-08).md": RULE_LAW, "通知.txt": NOTICE}))
    first, second = bring_in(path), bring_in(path)
    assert (first.added, first.failed, first.articles) == (2, [], 4)
    assert (second.added, second.updated, second.unchanged) == (0, 0, 2)
    path.write_bytes(zipped(**{"通知.txt": NOTICE, "新.md": RULE_2024}))
    third = bring_in(path)
    assert (third.added, third.removed) == (1, 1)
    assert sources(tmp_path / "kb") == ["法规.zip!新.md", "法规.zip!通知.txt"]


def test_what_is_broken_inside_is_named_every_time(tmp_path: Path, bring_in) -> None:
    path = tmp_path / "包.zip"
    path.write_bytes(
        zipped(**{"好.md": RULE_LAW, "坏.pdf": b"%PDF-1.4 nothing", "内/程序.exe": b"MZ" + b"\0" * 99})
    )
    for run in range(2):
        report = bring_in(path)
        assert [failure.path for failure in report.failed] == [f"{path}!坏.pdf", f"{path}!内/程序.exe"], run
        assert report.added == (1 if run == 0 else 0)


def test_archives_in_archives_end(tmp_path: Path, bring_in) -> None:
    data = zipped(**{"法.md": RULE_LAW})
    for depth in range(6):
        note = f"# 第{depth}层的值班通知\n一、值班\n第{depth}组每天巡查{depth}次，记录存放{depth}年。\n"
        data = zipped(**{f"层{depth}.zip": data, f"通知{depth}.md": note})
    path = tmp_path / "深.zip"
    path.write_bytes(data)
    report = bring_in(path)
    assert report.added == 3
    assert "层" in report.failed[0].reason


def test_a_mail_brings_its_text_and_its_attachment(tmp_path: Path, bring_in) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = (
        "关于放风筝季节值班的通知",
        "某人 <a@b.cn>",
        "Mon, 3 Apr 2023 09:00:00 +0800",
    )
    mail.set_content("一、值班\n每天两人值班，巡查两次，并作记录。\n二、报告\n险情半小时内报告。\n")
    mail.add_attachment(
        RULE_LAW.encode(), maintype="text", subtype="markdown", filename="风筝安全法(2020-04-08).md"
    )
    path = tmp_path / "邮件.eml"
    path.write_bytes(mail.as_bytes())
    report = bring_in(path)
    assert (report.added, report.failed) == (2, [])
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        titles = {document.title for document in kb.documents()}
        texts = " ".join(chunk.text for document in kb.documents() for chunk in kb.chunks(document.doc_id))
    assert titles == {"关于放风筝季节值班的通知", "中华人民共和国风筝安全法"}
    assert "a@b.cn" not in texts
    assert bring_in(path).unchanged == 2


def test_a_symlink_and_a_pipe_in_a_folder_are_not_read(tmp_path: Path, bring_in) -> None:
    import os

    secret = tmp_path / "secret.md"
    secret.write_text(RULE_LAW, "utf-8")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "链接.md").symlink_to(secret)
    os.mkfifo(folder / "管道.md")
    (folder / "好.md").write_text(NOTICE, "utf-8")
    report = bring_in(folder)
    assert report.added == 1
    assert {Path(f.path).name: f.reason[:5] for f in report.failed} == {
        "管道.md": "不是普通文",
        "链接.md": "是符号链接",
    }


def test_the_same_text_from_another_site_is_joined(tmp_path: Path, bring_in) -> None:
    law = RULE_2019 + "\n".join(
        f"\n第{n}条 屋顶花园的第{n}号花盆应当固定，固定处每月查看{n}次。\n" for n in "七八九"
    )
    (tmp_path / "一.md").write_text(law, "utf-8")
    other = (
        law.replace("，", ", ").replace("每月查看八次", "每月查看八 次").replace("应当固定", "应当固定", 1)
    )
    (tmp_path / "二.txt").write_text(f"来源：某网站\n{other}", "utf-8")
    first = bring_in(tmp_path / "一.md")
    second = bring_in(tmp_path / "二.txt")
    assert (first.added, second.added, second.unchanged) == (1, 0, 1)
    assert any("几乎相同" in note or "内容相同" in note for note in second.notes)
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert len(kb.documents()) == 1


def test_two_versions_are_never_joined_however_alike(tmp_path: Path, bring_in) -> None:
    law = RULE_2019 + "\n".join(
        f"\n第{n}条 屋顶花园的第{n}号花盆应当固定，固定处每月查看{n}次。\n" for n in "七八九"
    )
    (tmp_path / "甲(2019-03-01).md").write_text(law, "utf-8")
    (tmp_path / "甲(2020-03-01).md").write_text(law.replace("每月查看八次", "每月查看十次"), "utf-8")
    report = bring_in(tmp_path / "甲(2019-03-01).md", tmp_path / "甲(2020-03-01).md")
    assert report.added == 2


@pytest.mark.skipif(not ocr.available(), reason="rapidocr is not installed")
def test_scans_are_read_within_the_limits_of_the_sandbox(tmp_path: Path, bring_in) -> None:
    """The models want memory, threads and environment that a reader of text does not."""
    folder = tmp_path / "扫描"
    folder.mkdir()
    title, *articles = papers.SCAN_TEXT
    (folder / "冷库.pdf").write_bytes(papers.scanned([papers.page_image([title, *articles[:3]])]))
    picture = papers.page_image(articles[5:]).crop((0, 0, 1654, 900))
    picture.save(folder / "照片.png")
    report = bring_in(folder)
    assert (report.added, report.failed) == (2, [])
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        texts = {
            d.source.rpartition(".")[2]: "".join(c.text for c in kb.chunks(d.doc_id)) for d in kb.documents()
        }
        notes = [note for document in kb.documents() for note in document.notes]
    assert "被困的人按下以后" in texts["pdf"]
    assert "先撤到上风处" in texts["png"]
    assert sum("文字识别" in note for note in notes) == 2
