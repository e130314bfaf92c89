"""Zip packages (DOCX, XLSX, OFD, ZIP) opened with limits: on entries, size, ratio, names; and their XML."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from kb.errors import IngestError

MAX_ENTRIES = 5_000
MAX_TOTAL = 200_000_000  # bytes unpacked, of all entries together
MAX_ENTRY = 60_000_000  # bytes unpacked, of one entry
MAX_RATIO = 200  # unpacked to packed; text packs 5 to 30 times
_SMALL = 1_000_000  # an entry below this may pack as well as it likes
_CHUNK = 1 << 16
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_UNICODE_NAME = 0x800  # the flag of an entry whose name is UTF-8


class Package:
    """A zip package held in memory. Nothing is ever unpacked to disk."""

    def __init__(self, data: bytes) -> None:
        """Open the package and hold its directory against the limits.

        Raises:
            IngestError: if it is no zip, is damaged, is encrypted, or would unpack beyond the limits.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise IngestError("压缩包已损坏或没有下载完整。请重新下载后再导入") from error
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise IngestError(f"压缩包里有 {len(entries)} 个文件，超过上限 {MAX_ENTRIES} 个。请拆分后再导入")
        if any(entry.flag_bits & 1 for entry in entries):
            raise IngestError("压缩包有密码，打不开。请先去掉密码再导入")
        total = sum(entry.file_size for entry in entries)
        if total > MAX_TOTAL:
            raise IngestError(
                f"压缩包展开后有 {total / 1e6:.0f} MB，超过上限 {MAX_TOTAL / 1e6:.0f} MB。请拆分后再导入"
            )
        self._entries = {_name(entry): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        """Whether there is an entry of this name."""
        return name in self._entries

    def names(self) -> Iterator[str]:
        """Yield the names of the files in it, in the package's order."""
        yield from self._entries

    def read(self, name: str) -> bytes:
        """Return one entry, unpacked.

        Raises:
            IngestError: if it is missing, damaged, or grows beyond the limits while it is unpacked.
        """
        if name not in self._entries:
            raise IngestError(f"文件不完整：缺少 {name}。请用原来的软件另存一份再导入")
        entry = self._entries[name]
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(entry) as stream:
                while part := stream.read(_CHUNK):
                    size += len(part)
                    if size > MAX_ENTRY or (size > _SMALL and size > MAX_RATIO * max(entry.compress_size, 1)):
                        raise IngestError(f"{name} 展开后异常庞大（像是压缩炸弹），为安全起见已停止读取")
                    parts.append(part)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise IngestError(f"压缩包里的 {name} 已损坏，读不出来。请重新下载后再导入") from error
        return b"".join(parts)

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML entry.

        Raises:
            IngestError: as `read`, and if it is no XML or declares a document type or entities.
        """
        return parse_xml(self.read(name), name)


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Return the root of an XML text, read without entities, document types or network.

    Raises:
        IngestError: if it is no XML or declares a document type or entities; names `name`.
    """
    if _DECLARATIONS.search(data) or _DECLARATIONS.search(data.replace(b"\x00", b"")):
        raise IngestError(f"{name} 里声明了外部实体（可能是攻击文件），为安全起见不予读取")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise IngestError(f"{name} 不是完好的 XML，文件已损坏。请用原来的软件另存一份再导入") from error
    if root is None:
        raise IngestError(f"{name} 是空的，文件已损坏。请用原来的软件另存一份再导入")
    return root


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; old Chinese Windows programs wrote GBK where zip assumes cp437."""
    name = entry.filename
    if not entry.flag_bits & _UNICODE_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = entry.filename
    return name.replace("\\", "/")
