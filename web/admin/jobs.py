"""What is being done to the knowledge base: one job at a time, in a thread of its own, told as it goes."""

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from secrets import token_hex
from typing import Final

from kb.errors import AnwenError

logger = logging.getLogger(__name__)

KEPT: Final = 50  # jobs remembered
WAITING: Final = 20  # jobs that may wait


class State(StrEnum):
    """How far a job is."""

    WAITING = "排队"
    RUNNING = "进行中"
    DONE = "完成"
    FAILED = "未完成"


@dataclass(frozen=True, slots=True)
class Result:
    """What a job says when it is done. `problems` are told by name; `link` is where to go on."""

    text: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    link: str = ""


@dataclass(slots=True)
class Job:
    """One piece of work."""

    job_id: str
    title: str
    state: State = State.WAITING
    done: int = 0
    total: int = 0
    now: str = ""  # what it is at: a file's name
    result: Result | None = None
    started: datetime = field(default_factory=lambda: datetime.now().astimezone())
    finished: datetime | None = None
    refused: tuple[str, ...] = ()  # files that were not even taken, with the reason
    ended: threading.Event = field(default_factory=threading.Event, repr=False)

    def progress(self, done: int, total: int, now: str = "") -> None:
        """Tell how far it is."""
        self.done, self.total, self.now = done, total, now

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {State.DONE, State.FAILED}


Work = Callable[[Job], Result]


class Jobs:
    """The queue and its worker, started with the first job."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._lock = threading.Lock()
        self._queue: queue.Queue[tuple[Job, Work]] = queue.Queue(WAITING)
        self._held: OrderedDict[str, Job] = OrderedDict()
        self._worker: threading.Thread | None = None

    def submit(self, title: str, work: Work, link: str = "") -> Job:
        """Put a job into the queue.

        Args:
            title: what it is, for the administrator.
            work: does it; may raise AnwenError, whose message is shown.
            link: where to go on if it fails.

        Raises:
            AnwenError: if too many are waiting.
        """
        job = Job(token_hex(6), title, result=Result("", link=link))
        with self._lock:
            try:
                self._queue.put_nowait((job, work))
            except queue.Full as error:
                raise AnwenError("排队的任务太多，请等前面的做完再试") from error
            self._held[job.job_id] = job
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="admin-jobs", daemon=True)
                self._worker.start()
        return job

    def find(self, job_id: str) -> Job | None:
        """Return a job, or None if it is not remembered."""
        return self._held.get(job_id)

    def all(self) -> Sequence[Job]:
        """Return the jobs, newest first."""
        with self._lock:
            return list(reversed(self._held.values()))

    def _run(self) -> None:
        while True:
            job, work = self._queue.get()
            job.state = State.RUNNING
            started = time.monotonic()
            link = job.result.link if job.result else ""
            try:
                result, state = work(job), State.DONE
            except AnwenError as error:
                result, state = Result(str(error), link=link), State.FAILED
            except OSError as error:
                logger.exception("job %s failed", job.title)
                result, state = (
                    Result(f"读写文件出错：{error.strerror}。请检查磁盘空间和目录权限", link=link),
                    State.FAILED,
                )
            except BaseException:
                job.result = Result("内部出错，已记入日志。请重试；仍然出错请看启动窗口里的记录", link=link)
                job.state, job.finished = State.FAILED, datetime.now().astimezone()
                job.ended.set()
                with self._lock:
                    self._worker = None  # the next job starts a new one
                raise
            job.result, job.finished, job.state = result, datetime.now().astimezone(), state
            job.ended.set()
            logger.info("%s：%s（%.1f 秒）", job.title, state.value, time.monotonic() - started)
