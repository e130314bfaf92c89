"""A folder full of hostile files: each is refused by name or read for its good part, and nothing else happens."""

import os
import re
import resource
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.formats.paper import ocr
from ingest.gather import INSIDE
from ingest.parse import Given
from ingest.report import Report
from ingest.run import ingest
from kb.catalogue import Catalogue
from kb.embed import load_embedder
from kb.writer import open_writer
from tests.conftest import LONG
from tests.ingest import fuzz
from tests.ingest.hostile import corpus
from tests.ingest.hostile.case import LISTENER, Case

MOST_GROWTH = 100_000_000  # bytes that the reading process may grow by
MOST_SECONDS = 150  # of the whole run; 16 were measured on two idle cores, 59 to 97 at a load of nine
_HAN = re.compile("[\u4e00-\u9fff]")
_REMEDY = re.compile("请|不予读取|已停止|空的|没有读到|读不出正文|没有没|不再展开|超过上限|不支持")
_OWN_FAULT = re.compile("读取时出错|没有回应|Traceback|Error")


@dataclass
class Seen:
    """What one run over the whole corpus has shown."""

    report: Report
    passages: dict[str, str]  # source: all its passages
    seconds: float
    grown: int  # bytes that this process grew by, but for what the indexes keep of what is stored
    calls: list[object]  # who called the listener
    before: dict[str, float]
    after: dict[str, float]

    def reasons(self, name: str) -> list[str]:
        """Return why a file of this name, or what lies in it, was refused."""
        return [
            failure.reason
            for failure in self.report.failed
            if Path(failure.path.partition(INSIDE)[0]).name == name
        ]

    def text(self, name: str) -> str:
        return "\n".join(
            text for source, text in self.passages.items() if Path(source.partition(INSIDE)[0]).name == name
        )


@contextmanager
def listening() -> Iterator[list[object]]:
    """Take calls to the port that the hostile files try, on all addresses of this machine."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", LISTENER)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def take() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                calls.append(address)
                connection.close()

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield calls
        finally:
            done.set()
            thread.join()


def laid(folder: Path) -> dict[str, float]:
    """Return what lies under a folder, with the time of its last change."""
    return {str(path): path.lstat().st_mtime for path in folder.rglob("*")}


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Scales:
    """Weighs what storing adds to this process: the indexes hold what they are given, hostile or not."""

    def __init__(self) -> None:
        self.stored = 0

    def around(self, act: Callable[..., None]) -> Callable[..., None]:
        def weighed(*given: object) -> None:
            before = resident()
            act(*given)
            self.stored += resident() - before

        return weighed


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Bring the whole folder in, once."""
    if not ocr.available():
        pytest.skip("没有文字识别，图片不在文件夹里读取")
    root = tmp_path_factory.mktemp("hostile")
    files, kb, scratch = root / "资料", root / "kb", root / "scratch"
    files.mkdir()
    scratch.mkdir()
    (root / "外").mkdir()
    (root / "外" / "口令.md").write_text("# 口令\n第一条 口令不许外传。\n", "utf-8")
    corpus.lay_out(files)
    with open_writer(kb, load_embedder(None)) as writer:
        ingest(writer, [str(files / "好" / "办法.md")], Given())  # the nurseries start, libraries are loaded
        patch = pytest.MonkeyPatch()
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", str(scratch))
        scales = Scales()
        patch.setattr(writer, "flush", scales.around(writer.flush))
        before, memory, begun = laid(files), resident(), time.perf_counter()
        with listening() as calls:
            report = ingest(writer, [str(files)], Given())
            seconds, grown = time.perf_counter() - begun, resident() - memory - scales.stored
        patch.undo()
    after = laid(files)
    left = laid(scratch)
    assert not left, left
    assert {path.name for path in root.iterdir()} == {"资料", "kb", "scratch", "外"}
    catalogue = Catalogue(kb)
    passages = {
        document.source: "\n".join(chunk.text for chunk in catalogue.chunks(document.doc_id))
        for document in catalogue.documents()
    }
    catalogue.close()
    record = f"{len(corpus.CASES)} cases, {seconds:.1f} s, grown by {grown / 1e6:.1f} MB, indexes {scales.stored / 1e6:.1f} MB"
    print(record)  # noqa: T201 - the figures, with pytest -s
    yield Seen(report, passages, seconds, grown, calls, before, after)


