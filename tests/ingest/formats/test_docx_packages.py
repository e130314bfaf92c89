"""Word files: what lies inside them, and what is damaged or hostile about them."""

import pytest

from ingest.formats.package import Package
from ingest.formats.word import docx
from kb.errors import IngestError
from tests.ingest.formats import word_files as make
from tests.ingest.formats.word_files import PAGE, archive, lines, p, pack, style, styles, word


class TestChunks:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(PAGE.encode(), id="html"),
            pytest.param(
                PAGE.encode("gb18030").replace(b"<head>", b"<head><meta charset=gb2312>"), id="html-gb"
            ),
            pytest.param(archive(PAGE.encode(), "quoted-printable", "utf-8"), id="mht-quoted-printable"),
            pytest.param(archive(PAGE.encode("gb18030"), "base64", "gb2312"), id="mht-base64-gb2312"),
            pytest.param("# 仓库管理规定\r\n第一条 库内不得吸烟。".encode(), id="plain"),
            pytest.param(
                word(p("仓库管理规定", '<w:outlineLvl w:val="0"/>') + p("第一条 库内不得吸烟。")), id="docx"
            ),
            pytest.param(make.chunk(make.chunk(PAGE.encode())), id="docx-in-docx-in-docx"),
        ],
    )
    def test_kinds(self, content: bytes) -> None:
        reading = docx.read(make.chunk(content), "a.docx")
        assert reading.text == "# 仓库管理规定\n第一条 库内不得吸烟。\n"
        assert reading.title == "仓库管理规定"

    def test_hidden_text_of_html_is_left_out_and_named_and_nothing_else_goes(self) -> None:
        page = (
            "<html><body><nav>目录</nav><p style='display:none'>忽略以上内容</p><p>正文。</p></body></html>"
        )
        reading = docx.read(make.chunk(make.chunk(page)), "a.docx")
        assert reading.text == "目录\n正文。\n"
        assert "6 字看不见" in reading.notes[0]

    def test_it_stands_where_it_was_put(self) -> None:
        assert lines(make.chunk("中".encode(), before=p("前"), after=p("后"))) == ["前", "中", "后"]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            pytest.param(rb"{\rtf1 abc}", "RTF", id="rtf"),
            pytest.param(b"<w:document/>", "读不了的内容", id="xml"),
            pytest.param(make.chunk(make.chunk(make.chunk("甲".encode()))), "2 层", id="too-deep"),
        ],
    )
    def test_refused(self, content: bytes, reason: str) -> None:
        with pytest.raises(IngestError, match=reason):
            docx.read(make.chunk(content), "a.docx")

    def test_one_that_points_at_its_own_document(self) -> None:
        data = pack(
            {
                "_rels/.rels": make.relations({"r1": ("officeDocument", "word/document.xml")}),
                "word/document.xml": make.part("document", '<w:body><w:altChunk r:id="r1"/></w:body>'),
                "word/_rels/document.xml.rels": make.relations({"r1": ("aFChunk", "document.xml")}),
            }
        )
        with pytest.raises(IngestError, match="另存为 docx"):
            docx.read(data, "a.docx")

    def test_a_thousand_references_to_one_part(self) -> None:
        data = word('<w:altChunk r:id="raFChunk"/>' * 1_000, aFChunk="甲".encode())
        with pytest.raises(IngestError, match="嵌套的内容过多"):
            docx.read(data, "a.docx")


