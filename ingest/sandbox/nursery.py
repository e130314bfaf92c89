"""A process that has loaded the readers and forks a fresh child for every file: `python -m ingest.sandbox.nursery`.

A fork costs milliseconds where starting Python costs a second. The nursery itself never looks into a
file; it ends when its standard input does, or after a while with nothing to do.
"""

import io
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

from ingest.parse import Given
from ingest.sandbox import frames, limits
from ingest.sandbox.wire import from_understood, to_job
from ingest.understand import Job, preload, understand
from kb.errors import IngestError

_IDLE_SECONDS = 300
_SIGNALS = {
    signal.SIGXCPU: "读取用时超过上限，已停止。文件可能异常复杂或被恶意构造，请拆分或另存后再导入",
    signal.SIGALRM: "读取用时超过上限，已停止。文件可能异常复杂或被恶意构造，请拆分或另存后再导入",
    signal.SIGKILL: "读取占用的内存或时间超过上限，已停止。请拆分或另存后再导入",
}
_CRASHES = frozenset({signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP})
_STOPPED = "读取程序意外停止，文件可能已损坏。请用原来的软件另存一份再导入"
_WARMING = (
    "# 预热办法\n第一条 每日检查。\n第二条 本办法自2024年5月1日起施行。\n"  # loads what every child needs
)
_MEMORY = "读取占用的内存超过上限，已停止。文件可能是压缩炸弹，请核对来源；确实很大的请拆分后再导入"
_DEEP = "内容嵌套过深，为安全起见已停止读取。请用原来的软件另存一份再导入"


def main() -> None:
    """Serve until the input ends."""
    understand(Job("预热.md", _WARMING.encode(), "", Given()))
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the error stream, never between frames
    while select.select([jobs], [], [], _IDLE_SECONDS)[0]:
        try:
            frame = frames.read(jobs)
        except frames.BrokenFrameError:  # whoever asked died while asking
            return
        if frame is None:
            return
        head, blobs = frame
        preload(head["name"], blobs[0])
        try:
            answers.write(_in_child(head, blobs[0]))
            answers.flush()
        except BrokenPipeError:  # whoever asked has died
            os._exit(0)


def _in_child(head: dict[str, Any], data: bytes) -> bytes:
    """Return the frame a fresh child makes of the file, or one that says why there is none."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        _work(head, data, send)
    os.close(send)
    with os.fdopen(receive, "rb") as stream:
        answer = stream.read()
    allowed = limits.allowance(child)
    _, status, usage = os.wait4(child, 0)
    if status == 0:
        return answer
    return _frame({"error": _cause(status, is_full=limits.is_used_up(allowed, usage))})


def _cause(status: int, *, is_full: bool) -> str:
    """Return what ended a child, as far as the system tells."""
    if not os.WIFSIGNALED(status):
        return _STOPPED
    ended_by = signal.Signals(os.WTERMSIG(status))
    return _MEMORY if is_full and ended_by in _CRASHES else _SIGNALS.get(ended_by, _STOPPED)


def _work(head: dict[str, Any], data: bytes, send: int) -> None:
    """Read the file and leave; never returns into the nursery's loop."""
    code = 1
    try:
        sys.stdin.close()
        with os.fdopen(send, "wb") as stream:
            limits.confine()
            stream.write(_answer(head, data))
        code = 0
    finally:
        os._exit(code)


def _answer(head: dict[str, Any], data: bytes) -> bytes:
    try:
        values, blobs = from_understood(understand(to_job(head, data)))
        return _frame(values, blobs)
    except IngestError as error:
        return _frame({"error": str(error)})
    except MemoryError:
        return _frame({"error": _MEMORY})
    except RecursionError:
        return _frame({"error": _DEEP})
    except Exception as error:  # noqa: BLE001 - whatever a reader dies of, the file is refused by name
        return _frame(
            {"error": f"读取时出错（{_place(error)}），文件可能已损坏。请用原来的软件另存一份再导入"}
        )


def _place(error: BaseException) -> str:
    """Return what went wrong and where, for the person who will mend the reader."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" @ {Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""
    what = f"：{error}" if isinstance(error, limits.DeniedError) else ""
    return f"{type(error).__name__}{what}{where}"


def _frame(head: dict[str, Any], blobs: list[bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    frames.write(buffer, head, blobs or [])
    return buffer.getvalue()


if __name__ == "__main__":
    sys.dont_write_bytecode = True  # a child that loads a module late must not write it down
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that asked; it closes our input
    main()