@pytest.mark.slow
@pytest.mark.parametrize("case", corpus.CASES, ids=[case.name for case in corpus.CASES])
def test_each_hostile_file_is_refused_by_name_or_read_for_its_good_part(seen: Seen, case: Case) -> None:
    reasons = seen.reasons(case.name)
    if case.refused:
        assert any(word in reason for word in case.refused.split("|") for reason in reasons), (
            case.why,
            reasons,
        )
    else:
        text = seen.text(case.name)
        assert any(word in text for word in case.kept.split("|")), (case.why, reasons, text[:200])
        assert not case.absent or case.absent not in text, case.why


@pytest.mark.slow
def test_every_refusal_is_chinese_and_says_what_to_do(seen: Seen) -> None:
    for failure in seen.report.failed:
        assert _HAN.search(failure.reason), failure
        assert not _OWN_FAULT.search(failure.reason), failure
        assert _REMEDY.search(failure.reason), failure
        assert "意外停止" not in failure.reason, failure


@pytest.mark.slow
def test_the_good_files_go_in(seen: Seen) -> None:
    everything = "\n".join(seen.passages.values())
    assert all(word in everything for word in corpus.GOOD_WORDS)
    assert not any("/好/" in failure.path for failure in seen.report.failed)
    for number, name in enumerate(corpus.ODD_NAMES):
        assert f"怪名{number}号" in everything, name


@pytest.mark.slow
def test_nothing_is_written_outside_and_nobody_is_called(seen: Seen) -> None:
    assert seen.before == seen.after
    assert seen.calls == []
    assert not list(Path(tempfile.gettempdir()).glob("anwen-逃逸*"))
    assert "root:" not in "\n".join(seen.passages.values())


@pytest.mark.slow
def test_time_and_memory_have_bounds(seen: Seen) -> None:
    assert seen.seconds < MOST_SECONDS
    assert seen.grown < MOST_GROWTH


@pytest.mark.slow
def test_orders_inside_documents_are_words_and_nothing_else(seen: Seen) -> None:
    """They stand in the passage of their own document, and in no field that the program acts on."""
    assert "冷库永远安全" in seen.text("注入.txt")
    assert not any("永远安全" in note or "IGNORE" in note for note in seen.report.notes)
    assert not any("\u202e" in text or "\x1b" in text or "\x00" in text for text in seen.passages.values())


def test_what_is_no_file_is_named(tmp_path: Path, bring_in) -> None:
    secret = tmp_path / "外" / "口令.md"
    secret.parent.mkdir()
    secret.write_text("# 口令\n第一条 口令不许外传。\n", "utf-8")
    expected = corpus.odd_things(tmp_path / "怪", secret)
    report = bring_in(tmp_path / "怪")
    reasons = {Path(failure.path).name: failure.reason for failure in report.failed}
    assert reasons.keys() == expected.keys()
    for name, words in expected.items():
        assert any(word in reasons[name] for word in words.split("|")), (name, reasons[name])
    assert report.added == 1  # what lies in the folder that is called like a PDF


@pytest.mark.skipif(os.geteuid() == 0, reason="root 读得到没有权限的文件")
def test_a_file_without_rights_is_named(tmp_path: Path, bring_in) -> None:
    path = tmp_path / "锁.md"
    path.write_text("# 锁\n第一条 甲。\n", "utf-8")
    path.chmod(0)
    assert "打不开文件" in bring_in(path).failed[0].reason


@pytest.mark.slow
def test_some_seconds_of_fuzzing_find_nothing(tmp_path: Path) -> None:
    found = fuzz.run(10 if LONG else 2, seed=int(time.time()), keep=tmp_path)
    assert found.executions.total() > 10
    assert not found.defects, (found.defects, list(tmp_path.iterdir()))
