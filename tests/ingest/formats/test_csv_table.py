"""Text tables: encodings, delimiters, quotation marks, and bytes that are no table."""

import time

import pytest

from ingest.formats.tables import csv as csv_table
from ingest.formats.tables.csv import read
from kb.errors import IngestError

TABLE = "名称,电话\n东湖值班室,12\n西山站,15\n"
LINES = ["名称：东湖值班室；电话：12", "名称：西山站；电话：15"]


def lines(text: str, name: str = "甲.csv") -> list[str]:
    return read(text.encode(), name).text.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    reading = read(TABLE.encode(encoding), "甲.csv")
    assert reading.text.splitlines() == LINES
    assert reading.table
    assert reading.notes == ()


def test_characters_beyond_gbk():
    assert (
        lines("名称,电话\n㐀𠀀站,12\n")[0]
        == read("名称,电话\n㐀𠀀站,12\n".encode("gb18030"), "甲.csv").text.strip()
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    assert lines(TABLE.replace(",", delimiter)) == LINES


def test_delimiter_is_the_one_that_divides_evenly():
    assert lines("名称;说明\n甲;一,二,三\n乙;四\n") == ["名称：甲；说明：一,二,三", "名称：乙；说明：四"]
    assert lines("名称,时段\n甲,1|2|3\n乙,4|5\n") == ["名称：甲；时段：1|2|3", "名称：乙；时段：4|5"]


def test_delimiter_named_in_the_first_line():
    assert lines("sep=|\n名称|值班\n甲|a,b\n") == ["名称：甲；值班：a,b"]


def test_line_ends_of_all_systems():
    assert lines(TABLE.replace("\n", "\r\n")) == lines(TABLE.replace("\n", "\r")) == LINES


def test_title_row_above_the_header():
    reading = read(f"某市值班电话表,\n{TABLE}".encode(), "甲.csv")
    assert reading.text.splitlines() == ["某市值班电话表", *LINES]
    assert reading.title == "某市值班电话表"


def test_quoted_cells_hold_delimiters_marks_and_line_breaks():
    assert lines('名称,说明\n甲,"含,逗号\n又一行""引""完"\n') == ['名称：甲；说明：含,逗号 又一行"引"完']


def test_ragged_rows():
    reading = read("名称,电话,备注\n甲,12\n乙,15,好,多余\n丙,16,好\n丁,17,好\n".encode(), "甲.csv")
    assert reading.text.splitlines()[:2] == ["名称：甲；电话：12", "名称：乙；电话：15；备注：好；多余"]
    assert "1 行的格数" in reading.notes[0]


def test_formulas_stay_text():
    assert lines("名称,值\n甲,=1+1\n乙,@SUM(A1)\n") == ["名称：甲；值：=1+1", "名称：乙；值：@SUM(A1)"]


def test_mark_left_open_does_not_swallow_the_rest():
    reading = read('名称,说明\n甲,"半截\n乙,好\n'.encode(), "甲.csv")
    assert reading.text.splitlines() == ['名称：甲；说明："半截', "名称：乙；说明：好"]
    assert "引号" in reading.notes[0]


def test_text_after_a_closing_mark_is_kept():
    assert lines('名称,说明\n甲,"好"的\n') == ["名称：甲；说明：好的"]


def test_null_bytes_are_taken_out_and_noted():
    reading = read("名称,电话\n甲\x00,12\n".encode(), "甲.csv")
    assert reading.text == "名称：甲；电话：12\n"
    assert "1 个空字符" in reading.notes[0]


def test_one_column_is_a_list():
    assert lines("灭火器\n应急灯，手电\n") == ["灭火器", "应急灯，手电"]


def test_long_cell_is_read_whole():
    assert lines(f"名称,说明\n甲,{'安' * 100_000}\n") == [f"名称：甲；说明：{'安' * 100_000}"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "没有内容", id="nothing"),
        pytest.param(b"\n\n,,\n", "没有内容", id="blank"),
        pytest.param(b"PK\x03\x04" + bytes(100), "不是文本表格", id="zip"),
        pytest.param(bytes(5_000), "不是文本表格", id="zeros"),
        pytest.param(bytes(range(1, 32)) * 100, "不是文本表格", id="controls"),
        pytest.param(b"\xff\xfe\x00\xd8\x00", "编码", id="broken UTF-16"),
        pytest.param(b"\xff\xff\xff,\xff\n" * 50, "编码", id="no encoding"),
        pytest.param(f"名称,说明\n甲,{'安' * 140_000}\n".encode(), "131072 字", id="cell beyond the limit"),
        pytest.param(b"a," * 2_000 + b"\n1,2\n", "超过上限 1000 格", id="columns"),
    ],
)
def test_what_is_no_table_is_refused(data, reason):
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "甲.csv")
    assert "请" in str(caught.value)


def test_rows_are_capped(monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_ROWS", 10)
    with pytest.raises(IngestError, match="超过 10 行"):
        read(b"a,b\n" * 11, "甲.csv")


def test_text_that_grows_is_capped(monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_CHARACTERS", 1_000)
    with pytest.raises(IngestError, match="1000 字"):
        read("名称很长很长很长很长很长的一列,乙\n".encode() + b"a,b\n" * 100, "甲.csv")


def test_hundred_thousand_rows_in_seconds():
    begun = time.monotonic()
    assert len(lines("名称,电话,地址\n" + "甲站,12,湖滨路\n" * 100_000)) == 100_000
    assert time.monotonic() - begun < 20
