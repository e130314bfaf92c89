"""Keeping the knowledge base in step with folders (`python -m ingest DIR --watch`)."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch as changes

from kb.errors import IngestError, LockedError

logger = logging.getLogger(__name__)
_QUIET = 1_600  # milliseconds without a further change before the folder is read: copies take a while
_RETRY = 5  # seconds until a knowledge base somebody else is writing to is tried again


def watch(paths: Sequence[str], bring_in: Callable[[], None], stop: Event | None = None) -> None:
    """Call `bring_in` at once and after every change under the folders, until `stop` is set or Ctrl+C.

    Raises:
        IngestError: if one of the paths is no folder.
    """
    folders = [Path(path) for path in paths]
    for folder in folders:
        if not folder.is_dir():
            raise IngestError(f"{folder} 不是目录。--watch 只能跟随目录")
    stopped = stop or Event()
    for _ in _occasions(folders, stopped):
        while not _done(bring_in) and not stopped.wait(_RETRY):
            pass


def _occasions(folders: Sequence[Path], stop: Event) -> Iterator[None]:
    yield None
    for _ in changes(*folders, stop_event=stop, debounce=_QUIET, raise_interrupt=True, recursive=True):
        yield None


def _done(bring_in: Callable[[], None]) -> bool:
    try:
        bring_in()
    except LockedError as error:
        logger.warning("%s", error)
        return False
    return True
