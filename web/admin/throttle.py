"""How long somebody who guesses passwords must wait: longer after every failure, by address and over all."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 60.0  # seconds
MOST: Final = 5_000  # addresses remembered; the one longest quiet goes first
_FORGOTTEN: Final = 3600.0  # seconds after which an address begins anew
_FREE: Final = 20  # failures of all addresses together that slow nobody but themselves
_HALVED: Final = 600.0  # seconds in which the failures of all addresses count half


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0


class Throttle:
    """Attempts to log in. An attempt counts as failed until it is told to have succeeded.

    >>> now = [0.0]
    >>> throttle = Throttle(lambda: now[0])
    >>> [throttle.attempt("a"), throttle.attempt("a"), throttle.attempt("b")]
    [0.0, 1.0, 0.0]
    >>> now[0] = 1.0
    >>> [throttle.attempt("a"), throttle.attempt("a")]
    [0.0, 2.0]
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Record] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()  # addresses that once gave the right password
        self._all, self._all_last = 0.0, 0.0

    def attempt(self, address: str) -> float:
        """Return 0.0 and count an attempt, or return the seconds still to wait.

        Args:
            address: whom the request is counted to, see `web.limits.client_of`.
        """
        now = self._clock()
        with self._lock:
            record = self._held.get(address, _Record())
            if now - record.last > _FORGOTTEN:
                record = _Record()
            wait = record.last + _delay(record.failures) - now
            if address not in self._known:  # strangers cannot lock out who has been here before
                self._decay(now)
                wait = max(wait, self._all_last + _delay(int(self._all) - _FREE) - now)
            if wait > 0:
                return wait
            self._held[address] = _Record(record.failures + 1, now)
            self._held.move_to_end(address)
            self._all, self._all_last = self._all + 1, now
            while len(self._held) > MOST:
                self._held.popitem(last=False)
            return 0.0

    def succeeded(self, address: str) -> None:
        """Forget an address's failures."""
        with self._lock:
            self._held.pop(address, None)
            self._all = max(0.0, self._all - 1)
            self._known[address] = None
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._held)

    def _decay(self, now: float) -> None:
        if self._all and now > self._all_last + LONGEST:
            self._all *= 0.5 ** ((now - self._all_last) / _HALVED)
            self._all_last = now - LONGEST


def _delay(failures: int) -> float:
    """Return the seconds to wait after so many failures: 0, 1, 2, 4 ... 60.

    >>> [_delay(n) for n in (-3, 0, 1, 2, 3, 6, 7, 1000)]
    [0.0, 0.0, 1.0, 2.0, 4.0, 32.0, 60.0, 60.0]
    """
    return min(LONGEST, 2.0 ** (min(failures, 10) - 1)) if failures > 0 else 0.0
