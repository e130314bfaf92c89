"""What would come of files, without bringing them in (`python -m ingest FILE --dry-run`)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ingest.about.repeal import Repeal, repeal_sentences
from ingest.files import Failure, find
from ingest.gather import Outcome, gathered
from ingest.parse import Given, Parsed
from ingest.radar import compare as radar
from ingest.radar import report as radar_report
from ingest.run import read_jobs
from ingest.sandbox.pool import shared
from ingest.structure.statute import Passage
from kb.datatypes import Chunk, Document
from kb.identity import CORRECTABLE
from kb.numerals import is_article

_OUTLINE = 12  # passages shown
_OPENING = 36  # characters shown of a passage
_UNKNOWN = "未识别"


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood of one file, or why it was not."""

    source: str
    error: str = ""
    parsed: Parsed | None = None
    repeals: tuple[Repeal, ...] = ()
    changes: radar.Report | None = None  # beside the version held, if there is one


class Remembered:
    """A knowledge base whose list of documents is read once, however many files are compared with it."""

    def __init__(self, held: radar.Held) -> None:
        """Nothing is read yet."""
        self.chunks, self.links = held.chunks, held.links
        self.documents = cache(held.documents)


def preview(
    paths: Sequence[str], given: Given, held: radar.Held | None = None, cited: radar.Cited | None = None
) -> Iterator[Preview]:
    """Yield what would come of each file, and of the files inside archives. Nothing is written.

    Args:
        paths: files and folders.
        given: level and region said by the user.
        held: the knowledge base to compare with, if there is one.
        cited: how often past answers cited which passages, where that is kept.
    """
    failed: list[Failure] = []
    for outcome in gathered(read_jobs(find(paths, failed), given, failed), shared()):
        if outcome.error or (outcome.understood and outcome.understood.parsed):
            yield _of(outcome, held, cited)
    for failure in failed:
        yield Preview(failure.path, failure.reason)


def _of(outcome: Outcome, held: radar.Held | None, cited: radar.Cited | None) -> Preview:
    if outcome.understood is None or outcome.understood.parsed is None:
        return Preview(outcome.job.source, outcome.error)
    parsed = outcome.understood.parsed
    found = radar.compare(parsed.document, parsed.chunks, held, cited) if held else None
    repeals = repeal_sentences([Passage(c.label, c.path, c.text) for c in parsed.chunks])
    return Preview(outcome.job.source, "", parsed, repeals, found if found and found.old else None)


def as_text(found: Preview) -> str:
    """Return a preview for the person at the keyboard."""
    if found.parsed is None:
        return f"{found.source}\n  不能导入：{found.error}"
    document, chunks = found.parsed.document, found.parsed.chunks
    lines = [
        found.source,
        f"  编号：{document.doc_id}",
        f"  结构：{found.parsed.structure.value}，{_counted(chunks)}",
    ]
    lines += [f"  {name}：{_shown(document, field)}" for field, name in CORRECTABLE.items()]
    lines += [f"  宣布废止：《{r.name}》（{r.label}：“{r.sentence}”）" for r in found.repeals]
    lines += [f"  请留意：{note}" for note in document.notes]
    lines += ["  内容："] + [f"    {_outlined(chunk)}" for chunk in chunks[:_OUTLINE]]
    if len(chunks) > _OUTLINE:
        lines.append(f"    …… 另有 {len(chunks) - _OUTLINE} 段，用 --json 查看全部")
    if found.changes:
        lines += [f"  {line}" for line in radar_report.as_text(found.changes).split("\n")]
    return "\n".join(lines)


def as_json(found: Preview) -> dict[str, Any]:
    """Return a preview as plain values."""
    if found.parsed is None:
        return {"path": found.source, "error": found.error}
    document = found.parsed.document
    return {
        "path": found.source,
        "doc_id": document.doc_id,
        "structure": found.parsed.structure.value,
        **{field: _plain(document, field) for field in CORRECTABLE},
        "repeals": [{"law": r.name, "sentence": r.sentence, "label": r.label} for r in found.repeals],
        "notes": list(document.notes),
        "passages": [
            {"label": c.label, "path": list(c.path), "page": c.page, "text": c.text}
            for c in found.parsed.chunks
        ],
        "changes": radar_report.as_json(found.changes) if found.changes else None,
    }


def _counted(chunks: Sequence[Chunk]) -> str:
    articles = sum(is_article(chunk.label) for chunk in chunks)
    pages = f"，第 {chunks[0].page} 至 {chunks[-1].page} 页" if chunks[0].page else ""
    return f"{articles} 条，共 {len(chunks)} 段{pages}" if articles else f"{len(chunks)} 段{pages}"


def _outlined(chunk: Chunk) -> str:
    place = f"〔{' / '.join(chunk.path)}〕" if chunk.path else ""
    return f"{chunk.label}{place} {chunk.text[:_OPENING].replace(chr(10), ' ')}"


def _plain(document: Document, field: str) -> Any:  # noqa: ANN401 - the type depends on the field
    value = getattr(document, field)
    return list(value) if isinstance(value, tuple) else str(value) if value else None


def _shown(document: Document, field: str) -> str:
    value = getattr(document, field)
    return "、".join(value) or "无" if isinstance(value, tuple) else str(value or _UNKNOWN)


def summary(found: Sequence[Preview]) -> str:
    """Return the closing line: how many of which structure, how many cannot be read."""
    kinds = Counter(one.parsed.structure.value for one in found if one.parsed)
    good = "，".join(f"{name} {count} 份" for name, count in kinds.most_common())
    bad = sum(one.parsed is None for one in found)
    return f"试读完毕，没有写入知识库。{good or '没有可导入的文件'}" + (f"；不能导入 {bad} 份" if bad else "")
