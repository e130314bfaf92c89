"""Which version of a text is in force on a day (时效), worked out from the documents themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from kb.datatypes import Document, Level, Status

_BEGINNING = date.min
_RANKS = {level: place for place, level in enumerate(Level)}


def statuses(documents: Iterable[Document], on: date) -> dict[str, Status]:
    """Return {doc_id: status on the day `on`}.

    Within a family the newest version already effective is in force; a version that another text
    in force declares repealed (同时废止), or whose `expires` has passed, is not.

    >>> from kb.datatypes import Level
    >>> def law(year: int) -> Document:
    ...     day = date(year, 5, 1)
    ...     return Document(f"甲法@{day}", "甲法", "甲法", Level.LAW, "全国", "", "", published=day, effective=day)
    >>> [s.value for s in statuses([law(2007), law(2024), law(2027)], date(2026, 11, 24)).values()]
    ['已修改', '现行', '尚未施行']
    """
    families: defaultdict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        families[document.name, document.part].append(document)
    found: dict[str, Status] = {}
    for versions in families.values():
        found.update(_family_statuses(sorted(versions, key=_order), on))
    repealed_from = _repeals(families, found)
    for (name, _part), versions in families.items():
        for document in versions:
            ended = repealed_from.get(name)
            if ended and start(document) < ended and found[document.doc_id] is Status.IN_FORCE:
                found[document.doc_id] = Status.REPEALED
    return found


def start(document: Document) -> date:
    """Return the first day of a version: its effective date, else its publication, else the beginning."""
    return document.effective or document.published or _BEGINNING


def _order(document: Document) -> tuple[date, bool]:
    return start(document), "~" not in document.doc_id  # a second text of one day (~2) gives way to the first


def _family_statuses(versions: list[Document], on: date) -> dict[str, Status]:
    found: dict[str, Status] = {}
    current: Document | None = None
    for document in versions:
        if start(document) > on:
            found[document.doc_id] = Status.NOT_YET
            continue
        weaker = current is not None and rank(document) > rank(current)
        if current is not None and not weaker:
            found[current.doc_id] = Status.AMENDED
        expired = document.expires is not None and document.expires <= on
        found[document.doc_id] = Status.REPEALED if expired else Status.IN_FORCE
        current = current if weaker else document
    return found


def rank(document: Document) -> int:
    """Return the place of a text's level in the legal order, 0 the strongest."""
    return _RANKS[document.level]


def _may_end(document: Document, families: Mapping[tuple[str, str], list[Document]], name: str) -> bool:
    """Whether a text stands high enough to repeal another: no notice ends a law."""
    if rank(document) > _RANKS[Level.JUDICIAL]:
        return False
    ended = [
        other for (other_name, _), versions in families.items() if other_name == name for other in versions
    ]
    return all(rank(document) <= rank(other) for other in ended)


def _repeals(
    families: Mapping[tuple[str, str], list[Document]], found: Mapping[str, Status]
) -> dict[str, date]:
    """Return {name: day from which a text in force declares it repealed}."""
    ended: dict[str, date] = {}
    for versions in families.values():
        for document in versions:
            if found[document.doc_id] in (Status.NOT_YET, Status.REPEALED):
                continue
            for name in document.repeals:
                if name != document.name and _may_end(document, families, name):
                    ended[name] = max(start(document), ended.get(name, _BEGINNING))
    return ended
