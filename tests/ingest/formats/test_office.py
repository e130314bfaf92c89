"""Old Word files go through LibreOffice, which is kept from everything but the conversion."""

import http.server
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import docx as python_docx
import pytest

from ingest.formats.word import docx, office
from kb.errors import IngestError

needs_office = pytest.mark.skipif(not office.program(), reason="没有安装 LibreOffice")
needs_posix = pytest.mark.skipif(os.name != "posix", reason="用 shell 脚本冒充 LibreOffice")
SENTENCES = ["仓库管理规定", "第一条 库内不得吸烟用火。", "第二条 通道不得堆放货物。"]


def rtf(*paragraphs: str, more: str = "") -> bytes:
    body = "".join("".join(f"\\u{ord(sign)}?" for sign in text) + "\\par " for text in paragraphs)
    return ("{\\rtf1\\ansi " + body + more + "}").encode()


@pytest.fixture(scope="module")
def doc(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A true Word 97 file, made by LibreOffice itself."""
    folder = tmp_path_factory.mktemp("doc")
    document = python_docx.Document()
    for sentence in SENTENCES:
        document.add_paragraph(sentence)
    document.save(str(folder / "a.docx"))
    subprocess.run(
        [
            office.program(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to",
            "doc:MS Word 97", "--outdir", str(folder), str(folder / "a.docx"),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "a.doc").read_bytes()


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A script in LibreOffice's place; its test writes it."""
    script = tmp_path / "soffice"
    script.touch(mode=0o755)
    monkeypatch.setattr(office, "program", lambda: str(script))
    yield script


@needs_office
class TestConversion:
    def test_doc(self, doc: bytes) -> None:
        assert doc.startswith(office.OLE)
        reading = docx.read(office.convert(doc, "a.doc"), "a.doc")
        assert reading.text.splitlines() == SENTENCES

    @pytest.mark.long
    def test_rtf(self) -> None:
        reading = office.read(rtf(*SENTENCES), "a.rtf")
        assert reading.text.splitlines() == SENTENCES

    def test_old_doc_with_a_password(self, doc: bytes) -> None:
        start = doc.index(b"\xec\xa5", 512)
        locked = doc[: start + 11] + bytes([doc[start + 11] | 0x01]) + doc[start + 12 :]
        with pytest.raises(IngestError, match="密码"):
            office.convert(locked, "a.doc")

    def test_links_to_files_and_hosts_are_not_followed(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("TOPSECRET")
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            do_HEAD = do_OPTIONS = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}"
            fields = (
                f'{{\\field{{\\*\\fldinst INCLUDETEXT "{secret}"}}{{\\fldrslt old}}}}\\par '
                f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}/a.png"}}{{\\fldrslt old}}}}\\par '
                f"{{\\*\\template {address}/t.dot}}"
            )
            text = docx.read(office.convert(rtf(SENTENCES[0], more=fields), "a.rtf"), "a.rtf").text
            server.shutdown()
        assert text.startswith(SENTENCES[0])
        assert "TOPSECRET" not in text
        assert not asked

    @pytest.mark.long
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(office.OLE + b"\x00" * 5_000, id="zeros"),
            pytest.param(office.OLE + b"<html>" * 2_000, id="html-behind-the-magic"),
            pytest.param(b"{\\rtf" + b"{" * 100_000, id="nested-groups"),
        ],
    )
    def test_damaged(self, data: bytes) -> None:
        with pytest.raises(IngestError, match="另存为 docx"):
            office.convert(data, "a.doc")


class TestRefusals:
    def test_without_libreoffice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(office, "program", lambda: "")
        with pytest.raises(IngestError, match=r"另存为 docx 再导入，或安装 libreoffice-writer-nogui"):
            office.convert(office.OLE + b"\x00" * 600, "a.doc")

    def test_encrypted_package(self) -> None:
        with pytest.raises(IngestError, match="有密码"):
            office.convert(office.OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx")

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", "第一条".encode()])
    def test_other_bytes(self, data: bytes) -> None:
        with pytest.raises(IngestError, match="不是旧版 Word 或 RTF"):
            office.convert(data, "a.doc")


@needs_posix
class TestLimits:
    def test_timeout_ends_the_children_too(self, pretend: Path, tmp_path: Path) -> None:
        mark = tmp_path / "child"
        pretend.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {mark}\nwait\n")
        begun = time.monotonic()
        with pytest.raises(IngestError, match="超过 1 秒"):
            office.convert(rtf("甲"), "a.rtf", seconds=1)
        assert time.monotonic() - begun < 10
        assert not _runs(int(mark.read_text()))

    def test_output_beyond_the_cap(self, pretend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend.write_text("#!/bin/sh\nmkdir -p out\nhead -c 3000 /dev/zero > out/in.docx\n")
        monkeypatch.setattr(office, "MAX_OUTPUT", 2_000)
        with pytest.raises(IngestError, match="请拆分"):
            office.convert(rtf("甲"), "a.rtf")

    def test_limits_and_surroundings(
        self, pretend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ANWEN_SECRET", "x")
        seen = tmp_path / "seen"
        pretend.write_text(
            f'#!/bin/sh\n(ulimit -t; ulimit -v; ulimit -c; pwd; env; echo "$@"; cat profile/user/*.xcu) > {seen}\n'
        )
        with pytest.raises(IngestError, match="打不开"):
            office.convert(rtf("甲"), "../../x.rtf", seconds=7)
        text = seen.read_text()
        assert text.splitlines()[0] == "7"
        assert text.splitlines()[2] == "0"
        assert "ANWEN_SECRET" not in text
        assert "x.rtf" not in text
        assert "DisableMacrosExecution" in text
        assert not Path(text.splitlines()[3]).exists(), "the temporary folder was left behind"


def _runs(pid: int) -> bool:
    """Whether a process still runs; one that ended but was not collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
