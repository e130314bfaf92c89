"""The nurseries as the asking process sees them: files go in, what they say comes back, in order."""

import atexit
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import IO, Any

from ingest.sandbox import frames
from ingest.sandbox.wire import from_job, to_understood
from ingest.understand import Job, Understood
from kb.errors import IngestError

WORKERS = 2
_WAITING = 4  # files read ahead of the one being stored
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR", "SYSTEMROOT")


class Pool:
    """A few nurseries, started when first needed. Safe to share between threads."""

    def __init__(self, workers: int = WORKERS) -> None:
        """Nothing starts yet."""
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="nursery")
        self._local = threading.local()
        self._started: list[_Nursery] = []

    def close(self) -> None:
        """End the nurseries."""
        self._threads.shutdown(cancel_futures=True)
        for nursery in self._started:
            nursery.close()

    def understand(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Understood | IngestError]]:
        """Yield each job with what came of it, in order; a few are read ahead."""
        waiting: deque[tuple[Job, Future[Understood | IngestError]]] = deque()
        for job in jobs:
            waiting.append((job, self._threads.submit(self._one, job)))
            if len(waiting) > _WAITING:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()

    def _one(self, job: Job) -> Understood | IngestError:
        nursery: _Nursery | None = getattr(self._local, "nursery", None)
        if nursery is None:
            self._local.nursery = nursery = _Nursery()
            self._started.append(nursery)
        return nursery.understand(job)


class _Nursery:
    """One nursery process; started anew when it has gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        if self._process is not None:
            with suppress(BrokenPipeError):  # it has gone before us
                _stream(self._process.stdin).close()
            self._process.wait()
            _stream(self._process.stdout).close()
            self._process = None

    def understand(self, job: Job) -> Understood | IngestError:
        for fresh in (False, True):
            if fresh or self._process is None or self._process.poll() is not None:
                self._start()
            try:
                answer = self._ask(job)
            except (BrokenPipeError, frames.BrokenFrameError):
                answer = None
            if answer is not None:
                head, blobs = answer
                return IngestError(head["error"]) if "error" in head else to_understood(head, blobs)
        return IngestError("读取程序没有回应，这个文件没有导入。请重试；反复出现请把文件另存一份再导入")

    def _start(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            with suppress(BrokenPipeError):
                _stream(self._process.stdin).close()
            _stream(self._process.stdout).close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.sandbox.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name in _ENVIRONMENT if (value := os.environ.get(name))} | _python_path(),
        )

    def _ask(self, job: Job) -> tuple[dict[str, Any], list[bytes]] | None:
        assert self._process is not None
        frames.write(_stream(self._process.stdin), *from_job(job))
        return frames.read(_stream(self._process.stdout))


def _stream(pipe: IO[bytes] | None) -> Any:  # noqa: ANN401 - Popen types its pipes as optional
    return pipe


def _python_path() -> dict[str, str]:
    """Return where the child finds this project, whatever folder the program was started in."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path) or os.curdir}


@cache
def shared() -> Pool:
    """Return this process's pool, made at the first call and ended with the process."""
    pool = Pool()
    atexit.register(pool.close)
    return pool
