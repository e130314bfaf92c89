"""What a run did, for the person at the keyboard, the JSON contract and the admin page."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.files import Failure


@dataclass(slots=True)
class Report:
    """Counts of documents, the chunks stored, and every file that failed."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    chunks: int = 0
    seconds: float = 0.0
    articles: int = 0
    missing: list[str] = field(default_factory=list)  # sources under the given folders gone from disk
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command contract spells it."""
        return asdict(self)
