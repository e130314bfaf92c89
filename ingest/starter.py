"""The knowledge that comes with the app, brought into the default knowledge base at start."""

import logging
from pathlib import Path

from ingest.parse import Given
from ingest.run import Report, ingest
from kb.embed import Embedder
from kb.errors import LockedError
from kb.writer import open_writer

logger = logging.getLogger(__name__)


def bring_in(starter: Path, folder: Path, embedder: Embedder) -> Report | None:
    """Load what is new or changed in `starter` into the knowledge base in `folder`; drop what was withdrawn.

    Returns None if another process is writing just now: it will be done at the next start.

    Raises:
        KnowledgeBaseError: if the knowledge base cannot be written.
    """
    try:
        with open_writer(folder, embedder) as writer:
            report = ingest(writer, [str(starter)], Given(), prune=True)
    except LockedError as error:
        logger.warning("自带知识这次没有更新：%s", error)
        return None
    for failure in report.failed:
        logger.error("自带知识 %s 没有载入：%s", failure.path, failure.reason)
    return report
