"""An inspection record (检查记录): what was looked at, what was found, on what rule; Word and a page to print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb.cards.passages import cited
from kb.cards.records import Rule
from kb.errors import SettingsError
from web import words
from web.export.docx import add, add_picture, new_document, saved
from web.export.photos import jpeg
from web.export.safe import line, plain

_MOST_FINDINGS = 500
_MOST_PHOTOS = 40


class Result(StrEnum):
    """What was found."""

    GOOD = "符合"
    BAD = "不符合"
    ABSENT = "不适用"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        standard: what is right; basis: the articles of that.
        penalty, consequence: what follows if it is not.
        photos: as they came from the phone; re-encoded before they go into a file.
        duty_text, penalty_text: the articles themselves, printed with what is not right.
    """

    item: str
    result: Result
    standard: str = ""
    basis: tuple[Rule, ...] = ()
    penalty: tuple[Rule, ...] = ()
    consequence: str = ""
    note: str = ""
    photos: tuple[bytes, ...] = ()
    duty_text: str = ""
    penalty_text: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A record: where, by whom, when, with which sheet, the findings, and the items nobody looked at.

    Raises:
        SettingsError: if there are too many findings or photos.
    """

    place: str
    inspector: str
    day: date
    sheet: str
    findings: tuple[Finding, ...]
    address: str = ""
    unchecked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would not fit."""
        if len(self.findings) > _MOST_FINDINGS:
            raise SettingsError(
                f"检查项有{len(self.findings)}条，一份记录最多{_MOST_FINDINGS}条。请分成几份。"
            )
        if sum(len(finding.photos) for finding in self.findings) > _MOST_PHOTOS:
            raise SettingsError(f"照片太多，一份记录最多{_MOST_PHOTOS}张。请分成几份。")

    def counts(self) -> dict[Result, int]:
        """Return how many findings have each result."""
        return {result: sum(f.result is result for f in self.findings) for result in Result}


def inspection_docx(record: Inspection) -> bytes:
    """Return the record as a Word file with lines to sign.

    Raises:
        IngestError: if a photo cannot be used; says why.
    """
    document = new_document(_title(record))
    add(document, "title", _title(record))
    for text in _head(record):
        add(document, "text", text)
    for number, finding in enumerate(record.findings, 1):
        add(document, "heading", f"{number}. {line(finding.item)}【{finding.result.value}】")
        for name, text in _details(finding):
            add(document, "item", f"{name}：{text}")
        for photo in finding.photos:
            add_picture(document, jpeg(photo))
    if record.unchecked:
        add(document, "heading", _unchecked(record))
        add(document, "text", "；".join(record.unchecked))
    for text in _SIGNED:
        add(document, "text", text)
    add(document, "small", words.FOOTER)
    return saved(document)


_SIGNED = (
    "检查人员签字：________________",
    "被检查单位意见：________________",
    "被检查单位签字：________________    日期：__________",
)


def _title(record: Inspection) -> str:
    sheet = line(record.sheet, 60) or "安全检查"
    return f"{sheet.removesuffix('表') if sheet.endswith('检查表') else sheet}记录"


def _unchecked(record: Inspection) -> str:
    return f"没有检查的{len(record.unchecked)}项"


def _head(record: Inspection) -> Iterator[str]:
    counts = record.counts()
    yield f"被检查单位：{line(record.place, 200)}"
    if record.address.strip():
        yield f"地址：{line(record.address, 200)}"
    yield f"检查人员：{line(record.inspector, 200)}    检查日期：{record.day}"
    yield "，".join(f"{result.value}{counts[result]}项" for result in Result)


def _details(finding: Finding) -> Iterator[tuple[str, str]]:
    bad = finding.result is Result.BAD
    parts: Sequence[tuple[str, str]] = (
        ("标准", finding.standard),
        ("依据", cited(finding.basis)),
        ("依据原文", finding.duty_text if bad else ""),
        ("处罚依据", cited(finding.penalty) if bad else ""),
        ("处罚原文", finding.penalty_text if bad else ""),
        ("后果", finding.consequence if bad else ""),
        ("现场情况", finding.note),
    )
    for name, text in parts:
        shown = plain(text).strip()
        if shown:
            yield name, shown
