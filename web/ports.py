"""What the pages need from below, so that they can be built on a fake as well as on the real thing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from kb.datatypes import Answer, Audience, Chunk
from kb.repeals import Ending


class Answerer(Protocol):
    """Turns a question into an answer."""

    def ask(
        self,
        question: str,
        *,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Yield growing snapshots of one answer; the last one is complete. Raises nothing of ours."""
        ...


class Counts(Protocol):
    """How much the knowledge base holds, and how fresh it is."""

    @property
    def documents(self) -> int:
        """Number of texts."""
        ...

    @property
    def chunks(self) -> int:
        """Number of articles and sections."""
        ...

    @property
    def by_level(self) -> Mapping[str, int]:
        """Number of texts of each level."""
        ...

    @property
    def newest_published(self) -> date | None:
        """Date of the newest text, None when no text has a date."""
        ...


class Library(Protocol):
    """Reads the knowledge base around a cited passage."""

    def neighbours(self, chunk_id: str) -> tuple[Chunk | None, Chunk, Chunk | None]:
        """Return the passage before, the passage itself and the one after.

        Raises:
            AnwenError: if the passage is gone or the knowledge base cannot be read.
        """
        ...

    def ending(self, doc_id: str, on: date | None = None) -> Ending | None:
        """Return what ended a text that is not in force on a day (today if None).

        Raises:
            AnwenError: if the text is gone or the knowledge base cannot be read.
        """
        ...

    def stats(self) -> Counts:
        """Return the size and date of the knowledge base.

        Raises:
            AnwenError: if the knowledge base cannot be read.
        """
        ...
