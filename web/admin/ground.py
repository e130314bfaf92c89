"""What every task of the administration stands on, and where uploaded files lie."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kb.catalogue import Reading
from kb.embed import Embedder
from kb.errors import KnowledgeBaseError
from kb.journal import Journal
from web.admin.shelf import FILES, Shelf

logger = logging.getLogger(__name__)

FACT: Final = "uploads"  # names the folder of files brought in: a restore brings another
_FOLDER: Final = re.compile(r"files(?:-[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Ground:
    """One knowledge base to be changed."""

    folder: Path
    embedder: Callable[[], Embedder] = field(repr=False)
    journal: Journal | None
    shelf: Shelf

    def files(self, catalogue: Reading) -> Path:
        """Return the folder in which files brought in lie."""
        name = catalogue.fact(FACT) or FILES
        return self.shelf.uploads / (name if _FOLDER.fullmatch(name) else FILES)

    def is_uploaded(self, path: str) -> bool:
        """Whether a file is one of those uploaded here."""
        return self.shelf.uploads.resolve() in Path(path).parents

    def note(self, what: str, detail: str = "") -> None:
        """Write a line into the audit log, and into the start window where there is no log."""
        logger.info("管理：%s %s", what, detail)
        try:
            if self.journal is not None:
                self.journal.note(what, detail)
        except KnowledgeBaseError as error:
            logger.warning("管理记录没有写入：%s", error)
