"""What a document is called for good (doc_id), and giving it another name after a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kb.datatypes import Chunk, Document, Level
from kb.errors import KnowledgeBaseError
from kb.normalise import law_name

CORRECTABLE = {  # field -> what it is called
    "title": "标题", "level": "效力级别", "region": "适用地区", "issuer": "发文机关", "document_number": "文号",
    "published": "公布日期", "effective": "施行日期", "expires": "失效日期", "short_names": "简称",
}  # fmt: skip
_DAYS = frozenset({"published", "effective", "expires"})


def document_id(name: str, published: date | None, effective: date | None, part: str = "") -> str:
    """Return the id of a text: its name and day. The sign that parts it from a passage is taken out.

    >>> document_id("甲法", None, date(2024, 5, 1)), document_id("乙法典", None, None, "合同编")
    ('甲法@2024-05-01', '乙法典@日期不明/合同编')
    """
    return plain(f"{name}@{published or effective or '日期不明'}" + (f"/{part}" if part else ""))


def plain(text: str) -> str:
    """Return text without the sign that parts a document from its passage in a chunk id."""
    return text.replace("#", "♯")


def corrected(document: Document, corrections: Mapping[str, str]) -> Document:
    """Return a document with what a person set right; its id follows its name and day.

    Raises:
        KnowledgeBaseError: if a field or a value cannot be used; names it.
    """
    if not corrections:
        return document
    values = {field: _value(field, text) for field, text in corrections.items()}
    if "title" in values:
        values["name"] = law_name(values["title"])
    changed = replace(document, **values)
    if {"title", "published", "effective"} & values.keys():
        doc_id = document_id(changed.name, changed.published, changed.effective, changed.part)
        changed = replace(changed, doc_id=doc_id)
    return changed


def relabelled(chunks: Sequence[Chunk], document: Document) -> tuple[Chunk, ...]:
    """Return the chunks as chunks of `document`."""
    return tuple(
        replace(chunk, chunk_id=f"{document.doc_id}#{chunk.label}", doc_id=document.doc_id, law=document.name)
        for chunk in chunks
    )


def _value(field: str, text: str) -> Any:  # noqa: ANN401 - the type depends on the field
    if field not in CORRECTABLE:
        raise KnowledgeBaseError(f"没有 {field} 这一项。可以更正的有：{'、'.join(CORRECTABLE)}")
    text = text.strip()
    try:
        if field in _DAYS:
            return date.fromisoformat(text) if text else None
        if field == "level":
            return Level(text)
    except ValueError as error:
        wanted = "年-月-日，如 2024-05-01" if field in _DAYS else "、".join(level.value for level in Level)
        raise KnowledgeBaseError(f"{CORRECTABLE[field]}的值“{text}”不对，应为：{wanted}") from error
    if field == "short_names":
        return tuple(name.strip() for name in text.replace("，", ",").split(",") if name.strip())
    if field in {"title", "region"} and not text:
        raise KnowledgeBaseError(f"{CORRECTABLE[field]}不能为空")
    return text
