import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import openpyxl
import pypdf
import pytest
from dateutil.rrule import rrulestr
from docx import Document
from PIL import Image

from kb.cards.checklist import checklist
from kb.cards.frequency import Cycle, Frequency
from kb.cards.library import read_library
from kb.cards.records import Duty, Penalty, Rule
from kb.cards.units import Unit
from kb.datatypes import Answer, AnswerState, Verification
from kb.errors import IngestError, SettingsError
from tests.web.fakes import CITATION, FIRE, QUOTE
from tests.web.hostile import HOSTILE
from web import words
from web.export.answers import Paper, answer_docx, answer_pdf
from web.export.calendars import due_dates_ics
from web.export.checklists import ListPaper, checklist_docx, checklist_xlsx
from web.export.inspections import Finding, Inspection, Result, inspection_docx
from web.export.photos import jpeg
from web.export.safe import plain

DAY = date(2026, 11, 24)
ANSWER = Answer(
    AnswerState.GROUNDED,
    "## 结论\n走道**不能**堆东西。[1]\n- 先口头提醒\n1. 当天搬走",
    (CITATION,),
    FIRE,
    verification=Verification.QUOTED,
)
PAPER = Paper("楼道能放鞋柜吗", ANSWER, DAY, date(2024, 3, 20))
RULE = Rule(law="示例防火规定", article="第七条")
LIBRARY = read_library(Path(__file__).parents[2] / "starter")
UNIT = Unit("机械与金属加工", 130, frozenset({"特种设备"}), "河南省")
CHECKLIST = checklist(UNIT, LIBRARY.of(Duty), LIBRARY.of(Penalty))
NASTY = HOSTILE | {
    "illegal-xml": "\x00\x01\x0b\ufffe\uffff坏",
    "bidi": "\u202e\u2066反\u2069",
    "emoji": "着火🔥了",
    "formula": '=HYPERLINK("http://evil.example")',
    "xml": "]]></w:t><!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
}


def word_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(data: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).split())


@pytest.mark.parametrize(("make", "read"), [(answer_docx, word_text), (answer_pdf, pdf_text)])
def test_an_answer_on_paper_has_all_that_makes_it_usable(make, read):
    text = read(make(PAPER))
    for part in (
        "楼道能放鞋柜吗", "走道不能堆东西。[1]", "《示例防火规定》第七条【现行】", "2024-03-20公布", "施行日期未知", QUOTE,
        "导出日期2026-11-24", "公布于2024-03-20", words.HOTLINE_SENTENCE, words.FOOTER, *FIRE.steps,
        words.VERIFICATION_NOTES[Verification.QUOTED],
    ):  # fmt: skip
        assert part in text
    assert "**" not in text and "##" not in text


def test_an_answer_that_found_nothing_says_so_and_knows_no_date():
    text = word_text(answer_docx(Paper("问", Answer(AnswerState.NO_MATCH, ""), DAY)))
    assert words.STATE_NOTES["NO_MATCH"] in text
    assert "日期未知" in text


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_hostile_words_break_no_paper_and_stay_words(text):
    citation = replace(CITATION, chunk=replace(CITATION.chunk, law=text, label=text), quote=text)
    paper = Paper(text, Answer(AnswerState.GROUNDED, text, (citation,)), DAY)
    read = word_text(answer_docx(paper))
    assert not re.search("[\x00-\x08\x0b\x0e-\x1f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]", read)
    shown = "".join(plain(text).split())
    assert shown[:200] in "".join(read.split())
    assert "第1页" in pdf_text(answer_pdf(paper))


def test_a_note_of_a_hundred_thousand_characters_is_kept_whole():
    note = "危" * 50_000 + "险" * 50_000
    record = Inspection("厂", "张", DAY, "示例表", (Finding("通道", Result.BAD, note=note),))
    assert note in word_text(inspection_docx(record))
    paper = Paper("问", Answer(AnswerState.GROUNDED, note), DAY)
    assert word_text(answer_docx(paper)).count("危") >= 50_000
    assert pdf_text(answer_pdf(paper)).count("险") >= 50_000


def test_the_same_answer_gives_the_same_pdf():
    assert answer_pdf(PAPER) == answer_pdf(PAPER)


# -- checklists ------------------------------------------------------------------------------------


