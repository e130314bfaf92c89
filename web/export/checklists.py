"""A checklist as a spreadsheet to work with and a Word file to sign."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kb.cards.checklist import Checklist, Item
from kb.cards.frequency import Frequency
from kb.cards.passages import cited, money
from web import words
from web.export.docx import add, add_table, new_document, saved
from web.export.safe import line, plain

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LONGEST_CELL = 32_000  # Excel refuses more than 32,767
_COLUMNS = (  # heading, width in characters
    ("类别", 14), ("要做的事", 30), ("怎么做", 48), ("什么时候", 14), ("多久一次", 14), ("下次到期", 12), ("谁负责", 18),
    ("要留的材料", 30), ("依据", 32), ("不做的后果", 40), ("罚款", 32), ("为什么列出", 28), ("完成情况", 16), ("备注", 30),
)  # fmt: skip
_ALL_THE_TIME = (Frequency.SHIFT, Frequency.DAILY)
_DANGEROUS = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a unit says of one duty of its list.

    Attributes:
        done: the day it was ticked; None while it is open.
        due: the day the unit itself set for the next time.
    """

    done: date | None = None
    due: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListPaper:
    """A checklist, the name to print on it, the day it starts, and the unit's own marks by the duty's id."""

    checklist: Checklist
    start: date
    name: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def mark(self, item: Item) -> Mark:
        """Return what the unit says of an item; an empty mark where it says nothing."""
        return self.marks.get(item.duty.id, Mark())

    def next_due(self, item: Item) -> str:
        """Return the day the item falls due next, the unit's own day first; "" where no date follows.

        What is done every day or shift has no date to wait for.
        """
        own = self.mark(item).due
        found = own or next(
            (day for cycle, day in item.due(self.start) if cycle.every not in _ALL_THE_TIME), None
        )
        return found.isoformat() if found else ""

    @property
    def title(self) -> str:
        """What stands on top."""
        unit = self.checklist.unit
        return (
            f"{line(self.name, 60) or unit.trade}安全责任清单（{unit.headcount}人，{line(unit.region, 20)}）"
        )


def checklist_xlsx(paper: ListPaper) -> bytes:
    """Return the checklist as an Excel file: header frozen and repeated, landscape, one page wide."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = "责任清单"
    _write(sheet, 1, [name for name, _ in _COLUMNS], bold=True)
    for place, row in enumerate(_rows(paper), 2):
        _write(sheet, place, row)
    _lay_out(sheet, paper)
    notes = book.create_sheet("说明")
    for place, text in enumerate(_notes(paper), 1):
        _write(notes, place, [text])
    notes.column_dimensions["A"].width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def checklist_docx(paper: ListPaper) -> bytes:
    """Return the checklist as a Word file: one table for each group, with boxes to tick."""
    document = new_document(paper.title)
    add(document, "title", paper.title)
    for text in _notes(paper):
        add(document, "small", text)
    header = ("□", "要做的事", "多久一次", "要留的材料", "依据", "后果")
    for group, items in paper.checklist.groups().items():
        add(document, "heading", f"{group}（{len(items)}项）")
        rows = [
            (_box(paper.mark(i)), _told(paper, i), _often(i), "；".join(i.duty.evidence),
             cited(i.duty.basis), i.duty.consequence)
            for i in items
        ]  # fmt: skip
        add_table(document, header, rows, (8, 62, 22, 30, 30, 28))
    return saved(document)


def _box(mark: Mark) -> str:
    return "☑" if mark.done else "□"


def _told(paper: ListPaper, item: Item) -> str:
    mark, due = paper.mark(item), paper.next_due(item)
    parts = (
        item.duty.title, item.duty.what, f"〔{item.when.value}〕", f"下次到期：{due}" if due else "",
        f"已做：{mark.done}" if mark.done else "", f"备注：{mark.note}" if mark.note else "",
    )  # fmt: skip
    return "\n".join(part for part in parts if part)


def _rows(paper: ListPaper) -> Iterator[list[str]]:
    for item in paper.checklist.items:
        duty, mark = item.duty, paper.mark(item)
        fines = "；".join(f"{fine.on}（{fine.when}）{money(fine)}" for fine in item.fines)
        yield [
            item.group, duty.title, duty.what, item.when.value, _often(item), paper.next_due(item),
            duty.who, "；".join(duty.evidence), cited(duty.basis), duty.consequence, fines, "；".join(item.reasons),
            f"已做（{mark.done}）" if mark.done else "", mark.note,
        ]  # fmt: skip


def _often(item: Item) -> str:
    return "；".join(
        dict.fromkeys(
            f"{c.every.value}{f'（{c.words}）' if c.words and c.words != c.every.value else ''}"
            for c in item.cycles
        )
    )


def _notes(paper: ListPaper) -> Iterator[str]:
    unit = paper.checklist.unit
    features = "、".join(sorted(unit.features)) or "没有勾选"
    yield f"单位类型：{unit.trade}；人数：{unit.headcount}；特别情况：{features}；地区：{unit.region}；起算日：{paper.start}。"
    done = sum(bool(paper.mark(item).done) for item in paper.checklist.items)
    yield f"共{len(paper.checklist.items)}项，已做{done}项。到期日从起算日往后推，以你单位上次做的日子为准。"
    yield "清单按填写的五项情况从本机知识库列出，标着“先核对”的请对照适用情形；不能代替主管部门的要求。"
    yield words.HOTLINE_SENTENCE


def _write(sheet: "Worksheet", row: int, values: Sequence[str], *, bold: bool = False) -> None:
    """Write a row of text; what a spreadsheet would run as a formula is kept as text."""
    from openpyxl.styles import Alignment, Font

    for column, value in enumerate(values, 1):
        text = plain(value, _LONGEST_CELL)
        cell = sheet.cell(row, column)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_DANGEROUS)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _lay_out(sheet: "Worksheet", paper: ListPaper) -> None:
    from openpyxl.utils import get_column_letter

    for place, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = paper.title.replace("&", "&&")
    sheet.oddFooter.center.text = "第&P页，共&N页"
