"""The sandbox: each file in a child of its own, which can neither hang, nor grow, nor touch anything."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.sandbox import frames
from ingest.sandbox.pool import Pool
from ingest.sandbox.wire import from_job, from_understood, to_job, to_understood
from ingest.understand import Job, Understood
from kb.errors import IngestError
from tests.samples import RULE_LAW

DEEDS = {  # what a reader taken over by a hostile file might try, and the word the refusal must hold
    "write": ("open({target!r}, 'w').write('x')", "DeniedError"),
    "write through a descriptor": ("import os; os.open({target!r}, os.O_CREAT | os.O_WRONLY)", "DeniedError"),
    "delete": ("import os; os.remove({victim!r})", "DeniedError"),
    "run": ("import subprocess; subprocess.run(['true'])", "DeniedError"),
    "shell": ("import os; os.system('true')", "DeniedError"),
    "connect": ("import socket; socket.create_connection(('127.0.0.1', {port}))", "DeniedError"),
    "look up": ("import socket; socket.getaddrinfo('example.com', 80)", "DeniedError"),
    "memory": ("x = bytearray(1_600_000_000)", "内存"),
    "grow": ("x = []\nwhile True: x.append(bytes(1_000_000))", "内存"),
    "recursion": ("f = lambda g: g(g)\nf(f)", "嵌套过深"),
    "crash": ("import os; os.abort()", "意外停止"),
    "crash with memory in use": (
        "x = bytes(600_000_000).replace(b'a', b'b')\nimport os; os.abort()",
        "意外停止",
    ),
    "crash of a full library": ("x = bytearray(b'a') * 980_000_000\nimport os; os.abort()", "内存"),
    "leave": ("import os; os._exit(3)", "意外停止"),
    "bug": ("{{}}['x']", "KeyError"),
}
PROLOGUE = """
import ingest.formats.plain as plain
from ingest.sandbox import limits, nursery
limits.CPU_SECONDS, limits.WALL_SECONDS = {cpu}, {wall}
read = plain.read
def taken_over(data, name):
    if name.startswith("坏"):
        exec(data.decode())
    return read(data, name)
plain.read = taken_over
nursery.main()
"""


class Nursery:
    """A nursery whose reader of plain text does what the text says, to try the walls around it."""

    def __init__(self, cpu: int = 5, wall: int = 8) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", PROLOGUE.format(cpu=cpu, wall=wall)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def read(self, name: str, text: str) -> Understood | IngestError:
        frames.write(self.process.stdin, *from_job(Job(f"/x/{name}", text.encode(), "h", Given())))
        head, blobs = frames.read(self.process.stdout)
        return IngestError(head["error"]) if "error" in head else to_understood(head, blobs)

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        assert self.process.wait(10) == 0
        self.process.stdout.close()


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as made:
        yield made


@pytest.mark.parametrize("deed", DEEDS)
def test_a_reader_taken_over_can_do_nothing(nursery: Nursery, deed: str, tmp_path: Path) -> None:
    victim, target = tmp_path / "victim", tmp_path / "target"
    victim.write_text("whole")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        text, word = DEEDS[deed]
        port = listener.getsockname()[1]
        found = nursery.read("坏.md", text.format(victim=str(victim), target=str(target), port=port))
    assert isinstance(found, IngestError)
    assert word in str(found)
    assert victim.read_text() == "whole"
    assert not target.exists()
    good = nursery.read("好.md", RULE_LAW)
    assert isinstance(good, Understood)
    assert len(good.parsed.chunks) == 4


@pytest.mark.parametrize("text", ["while True: pass", "import time; time.sleep(100)"], ids=["busy", "asleep"])
def test_a_reader_that_hangs_is_stopped(text: str) -> None:
    with Nursery(cpu=1, wall=2) as nursery:
        begun = time.perf_counter()
        found = nursery.read("坏.md", text)
        assert "用时超过上限" in str(found)
        assert time.perf_counter() - begun < 10
        assert isinstance(nursery.read("好.md", RULE_LAW), Understood)


def test_more_time_can_be_granted_page_by_page() -> None:
    slow = "import time\nfrom ingest.sandbox.limits import grant\nfor _ in range(3):\n grant(2)\n time.sleep(0.7)"
    with Nursery(cpu=1, wall=1) as nursery:
        assert "用时超过上限" not in str(nursery.read("坏.md", slow))
        assert "用时超过上限" in str(nursery.read("坏.md", "import time; time.sleep(3)"))


def test_a_nursery_that_dies_is_started_anew() -> None:
    pool = Pool(1)
    try:
        jobs = [Job(f"/x/{n}.md", RULE_LAW.encode(), "h", Given()) for n in range(3)]
        answers = []
        for number, (_, found) in enumerate(pool.understand(jobs[:1] * 3)):
            answers.append(found)
            if number == 0:
                pool._started[0]._process.kill()
        assert all(isinstance(found, Understood) for found in answers)
    finally:
        pool.close()


ASKER = """
from ingest.parse import Given
from ingest.sandbox.pool import Pool
from ingest.understand import Job
pool = Pool(1)
jobs = (Job("/x/%d.md" % n, b"x" * 400_000, "h", Given()) for n in range(1000))
for _ in pool.understand(jobs):
    print("read", flush=True)
