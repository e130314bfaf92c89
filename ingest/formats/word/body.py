"""The body of a Word document as lines: paragraphs, numbers, tables, text boxes, notes, in reading order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from ingest.formats.tables.spans import MAX_COLUMNS, Cell, is_layout, table_lines
from ingest.formats.word.elements import child, inside, kind, number, value
from ingest.formats.word.numbering import Numbering
from ingest.formats.word.paragraph import Inline, ends_in_next, read_paragraph
from ingest.formats.word.styles import Look, Styles
from kb.errors import IngestError

MAX_CHARACTERS = 20_000_000
_DEEPEST = 8  # tables and text boxes inside each other; what lies deeper is read as plain text
_HEADING_LENGTH = 80  # characters; a longer "heading" is a paragraph somebody styled as one
_BLANK = re.compile(r"[ \t\xa0\r]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, and what of its looks may show that it is the title."""

    text: str
    level: int = 0  # of a heading, 1 to 6; 0: none
    title: bool = False  # in the style Title
    centred: bool = False
    size: int = 0  # half points
    loose: bool = True  # False in a table

    def __str__(self) -> str:
        return "#" * self.level + " " + self.text if self.level else self.text


@dataclass(slots=True)
class Seen:
    """What was met on the way and must be told or read later."""

    notes: list[tuple[str, str]] = field(default_factory=list)  # footnotes and endnotes, in order
    hidden: int = 0
    pictures: int = 0
    tracked: bool = False
    characters: int = 0


class Body:
    """Reads the parts of one document; numbers count on from one part to the next."""

    def __init__(self, styles: Styles, numbering: Numbering, chunk: Callable[[str], list[Line]]) -> None:
        """`chunk` gives the lines of an altChunk by its relation's id."""
        self.seen = Seen()
        self._styles = styles
        self._numbering = numbering
        self._chunk = chunk

    def lines(self, container: etree._Element, depth: int = 0) -> list[Line]:
        """Return the lines of a body, cell, text box or note.

        Raises:
            IngestError: if the text is longer than 20 million characters.
        """
        found: list[Line] = []
        carried = ""
        for block in inside(container, "w:p", "w:tbl", "w:altChunk"):
            if kind(block) == "w:p":
                new, carried = self._paragraph(block, carried, depth)
            else:
                new = [*_lines(carried, Look()), *self._other(block, depth)]
                carried = ""
            found += new
            self._count(new)
        return found + list(_lines(carried, Look()))

    def _count(self, lines: list[Line]) -> None:
        self.seen.characters += sum(len(line.text) for line in lines)
        if self.seen.characters > MAX_CHARACTERS:
            raise IngestError(f"文字超过 {MAX_CHARACTERS} 字，请拆分后再导入")

    def _paragraph(self, element: etree._Element, carried: str, depth: int) -> tuple[list[Line], str]:
        """Return the lines of a paragraph and its text boxes, or its text where it runs into the next."""
        properties = child(element, "w:pPr")
        look = self._styles.paragraph(properties)
        inline = read_paragraph(element, self._styles, hidden=bool(look.hidden))
        look = replace(look, size=inline.size or look.size)
        self._note(inline)
        text = carried + inline.text
        runs_on = ends_in_next(properties)
        if runs_on or _is_contents(look, text):
            lines: list[Line] = []
        else:
            unseen = inline.hidden and not text.strip()
            lines = list(_lines(text, look, "" if unseen else self._label(properties, look)))
        for box in inline.boxes:
            lines += self._nested(box, depth)
        return lines, text if runs_on else ""

    def _note(self, inline: Inline) -> None:
        self.seen.notes += inline.notes
        self.seen.hidden += inline.hidden
        self.seen.pictures += inline.pictures
        self.seen.tracked |= inline.tracked

    def _label(self, properties: etree._Element | None, look: Look) -> str:
        if not look.num_id or look.num_id == "0":
            return ""
        style = value(child(properties, "w:pStyle"))
        return self._numbering.label(look.num_id, look.num_level, style)

    def _other(self, block: etree._Element, depth: int) -> list[Line]:
        if kind(block) == "w:altChunk":
            return self._chunk(value(block, "id"))
        if depth >= _DEEPEST:
            return self._nested(block, depth)
        rows = self._rows(block, depth + 1)
        if is_layout(rows):
            return [Line(line, loose=False) for row in rows for cell in row for line in cell.lines]
        return [Line(line, loose=False) for line in table_lines(rows)]

    def _nested(self, container: etree._Element, depth: int) -> list[Line]:
        if depth < _DEEPEST:
            return self.lines(container, depth + 1)
        texts = [e.text or "" for e in container.iter() if kind(e) == "w:t"]
        return list(_lines(" ".join(texts), Look()))

    def _rows(self, table: etree._Element, depth: int) -> list[list[Cell]]:
        """Return the cells of a table; one merged downwards (vMerge) stands once, with the rows it covers."""
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        for row in inside(table, "w:tr"):
            properties = child(row, "w:trPr")
            if child(properties, "w:del") is not None:
                self.seen.tracked = True
                continue
            skipped = min(number(child(properties, "w:gridBefore")) or 0, MAX_COLUMNS)
            cells = [Cell(columns=skipped)] if skipped else []
            rows.append(cells + list(self._cells(row, skipped, above, depth)))
        return rows

    def _cells(self, row: etree._Element, column: int, above: dict[int, Cell], depth: int) -> Iterator[Cell]:
        for element in inside(row, "w:tc"):
            properties = child(element, "w:tcPr")
            columns = min(max(number(child(properties, "w:gridSpan")) or 1, 1), MAX_COLUMNS)
            merge = child(properties, "w:vMerge")
            deleted = child(properties, "w:cellDel") is not None
            lines = [] if deleted else [str(line) for line in self.lines(element, depth)]
            if merge is not None and value(merge) != "restart" and column in above:
                above[column].rows += 1
                above[column].lines += lines  # text Word hides there; mostly none
            else:
                cell = Cell(lines, columns)
                above.pop(column, None)
                if merge is not None:
                    above[column] = cell
                yield cell
            column += columns


def _lines(text: str, look: Look, label: str = "") -> Iterator[Line]:
    """Yield a paragraph's lines: more than one where it holds line breaks, which a heading joins."""
    pieces = [piece for piece in (_BLANK.sub(" ", p).strip() for p in text.split("\n")) if piece]
    if not pieces:
        return
    pieces[0] = label + pieces[0]
    whole = " ".join(pieces)
    level = min(look.level or 0, 6)
    if len(whole) > _HEADING_LENGTH or whole.endswith(("。", "；")):
        level = 0
    title = look.title and len(whole) <= _HEADING_LENGTH
    for piece in [whole] if level or title else pieces:
        yield Line(piece, level, title, look.align == "center", look.size or 0)


def _is_contents(look: Look, text: str) -> bool:
    """Whether a line is one of an automatic table of contents, which repeats the headings with page numbers."""
    return look.contents and bool(re.search(r"\d\s*$", text))
