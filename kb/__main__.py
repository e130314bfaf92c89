"""`python -m kb list | show | search | check | rebuild | stats | correct | cards`: read and repair a knowledge base."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from tqdm import tqdm

from kb import console
from kb.base import KnowledgeBase
from kb.cards.grounds import problems
from kb.cards.library import read_library
from kb.check import check
from kb.datatypes import Document, Hit, Status
from kb.embed import load_embedder
from kb.errors import SettingsError
from kb.identity import CORRECTABLE
from kb.settings import Settings
from kb.writer import open_writer, rebuild

Options = argparse.Namespace
_PREVIEW = 120
_CARD_NAMES = {
    "guide": "应急卡片", "duty": "职责", "penalty": "罚则", "signal": "预警与分级", "term": "术语", "sheet": "检查表",
}  # fmt: skip


def main(settings: Settings) -> int:
    """Run the command. Returns 1 if `check` found a problem."""
    arguments = console.parser("kb", "查看、检索、检查和重建知识库")
    commands = arguments.add_subparsers(dest="command", required=True, metavar="命令")
    for name, (action, description) in _COMMANDS.items():
        command = commands.add_parser(name, help=description, description=description)
        console.add_kb(command, settings)
        command.set_defaults(action=action, model=settings.embedding_model, reranker=settings.reranker_model)
        if name in ("show", "search", "list", "cards"):
            console.add_question_options(command, settings)
        if name == "cards":
            command.add_argument(
                "folder",
                nargs="?",
                type=Path,
                default=settings.starter_dir,
                metavar="目录",
                help="自带知识目录",
            )
        if name == "show":
            command.add_argument("law", metavar="法规")
            command.add_argument("article", metavar="条号")
        if name == "correct":
            command.add_argument(
                "doc_id", metavar="文档编号", help="如 甲条例@2019-03-01，见 python -m kb list"
            )
            command.add_argument("values", nargs="+", metavar="字段=值", help="、".join(CORRECTABLE))
        if name == "search":
            command.add_argument("question", metavar="问题")
            command.add_argument("-k", type=int, default=10, metavar="条数", help="最多返回几条（默认 10）")
            command.add_argument(
                "--mode", choices=("hybrid", "lexical", "dense"), default="hybrid", help="检索方式"
            )
    options = arguments.parse_args()
    return int(options.action(options))


def _list(options: Options) -> int:
    with KnowledgeBase.open(options.kb, model=options.model) as kb:
        statuses = kb.statuses(options.date)
        documents = kb.documents()
    rows = [_document_row(document, statuses[document.doc_id]) for document in documents]
    if options.json:
        return _json(rows)
    for row in rows:
        print(
            "\t".join(
                str(row[key] or "-")
                for key in ("doc_id", "level", "region", "published", "effective", "status")
            )
        )
    print(f"共 {len(rows)} 份")
    return 0


def _show(options: Options) -> int:
    with KnowledgeBase.open(options.kb, model=options.model) as kb:
        hit = kb.article(options.law, options.article, on=options.date)
        ended = kb.ending(hit.document.doc_id, options.date)
    if options.json:
        return _json(
            {
                "law": hit.document.name,
                "article": hit.chunk.label,
                "text": hit.chunk.text,
                "version": hit.document.doc_id,
                "status": hit.status.value,
            }
        )
    effective = hit.document.effective or "未载明"
    print(
        f"《{hit.document.title}》{hit.chunk.label}（{hit.status.value}，公布 {_day(hit.document.published)}，施行 {effective}）"
    )
    if ended:
        said = f"：{ended.label}“{ended.sentence}”" if ended.sentence else "（新版本）"
        print(f"不再有效，依据 {ended.by.doc_id}{said}，自 {ended.day} 起")
    print(" / ".join(hit.chunk.path))
    print(hit.chunk.text)
    return 0


def _search(options: Options) -> int:
    with KnowledgeBase.open(options.kb, model=options.model, reranker=options.reranker) as kb:
        found = kb.find(
            options.question, options.k, on=options.date, region=options.region, mode=options.mode
        )
    if options.json:
        return _json([_hit_row(hit) for hit in found.hits])
    if found.notice:
        print(found.notice)
    for number, hit in enumerate(found.hits, start=1):
        print(f"{number}. 《{hit.document.name}》{hit.chunk.label}  {hit.score:.3f}  {'，'.join(hit.why)}")
        print(f"   {hit.chunk.text[:_PREVIEW].replace(chr(10), ' ')}")
    if not found.hits:
        print("没有找到相关内容")
    return 0


def _check(options: Options) -> int:
    health = check(options.kb, load_embedder(options.model))
    if options.json:
        _json(health.as_json())
    elif health.problems:
        print("\n".join(f"有问题：{problem}" for problem in health.problems))
        print(f"修复：python -m kb rebuild --kb {options.kb}")
    else:
        print(f"完好：{health.documents} 份文档，{health.chunks} 段，索引与目录一致")
    return 1 if health.problems else 0


def _rebuild(options: Options) -> int:
    with tqdm(unit="份", desc="重建", leave=False, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        chunks = rebuild(options.kb, load_embedder(options.model), show)
    return _json({"chunks": chunks}) if options.json else _say(f"已重建：{chunks} 段")


def _stats(options: Options) -> int:
    with KnowledgeBase.open(options.kb, model=options.model) as kb:
        stats = asdict(kb.stats())
    if options.json:
        return _json(stats)
    print(f"文档 {stats['documents']} 份，段落 {stats['chunks']} 段，待入索引 {stats['pending']} 份")
    print("；".join(f"{level} {count}" for level, count in stats["by_level"].items()))
    print(f"最近公布日期 {_day(stats['newest_published'])}；向量模型 {stats['embedding_model']}")
    return 0


def _cards(options: Options) -> int:
    library = read_library(options.folder)
    with KnowledgeBase.open(options.kb, model=options.model) as kb:
        found = problems(library, kb, options.date)
    counts = Counter(type(item.record).__name__.lower() for item in library.placed)
    counts["guide"] = len(library.guides)
    if options.json:
        _json({"counts": counts, "problems": found})
    else:
        print("，".join(f"{_CARD_NAMES[name]} {count}" for name, count in counts.items()))
        print("\n".join(f"有问题：{problem}" for problem in found) or "所引条文都在，数字都有出处")
    return 1 if found else 0


def _correct(options: Options) -> int:
    values: dict[str, str] = {}
    for pair in options.values:
        field, equals, value = pair.partition("=")
        if not equals:
            raise SettingsError(f"“{pair}”写得不对，应写成 字段=值，如 effective=2024-05-01")
        values[field.strip()] = value
    with open_writer(options.kb, load_embedder(options.model)) as writer:
        document = writer.correct(options.doc_id, values)
    if options.json:
        return _json(asdict(document))
    return _say(f"已更正：{document.doc_id}。以后重新导入同一文件时照此处理")


def _document_row(document: Document, status: Status) -> dict[str, Any]:
    row = asdict(document)
    row.pop("content_hash")
    return row | {"status": status.value}


def _hit_row(hit: Hit) -> dict[str, Any]:
    return {
        "chunk_id": hit.chunk.chunk_id,
        "law": hit.document.name,
        "article": hit.chunk.label,
        "score": round(hit.score, 6),
        "text": hit.chunk.text,
        "status": hit.status.value,
        "why": list(hit.why),
    }


def _json(value: object) -> int:
    print(json.dumps(value, ensure_ascii=False, default=str))
    return 0


def _say(text: str) -> int:
    print(text)
    return 0


def _day(value: date | None) -> str:
    return str(value) if value else "不明"


_COMMANDS: dict[str, tuple[Callable[[Options], int], str]] = {
    "list": (_list, "列出所有文档、版本和时效"),
    "show": (_show, "显示一条法条的全文"),
    "search": (_search, "检索"),
    "check": (_check, "检查索引与目录是否一致"),
    "rebuild": (_rebuild, "从目录重建索引（换向量模型、索引损坏时用）"),
    "stats": (_stats, "规模统计"),
    "correct": (_correct, "更正一份文档的标题、日期、级别等（重新导入后仍然有效）"),
    "cards": (_cards, "把自带知识（职责、罚则、术语……）与库里的现行法条核对"),
}


if __name__ == "__main__":
    console.run(main)