def test_a_checklist_as_a_spreadsheet_is_whole_and_ready_to_print():
    book = openpyxl.load_workbook(io.BytesIO(checklist_xlsx(ListPaper(CHECKLIST, DAY, "示例厂"))))
    sheet = book["责任清单"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [item.duty.title for item in CHECKLIST.items]
    over_100 = next(row for row in rows if row[1].startswith("超过100人"))
    assert "《安全生产法》第二十四条" in over_100[8]
    assert "你单位130人，超过100人" in over_100[11]
    monthly = next(row for row in rows if row[1].startswith("特种设备每月"))
    assert monthly[5] == "2026-12-24"
    assert sheet.freeze_panes == "C2"
    assert (sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == (
        "$1:$1",
        "landscape",
        1,
    )
    assert all(cell.alignment.wrap_text for cell in sheet[2])
    assert "示例厂" in sheet.oddHeader.center.text


@pytest.mark.parametrize("start", "=+-@\t")
def test_a_cell_that_looks_like_a_formula_stays_text(start):
    title = f"{start}1+cmd|' /C calc'!A0"
    duty = CHECKLIST.items[0].duty.model_copy(update={"title": title, "what": title})
    nasty = replace(CHECKLIST, items=(replace(CHECKLIST.items[0], duty=duty),))
    data = checklist_xlsx(ListPaper(nasty, DAY, title))
    cell = openpyxl.load_workbook(io.BytesIO(data))["责任清单"].cell(2, 2)
    assert (cell.data_type, cell.value.strip(), cell.quotePrefix) == ("s", title.strip(), True)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets/" in name)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_hostile_words_break_no_list(text):
    duty = CHECKLIST.items[0].duty.model_copy(update={"title": text, "what": text * 3, "evidence": (text,)})
    item = replace(CHECKLIST.items[0], duty=duty, reasons=(text,))
    nasty = ListPaper(replace(CHECKLIST, items=(item,)), DAY, text)
    cell = openpyxl.load_workbook(io.BytesIO(checklist_xlsx(nasty)))["责任清单"].cell(2, 2)
    assert "".join((cell.value or "").split()) == "".join(plain(text).split())
    assert "".join(plain(text).split())[:200] in "".join(word_text(checklist_docx(nasty)).split())


def test_a_cell_holds_what_a_spreadsheet_can_and_says_what_is_missing():
    duty = CHECKLIST.items[0].duty.model_copy(update={"what": "长" * 100_000})
    nasty = replace(CHECKLIST, items=(replace(CHECKLIST.items[0], duty=duty),))
    data = checklist_xlsx(ListPaper(nasty, DAY))
    value = openpyxl.load_workbook(io.BytesIO(data))["责任清单"].cell(2, 3).value
    assert len(value) < 32_767
    assert value.endswith("没有导出）")


def test_a_checklist_in_word_holds_every_duty_and_repeats_its_headers():
    data = checklist_docx(ListPaper(CHECKLIST, DAY))
    text = word_text(data)
    assert all(item.duty.title in text for item in CHECKLIST.items)
    document = Document(io.BytesIO(data))
    assert len(document.tables) == len(CHECKLIST.groups())
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)


# -- calendars -------------------------------------------------------------------------------------


def events(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_due_dates_are_whole_days_with_a_rule_and_a_reminder():
    found = events(due_dates_ics(CHECKLIST, DAY, "示例厂"))
    monthly = next(event for event in found if event["summary"].startswith("特种设备每月"))
    assert monthly.decoded("dtstart") == date(2026, 12, 24)
    assert type(monthly.decoded("dtstart")) is date
    assert monthly["rrule"].to_ical() == b"FREQ=MONTHLY;INTERVAL=1"
    (alarm,) = monthly.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(-7)
    assert "《特种设备安全法》" in monthly["description"]
    assert not any("TZID" in str(event.to_ical()) for event in found)


def test_importing_again_changes_nothing_and_two_units_do_not_collide():
    first, again = (due_dates_ics(CHECKLIST, DAY, "甲厂") for _ in range(2))
    assert first == again
    uids = [str(event["uid"]) for event in events(first)]
    assert len(set(uids)) == len(uids) > 5
    assert set(uids) == {
        str(event["uid"]) for event in events(due_dates_ics(CHECKLIST, date(2027, 1, 5), "甲厂"))
    }
    assert not set(uids) & {str(event["uid"]) for event in events(due_dates_ics(CHECKLIST, DAY, "乙厂"))}


def test_what_is_done_every_day_or_on_occasion_makes_no_entry():
    titles = {str(event["summary"]) for event in events(due_dates_ics(CHECKLIST, DAY))}
    assert not any("1小时内上报" in title or "事故" in title for title in titles)
    assert any("先核对" in title for title in titles)


@pytest.mark.parametrize("start", [date(2026, 12, 31), date(2027, 1, 31)])
def test_the_last_of_the_month_stays_the_last(start):
    monthly = next(
        e for e in events(due_dates_ics(CHECKLIST, start)) if e["summary"].startswith("特种设备每月")
    )
    rule = f"DTSTART:{monthly.decoded('dtstart'):%Y%m%d}\nRRULE:{monthly['rrule'].to_ical().decode()}"
    days = [day.date() for day in rrulestr(rule)[:4]]
    assert days == list(Cycle(Frequency.MONTHLY, "").due(start, 4))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_hostile_words_break_no_calendar(text):
    item = next(item for item in CHECKLIST.items if item.duty.id == "site-equip-monthly-check")
    duty = item.duty.model_copy(update={"title": text, "what": f"{text}\nEND:VEVENT\nBEGIN:VALARM"})
    data = due_dates_ics(replace(CHECKLIST, items=(replace(item, duty=duty),)), DAY, text)
    (event,) = events(data)
    assert len(event.walk("VALARM")) == 1
    assert data.count(b"\r\nBEGIN:VEVENT") == 1


# -- inspection records ----------------------------------------------------------------------------


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    exif = Image.Exif()
    exif[0x010F] = "秘密相机"
    exif[0x0112] = 6  # turned by a quarter
    image.save(out, form, exif=exif)
    return out.getvalue()


RECORD = Inspection(
    "示例厂", "张三、李四", DAY, "示例检查表",
    (
        Finding("通道", Result.BAD, "走道不放东西", (RULE,), (RULE,), "罚1000到3000元", "堆了纸箱", (picture(),)),
        Finding("灯", Result.GOOD, "能亮", (RULE,), (RULE,), "不该出现的后果"),
        Finding("电梯", Result.ABSENT),
    ),
)  # fmt: skip


def test_a_record_holds_findings_rules_penalties_notes_and_counts():
    text = word_text(inspection_docx(RECORD))
    for part in ("示例厂", "张三、李四", "2026-11-24", "符合1项，不符合1项，不适用1项", "《示例防火规定》第七条", "罚1000到3000元",
                 "堆了纸箱", "签字", words.FOOTER):  # fmt: skip
        assert part in text
    assert "不该出现的后果" not in text


def test_photos_are_made_anew_upright_small_and_without_their_secrets():
    made = jpeg(picture(size=(4000, 3000)))
    image = Image.open(io.BytesIO(made))
    assert (image.format, image.size) == ("JPEG", (1200, 1600))
    assert not image.getexif()
    assert "秘密".encode() not in made
    document = Document(io.BytesIO(inspection_docx(RECORD)))
    assert len(document.inline_shapes) == 1


@pytest.mark.parametrize(
    "bad",
    [b"", b"GIF89a" + b"\0" * 50, picture()[:400], b"<svg onload=alert(1)>", picture("PNG")[:60], b"\xff" * (21 * 2**20),
     picture("PNG", (9000, 9000))],
    ids=["empty", "gif", "cut", "svg", "cut-png", "bytes", "pixels"],
)  # fmt: skip
def test_what_is_no_usable_photo_is_refused_with_the_remedy(bad):
    with pytest.raises(IngestError, match="请"):
        jpeg(bad)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_hostile_words_stay_words_in_a_record(text):
    record = Inspection(text, text, DAY, text, (Finding(text, Result.BAD, text, (), (), text, text),))
    assert "".join(plain(text).split())[:200] in "".join(word_text(inspection_docx(record)).split())


def test_too_many_findings_or_photos_are_refused():
    with pytest.raises(SettingsError, match="请分成"):
        Inspection("厂", "张", DAY, "表", (Finding("灯", Result.GOOD),) * 501)
    with pytest.raises(SettingsError, match="请分成"):
        Inspection("厂", "张", DAY, "表", (Finding("灯", Result.GOOD, photos=(b"x",)),) * 41)
