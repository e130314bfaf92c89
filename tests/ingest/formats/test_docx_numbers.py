"""Word's automatic numbers stand in the text as they do on the page."""

import pytest

from ingest.formats.package import Package
from ingest.formats.word.numbering import written
from ingest.structure import statute
from tests.ingest.formats import word_files as make
from tests.ingest.formats.word_files import level, lines, numbered, numbering, p, pack, style, styles, word


class TestNumbers:
    def test_articles_that_only_word_counts(self) -> None:
        body = "".join(numbered(f"内容{i}。") for i in range(21))
        found = lines(word(body, numbering=numbering(level(0, "chineseCountingThousand", "第%1条"))))
        assert found[0] == "第一条 内容0。"
        assert found[-1] == "第二十一条 内容20。"
        split = statute.split("\n".join(found))
        assert split is not None
        assert len(split.passages) == 21

    def test_levels_count_within_each_other_and_start_again(self) -> None:
        body = "".join(numbered(t, 1, i) for t, i in (("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1)))
        levels = level(0, "japaneseCounting", "%1、"), level(1, "chineseCounting", "（%2）")
        assert lines(word(body, numbering=numbering(*levels))) == [
            "一、 甲", "（一） 乙", "（二） 丙", "二、 丁", "（一） 戊",
        ]  # fmt: skip

    def test_articles_count_on_through_chapters(self) -> None:
        body = "".join(numbered(t, 1, i) for t, i in (("总则", 0), ("甲。", 1), ("附则", 0), ("乙。", 1)))
        levels = (
            level(0, "chineseCounting", "第%1章"),
            level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'),
        )
        assert lines(word(body, numbering=numbering(*levels)))[-1] == "第二条 乙。"

    def test_articles_run_on_where_libreoffice_lost_that_they_do(self) -> None:
        body = "".join(numbered(t, 1, i) for t, i in (("总则", 0), ("甲。", 1), ("附则", 0), ("乙。", 1)))
        levels = level(0, "chineseCounting", "第%1章"), level(1, "chineseCounting", "第%2条")
        data = word(body, numbering=numbering(*levels))
        assert lines(data)[-1] == "第一条 乙。"
        parts: dict[str, str | bytes] = {name: Package(data).read(name) for name in Package(data).names()}
        parts["_rels/.rels"] = make.relations(
            {"r1": ("officeDocument", "word/document.xml"), "r2": ("extended-properties", "docProps/app.xml")}
        )
        space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
        parts["docProps/app.xml"] = (
            f'<Properties xmlns="{space}"><Application>LibreOffice/7.4</Application></Properties>'
        )
        assert lines(pack(parts))[-1] == "第二条 乙。"

    def test_nested_decimal_numbers(self) -> None:
        body = "".join(numbered(t, 1, i) for t, i in (("甲", 0), ("乙", 1), ("丙", 1)))
        levels = level(0, "chineseCounting", "%1"), level(1, "decimal", "%1.%2", "<w:isLgl/>")
        assert lines(word(body, numbering=numbering(*levels)))[-1] == "1.2 丙"

    def test_start_override_and_a_list_that_goes_on(self) -> None:
        nums = (
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
            '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
            '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )
        body = "".join(numbered(str(num), num) for num in (1, 2, 3, 3))
        found = lines(word(body, numbering=numbering(level(0, "decimal", "%1."), nums=nums)))
        assert found == ["1. 1", "2. 2", "5. 3", "6. 3"]

    def test_number_from_the_style(self) -> None:
        wanted = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2", '<w:pStyle w:val="节"/>')
        sheet = styles(style("节", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'))
        body = numbered("甲") + p("乙", '<w:pStyle w:val="节"/>')
        body += p("丙", '<w:pStyle w:val="节"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        assert lines(word(body, numbering=numbering(wanted), styles=sheet)) == ["1 甲", "1.1 乙", "丙"]

    def test_bullets_and_unknown_lists_give_no_number(self) -> None:
        body = numbered("甲") + numbered("乙", 9)
        assert lines(word(body, numbering=numbering(level(0, "bullet", "\uf0b7")))) == ["甲", "乙"]

    @pytest.mark.parametrize(
        ("count", "form", "text"),
        [
            (101, "chineseCountingThousand", "一百零一"), (20, "ideographDigital", "二〇"), (1994, "upperRoman", "MCMXCIV"),
            (4, "lowerRoman", "iv"), (27, "lowerLetter", "aa"), (3, "upperLetter", "C"), (3, "ideographTraditional", "丙"),
            (12, "chineseLegalSimplified", "壹拾贰"), (3, "decimalEnclosedCircle", "③"), (21, "decimalEnclosedCircle", "21"),
            (7, "decimalZero", "07"), (12, "decimalFullWidth", "１２"), (5, "hebrew1", "5"), (0, "chineseCounting", "0"),
        ],
    )  # fmt: skip
    def test_formats(self, count: int, form: str, text: str) -> None:
        assert written(count, form) == text
