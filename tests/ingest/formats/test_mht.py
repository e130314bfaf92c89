"""Web archives: the article of the page in them."""

import pytest

from ingest.formats.pages import mht
from kb.errors import IngestError
from tests.ingest.formats.word_files import PAGE, archive

SITE = (
    "<html><head><title>关于夜间巡库的通知</title><style>.zz{display:none}</style></head><body><div class=nav>"
    "<a href=/>首页</a></div><div class=article-content><p>夜班每两小时巡库一次，巡完把时间写在门边的本子上。</p>"
    "<p class=zz>这一句谁也看不见。</p></div><div class=footer>版权所有</div></body></html>"
).encode()


class TestMht:
    def test_reads_a_saved_page(self) -> None:
        reading = mht.read(archive(PAGE.encode("gb18030"), "quoted-printable", "gb2312"), "a.mht")
        assert reading.text == "# 仓库管理规定\n第一条 库内不得吸烟。\n"
        assert reading.title == "仓库管理规定"

    def test_what_the_site_puts_around_the_article_goes(self) -> None:
        reading = mht.read(archive(SITE, "base64", "utf-8"), "a.mht")
        assert reading.text == "# 关于夜间巡库的通知\n夜班每两小时巡库一次，巡完把时间写在门边的本子上。\n"
        assert reading.notes == ("网页正文里藏有 8 字看不见的文字，已略去，请核对原网页",)

    def test_a_fragment_keeps_what_looks_like_navigation(self) -> None:
        found = mht.fragment(archive(SITE, "base64", "utf-8"))
        assert found.lines[0] == "首页"
        assert found.concealed == 8

    def test_a_frame_is_read_where_the_page_is_empty(self) -> None:
        frame = f"Content-Type: text/html; charset=utf-8\n\n{PAGE}\n"
        data = archive(b"<html><frameset></frameset></html>", "base64", "utf-8")
        assert (
            mht.read(data.replace(b"--b1--", f"--b1\n{frame}--b1--".encode()), "a.mht").title
            == "仓库管理规定"
        )

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
