"""Bad input gets a clear Chinese reason that names the file and what to do, the rest goes in, nothing is lost."""

import io
import os
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingest.files import Failure, find
from kb.errors import AnwenError
from kb.lock import writing
from tests.samples import RULE_LAW

NOBODY = 65534


def pdf(text: str = "", *, encrypt: bool = False) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128) if encrypt else None)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


BAD = {
    "空.md": (b"", "空的"),
    "空白.txt": (b"  \n\n  ", "空的"),
    "图片.md": (b"\x89PNG\r\n\x1a\n" + b"\x00\x01\x02" * 100, "认不出这种图片"),
    "程序.md": (b"\x7fELF" + bytes(range(256)) * 8, "不是文本"),
    "压缩包.txt": (b"PK\x03\x04" + b"abc" * 100, "压缩包已损坏"),
    "乱码.txt": (bytes(range(1, 32)) * 50, "不是文本"),
    "符号.md": ("。。。！！！\n……".encode(), "没有读到文字"),
    "只有标题.md": ("# 标题\n".encode(), "读不出正文"),
    "假的.pdf": (b"%PDF-1.4 this is not a pdf", "PDF 已损坏"),
    "截断.pdf": (pdf("hello world")[:300], "PDF"),
    "扫描件.pdf": (pdf(""), "没有文字"),
    "加密.pdf": (pdf("secret text " * 3, encrypt=True), "密码"),
    "坏卡片.md": ("---\nid: x\nhazard: 火灾\nphrases: []\n---\n## 现在就做\n".encode(), "坏卡片.md"),
}


def test_every_bad_file_is_named_and_the_good_one_goes_in(tmp_path: Path, bring_in) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    (folder / "好的.md").write_text(RULE_LAW, "utf-8")
    report = bring_in(folder)
    reasons = {Path(failure.path).name: failure.reason for failure in report.failed}
    assert report.added == 1
    assert reasons.keys() == BAD.keys()
    for name, (_, expected) in BAD.items():
        assert expected in reasons[name], (name, reasons[name])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_office_encodings_are_read(tmp_path: Path, bring_in, encoding: str) -> None:
    path = tmp_path / "法.md"
    path.write_bytes(RULE_LAW.replace("\n", "\r\n").encode(encoding))
    assert bring_in(path).articles == 4


def test_a_pdf_with_text_is_read(tmp_path: Path, bring_in) -> None:
    path = tmp_path / "manual.pdf"
    path.write_bytes(pdf("Kite flying safety manual: keep away from power lines."))
    report = bring_in(path)
    assert (report.added, report.failed) == (1, [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("没有这个目录", "路径不存在"),
        ("https://example.com/a.html", "网址"),
        ("演示.key", "不支持的文件类型 .key"),
    ],
)
def test_a_path_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "演示.key").write_bytes(b"PK")
    failures: list[Failure] = []
    assert list(find([name], failures)) == []
    assert failures[0].path == name
    assert reason in failures[0].reason


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "秘密.md").write_text(RULE_LAW, "utf-8")
    (folder / "link").symlink_to(outside, target_is_directory=True)
    assert list(find([str(folder)], [])) == []


def as_nobody(action) -> str:
    """Run `action` in a child process without root's rights; returns what it said."""
    if os.geteuid() != 0:
        return action()
    read_end, write_end = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(write_end, action().encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "a.md").write_text(RULE_LAW, "utf-8")
    locked.chmod(0)
    for parent in (tmp_path, *list(tmp_path.parents)[:3]):
        parent.chmod(0o755)

    def read() -> str:
        failures: list[Failure] = []
        files = list(find([str(locked)], failures))
        return f"{len(files)} {failures[0].path} {failures[0].reason}" if failures else "nothing said"

    def write() -> str:
        try:
            with writing(locked / "kb"):
                return "written"
        except AnwenError as error:
            return str(error)

    assert as_nobody(read) == f"0 {locked} 目录打不开：Permission denied。请检查权限"
    assert "不可写" in as_nobody(write)
    locked.chmod(0o755)
