"""Who is logged in: random ids in a table on the server, of which only digests are kept."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

IDLE: Final = 30 * 60  # seconds without a request after which a session ends
LONGEST: Final = 8 * 3600  # seconds after which it ends in any case
MOST: Final = 20  # sessions at once; the one longest unused goes first


@dataclass(slots=True)
class Session:
    """One login. `token` stands in every form of it, `epoch` names the password it was opened with."""

    token: str
    epoch: str
    opened: float
    seen: float

    def admits(self, token: str) -> bool:
        """Whether a form carries this session's token."""
        return hmac.compare_digest(token.encode(), self.token.encode())


class Sessions:
    """The open sessions. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Session] = OrderedDict()

    def open(self, epoch: str) -> str:
        """Open a session; return its id, which only the browser keeps."""
        name, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._held[_digest(name)] = Session(secrets.token_urlsafe(32), epoch, now, now)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return name

    def find(self, name: str, epoch: str, *, touch: bool = True) -> Session | None:
        """Return the session of an id, unless it has ended or the password has changed since.

        Args:
            name: the id, as the browser sent it.
            epoch: of the password as it is now.
            touch: whether this request keeps it open; a page that asks by itself must not.
        """
        key, now = _digest(name), self._clock()
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            if now - found.seen > IDLE or now - found.opened > LONGEST or found.epoch != epoch:
                del self._held[key]
                return None
            if touch:
                found.seen = now
                self._held.move_to_end(key)
            return found

    def end(self, name: str) -> None:
        """End one session."""
        with self._lock:
            self._held.pop(_digest(name), None)

    def end_all(self) -> None:
        """End every session."""
        with self._lock:
            self._held.clear()

    def __len__(self) -> int:
        return len(self._held)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