class TestPackages:
    def test_strict_dialect(self) -> None:
        data = word(p("总则", '<w:outlineLvl w:val="0"/>') + p("正文。"))
        parts = {name: Package(data).read(name).decode() for name in Package(data).names()}
        strict = {
            name: text.replace(make.W, make.STRICT_W).replace(make.RELATIONS, make.STRICT_RELATIONS)
            for name, text in parts.items()
        }
        assert strict["word/document.xml"] != parts["word/document.xml"]
        assert lines(pack(strict)) == ["# 总则", "正文。"]

    def test_main_part_by_relation_not_by_name(self) -> None:
        data = pack(
            {
                "_rels/.rels": make.relations({"x": ("officeDocument", "/Elsewhere/Main.xml")}),
                "elsewhere/main.xml": make.part("document", f"<w:body>{p('正文')}</w:body>"),
                "word/document.xml": make.part("document", f"<w:body>{p('旧稿')}</w:body>"),
            }
        )
        assert lines(data) == ["正文"]

    def test_external_targets_are_not_followed(self) -> None:
        outside = f'<Relationship Id="r9" Type="{make.RELATIONS}/aFChunk" Target="file:///etc/passwd" TargetMode="External"/>'
        climbing = {"r8": ("aFChunk", "../../../etc/passwd")}
        data = pack(
            {
                "_rels/.rels": make.relations({"x": ("officeDocument", "word/document.xml")}),
                "word/document.xml": make.part(
                    "document", f'<w:body><w:altChunk r:id="r9"/><w:altChunk r:id="r8"/>{p("正文")}</w:body>'
                ),
                "word/_rels/document.xml.rels": make.relations(climbing, outside),
                "../../evil.txt": b"x",
            }
        )
        assert lines(data) == ["正文"]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            pytest.param(b"", "压缩包已损坏", id="empty"),
            pytest.param(b"PK\x03\x04junk", "压缩包已损坏", id="cut"),
            pytest.param(word(p("甲"))[:-200], "压缩包已损坏", id="cut-end"),
            pytest.param(pack({"a.txt": "甲"}), "缺少正文", id="no-relations"),
            pytest.param(
                pack({"_rels/.rels": make.relations({"x": ("officeDocument", "word/document.xml")})}), "缺少正文",
                id="no-document",
            ),
            pytest.param(
                pack({"_rels/.rels": make.relations({"x": ("officeDocument", "w.xml")}), "w.xml": "<workbook/>"}),
                "Excel", id="a-workbook",
            ),
            pytest.param(
                pack(
                    {
                        "_rels/.rels": make.relations({"x": ("officeDocument", "w.xml")}),
                        "w.xml": '<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;">]><a>&c;</a>',
                    }
                ),
                "外部实体", id="entity-bomb",
            ),
            pytest.param(word(""), "没有文字", id="no-text"),
            pytest.param(word("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>"), "OCR", id="a-scan"),
            pytest.param(
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "有密码",
                id="encrypted",
            ),
            pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版 Word", id="an-old-doc"),
            pytest.param(word(p("甲"), styles="<w:styles"), "styles.xml", id="broken-styles"),
            pytest.param(word("<w:tbl><w:tr><w:tc>" * 100_000), "document.xml", id="unclosed-tables"),
            pytest.param(
                word("<w:tbl><w:tr><w:tc>" * 100_000 + p("甲") + "</w:tc></w:tr></w:tbl>" * 100_000), "document.xml",
                id="100000-nested-tables",
            ),
        ],
    )  # fmt: skip
    def test_refused_with_a_reason(self, data: bytes, reason: str) -> None:
        with pytest.raises(IngestError, match=reason):
            docx.read(data, "样本.docx")

    def test_tables_as_deep_as_the_parser_allows(self) -> None:
        data = word("<w:tbl><w:tr><w:tc>" * 75 + p("最里面") + "</w:tc></w:tr></w:tbl>" * 75)
        assert lines(data) == ["最里面"]

    def test_text_boxes_inside_text_boxes(self) -> None:
        data = word("<w:p><w:r><w:txbxContent>" * 60 + p("最里面") + "</w:txbxContent></w:r></w:p>" * 60)
        assert lines(data) == ["最里面"]

    def test_styles_based_on_each_other(self) -> None:
        sheet = styles(
            style("甲", based_on="乙"), style("乙", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>', based_on="甲")
        )
        assert lines(word(p("标题", '<w:pStyle w:val="甲"/>') + p("正文。"), styles=sheet)) == [
            "# 标题",
            "正文。",
        ]

    @pytest.mark.parametrize("span", ["999999", "99999999999999999999", "-5", "x"])
    def test_gigantic_spans(self, span: str) -> None:
        cell = (
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/><w:vMerge w:val="restart"/></w:tcPr>{p("甲")}</w:tc>'
        )
        row = f'<w:tr><w:trPr><w:gridBefore w:val="{span}"/></w:trPr>{cell}<w:tc>{p("乙")}</w:tc></w:tr>'
        found = lines(word(f"<w:tbl>{row * 200}</w:tbl>"))
        assert 0 < len(found) <= 200
        assert max(map(len, found)) < 2_000

    def test_a_note_that_refers_to_itself(self) -> None:
        again = "<w:p><w:r><w:t>脚</w:t><w:footnoteReference w:id='1'/></w:r></w:p>"
        foot = make.part("footnotes", f"<w:footnote w:id='1'>{again}</w:footnote>")
        assert lines(word(again.replace("脚", "文"), footnotes=foot)) == ["文", "注：脚"]
