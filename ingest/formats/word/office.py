"""Old Word files (DOC, WPS) and RTF become DOCX through LibreOffice, shut in on every side."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ingest.formats.reading import Reading
from kb.errors import IngestError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_OUTPUT = 60_000_000  # bytes
_MAX_MEMORY = 4_000_000  # KiB of address space; LibreOffice maps 1 to 2 million for a long document
_PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_RTF = b"{\\rtf"
_WORD = b"\xec\xa5"  # how the WordDocument stream of a DOC begins
_SECTOR = 512
_WORD_LOCKED = 0x0100  # the flag fEncrypted, in the 11th byte of that stream and the next
_HEAD = 4_000_000  # bytes searched for that stream
_REFUSE = "请用 Word 或 WPS 打开后另存为 docx 再导入"
_LIMITS = 'ulimit -c 0; ulimit -t "$1" && ulimit -f "$2" && ulimit -v "$3" 2>/dev/null; shift 3; exec "$@"'
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
# No macro runs whoever signed it, no link is followed, and the network lies behind a proxy that is not there.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Writer/Content/Update", "Field", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def program() -> str:
    """Return where LibreOffice is, "" where it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), "")


def refuse_encrypted(data: bytes) -> None:
    """Refuse an Office file that has a password: a new one wrapped in encryption, or an old DOC.

    Raises:
        IngestError: if it has one.
    """
    if not data.startswith(OLE):
        return
    if "EncryptedPackage".encode("utf-16-le") in data or _is_locked_doc(data):
        raise IngestError("文件有密码，打不开。请先在 Word 或 WPS 里去掉密码再导入")


def convert(data: bytes, name: str, *, seconds: int = 60) -> bytes:
    """Return a DOC, WPS or RTF file as the bytes of a DOCX.

    LibreOffice runs in a folder and with a profile of its own, without macros, within `seconds` of wall clock
    and CPU time, 4 GB of memory and 60 MB of output; on timeout all its processes are ended.

    Args:
        data: the file's bytes, OLE or RTF.
        name: the file's name, for messages only.
        seconds: wall clock and CPU time it may take.

    Raises:
        IngestError: without LibreOffice, for other bytes, a password, a damaged file, or beyond the limits.
    """
    refuse_encrypted(data)
    if not data.startswith((OLE, _RTF)):
        raise IngestError(
            f"{name} 不是旧版 Word 或 RTF 文件。请确认扩展名正确，或{_REFUSE.removeprefix('请')}"
        )
    office = program()
    if not office:
        raise IngestError(
            f"读 {name} 这样的旧版文件要用 LibreOffice，这台机器上没有。{_REFUSE}，"
            "或安装 libreoffice-writer-nogui"
        )
    with tempfile.TemporaryDirectory(prefix="anwen-office-", ignore_cleanup_errors=True) as folder:
        return _converted(office, Path(folder), data, name, seconds)


def read(data: bytes, name: str) -> Reading:
    """Return the text of an old Word or RTF file: converted, then read. Starts a process: not in a sandbox.

    Raises:
        IngestError: as `convert` and the DOCX reader.
    """
    from ingest.formats.word import docx

    return docx.read(convert(data, name), name)


def _is_locked_doc(data: bytes) -> bool:
    """Whether an old DOC says that it is encrypted; its stream begins at some sector of the file."""
    for start in range(_SECTOR, min(len(data), _HEAD) - 12, _SECTOR):
        if data.startswith(_WORD, start):
            return bool(int.from_bytes(data[start + 10 : start + 12], "little") & _WORD_LOCKED)
    return False


def _converted(office: str, folder: Path, data: bytes, name: str, seconds: int) -> bytes:
    source = folder / ("in.rtf" if data.startswith(_RTF) else "in.doc")
    source.write_bytes(data)
    _run(_command(office, folder, source, seconds), folder, name, seconds)
    made = folder / "out" / "in.docx"
    if not made.is_file():
        raise IngestError(f"LibreOffice 打不开 {name}，文件可能已损坏。{_REFUSE}")
    if made.stat().st_size > MAX_OUTPUT:
        raise IngestError(f"{name} 转换后超过 {MAX_OUTPUT / 1e6:.0f} MB。请拆分后再导入")
    return made.read_bytes()


def _command(office: str, folder: Path, source: Path, seconds: int) -> list[str]:
    """Return the command line. The filter is named, so that no other format hides behind the suffix."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=path, name=key, value=value) for path, key, value in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(
        _PROFILE.format(items=items), encoding="utf-8"
    )
    kind = "Rich Text Format" if source.suffix == ".rtf" else "MS Word 97"
    command = [
        office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
        "--nodefault", "--nolockcheck", "--nofirststartwizard", f"--infilter={kind}", "--convert-to",
        "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    if os.name != "posix":
        return command
    limits = [str(seconds), str(MAX_OUTPUT // _SECTOR * 2), str(_MAX_MEMORY)]
    return ["/bin/sh", "-c", _LIMITS, "sh", *limits, *command]


def _run(command: list[str], folder: Path, name: str, seconds: int) -> None:
    """Run LibreOffice in a process group of its own, which is ended whatever happens.

    The limits are set by a shell, not by code between fork and exec: this may run beside other threads.
    """
    environment = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise IngestError(f"LibreOffice 启动不了：{error.strerror}。{_REFUSE}") from error
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise IngestError(f"转换 {name} 超过 {seconds} 秒，已停止。{_REFUSE}") from error
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the whole process group: soffice is a script that starts others."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all of them have gone already
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
