"""Where a law and an article stand on this site."""

from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import quote, urlencode

from kb.base import KnowledgeBase
from kb.datatypes import Document
from web.api import reading

ROOT = "/lookup"


def address(*parts: str, **asked: str) -> str:
    """Return the address of a page below /lookup; empty fields of the query are left out.

    A slash inside a name (GB/T) is written full width, which resolving a name undoes.

    >>> address("GB/T 1", "第一条", version="", quote="好")
    '/lookup/GB%EF%BC%8FT%201/%E7%AC%AC%E4%B8%80%E6%9D%A1?quote=%E5%A5%BD'
    """
    path = "/".join([ROOT, *(quote(part.replace("/", "／"), safe="") for part in parts)])
    query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote)
    return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of laws and articles; a version is named only where it is not the one shown by itself."""

    shown: frozenset[str]  # doc_ids of the versions that a law's bare name stands for

    @classmethod
    def of(cls, kb: KnowledgeBase, on: date | None = None) -> Self:
        """Return the addresses for a knowledge base, for a day if the pages linked to are to keep to it."""
        return cls(frozenset(text.shown.doc_id for text in reading.texts(kb, kb.statuses(on))))

    def law(self, document: Document, **asked: str) -> str:
        """Return a law's page."""
        return address(document.name, version=self._version(document), **asked)

    def article(self, document: Document, label: str, **asked: str) -> str:
        """Return an article's page."""
        return address(document.name, label, version=self._version(document), **asked)

    def _version(self, document: Document) -> str:
        return "" if document.doc_id in self.shown else document.doc_id
