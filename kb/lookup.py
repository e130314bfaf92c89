"""Lookup before search: a question that names an article gets that article, from a dictionary, not by likeness."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.clauses import clause
from kb.datatypes import Chunk, Document, Found, Hit, Status
from kb.links import Link, Relation
from kb.normalise import fold
from kb.numerals import NUMERAL, to_chinese, to_int
from kb.titles import Mention, Titles
from kb.versions import rank, start

_NUMBER = rf"{NUMERAL}{{1,7}}"
_REFERENCE = re.compile(
    rf"第?(?P<main>{_NUMBER})(?:(?:\s*条?\s*(?:至|到|-|—|~)\s*第?)(?P<last>{_NUMBER}))?\s*条"
    rf"(?:\s*之\s*(?P<sub>[一二三四五六七八九十0-9]{{1,3}}))?"
    rf"(?:\s*第?(?P<paragraph>{_NUMBER})款)?(?:\s*第?[(（]?(?P<item>{_NUMBER})[)）]?项)?"
)
_JOINED = re.compile(r"[》〉\s的、,和与及()0-9年版修订正]*")
_BARE = re.compile(rf"^\s*第?(?P<main>{_NUMBER})\s*$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?=\s*(?:年|版|\)|$))")
_OLDER = re.compile(
    r"(?:旧|老|原|修订前|修改前|以前)(?:的|版)?[《〈]?(?=[\u3400-\u9fff]{0,20}(?:法|条例|规定|办法|细则))"
)
_LONGEST_RANGE = 20
_NAME_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Reference:
    """An article as a question names it."""

    law: str
    label: str
    paragraph: int | None = None
    item: int | None = None


class Lookup:
    """Answers article references from the catalogue's documents."""

    def __init__(
        self,
        documents: Sequence[Document],
        titles: Titles,
        chunks_by_id: Callable[[Sequence[str]], dict[str, Chunk]],
        chunks: Callable[[str], list[Chunk]],
        links: Callable[[str], list[Link]],
    ) -> None:
        """Take the documents, their names, and how to read chunks by id and by document, and a chunk's links."""
        self._links = links
        self._titles = titles
        self._chunks_by_id = chunks_by_id
        self._chunks = chunks
        self._versions: dict[str, list[Document]] = {}
        for document in sorted(documents, key=start):
            self._versions.setdefault(document.name, []).append(document)

    def references(self, question: str) -> list[Reference]:
        """Return the articles named, in order, each with the law it belongs to."""
        folded = fold(question)
        mentions = self._titles.mentions(folded)
        found: list[Reference] = []
        last_end: int | None = None
        for match in _REFERENCE.finditer(folded):
            ends = [m.end for m in mentions if m.end <= match.start()] + ([last_end] if last_end else [])
            gap = folded[max(ends) : match.start()] if ends else ""
            if not match[0].startswith("第") and not _JOINED.fullmatch(gap):
                continue  # 「商场要有2条疏散通道」counts things, it names no article
            law = self._law_of(folded, match, mentions)
            if law:
                found += _expand(law, match)
                last_end = match.end()
        if not found and len(mentions) == 1:
            rest = folded[mentions[0].end :].lstrip("》〉")
            bare = _BARE.match(rest)
            if bare and not _YEAR.match(rest.strip()):
                found = [Reference(mentions[0].name, _label(to_int(bare["main"])))]
        return list(dict.fromkeys(found))

    def find(self, question: str, statuses: dict[str, Status]) -> Found | None:
        """Return the articles a question names, or None if it names none.

        Args:
            question: what was asked.
            statuses: {doc_id: status on the date asked about}; picks the version.
        """
        references = self.references(question)
        if not references:
            return None
        folded = fold(question)
        year = _YEAR.search(folded)
        older = bool(_OLDER.search(folded))
        hits: list[Hit] = []
        notices: list[str] = []
        for reference in references:
            versions = self._pick(reference.law, statuses, int(year[1]) if year else None, older=older)
            found = self._read(reference, versions, statuses)
            hits += found.hits
            notices.append(found.notice)
            if older and found.hits and found.hits[0].status is Status.IN_FORCE:
                notices.append(f"知识库没有收录《{reference.law}》的旧版，以下是现行版")
        unique = {hit.chunk.chunk_id: hit for hit in hits}
        return Found(tuple(unique.values()), True, "；".join(dict.fromkeys(filter(None, notices))))

    def article(self, law: str, label: str, statuses: dict[str, Status]) -> Found:
        """Return one article in the version in force, or a notice of what is here instead."""
        return self._read(Reference(law, label), self._pick(law, statuses, None), statuses)

    def _read(self, reference: Reference, versions: list[Document], statuses: dict[str, Status]) -> Found:
        """Return the article; where it stands in an older version only, the one it became, and that said."""
        hit = self._hit(reference, versions, statuses)
        if hit and hit.status is not Status.AMENDED:
            return Found((hit,), True)
        if hit:
            now = self._present(hit, statuses)
            said = (
                f"《{reference.law}》{_version(hit.document)}的{reference.label}，现行版是{now.chunk.label}"
                if now
                else ""
            )
            return Found((hit, now) if now else (hit,), True, said)
        missing = self._missing(reference, versions)
        older = [d for d in self._versions.get(reference.law, []) if d not in versions]
        former = self._hit(reference, older, statuses)
        now = self._present(former, statuses) if former else None
        if former is None or now is None:
            return Found((), True, missing)
        return Found(
            (now,),
            True,
            f"{missing}；{_version(former.document)}的{reference.label}，现行版是{now.chunk.label}",
        )

    def _present(self, hit: Hit, statuses: dict[str, Status]) -> Hit | None:
        """Return the article in force that an article of an older version became, or None if none is alike."""
        chunk_id, seen = hit.chunk.chunk_id, set[str]()
        while chunk_id not in seen:
            seen.add(chunk_id)
            doc_id, _, label = chunk_id.partition("#")
            document = next((d for d in self._versions[hit.document.name] if d.doc_id == doc_id), None)
            if document and statuses[doc_id] is Status.IN_FORCE:
                return self._hit(Reference(document.name, label), [document], statuses)
            chunk_id = next(
                (
                    link.target
                    for link in self._links(chunk_id)
                    if link.relation is Relation.SUCCESSOR and link.source == chunk_id
                ),
                chunk_id,
            )
        return None

    def _law_of(self, folded: str, match: re.Match[str], mentions: list[Mention]) -> str | None:
        before = [m for m in mentions if m.end <= match.start()]
        if before:
            return before[-1].name
        guess = self._titles.guess(_tail(folded[max(0, match.start() - _NAME_LENGTH) : match.start()]))
        if guess:
            return guess
        after = [m for m in mentions if m.begin >= match.end()]
        return after[0].name if after else None

    def _pick(
        self, law: str, statuses: dict[str, Status], year: int | None, *, older: bool = False
    ) -> list[Document]:
        """Return the documents to look in: those of the year, the one before the present, or the one in force."""
        versions = self._versions.get(law, [])
        if year is not None:
            dated = [d for d in versions if year in {day.year for day in (d.published, d.effective) if day}]
            if dated:
                return dated
        in_force = [d for d in versions if statuses[d.doc_id] is Status.IN_FORCE]
        amended = [d for d in versions if statuses[d.doc_id] is Status.AMENDED]
        strongest_last = sorted(in_force, key=rank, reverse=True)
        return (amended[-1:] if older else []) or strongest_last or versions[-1:]

    def _hit(self, reference: Reference, versions: list[Document], statuses: dict[str, Status]) -> Hit | None:
        for document in reversed(versions):
            chunk_id = f"{document.doc_id}#{reference.label}"
            chunk = self._chunks_by_id([chunk_id]).get(chunk_id)
            if chunk:
                asked = reference.paragraph is not None or reference.item is not None
                focus = clause(chunk.text, reference.paragraph, reference.item) if asked else ""
                return Hit(
                    chunk, document, statuses[document.doc_id], 1.0, ("条号直达",), focus, looked_up=True
                )
        return None

    def _missing(self, reference: Reference, versions: list[Document]) -> str:
        if not versions:
            return f"知识库里没有《{reference.law}》"
        labels = [c.label for document in versions for c in self._chunks(document.doc_id)]
        articles = sum(label.startswith("第") and label.endswith("条") for label in labels)
        if not articles:
            return f"《{reference.law}》没有分条，找不到{reference.label}"
        day: date | None = versions[-1].published
        version = f"（{day} 版）" if day else ""
        return f"《{reference.law}》{version}共{articles}条，没有{reference.label}"


def _expand(law: str, match: re.Match[str]) -> list[Reference]:
    main = to_int(match["main"])
    if match["last"]:
        last = min(to_int(match["last"]), main + _LONGEST_RANGE - 1)
        return [Reference(law, _label(number)) for number in range(main, last + 1)]
    sub = f"之{to_chinese(to_int(match['sub']))}" if match["sub"] else ""
    paragraph = to_int(match["paragraph"]) if match["paragraph"] else None
    item = to_int(match["item"]) if match["item"] else None
    return [Reference(law, _label(main) + sub, paragraph, item)]


def _version(document: Document) -> str:
    return f"{document.published or document.effective or '更早'}版"


def _label(number: int) -> str:
    return f"第{to_chinese(number)}条" if number < 10_000 else f"第{number}条"


def _tail(text: str) -> str:
    """Return the unbroken run of Hanzi at the end, where a misspelt law name would stand."""
    match = re.search(r"[\u3400-\u9fff、“”]+$", text.strip("《》〈〉 的"))
    return match[0] if match else ""
