"""Every complete answer goes into the journal once, whichever door asked: how many, and what they stood on."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date

from kb.datatypes import Answer, Audience
from kb.errors import KnowledgeBaseError
from kb.journal import Journal
from web.ports import Answerer

logger = logging.getLogger(__name__)

ASKED, CAME = "提问·", "结果·"  # what is counted: 提问·citizen, 结果·NO_MATCH


class CountedAnswerer:
    """An answerer that counts by audience and state, and which passages were cited. No question is kept."""

    def __init__(self, inner: Answerer, journal: Journal | None) -> None:
        """Take what answers and where to count; without a journal nothing is counted."""
        self.inner = inner
        self._journal = journal

    def ask(
        self,
        question: str,
        *,
        audience: Audience | None = None,
        region: str | None = None,
        on: date | None = None,
        history: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Yield what the inner one yields; count the last one. A broken journal breaks no answer."""
        answer: Answer | None = None
        for answer in self.inner.ask(question, audience=audience, region=region, on=on, history=history):
            yield answer
        if answer is not None and self._journal is not None:
            try:
                _count(self._journal, answer)
            except KnowledgeBaseError as error:
                logger.warning("这次提问没有计入统计：%s", error)


def _count(journal: Journal, answer: Answer) -> None:
    today = date.today()
    journal.count(f"{ASKED}{answer.audience.value}", today)
    journal.count(f"{CAME}{answer.state.value}", today)
    journal.cite((citation.chunk.chunk_id for citation in answer.citations), today)
