"""The only source of truth: documents, chunk texts and what is still to be indexed, in SQLite.

Dense and lexical indexes are caches made from here. Every change is one transaction that also notes
what the caches have to do (`indexed = 0`, `stale_chunks`), so a kill at any moment loses nothing: the
next writer finishes the work.
"""

from kb.catalogue.reading import FILE_NAME, Reading, Source, configure
from kb.catalogue.writing import Catalogue

__all__ = ["FILE_NAME", "Catalogue", "Reading", "Source", "configure"]
