"""Web archives: the article of the page in them."""

import pytest

from ingest.formats.pages import mht
from kb.errors import IngestError
from tests.ingest.formats.word_files import PAGE, archive


class TestMht:
    def test_reads_a_saved_page(self) -> None:
        reading = mht.read(archive(PAGE.encode("gb18030"), "quoted-printable", "gb2312"), "a.mht")
        assert reading.text == "# 仓库管理规定\n第一条 库内不得吸烟。\n"
        assert reading.title == "仓库管理规定"

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n", id="no-parts"),
            pytest.param(archive(b"<html></html>", "base64", "utf-8"), id="empty-page"),
            pytest.param(archive(b"", "base64", "no-such-charset"), id="nothing"),
            pytest.param(
                b"MIME-Version: 1.0\n" + b"".join(
                    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(5_000)
                ),
                id="5000-nested-parts",
            ),
        ],
    )  # fmt: skip
    def test_refused(self, data: bytes) -> None:
        with pytest.raises(IngestError, match=r"a\.mht|网页存档"):
            mht.read(data, "a.mht")
