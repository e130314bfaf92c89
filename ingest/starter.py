"""The knowledge that comes with the app, brought into the default knowledge base at start."""

import logging
from pathlib import Path

from ingest.parse import Given
from ingest.report import Report
from ingest.run import ingest
from kb.embed import Embedder
from kb.errors import LockedError, ModelMismatchError
from kb.writer import open_writer, rebuild

logger = logging.getLogger(__name__)


def bring_in(starter: Path, folder: Path, embedder: Embedder) -> Report | None:
    """Load what is new or changed in `starter` into the knowledge base in `folder`; drop what was withdrawn.

    After an upgrade that brings other weights the index is made again first.

    Returns None if another process is writing just now: it will be done at the next start.

    Raises:
        KnowledgeBaseError: if the knowledge base cannot be written.
    """
    try:
        try:
            report = _ingest(starter, folder, embedder)
        except ModelMismatchError:
            logger.warning("向量模型换了，正在重建索引，请稍候")
            rebuild(folder, embedder)
            report = _ingest(starter, folder, embedder)
    except LockedError as error:
        logger.warning("自带知识这次没有更新：%s", error)
        return None
    for failure in report.failed:
        logger.error("自带知识 %s 没有载入：%s", failure.path, failure.reason)
    return report


def _ingest(starter: Path, folder: Path, embedder: Embedder) -> Report:
    with open_writer(folder, embedder) as writer:
        return ingest(writer, [str(starter)], Given(), prune=True)
