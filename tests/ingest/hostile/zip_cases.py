"""Archives made to exhaust or to reach out."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.ingest.hostile.case import Case, kept, refused, rule
from tests.ingest.hostile.good import pack


def named(*names: str, mark: str = "x") -> Callable[[], bytes]:
    """Return a maker of an archive whose entries have these names, exactly as they are."""

    def make() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number, name in enumerate(names):
                entry = zipfile.ZipInfo("x")
                entry.filename = name
                archive.writestr(entry, rule(f"{mark}{number}"))
        return out.getvalue()

    return make


def nested(depth: int, data: bytes = b"") -> bytes:
    for level in range(depth):
        data = pack({f"层{level}.zip": data} if data else {"底.txt": rule("最里层")})
    return data


def growing(levels: int, data: bytes) -> bytes:
    """Return an archive of ten archives of ten archives …"""
    for _ in range(levels):
        data = pack({f"{n}.zip": data for n in range(10)})
    return data


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("口令.txt")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def doubled() -> bytes:
    return named("a.txt", "b.txt")().replace(b"b.txt", b"a.txt")


def overlapping(count: int = 400) -> bytes:
    """Return an archive whose directory names one packed stretch of 1 MB many times."""
    packed = zlib.compressobj(9, wbits=-15)
    body = packed.compress(b"a" * 1_000_000) + packed.flush()
    crc = zlib.crc32(b"a" * 1_000_000)
    sizes = struct.pack("<III", crc, len(body), 1_000_000)
    local = (
        b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 1, 0) + b"a" + body
    )
    directory = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0) + b"%05d" % n
        for n in range(count)
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + b"PK\x05\x06" + end


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Return bytes with some written over, `offset` after each `mark`."""
    out, at = bytearray(data), data.find(mark)
    while at >= 0:
        out[at + offset : at + offset + len(value)] = value
        at = data.find(mark, at + 1)
    return bytes(out)


def locked() -> bytes:
    data = pack({"a.txt": rule("x")})
    return patched(patched(data, b"PK\x03\x04", 6, b"\x01"), b"PK\x01\x02", 8, b"\x01")


def small_liar() -> bytes:
    """Return an archive whose entry says it has 10 bytes and unpacks to 80 MB."""
    data = pack({"a.txt": b"a" * 80_000_000})
    size = struct.pack("<I", 10)
    return patched(patched(data, b"PK\x03\x04", 22, size), b"PK\x01\x02", 24, size)


CASES: tuple[Case, ...] = (
    refused("高比率炸弹.zip", lambda: pack({"a.txt": b"\0" * 50_000_000}), "50 MB in 50 kB", "压缩炸弹"),
    refused("谎称大小.zip", small_liar, "80 MB that say they are 10 bytes", "压缩炸弹|损坏"),
    refused("重叠条目.zip", overlapping, "400 entries over the same stretch", "超过上限|损坏"),
    refused("套娃.zip", lambda: nested(7), "seven archives in each other", "套了超过"),
    refused("分叉套娃.zip", lambda: growing(5, pack({"a.txt": b"a" * 1000})), "10^5 archives in five levels", "套了超过"),
    refused("像自己.zip", lambda: nested(5, nested(2)), "archives all the way down, as a quine is", "套了超过"),
    refused("六千条目.zip", named(*(f"{n}.txt" for n in range(6_000))), "6,000 entries", "超过上限"),
    refused("向上.zip", named("../../../../tmp/anwen-逃逸.txt"), "a name that climbs out", "外面的位置"),
    refused("绝对.zip", named("/tmp/anwen-逃逸.txt"), "an absolute name", "外面的位置"),
    refused("盘符.zip", named("C:\\Windows\\a.txt"), "a name with a drive", "外面的位置"),
    refused("反斜杠.zip", named("a\\..\\..\\b.txt"), "a name that climbs with backslashes", "外面的位置"),
    refused("链接.zip", linked, "a symbolic link to /etc/passwd", "链接或设备"),
    refused("同名.zip", doubled, "two different entries of one name", "两个不同的"),
    refused("大小写同名.zip", named("a.txt", "A.TXT"), "two names that are one on Windows", "两个不同的"),
    refused("有密码.zip", locked, "locked", "密码"),
    refused("截断.zip", lambda: named("a.txt")()[:-30], "its directory is cut off", "损坏"),
    refused("坏校验.zip", lambda: patched(pack({"a.txt": rule("x")}), b"PK\x03\x04", 40, b"\x55\x55\x55"), "its bytes are changed", "损坏"),
    refused("版本8.4.zip", lambda: patched(pack({"a.txt": "甲"}), b"PK\x01\x02", 6, b"\x54\x00"), "of a version that is none", "损坏"),
    refused("负偏移.zip", lambda: patched(pack({"a.txt": "甲"}), b"PK\x01\x02", 42, b"\xff\xff\xff\xff"), "an entry before the file begins", "损坏"),
    refused("未知算法.zip", lambda: patched(patched(pack({"a.txt": "甲"}), b"PK\x01\x02", 10, b"\x61\x00"), b"PK\x03\x04", 8, b"\x61\x00"),
            "packed in an unknown way", "损坏"),
    refused("坏名字.zip", lambda: pack({"文.txt": "甲"}).replace("文".encode(), b"\xff\xfe\xff", 1), "names that differ in head and directory", "损坏"),
    refused("长名字.zip", named("a" * 300 + ".txt"), "a name of 300 letters", "名字超过"),
    refused("空包.zip", lambda: pack({}), "nothing in it", "空的|损坏"),
    kept("怪名字.zip", named("甲\n乙\x1b[31m\u202egpj.txt", mark="怪名"), "a name with a line break, a colour and a mirror", "怪名0"),
    kept("好坏参半.zip", lambda: pack({"好.md": rule("半好"), "坏.pdf": b"%PDF-1.4", "坏.docx": b"PK\x03\x04x"}), "good and bad together", "半好"),
)  # fmt: skip
