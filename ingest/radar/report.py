"""What the change radar found, for the person at the keyboard and for programs."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ingest.radar.changes import Change, Kind, Mark, Piece
from ingest.radar.compare import Report
from kb.datatypes import Document

_AROUND = 14  # characters shown of an unchanged run at each side of a change
_OPENING = 40  # characters of an added or removed passage
_LISTED = 20  # cards and passages named before the rest is counted


def as_text(report: Report) -> str:
    """Return a report in lines; removed words stand in [-…-], added ones in {+…+}."""
    return "\n".join(_lines(report))


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as plain values, for `--json`."""
    touched = report.touched
    return {
        "law": report.new.name,
        "old": _version(report.old) if report.old else None,
        "new": _version(report.new),
        "unchanged": report.changes.unchanged,
        "changes": [
            {
                "kind": change.kind.value,
                "old": change.old.label if change.old else None,
                "new": change.new.label if change.new else None,
                "words": [[piece.mark.value, piece.text] for piece in change.words],
            }
            for change in report.changes.items
        ],
        "cards": [
            {
                "title": card.title,
                "level": card.level.value,
                "label": card.label,
                "articles": list(card.articles),
            }
            for card in touched.cards
        ],
        "links": [
            {"chunk_id": link.chunk_id, "relation": link.relation.value, "article": link.article}
            for link in touched.links
        ],
        "citations": dict(touched.citations) if touched.citations is not None else None,
    }


def marked(words: Sequence[Piece]) -> str:
    """Return a changed passage on one line, long unchanged runs shortened.

    >>> marked([Piece(Mark.SAME, "处"), Piece(Mark.GONE, "五万"), Piece(Mark.CAME, "十万"), Piece(Mark.SAME, "元罚款")])
    '处[-五万-]{+十万+}元罚款'
    """
    shown: list[str] = []
    for place, piece in enumerate(words):
        text = piece.text.replace("\n", " ")
        if piece.mark is Mark.GONE:
            shown.append(f"[-{text}-]")
        elif piece.mark is Mark.CAME:
            shown.append(f"{{+{text}+}}")
        else:
            shown.append(_shortened(text, first=place == 0, last=place == len(words) - 1))
    return "".join(shown)


def _lines(report: Report) -> Iterator[str]:
    new = report.new
    if report.old is None:
        yield f"《{new.name}》（{_day(new.published)}）：库里没有更早的版本，全文 {len(report.changes.items)} 段都是新的"
        return
    counts = "，".join(f"{kind.value} {len(report.changes.of(kind))} 条" for kind in Kind)
    yield f"《{new.name}》 {_day(report.old.published)} → {_day(new.published)}：{counts}，未变 {report.changes.unchanged} 条"
    for change in report.changes.items:
        yield f"  {_change(change)}"
    yield from _touched(report)


def _change(change: Change) -> str:
    if change.old and change.new:
        moved = change.old.label != change.new.label
        label = f"{change.old.label} → {change.new.label}" if moved else change.new.label
        return f"{change.kind.value} {label}" + (f"：{marked(change.words)}" if change.words else "")
    chunk = change.new or change.old
    text = chunk.text.replace("\n", " ") if chunk else ""
    opening = text if len(text) <= _OPENING else f"{text[:_OPENING]}…"
    return f"{change.kind.value} {chunk.label if chunk else ''}：{opening}"


def _touched(report: Report) -> Iterator[str]:
    touched = report.touched
    if touched.cards:
        yield f"  要复核的卡片（{len(touched.cards)} 张）："
        for card in touched.cards[:_LISTED]:
            named = "、".join(card.articles) or "只写了法规名称"
            yield f"    {card.level.value}《{card.title}》{card.label}：{named}"
        yield from _rest(len(touched.cards), "张")
    if touched.links:
        yield f"  引用或承接这些条文的其他规定（{len(touched.links)} 处）："
        for link in touched.links[:_LISTED]:
            yield f"    {link.chunk_id}（{link.relation.value}）：{link.article}"
        yield from _rest(len(touched.links), "处")
    if touched.citations:
        total = sum(touched.citations.values())
        yield f"  以往回答引用过其中 {len(touched.citations)} 条，共 {total} 次，请留意是否要更正"
    if not (touched.cards or touched.links or touched.citations):
        yield "  没有卡片、其他规定或以往回答受影响"


def _rest(total: int, unit: str) -> Iterator[str]:
    if total > _LISTED:
        yield f"    另有 {total - _LISTED} {unit}，见 --json"


def _shortened(text: str, *, first: bool, last: bool) -> str:
    if first:
        return text if len(text) <= _AROUND else f"…{text[-_AROUND:]}"
    if last:
        return text if len(text) <= _AROUND else f"{text[:_AROUND]}…"
    return text if len(text) <= 2 * _AROUND else f"{text[:_AROUND]}…{text[-_AROUND:]}"


def _version(document: Document) -> dict[str, str | None]:
    return {
        "doc_id": document.doc_id,
        "published": document.published.isoformat() if document.published else None,
        "effective": document.effective.isoformat() if document.effective else None,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else "日期不明"
