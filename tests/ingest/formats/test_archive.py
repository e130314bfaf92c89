"""ZIP archives: their files become members; names that lead out, links and bombs are refused."""

import io
import stat
import time
import zipfile
import zlib

import pytest

from ingest.formats.containers.archive import read
from ingest.formats.reading import Member
from kb.errors import IngestError


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as bundle:
        for name, data in entries:
            bundle.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def special(name: str, kind: int) -> bytes:
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(buffer, "w") as bundle:
        bundle.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def test_files_are_members_in_their_order():
    reading = read(
        archive(("法规/乙.txt", "乙".encode()), ("法规/", b""), ("甲.txt", "甲".encode())), "包.zip"
    )
    assert reading.members == (Member("法规/乙.txt", "乙".encode()), Member("甲.txt", "甲".encode()))
    assert reading.text == ""
    assert reading.notes == ()


def test_names_of_old_chinese_programs():
    data = archive(("AAAA.txt", b"x")).replace(b"AAAA", "法规".encode("gb18030"))
    assert read(data, "包.zip").members[0].name == "法规.txt"


def test_what_systems_keep_for_themselves_is_left_out():
    junk = ("__MACOSX/._甲.txt", "__MACOSX/甲.txt", ".DS_Store", "法规/.DS_Store", "Thumbs.db", "desktop.ini")
    reading = read(archive(*((name, b"x") for name in junk), ("甲.txt", b"x")), "包.zip")
    assert [member.name for member in reading.members] == ["甲.txt"]
    assert reading.notes == ()


def test_hidden_files_are_left_out_and_noted():
    reading = read(archive((".git/config", b"x"), ("a/.env", b"x"), ("甲.txt", b"x")), "包.zip")
    assert [member.name for member in reading.members] == ["甲.txt"]
    assert reading.notes == ("压缩包里有 2 个隐藏文件，没有收入",)


def test_nested_archive_is_a_member_and_stays_closed():
    inner = archive(("甲.txt", b"x"))
    for _ in range(5):
        inner, kept = archive(("内.zip", inner)), inner
    assert read(inner, "包.zip").members == (Member("内.zip", kept),)


def test_archive_that_unpacks_to_itself_opens_one_layer_at_a_time():
    """A quine cannot be told from a nested archive; one call must do one layer's work, whatever lies below."""
    data = archive(("r.zip", b"PK\x03\x04 same again"))
    for _ in range(200):
        data = archive(("r.zip", data), method=zipfile.ZIP_STORED)
    begun = time.monotonic()
    assert len(read(data, "r.zip").members) == 1
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../甲.txt",
        "a/../../甲.txt",
        "..\\甲.txt",
        "\\windows\\a",
        "C:\\a.txt",
        "c:a.txt",
        "a/..",
        "\u200b/a",
    ],
)
def test_names_that_lead_out_are_refused(name):
    with pytest.raises(IngestError, match="指向压缩包外面") as caught:
        read(archive(("好.txt", b"x"), (name, b"x")), "包.zip")
    assert "整个压缩包不予读取" in str(caught.value)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(IngestError, match=r"“链\.txt”是链接或设备"):
        read(special("链.txt", kind), "包.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name():
    with pytest.raises(IngestError, match=r"两个不同的“甲\.txt”"):
        read(archive(("甲.txt", b"one"), ("甲.txt", b"two")), "包.zip")
    assert len(read(archive(("甲.txt", b"one"), ("甲.txt", b"one")), "包.zip").members) == 1


@pytest.mark.parametrize("other", ["A.TXT", "./a.txt", "a\u200b.txt"])
def test_names_that_come_to_one(other):
    with pytest.raises(IngestError, match="两个不同"):
        read(archive(("a.txt", b"one"), (other, b"two")), "包.zip")


def test_encrypted_archive_is_refused():
    data = bytearray(archive(("甲.txt", b"x")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(IngestError, match="有密码"):
        read(bytes(data), "包.zip")


def test_bomb_is_refused_by_its_ratio():
    data = archive(("弹.txt", bytes(50_000_000)))
    assert len(data) < 60_000
    begun = time.monotonic()
    with pytest.raises(IngestError, match=r"弹\.txt 展开后异常庞大"):
        read(data, "包.zip")
    assert time.monotonic() - begun < 1


def test_total_unpacked_is_capped():
    data = archive(*((f"{n}.txt", bytes(30_000_000)) for n in range(7)))
    with pytest.raises(IngestError, match="210 MB"):
        read(data, "包.zip")


def test_size_that_lies_is_found_out():
    """The directory says 5 bytes, the stream holds 40 million."""
    data = bytearray(archive(("弹.txt", bytes(40_000_000))))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (5).to_bytes(4, "little")
    with pytest.raises(IngestError, match="损坏"):
        read(bytes(data), "包.zip")


def test_sizes_that_would_be_negative():
    data = bytearray(archive(("甲.txt", b"x")))
    place = data.index(b"PK\x01\x02") + 20
    data[place : place + 8] = b"\xfe\xff\xff\xff" * 2
    with pytest.raises(IngestError, match="上限"):
        read(bytes(data), "包.zip")


@pytest.mark.parametrize("method", [98, 99, 12345])
def test_methods_nobody_knows(method):
    data = bytearray(archive(("甲.txt", b"x")))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.index(mark) + offset
        data[place : place + 2] = method.to_bytes(2, "little")
    with pytest.raises(IngestError, match="读不出来"):
        read(bytes(data), "包.zip")


def test_content_that_fails_its_checksum():
    data = archive(("甲.txt", b"one two three"), method=zipfile.ZIP_STORED).replace(b"one two", b"ONE two")
    assert zlib.crc32(b"ONE two three") != zlib.crc32(b"one two three")
    with pytest.raises(IngestError, match="损坏"):
        read(data, "包.zip")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "损坏", id="nothing"),
        pytest.param(archive(), "空的", id="empty"),
        pytest.param(archive(("夹/", b"")), "空的", id="folders only"),
        pytest.param(archive((".DS_Store", b"x")), "空的", id="junk only"),
        pytest.param(archive(("甲.txt", b"x" * 5_000))[:-30], "损坏", id="cut off"),
        pytest.param(b"PK\x05\x06" + b"\xff" * 18, "损坏", id="directory beyond the end"),
        pytest.param(archive(*((f"{n}.txt", b"") for n in range(5_001))), "5001 个文件", id="many entries"),
        pytest.param(archive(("长" * 300 + ".txt", b"x")), "超过 250 字", id="long name"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(data, reason):
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "包.zip")
    assert "请" in str(caught.value)
