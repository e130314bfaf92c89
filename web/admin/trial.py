"""What would come of an uploaded file, before anything is indexed: read, compared, kept as plain values."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from ingest.gather import INSIDE
from ingest.parse import Given
from ingest.preview import Remembered, as_json, preview
from ingest.radar.compare import Cited
from ingest.radar.report import as_text
from kb.catalogue import FILE_NAME, Catalogue
from kb.datatypes import Document, Level
from kb.identity import CORRECTABLE, corrected
from kb.normalise import law_name

_SHOWN: Final = 40  # passages of the outline
_OPENING: Final = 160  # characters of each
_CHANGES: Final = 60  # changed passages
_DOCUMENTS: Final = 500  # of one archive


def read(path: Path, folder: Path, cited: Cited | None) -> list[dict[str, Any]]:
    """Return what would come of a file, one entry per document in it; an unreadable one has an `error`.

    Args:
        path: the file.
        folder: of the knowledge base it is compared with; there need be none yet.
        cited: how often past answers stood on which passages.
    """
    if not (folder / FILE_NAME).is_file():
        return [_entry(found, path) for found in preview([str(path)], Given())][:_DOCUMENTS]
    with closing(Catalogue(folder)) as catalogue:
        held = Remembered(catalogue)
        return [_entry(found, path) for found in preview([str(path)], Given(), held, cited)][:_DOCUMENTS]


def as_said(entry: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, str]:
    """Return what a form sets otherwise than it was understood.

    Raises:
        KnowledgeBaseError: if a value cannot be used; names it.
    """
    said = {name: form[name].strip() for name in CORRECTABLE if name in form}
    said = {name: value for name, value in said.items() if value != text_of(entry.get(name))}
    corrected(_document(entry), said)
    return said


def values(entry: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    """Return {field: value} for the form: as understood, with what was set right."""
    return {name: said.get(name, text_of(entry.get(name))) for name in CORRECTABLE}


def text_of(value: Any) -> str:  # noqa: ANN401 - a field's value: text, list of names, date or nothing
    """Return a field's value as it stands in a form.

    >>> text_of(["甲法", "乙法"]), text_of(None), text_of(date(2024, 5, 1))
    ('甲法，乙法', '', '2024-05-01')
    """
    return "，".join(value) if isinstance(value, list | tuple) else str(value or "")


def _entry(found: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401 - ingest.preview.Preview
    entry = as_json(found)
    entry["inside"] = found.source.removeprefix(str(path.resolve()))
    entry["path"] = path.name + entry["inside"].replace(INSIDE, " / ")
    if found.parsed is None:
        return {key: entry[key] for key in ("path", "inside", "error")}
    passages = entry["passages"]
    entry["count"] = len(passages)
    entry["passages"] = [{**p, "text": p["text"][:_OPENING]} for p in passages[:_SHOWN]]
    if found.changes:
        entry["changes"]["items"] = entry["changes"].pop("changes")[:_CHANGES]
        entry["radar"] = as_text(found.changes).split("\n")[0]
    return entry


def _document(entry: Mapping[str, Any]) -> Document:
    document = Document(
        entry["doc_id"], entry["title"], law_name(entry["title"]), Level(entry["level"]), entry["region"], "", "",
    )  # fmt: skip
    return replace(
        document,
        published=_day(entry.get("published")),
        effective=_day(entry.get("effective")),
        expires=_day(entry.get("expires")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def likely_same(entries: Sequence[Mapping[str, Any]], held: str) -> bool:
    """Whether a file holds another state of the document `held`, so that it should take its place.

    >>> likely_same([{"doc_id": "甲制度@2026-01-01"}], "甲制度@2024-01-01"), likely_same([{"error": "坏"}], "甲制度@2024")
    (True, False)
    """
    names = {str(entry["doc_id"]).partition("@")[0] for entry in entries if "doc_id" in entry}
    return held.partition("@")[0] in names
