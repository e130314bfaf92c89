"""HTML comes out as the lines on the page."""

import pytest

from ingest.formats.pages.lines import fragment
from ingest.formats.tables.spans import Cell, expand
from kb.errors import IngestError


def lines(page: str) -> list[str]:
    return list(fragment(page.encode()).lines)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("<p>甲<b>乙</b>丙<p>丁", ["甲乙丙", "丁"], id="inline-and-unclosed"),
        pytest.param("<p>第一条 甲<br/>第二条 乙</p>", ["第一条 甲", "第二条 乙"], id="br"),
        pytest.param("<h2>第一章<br>总则</h2>文", ["## 第一章 总则", "文"], id="heading-with-br"),
        pytest.param("<p>不得\n   吸烟 and\n smoke</p>", ["不得吸烟 and smoke"], id="wrapped-source"),
        pytest.param("<p>甲&nbsp;&nbsp;乙</p>", ["甲 乙"], id="blanks"),
        pytest.param(
            "<head><title>x</title></head><script>x</script><style>y</style><p style='display: none'>密</p>"
            "<div hidden>密</div>尾<select><option>选</select>",
            ["尾"],
            id="unseen",
        ),
        pytest.param("前<script>x</script>后", ["前后"], id="text-after-hidden"),
        pytest.param(
            "<ol start=3><li>甲<ul><li>乙</ul><li><p>丙</p></ol>", ["3. 甲", "乙", "4. 丙"], id="lists"
        ),
        pytest.param(
            "<table><caption>名单</caption><tr><th>名称<th>容量<tr><td rowspan=2>东区<td>1<tr><td>2</table>后",
            ["名单", "名称：东区；容量：1", "名称：东区；容量：2", "后"],
            id="data-table",
        ),
        pytest.param(
            "<table><tr><td><table><tr><td>名称<td>数<tr><td>灯<td>3</table><td>旁注</table>",
            ["名称：灯；数：3", "旁注"],
            id="table-in-layout-table",
        ),
        pytest.param("<table><tr><td>甲<br>乙</table>", ["甲", "乙"], id="one-cell"),
    ],
)
def test_lines(page: str, expected: list[str]) -> None:
    assert lines(page) == expected


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        pytest.param("<p>镕</p>".encode("gb18030"), "gb2312", id="gb2312-with-more"),
        pytest.param("<meta charset=gbk><p>镕</p>".encode("gb18030"), "", id="meta"),
        pytest.param("<p>镕</p>".encode("gb18030"), "", id="undeclared"),
        pytest.param("<p>镕</p>".encode(), "gb2312", id="declared-wrongly"),
        pytest.param("<p>镕</p>".encode("gb18030"), "iso-8859-1", id="declared-latin"),
        pytest.param("<p>镕</p>".encode(), "punycode", id="no-charset-of-pages"),
        pytest.param("<p>镕</p>".encode("utf-8-sig"), "", id="byte-order-mark"),
        pytest.param("<p>镕</p>".encode("utf-16"), "", id="utf-16"),
        pytest.param("<?xml version='1.0' encoding='gb2312'?><p>镕</p>".encode(), "", id="xml-declaration"),
    ],
)
def test_encodings(data: bytes, charset: str) -> None:
    assert fragment(data, charset).lines == ("镕",)


def test_utf8_that_says_gb2312() -> None:
    page = "<meta charset=gb2312><p>仓库通道应当畅通</p>".encode()
    assert fragment(page).lines == ("仓库通道应当畅通",)
    assert "仓库" not in page.decode("gb18030", "replace")


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "rot13", "utf-16", "无"])
def test_a_charset_that_no_page_has_is_not_believed(charset: str) -> None:
    page = f"<meta charset={charset}><p>仓库通道应当畅通，灭火器应当够得着。</p>".encode("gb18030")
    assert fragment(page).lines == ("仓库通道应当畅通，灭火器应当够得着。",)


@pytest.mark.parametrize("data", [b"", b"  ", b"\xff\x81\x81\xfe" * 100])
def test_refused(data: bytes) -> None:
    with pytest.raises(IngestError):
        fragment(data)


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "b", "ul><li", "font"])
def test_nested_without_end(tag: str) -> None:
    with pytest.raises(IngestError, match="读不完整"):  # never passed off as whole
        lines(f"<p>前</p>{f'<{tag}>' * 50_000}后")


def test_a_thousand_unclosed_elements_of_an_old_page_are_read_whole() -> None:
    assert lines(f"<p>前</p>{'<font>' * 1_000}后") == ["前", "后"]


def test_what_a_style_sheet_hides_is_left_out_and_counted() -> None:
    found = fragment(
        "<style>.zz{display:none}</style><nav>目录</nav><p class=zz>谁也看不见</p><p>正文</p>"
        "<select><option hidden>选一个再提交</select><noscript><p hidden>请打开脚本再看</p></noscript>".encode()
    )
    assert (found.lines, found.concealed) == (("目录", "正文"), 5)


def test_gigantic_spans_lose_nothing() -> None:
    cell = "<td colspan=99999999 rowspan=99999999>甲<td>乙"
    found = lines(f"<table>{f'<tr>{cell}' * 300}</table>")
    assert len(found) == 299  # the first row is the head
    assert all("乙" in line for line in found)


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(IngestError, match="格"):
        expand([[Cell(["甲"], columns=256)]] * 2_000)