"""


@pytest.mark.parametrize("moment", [0.0, 0.3])
def test_a_nursery_whose_asker_is_killed_ends_without_a_word(moment: float) -> None:
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert asker.stdout.readline() == "read\n"
    time.sleep(moment)
    asker.kill()
    _, said = asker.communicate(timeout=30)  # ends when the nursery, which shares its error stream, has ended
    assert said == ""


@pytest.mark.parametrize("sent", ["half a frame", "a job"])
def test_a_nursery_that_nobody_listens_to_ends_without_a_word(sent: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.sandbox.nursery"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    whole = io.BytesIO()
    frames.write(whole, *from_job(Job("/x/a.md", RULE_LAW.encode(), "h", Given())))
    process.stdout.close()
    process.stdin.write(whole.getvalue()[:40] if sent == "half a frame" else whole.getvalue())
    process.stdin.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_order_is_kept_whatever_takes_longest() -> None:
    pool = Pool(2)
    try:
        long = "\n".join(f"第{n}条 每日检查。" for n in range(1, 1500))
        jobs = [
            Job(f"/x/{n}.md", (long if n % 3 == 0 else RULE_LAW).encode(), str(n), Given()) for n in range(12)
        ]
        assert [job.content_hash for job, _ in pool.understand(jobs)] == [str(n) for n in range(12)]
    finally:
        pool.close()


def test_a_job_and_its_answer_cross_unchanged() -> None:
    from ingest.understand import understand

    job = Job("/x/风筝安全法(2020-04-08).md", RULE_LAW.encode(), "hash", Given(region="河南省"), "备注")
    head, blobs = from_job(job)
    assert to_job(head, blobs[0]) == job
    found = understand(job)
    assert to_understood(*from_understood(found)) == found


def test_a_frame_that_lies_is_noticed(tmp_path: Path) -> None:
    for bad in (
        b"\xff" * 8,
        b"\0" * 7 + b"\x02{]" + b"\0" * 8,
        b"\0" * 7 + b"\x05{}",
        b"\0" * 7 + b"\x02[]" + b"\0" * 8,
    ):
        path = tmp_path / "frame"
        path.write_bytes(bad)
        with path.open("rb") as stream, pytest.raises(frames.BrokenFrameError):
            frames.read(stream)


def test_the_asking_process_stays_small() -> None:
    """Reading many files leaves nothing behind in the process that asked."""
    pool = Pool(2)
    try:

        def rss() -> int:
            return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

        jobs = [Job(f"/x/{n}.md", (RULE_LAW * 50).encode(), "h", Given()) for n in range(60)]
        list(pool.understand(jobs[:10]))
        before = rss()
        for _ in pool.understand(jobs):
            pass
        assert rss() - before < 40_000_000
        assert threading.active_count() < 40
    finally:
        pool.close()
