"""What a child that reads one file may use and do. The system holds the numbers, a hook holds the deeds."""

import resource
import signal
import sys
from pathlib import Path
from typing import Any

CPU_SECONDS = 20
WALL_SECONDS = 60
MEMORY = 1_000_000_000  # bytes of its own, beside the code it shares with its nursery
_MOST_CPU = 1_800  # seconds, however often more is granted
_MOST_MEMORY = 2_500_000_000
_FULL = 0.9  # of the memory allowed; PDFium was measured to die at 0.98 of it
_FILES = 64
_DENIED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.kill",
           "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
           "os.truncate", "shutil.", "ctypes.dlopen", "urllib.", "ftplib.", "http.", "sqlite3.")  # fmt: skip
_inside = False


class DeniedError(Exception):
    """A reader tried what no reader needs: the network, a program, a change to the disk."""


def confine() -> None:
    """Put this process under the limits. There is no way back."""
    global _inside
    _inside = True
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, _MOST_CPU))
    used = _status("VmData")
    resource.setrlimit(resource.RLIMIT_DATA, (used + MEMORY, used + _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    sys.addaudithook(_refuse)


def grant(seconds: int, memory: int = 0) -> None:
    """Give this child more time, for a page of character recognition. Does nothing outside a child.

    Args:
        seconds: CPU and wall-clock seconds from now on.
        memory: bytes it may use in all, if that is more than it has.
    """
    if not _inside:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(max(soft, spent + seconds), hard), hard))
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, max(left, seconds))
    if memory:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (min(max(soft, memory), hard), hard))


def allowance(child: int) -> int:
    """Return the bytes of its own that a living or dead, unreaped child may use (0 where that cannot be read)."""
    if sys.platform != "linux":
        return 0
    limit, _ = resource.prlimit(child, resource.RLIMIT_DATA)
    return max(limit - _status("VmData"), 0)


def is_used_up(allowed: int, usage: resource.struct_rusage) -> bool:
    """Whether a child had used its memory when it ended: libraries written in C abort where Python raises.

    A single request beyond the limit leaves no trace here and is not told.

    Args:
        allowed: bytes, from `allowance`.
        usage: what the system says of the dead child.
    """
    own = usage.ru_maxrss * 1024 - _status("VmRSS")  # it began with the pages of this process
    return allowed > 0 and own >= _FULL * allowed


def _status(name: str) -> int:
    """Return how many bytes this process has of what the system calls VmData or VmRSS (Linux; else 0)."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return 0
    line = next((line for line in status.split("\n") if line.startswith(f"{name}:")), f"{name}: 0 kB")
    return int(line.split()[1]) * 1024


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = any(sign in mode for sign in "wax+") if isinstance(mode, str) else bool(flags & 0b11)
        if writes:
            raise DeniedError(f"open for writing: {arguments[0]!r}")
    elif event.startswith(_DENIED):
        raise DeniedError(event)
