"""What a reader of a format brings back: lines of text, and what the file says about itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: an entry of an archive, an attachment of a mail."""

    name: str  # its path inside, "/" between folders, never absolute or with ".."
    data: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one file as a person reads it, top to bottom.

    Headings may carry Markdown signs (`# 标题`); a row of a table is one line, `列名：值；列名：值`
    (see `tables.grid.records`). Page furniture (running titles, page numbers) is gone and lines that the paper
    broke are whole again.
    """

    text: str  # lines ended by \n
    pages: tuple[int, ...] = ()  # pages[i]: 0-based line at which page i + 1 begins; () without pages
    title: str = ""  # the title the file gives itself (heading, <title>, subject); "" if it gives none
    published: date | None = None  # the day the file says it was published (发布日期)
    document_number: str = ""  # 文号 where the file names it apart from its text
    issuer: str = ""  # 发文机关, likewise
    table: bool = False  # nothing but rows: each line becomes a passage of its own
    notes: tuple[str, ...] = ()  # Chinese remarks for the person at the keyboard: "第3页经文字识别，请核对"
    members: tuple[Member, ...] = ()  # files inside; each is read as a document of its own
