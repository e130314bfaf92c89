"""The `git` command, kept on a short lead: no prompts, no hooks, no foreign settings, bounded in time and space."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.pull.guard import Guard
from kb.errors import IngestError

_OLDEST = (2, 37)  # the first that can be told which addresses to connect to (http.curloptResolve)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # one pack, no thousands of loose files
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "500",  # bytes a second; slower than that for a minute is a dead line
    "http.lowSpeedTime": "60",
    "http.sslVerify": "true",
    "http.userAgent": "anwen-pull/1",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
}


@dataclass(frozen=True, slots=True)
class GitLimits:
    """What a repository may cost."""

    seconds: float = 900.0  # of one command
    folder: int = 2_000_000_000  # bytes of the repository on disk
    file: int = 20_000_000  # bytes of one file
    files: int = 50_000
    output: int = 50_000_000  # bytes a command may print


class Git:
    """Runs commands in one bare repository."""

    def __init__(self, folder: Path, guard: Guard, limits: GitLimits) -> None:
        """Find the command.

        Raises:
            IngestError: if git is missing or too old.
        """
        found = shutil.which("git")
        if found is None:
            raise IngestError("本机没有 git 命令，取不了仓库。请先安装 git（2.37 以上）")
        self._git, self._folder, self._guard, self._limits = found, folder, guard, limits
        said = self.run(["version"]).decode("ascii", "replace").split()
        version = tuple(int(part) for part in said[2].split(".")[:2] if part.isdigit()) if said[2:] else ()
        if version < _OLDEST:
            raise IngestError(f"git 版本太旧（{' '.join(said)}），要 2.37 以上才能防止域名被改指内网")

    def prepare(self) -> None:
        """Make the repository if it is not there, or is not whole."""
        if (self._folder / "HEAD").is_file() and (self._folder / "objects").is_dir():
            for lock in self._folder.rglob("*.lock"):  # left by a run that was killed; we hold our own lock
                lock.unlink(missing_ok=True)
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        self.run(["init", "--bare", "--quiet", "--template=", str(self._folder)])

    def fetch(self, address: str, wanted: str) -> str:
        """Fetch one branch or commit, without its history, and return the commit's number.

        Raises:
            IngestError: if the address may not be visited, or git cannot do it.
        """
        command = [
            *self._route(address),
            *("fetch", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"),
            *("--quiet", "--force", "--", address, f"{wanted}:refs/anwen/fetched"),
        ]
        self.run(command)
        return self.run(["rev-parse", "--verify", "refs/anwen/fetched^{commit}"]).decode("ascii").strip()

    def blobs(self, numbers: Sequence[str]) -> Iterator[bytes]:
        """Yield the contents of files, in order. Ask for no more at once than `GitLimits.output` holds.

        Raises:
            IngestError: if one is missing.
        """
        out = memoryview(self.run(["cat-file", "--batch"], "\n".join(numbers).encode("ascii") + b"\n"))
        place = 0
        for number in numbers:
            end = bytes(out[place : place + 120]).find(b"\n")
            head = bytes(out[place : place + max(end, 0)]).decode("ascii", "replace").split()
            if head[:2] != [number, "blob"] or not head[2:]:
                raise IngestError(f"仓库里缺少文件内容 {number}。请删掉 {self._folder} 后重新运行")
            start = place + end + 1
            place = start + int(head[2])
            yield bytes(out[start:place])
            place += 1

    def run(self, command: Sequence[str], given: bytes = b"") -> bytes:
        """Return what a command prints when it is given some bytes.

        Raises:
            IngestError: if it fails, takes too long, or needs too much room; nothing of it keeps running.
        """
        with (
            tempfile.TemporaryFile() as said,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            said.write(given)
            said.seek(0)
            process = subprocess.Popen(
                self._line(command),
                stdin=said,
                stdout=out,
                stderr=err,
                env=self._environment(),
                start_new_session=True,
            )
            try:
                self._watch(process, out.fileno())
            finally:
                _end(process)
            out.seek(0)
            err.seek(0)
            if process.returncode:
                reason = " ".join(err.read(2_000).decode("utf-8", "replace").split())
                raise IngestError(f"git 没能完成（{reason[:300] or process.returncode}）。请检查网址和网络")
            return out.read()

    def _watch(self, process: "subprocess.Popen[bytes]", out: int) -> None:
        limits, started = self._limits, time.monotonic()
        while True:
            try:
                process.wait(0.2)
                return
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() - started > limits.seconds:
                raise IngestError(f"git 超过 {limits.seconds:.0f} 秒还没有完成，已停下。请换个时候再试")
            if os.fstat(out).st_size > limits.output or size(self._folder) > limits.folder:
                raise IngestError(f"仓库超过上限 {limits.folder:,} 字节，已停下。请确认这是要的仓库")

    def _route(self, address: str) -> list[str]:
        """Return the settings that open one protocol, and pin the host to addresses just checked."""
        if address.startswith("file://"):
            if not self._guard.local_git:
                raise IngestError("本机目录作 git 来源没有放行，不取")
            return ["-c", "protocol.allow=never", "-c", "protocol.file.allow=always"]
        url = self._guard.check(address)
        if url.scheme != "https":
            raise IngestError(f"git 来源 {url.host} 要用 https")
        port = url.port or 443
        host = url.raw_host.decode("ascii")
        pinned = ",".join(f"[{at}]" if ":" in at else at for at in self._guard.addresses(host, port))
        resolve = ["-c", f"http.curloptResolve={host}:{port}:{pinned}"]
        return ["-c", "protocol.allow=never", "-c", "protocol.https.allow=always", *resolve]

    def _line(self, command: Sequence[str]) -> list[str]:
        settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
        return [self._git, f"--git-dir={self._folder}", "--no-replace-objects", *settings, *command]

    def _environment(self) -> dict[str, str]:
        """Return a whole environment of our own: nothing of the user's settings, keys or proxies gets in."""
        return {
            "PATH": os.defpath,
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "GIT_OPTIONAL_LOCKS": "0",
        }


def size(folder: Path) -> int:
    """Return the bytes of the files under a folder."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(root, name).lstat().st_size
            except FileNotFoundError:  # git moves its files about while it works
                continue
    return total


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Make sure git and what it started are gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
