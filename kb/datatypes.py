"""The nouns every room shares. Imports nothing of ours, so anything may import it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Rank of a text in the legal order (效力级别), strongest first."""

    LAW = "法律"
    ADMINISTRATIVE = "行政法规"
    MINISTRY = "部门规章"
    LOCAL = "地方性法规"
    JUDICIAL = "司法解释"
    NORMATIVE = "规范性文件"
    STANDARD = "标准"
    PLAN = "预案"
    GUIDE = "科普"
    DUTY = "职责清单"
    PENALTY = "罚则清单"
    SIGNAL = "预警与分级"
    TERM = "术语"
    SHEET = "检查表"
    CASE = "案例"
    OTHER = "其他"


# What this project wrote itself to explain the rules: never a source of law.
CARDS = frozenset({Level.GUIDE, Level.DUTY, Level.PENALTY, Level.SIGNAL, Level.TERM, Level.SHEET})


class Status(StrEnum):
    """Whether a version is in force (时效性) on the date asked about."""

    IN_FORCE = "现行"
    NOT_YET = "尚未施行"
    AMENDED = "已修改"
    REPEALED = "已废止"


class Audience(StrEnum):
    """Who asks."""

    CITIZEN = "citizen"
    MANAGER = "manager"
    INSPECTOR = "inspector"


class AnswerState(StrEnum):
    """Whether an answer stands on passages, found none, or could not look."""

    GROUNDED = "GROUNDED"
    NO_MATCH = "NO_MATCH"
    UNAVAILABLE = "UNAVAILABLE"


class Verification(StrEnum):
    """How the words of an answer stand to its sources (核对结果)."""

    QUOTED = "原文摘录"  # nothing but the passages' own words
    VERIFIED = "已逐句核对"  # written by a model, every sentence passed
    CORRECTED = "核对后删改"  # written by a model, sentences that did not pass were taken out
    NOT_VERIFIED = "未核对"


@dataclass(frozen=True, slots=True)
class Document:
    """One published text: one version of a law, a plan, a guide.

    `name` is the title without 中华人民共和国 and 《》; all versions with one name form a family.
    """

    doc_id: str  # readable and stable: "安全生产法@2021-06-10"
    title: str  # as published: "中华人民共和国安全生产法"
    name: str  # "安全生产法"
    level: Level
    region: str  # "全国", "河南省", "郑州市"
    source: str  # path or URL the text was read from
    content_hash: str  # sha256 of the source bytes
    issuer: str = ""
    document_number: str = ""  # 文号: "国务院令第393号"
    published: date | None = None  # adoption or last amendment of this version
    effective: date | None = None  # None: not known, and said so
    expires: date | None = None
    short_names: tuple[str, ...] = ()
    repeals: tuple[str, ...] = ()  # names of texts this one declares repealed (同时废止)
    part: str = ""  # a part published as a text of its own: 民法典 "合同编"
    notes: tuple[str, ...] = ()  # what the reader should know: gaps in numbering, unknown dates


@dataclass(frozen=True, slots=True)
class Chunk:
    """One retrievable passage: an article (条), a section, a table."""

    chunk_id: str  # f"{doc_id}#{label}": what qrels and citations point at
    doc_id: str
    law: str  # the document's name, for display and comparison
    label: str  # "第二十一条", "第一百三十四条之一", "一、（二）"
    path: tuple[str, ...]  # ("第二章 生产经营单位的安全生产保障",)
    text: str  # the passage without its label
    position: int  # 0-based place in the document
    page: int = 0  # page of the file it begins on, counted from 1; 0 where the file has no pages


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a query, best first. Scores compare within one list only."""

    chunk: Chunk
    document: Document
    status: Status
    score: float
    why: tuple[str, ...] = ()  # reasons in Chinese: "条号直达", "关键词第1", "语义第3"
    focus: str = ""  # the clause asked for (第二款第一项), an exact substring of chunk.text
    looked_up: bool = False  # named by its article number in the question
    relation: str = ""  # why it stands beside the hit before it: "对应罚则", "对应义务"


@dataclass(frozen=True, slots=True)
class Signals:
    """How strong the evidence of a search is as a whole: the numbers that `kb.evidence.NAMES` names.

    Empty where nothing was searched for.
    """

    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: hits, and what the person must be told about them."""

    hits: tuple[Hit, ...]
    exact: bool = False  # an article was named and looked up
    notice: str = ""  # "《消防法》共74条，没有第九十条"
    signals: Signals = Signals()


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage an answer stands on, with the exact words used."""

    number: int  # counted from 1 in the order of use: [1]
    chunk: Chunk
    document: Document
    status: Status
    quote: str  # an exact substring of chunk.text


@dataclass(frozen=True, slots=True)
class Emergency:
    """What to show at once when somebody is in danger now."""

    hazard: str  # "火灾"
    number: str  # the number to call first: "119"
    steps: tuple[str, ...]  # the first steps, in order
    guide_id: str = ""  # the reviewed guide they come from


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to the person, in Markdown, and what it stands on."""

    state: AnswerState
    text: str
    citations: tuple[Citation, ...] = ()
    emergency: Emergency | None = None
    audience: Audience = Audience.CITIZEN
    follow_ups: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = field(default=(), repr=False)
    verification: Verification = Verification.NOT_VERIFIED
