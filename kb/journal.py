"""What happens while people use the knowledge base: passages cited, questions counted, feedback, audit.

Kept beside the documents in the catalogue's file, in tables of its own that any process may write (the
one-writer lock guards the indexes, not these). No question is kept unless somebody sends it as feedback,
and nobody's name or address is.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from kb.catalogue import FILE_NAME, configure
from kb.errors import KnowledgeBaseError

_tables = MetaData()
_cited = Table(
    "cited",
    _tables,
    Column("chunk_id", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("times", Integer, nullable=False),
)
_usage = Table(
    "usage",
    _tables,
    Column("day", Date, primary_key=True),
    Column("what", String, primary_key=True),
    Column("times", Integer, nullable=False),
)
_feedback = Table(
    "feedback",
    _tables,
    Column("feedback_id", Integer, primary_key=True),
    Column("sent", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("question", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("comment", String, nullable=False),
    Column("handled", String, nullable=False),
)
_audit = Table(
    "audit",
    _tables,
    Column("entry_id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("what", String, nullable=False),
    Column("detail", String, nullable=False),
)
_LONGEST = 4_000  # characters kept of any text somebody sends
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said about an answer. `verdict` is 有帮助, 没帮助 or 依据不对."""

    feedback_id: int
    sent: str  # ISO date and time
    verdict: str
    question: str
    answer: str
    comment: str
    handled: str  # ISO date and time, "" while open


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log: an administrator's act, or a refused login."""

    entry_id: int
    at: str  # ISO date and time
    what: str
    detail: str


class Journal:
    """Reads and writes the journal of one knowledge base. Safe to share between threads.

    Every method raises KnowledgeBaseError where the database cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        """Open the journal in `folder`, which must hold a catalogue.

        Raises:
            KnowledgeBaseError: if there is none, or it cannot be written.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise KnowledgeBaseError(f"{folder} 里没有知识库，无处记录使用情况。请先导入资料")
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", configure)
        try:
            _tables.create_all(self._engine)
        except DBAPIError as error:
            raise KnowledgeBaseError(
                f"写不进知识库 {path}：{error.orig}。请检查目录权限和磁盘空间"
            ) from error

    def close(self) -> None:
        """Release the database connections."""
        self._engine.dispose()

    def cite(self, chunk_ids: Iterable[str], day: date) -> None:
        """Count that an answer given on `day` stood on these passages."""
        rows = [{"chunk_id": chunk_id, "day": day, "times": 1} for chunk_id in set(chunk_ids)]
        self._count(_cited, rows)

    def cited(self, chunk_ids: Sequence[str]) -> dict[str, int]:
        """Return {chunk_id: times an answer stood on it}, without those no answer used."""
        times: dict[str, int] = {}
        query = select(_cited.c.chunk_id, func.sum(_cited.c.times)).group_by(_cited.c.chunk_id)
        with self._open() as connection:
            for start in range(0, len(chunk_ids), _SHOWN):
                wanted = _cited.c.chunk_id.in_(chunk_ids[start : start + _SHOWN])
                times.update({row[0]: row[1] for row in connection.execute(query.where(wanted))})
        return times

    def count(self, what: str, day: date) -> None:
        """Count something that happened on `day`, such as 提问·citizen or 无依据."""
        self._count(_usage, [{"day": day, "what": what[:80], "times": 1}])

    def usage(self, since: date) -> list[tuple[date, str, int]]:
        """Return (day, what, times) from a day on, oldest first."""
        query = select(_usage).where(_usage.c.day >= since).order_by(_usage.c.day, _usage.c.what)
        with self._open() as connection:
            return [(row.day, row.what, row.times) for row in connection.execute(query)]

    def send(self, verdict: str, question: str, answer: str, comment: str) -> None:
        """Keep what somebody said about an answer."""
        row = {
            "sent": _now(), "verdict": verdict[:20], "question": question[:_LONGEST],
            "answer": answer[:_LONGEST], "comment": comment[:_LONGEST], "handled": "",
        }  # fmt: skip
        with self._open() as connection:
            connection.execute(insert(_feedback).values(**row))

    def feedback(self) -> list[Feedback]:
        """Return the newest feedback first, what is open before what is handled; 500 at most."""
        query = select(_feedback).order_by(_feedback.c.handled != "", _feedback.c.feedback_id.desc())
        with self._open() as connection:
            return [Feedback(*row) for row in connection.execute(query.limit(_SHOWN))]

    def handle(self, feedback_id: int) -> None:
        """Mark one feedback as handled."""
        with self._open() as connection:
            same = _feedback.c.feedback_id == feedback_id
            connection.execute(update(_feedback).where(same).values(handled=_now()))

    def note(self, what: str, detail: str = "") -> None:
        """Write a line into the audit log."""
        with self._open() as connection:
            connection.execute(insert(_audit).values(at=_now(), what=what[:80], detail=detail[:_LONGEST]))

    def audit(self) -> list[Entry]:
        """Return the newest lines of the audit log first; 500 at most."""
        with self._open() as connection:
            query = select(_audit).order_by(_audit.c.entry_id.desc()).limit(_SHOWN)
            return [Entry(*row) for row in connection.execute(query)]

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        """Yield a connection in a transaction; what the database refuses is ours to tell."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise KnowledgeBaseError(
                f"使用记录 {self._engine.url.database} 读写不了：{error.orig}。请检查磁盘空间和目录权限"
            ) from error

    def _count(self, table: Table, rows: list[dict[str, object]]) -> None:
        if rows:
            statement = upsert(table)
            keys = [column.name for column in table.primary_key]
            more = {"times": table.c.times + statement.excluded.times}
            with self._open() as connection:
                connection.execute(statement.on_conflict_do_update(keys, set_=more), rows)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
