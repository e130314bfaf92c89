"""Which documents may answer on a day and in a place, and how much each counts there."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from kb import regions
from kb.datatypes import Document, Status
from kb.versions import statuses

_LOCAL_UNASKED = 0.7  # score factor for local rules when nobody has said where they are


class Scope:
    """Answers from a fixed set of documents; results are kept."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Take the documents of one generation of a knowledge base."""
        self._documents = documents
        self.statuses = lru_cache(maxsize=32)(self._statuses)
        self.factors = lru_cache(maxsize=64)(self._factors)

    def _statuses(self, on: date) -> dict[str, Status]:
        """Return {doc_id: status on the day}."""
        return statuses(self._documents, on)

    def _factors(self, on: date, region: str | None) -> Mapping[str, float]:
        """Return {doc_id: score factor} of the documents that may answer; the rest are left out.

        Those in force count, national ones and those of the region; with no region said, local ones less, and so
        do those of a county or town of which nobody knows where it lies: whoever runs this brought them in.
        """
        status = self.statuses(on)
        factors: dict[str, float] = {}
        for document in self._documents:
            if status[document.doc_id] is not Status.IN_FORCE:
                continue
            if document.region == regions.NATIONWIDE or (region and regions.covers(document.region, region)):
                factors[document.doc_id] = 1.0
            elif (
                region is None
                or regions.covers(region, document.region)
                or not regions.known(document.region)
            ):
                factors[document.doc_id] = _LOCAL_UNASKED
        return factors
