"""OFD files that are damaged, locked or hostile are refused by name, fast."""

import time

import pytest

from ingest.formats.ofd import document as ofd
from ingest.formats.ofd import page as ofd_page
from ingest.formats.ofd.document import read
from kb.errors import IngestError
from tests.ingest.formats.ofd_files import PICTURE, body, document, lines, package, page, paper, root, text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(paper(page(PICTURE)), "扫描件", id="pictures only"),
        pytest.param(paper(page()), "没有文字", id="blank"),
        pytest.param(
            paper(page(text("甲。")), extra={"Doc_0/Encryptions.xml": "<x/>"}), "加密", id="encrypted"
        ),
        pytest.param(package({"a.xml": "<x/>"}), "不是 OFD", id="no root part"),
        pytest.param(package({"OFD.xml": root()}), "0 篇文档", id="no document"),
        pytest.param(package({"OFD.xml": root(body(""))}), "缺少“（空）”", id="no place"),
        pytest.param(package({"OFD.xml": root(body("../../etc/passwd"))}), "缺少", id="out of the package"),
        pytest.param(package({"OFD.xml": root(body("file:///etc/passwd"))}), "缺少", id="address"),
        pytest.param(package({"OFD.xml": b"\x00\x01"}), "不是完好的 XML", id="no XML"),
        pytest.param(b"PK\x03\x04", "损坏", id="no zip"),
        pytest.param(paper(page(text("甲。")))[:300], "损坏", id="cut off"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(data, reason):
    with pytest.raises(IngestError, match=reason) as caught:
        read(data, "甲.ofd")
    assert "请" in str(caught.value)


def test_page_list_that_names_the_document_itself():
    data = package({"OFD.xml": root(body()), "Doc_0/Document.xml": document(["Document.xml"])})
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


def test_one_page_named_again_and_again():
    data = package(
        {
            "OFD.xml": root(body()),
            "Doc_0/Document.xml": document(["P.xml"] * 900),
            "Doc_0/P.xml": page(text("甲")),
        }
    )
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


def test_document_named_twice():
    data = package(
        {
            "OFD.xml": root(body(), body()),
            "Doc_0/Document.xml": document(["P.xml"]),
            "Doc_0/P.xml": page(text("甲")),
        }
    )
    with pytest.raises(IngestError, match="重复引用"):
        read(data, "甲.ofd")


@pytest.mark.parametrize("part", ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"])
def test_entity_bombs_are_refused(part):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "安全">{laughs}]><x>&l9;</x>'
    begun = time.monotonic()
    with pytest.raises(IngestError, match="外部实体"):
        read(paper(page(text("甲。")), extra={part: bomb}), "甲.ofd") if part != "OFD.xml" else read(
            package({part: bomb}), "甲.ofd"
        )
    assert time.monotonic() - begun < 1


def test_bomb_in_a_page_is_refused():
    with pytest.raises(IngestError, match="压缩炸弹"):
        read(paper(page(text("安" * 10_000_000))), "甲.ofd")


def test_endless_repeats_of_distances_are_not_written_out():
    begun = time.monotonic()
    assert lines(paper(page(text("甲乙", code='DeltaX="g 999999999 5 g 999999999 5"')))) == ["甲乙"]
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(('Boundary="20 25 170 6"', 'Boundary="-20 -25 -170 -6"'), id="negative sizes"),
        pytest.param(('Size="5"', 'Size="-5"'), id="negative type"),
        pytest.param(('Size="5"', 'Size="0"'), id="no size"),
        pytest.param(('Size="5"', 'Size="1e99"'), id="huge type"),
        pytest.param(('Boundary="20 25 170 6"', 'Boundary="nan inf x"'), id="no numbers"),
        pytest.param(('Boundary="20 25 170 6"', ""), id="no place"),
        pytest.param(('X="0"', 'X="1e308"'), id="off the paper"),
        pytest.param(('Font="3"', 'CTM="0 0 0 0 0 0"'), id="matrix of nothing"),
        pytest.param(('Font="3"', 'CTM="a b"'), id="matrix of letters"),
        pytest.param(('DeltaX="g 1 5"', 'DeltaX="g g g"'), id="no distances"),
        pytest.param(('DeltaX="g 1 5"', 'DeltaX="g -5 5 -1"'), id="negative repeats"),
    ],
)
def test_senseless_numbers_do_not_lose_the_text(numbers):
    data = paper(page(text("甲乙").replace(*numbers)))
    assert "".join(lines(data)).replace(" ", "") == "甲乙"


def test_pages_and_pieces_are_capped(monkeypatch):
    monkeypatch.setattr(ofd, "MAX_PAGES", 2)
    with pytest.raises(IngestError, match="超过 2 页"):
        read(paper(*[page(text("甲。"))] * 3), "甲.ofd")
    monkeypatch.setattr(ofd_page, "MAX_PIECES", 2)
    with pytest.raises(IngestError, match="异常庞大"):
        read(paper(page(*(text("甲。", y=20 + 9 * n) for n in range(3)))), "甲.ofd")


def test_deep_nesting_is_refused():
    with pytest.raises(IngestError, match="损坏"):
        read(paper(page("<ofd:PageBlock>" * 5_000 + "</ofd:PageBlock>" * 5_000)), "甲.ofd")
