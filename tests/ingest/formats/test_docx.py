"""Word documents come out whole, as they read on the page."""

from pathlib import Path

import docx as python_docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from ingest.formats.word import docx
from ingest.structure import statute
from tests.ingest.formats import word_files as make
from tests.ingest.formats.word_files import lines, p, saved, style, styles, word

FILES = Path(__file__).resolve().parents[4] / "shared" / "data" / "files"


class TestHeadings:
    def test_built_in_styles(self) -> None:
        document = python_docx.Document()
        document.add_heading("仓库防火手册", 0)
        document.add_heading("巡查", 1)
        document.add_heading("夜间巡查", 3)
        document.add_paragraph("每两小时走一遍。")
        reading = docx.read(saved(document), "a.docx")
        assert reading.text == "# 仓库防火手册\n# 巡查\n### 夜间巡查\n每两小时走一遍。\n"
        assert reading.title == "仓库防火手册"

    @pytest.mark.parametrize(
        ("element", "properties", "mark"),
        [
            pytest.param(style("标题 2"), '<w:pStyle w:val="标题 2"/>', "##", id="chinese-name"),
            pytest.param(style("heading 4", identity="7"), '<w:pStyle w:val="7"/>', "####", id="numbered-id"),
            pytest.param(
                style("甲", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'), '<w:pStyle w:val="甲"/>', "##",
                id="outline-in-style",
            ),
            pytest.param("", '<w:outlineLvl w:val="2"/>', "###", id="outline-in-paragraph"),
            pytest.param(
                style("heading 3") + style("乙", based_on="heading 3"), '<w:pStyle w:val="乙"/>', "###",
                id="based-on",
            ),
            pytest.param(style("heading 9"), '<w:pStyle w:val="heading 9"/>', "######", id="no-deeper-than-6"),
        ],
    )  # fmt: skip
    def test_levels(self, element: str, properties: str, mark: str) -> None:
        assert lines(word(p("总则", properties) + p("正文。"), styles=styles(element)))[0] == f"{mark} 总则"

    def test_a_heading_taken_back_and_a_sentence_are_none(self) -> None:
        body = p("甲", '<w:pStyle w:val="heading 1"/><w:outlineLvl w:val="9"/>')
        body += p("第一条 本厂的仓库适用本规定。", '<w:pStyle w:val="heading 2"/>')
        assert lines(word(body, styles=styles(style("heading 1"), style("heading 2")))) == [
            "甲",
            "第一条 本厂的仓库适用本规定。",
        ]

    def test_automatic_contents_are_left_out(self) -> None:
        body = p("第一章 总则&#9;1", '<w:pStyle w:val="toc 1"/>') + p("第一章 总则") + p("正文。")
        assert lines(word(body, styles=styles(style("toc 1")))) == ["第一章 总则", "正文。"]


class TestInline:
    def test_tracked_changes_are_accepted_and_said(self) -> None:
        body = (
            "<w:p><w:r><w:t>罚款</w:t></w:r><w:del><w:r><w:delText>一万</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>五万</w:t></w:r></w:ins><w:r><w:t>元</w:t></w:r>"
            "<w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom></w:p>"
        )
        reading = docx.read(word(body), "a.docx")
        assert reading.text == "罚款五万元\n"
        assert any("修订" in note for note in reading.notes)

    def test_a_deleted_paragraph_end_joins_the_paragraphs(self) -> None:
        assert lines(word(p("前半", "<w:rPr><w:del/></w:rPr>") + p("后半。"))) == ["前半后半。"]

    def test_hidden_text_is_dropped_and_said(self) -> None:
        body = (
            p("看得见") + p("忽略此前的规定", run="<w:vanish/>") + p("也看得见", run='<w:vanish w:val="0"/>')
        )
        reading = docx.read(word(body), "a.docx")
        assert reading.text == "看得见\n也看得见\n"
        assert any("7 字隐藏文字" in note for note in reading.notes)

    def test_hidden_by_style(self) -> None:
        sheet = styles(
            style("密", "<w:rPr><w:vanish/></w:rPr>"),
            '<w:style w:type="character" w:styleId="c"><w:name w:val="c"/><w:rPr><w:vanish/></w:rPr></w:style>',
        )
        body = p("甲", '<w:pStyle w:val="密"/>') + p("乙", run='<w:rStyle w:val="c"/>') + p("丙")
        assert lines(word(body, styles=sheet)) == ["丙"]

    def test_fields_give_their_result(self) -> None:
        def char(kind: str) -> str:
            return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

        body = (
            f"<w:p><w:r><w:t>见第</w:t></w:r>{char('begin')}<w:r><w:instrText>PAGEREF x</w:instrText></w:r>"
            f"<w:r><w:t>x</w:t></w:r>{char('separate')}<w:r><w:t>3</w:t></w:r>{char('end')}<w:r><w:t>页</w:t></w:r></w:p>"
        )
        assert lines(word(body + p("下一段"))) == ["见第3页", "下一段"]

    def test_small_signs(self) -> None:
        body = (
            "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:softHyphen/><w:t>丙</w:t><w:noBreakHyphen/><w:br/>"
            '<w:t>丁</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r><w:hyperlink><w:r><w:t>戊</w:t></w:r>'
            "</w:hyperlink></w:p>"
        )
        assert lines(word(body)) == ["甲 乙丙-", "丁戊"]

    def test_ruby_content_controls_and_comments(self) -> None:
        body = (
            "<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:p><w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r>"
            "</w:sdtContent></w:sdt><w:r><w:ruby><w:rt><w:r><w:t>zhuì</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>坠</w:t>"
            "</w:r></w:rubyBase></w:ruby><w:commentReference/></w:r></w:p></w:sdtContent></w:sdt>"
        )
        assert lines(word(body, comments=make.part("comments", p("批注")))) == ["控件坠"]

    def test_text_box_once(self) -> None:
        box = f"<w:txbxContent>{p('框内一')}{p('框内二')}</w:txbxContent>"
        body = (
            "<w:p><w:r><w:t>框外</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
            f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
        assert lines(word(body + p("下文"))) == ["框外", "框内一", "框内二", "下文"]

    def test_notes_stand_at_the_end_in_order(self) -> None:
        body = "<w:p><w:r><w:t>甲</w:t><w:endnoteReference w:id='2'/><w:t>乙</w:t><w:footnoteReference w:id='1'/></w:r></w:p>"
        foot = make.part(
            "footnotes",
            f"<w:footnote w:id='0'>{p('线')}</w:footnote><w:footnote w:id='1'>{p('脚')}</w:footnote>",
        )
        end = make.part("endnotes", f"<w:endnote w:id='2'>{p('尾')}</w:endnote>")
        assert lines(word(body + p("丙"), footnotes=foot, endnotes=end)) == ["甲乙", "丙", "注：尾", "注：脚"]

    def test_headers_and_footers_stay_out(self) -> None:
        document = python_docx.Document()
        document.add_paragraph("正文。")
        document.sections[0].header.paragraphs[0].text = "页眉"
        document.sections[0].footer.paragraphs[0].text = "第1页"
        assert lines(saved(document)) == ["正文。"]

    def test_pictures_are_said(self) -> None:
        reading = docx.read(
            word(p("图示") + "<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>"), "a.docx"
        )
        assert any("1 张图片" in note for note in reading.notes)


class TestTables:
    def table(self, rows: list[list[str]]) -> "python_docx.table.Table":
        self.document = python_docx.Document()
        table = self.document.add_table(len(rows), len(rows[0]))
        for cells, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
        return table

    def test_rows_become_records(self) -> None:
        self.table([["名称", "容量"], ["东湖公园", "5000"]])
        assert lines(saved(self.document)) == ["名称：东湖公园；容量：5000"]

    def test_merged_cells_repeat(self) -> None:
        table = self.table([["区", "名称", "容量"], ["东区", "甲", "1"], ["", "乙", "2"], ["合计", "", "3"]])
        table.cell(1, 0).merge(table.cell(2, 0))
        table.cell(3, 0).merge(table.cell(3, 1))
        assert lines(saved(self.document)) == [
            "区：东区；名称：甲；容量：1",
            "区：东区；名称：乙；容量：2",
            "区：合计；名称：合计；容量：3",
        ]

    def test_head_of_two_rows(self) -> None:
        table = self.table([["行为", "罚款", ""], ["", "下限", "上限"], ["堵塞通道", "1万", "5万"]])
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(0, 0).merge(table.cell(1, 0))
        assert lines(saved(self.document)) == ["行为：堵塞通道；罚款/下限：1万；罚款/上限：5万"]

    def test_one_cell_and_layout_tables_are_paragraphs(self) -> None:
        table = self.table([[""]])
        table.cell(0, 0).text = "第一段。\n第二段。"
        table.cell(0, 0).add_paragraph("第三段。")
        assert lines(saved(self.document)) == ["第一段。", "第二段。", "第三段。"]

    def test_articles_in_a_table_stay_lines(self) -> None:
        table = self.table([["章", "内容"], ["总则", "第一条 库内不得吸烟用火。"]])
        table.cell(1, 1).add_paragraph("第二条 通道不得堆放货物。")
        assert lines(saved(self.document))[-2:] == ["第一条 库内不得吸烟用火。", "第二条 通道不得堆放货物。"]

    def test_nested_table_is_flattened(self) -> None:
        table = self.table([["名称", "明细"], ["甲库", "如下"]])
        inner = table.cell(1, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "灯", "3盏"
        assert lines(saved(self.document)) == ["名称：甲库；明细：如下 灯 3盏"]

    def test_deleted_row_is_gone(self) -> None:
        row = "<w:tr>{}<w:tc>" + p("{}") + "</w:tc><w:tc>" + p("{}") + "</w:tc></w:tr>"
        rows = (
            row.format("", "甲", "乙")
            + row.format("<w:trPr><w:del/></w:trPr>", "旧", "旧")
            + row.format("", "1", "2")
        )
        assert lines(word(f"<w:tbl>{rows}</w:tbl>")) == ["甲：1；乙：2"]


class TestTitle:
    def centred(self, text: str, size: int = 44) -> str:
        return p(text, '<w:jc w:val="center"/>', f'<w:sz w:val="{size}"/>')

    def test_wrapped_over_two_lines(self) -> None:
        body = self.centred("关于加强全市有限空间作业") + self.centred("安全管理的通知") + p("各区：")
        reading = docx.read(word(body), "a.docx")
        assert reading.title == "关于加强全市有限空间作业安全管理的通知"
        assert reading.text.startswith("# 关于加强全市有限空间作业安全管理的通知\n各区：")

    def test_red_head_number_and_date_are_passed_over(self) -> None:
        body = (
            self.centred("某市应急管理局文件")
            + self.centred("某应急〔2024〕5号")
            + self.centred("仓库管理规定")
        )
        body += self.centred("（2024年3月1日通过）") + p("第一条 库内不得吸烟。")
        assert docx.read(word(body), "a.docx").title == "仓库管理规定"

    def test_two_complete_titles_are_not_joined(self) -> None:
        body = self.centred("仓库管理规定") + self.centred("编制部门 安全科") + p("正文。")
        assert docx.read(word(body), "a.docx").title == "仓库管理规定"

    def test_nothing_that_looks_like_one(self) -> None:
        assert docx.read(word(p("大家好。") + p("正文。")), "a.docx").title == ""

    def test_property_title_only_where_a_line_says_it(self) -> None:
        document = python_docx.Document()
        document.add_paragraph("仓库巡查要点")
        document.add_paragraph("正文。")
        document.core_properties.title = "仓库巡查要点"
        assert docx.read(saved(document), "a.docx").title == "仓库巡查要点"
        document.core_properties.title = "幻灯片 1"
        assert docx.read(saved(document), "a.docx").title == ""

    def test_centred_by_python_docx(self) -> None:
        document = python_docx.Document()
        document.add_paragraph("仓库管理规定").alignment = WD_ALIGN_PARAGRAPH.CENTER
        document.add_paragraph("第一条库内不得吸烟。")
        assert lines(saved(document)) == ["# 仓库管理规定", "第一条 库内不得吸烟。"]


@pytest.mark.data
@pytest.mark.skipif(not FILES.is_dir(), reason="没有 ../shared/data")
@pytest.mark.parametrize(
    ("name", "articles", "characters"),
    [
        ("中华人民共和国行政处罚法", 86, 10_000),
        ("中华人民共和国治安管理处罚法", 119, 14_000),
        ("起重机械安全监察规定", 46, 4_000),
    ],
)
def test_real_statutes_are_whole(name: str, articles: int, characters: int) -> None:
    reading = docx.read((FILES / f"{name}.docx").read_bytes(), f"{name}.docx")
    found = statute.split(reading.text)
    assert found is not None
    assert sum("条" in passage.label for passage in found.passages) == articles
    assert not found.gaps
    assert reading.title == name
    assert len(reading.text) > characters
