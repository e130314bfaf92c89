"""ZIP archives become their files: each is a document of its own, read later by its own reader."""

import io
import re
import stat
import zipfile

from ingest.formats.package import Package
from ingest.formats.reading import Member, Reading
from kb.errors import IngestError
from kb.normalise import visible

MAX_NAME = 250  # characters of a path
_DRIVE = re.compile(r"^[A-Za-z]:")
_JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_SAFE = "为安全起见整个压缩包不予读取。请解压后重新打包再导入"


def read(data: bytes, name: str) -> Reading:
    """Return the files of an archive as members, in its order; its text is empty.

    A nested archive is a member like any other: whoever reads members counts how deep they lie.
    Files a system keeps for itself and hidden ones are left out.

    Raises:
        IngestError: if it is damaged, encrypted, empty or beyond the limits, or holds a name that leads
            out of it, a link, or two different files of one name.
    """
    _hold_entries(data, name)
    package = Package(data)
    members: list[Member] = []
    hidden = 0
    for path in package.names():
        shown = _safe_name(path, name)
        folders = set(shown.split("/"))
        if folders & _JUNK:
            continue
        if any(folder.startswith(".") for folder in folders):
            hidden += 1
            continue
        members.append(Member(shown, package.read(path)))
    if not members:
        raise IngestError(f"压缩包 {name} 里没有可读的文件，是空的。请检查是否打包完整")
    _hold_names(members, name)
    notes = (f"压缩包里有 {hidden} 个隐藏文件，没有收入",) if hidden else ()
    return Reading(text="", notes=notes, members=tuple(members))


def _hold_entries(data: bytes, name: str) -> None:
    """Refuse links, devices, and two entries of one name that differ in content."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise IngestError(f"压缩包 {name} 已损坏或没有下载完整。请重新下载后再导入") from error
    contents: dict[str, tuple[int, int]] = {}
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise IngestError(f"压缩包 {name} 里的“{_short(entry.filename)}”是链接或设备，{_SAFE}")
        content = (entry.CRC, entry.file_size)
        if contents.setdefault(entry.filename, content) != content:
            raise IngestError(f"压缩包 {name} 里有两个不同的“{_short(entry.filename)}”，{_SAFE}")


def _safe_name(path: str, name: str) -> str:
    """Return a member's path, without characters nobody sees.

    Raises:
        IngestError: if it is absolute, leads upwards, or is too long.
    """
    shown = visible(path).replace("\n", " ").replace("\t", " ").strip()  # one line in a report
    if shown.startswith("/") or _DRIVE.match(shown) or ".." in re.split(r"[/\\]", shown):
        raise IngestError(f"压缩包 {name} 里的“{_short(path)}”指向压缩包外面的位置，{_SAFE}")
    if len(shown) > MAX_NAME:
        raise IngestError(f"压缩包 {name} 里的“{_short(path)}”名字超过 {MAX_NAME} 字。请改短后再打包导入")
    parts = [part for part in shown.split("/") if part not in ("", ".")]
    if not parts:
        raise IngestError(f"压缩包 {name} 里有没有名字的文件，{_SAFE}")
    return "/".join(parts)


def _hold_names(members: list[Member], name: str) -> None:
    """Refuse files that come to one name once it is written safely, or differ only in upper and lower case."""
    contents: dict[str, bytes] = {}
    for member in members:
        if contents.setdefault(member.name.casefold(), member.data) != member.data:
            raise IngestError(f"压缩包 {name} 里有两个不同的“{_short(member.name)}”，{_SAFE}")


def _short(text: str) -> str:
    return visible(text)[:80]
