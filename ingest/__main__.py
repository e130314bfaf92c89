"""`python -m ingest PATH...` and `python -m ingest pull`: bring files and public sources into a knowledge base."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from ingest import preview
from ingest.parse import Given
from ingest.pull import command as pull_command
from ingest.report import Report
from ingest.run import Progress, ingest
from ingest.watch import watch
from kb import console, regions
from kb.catalogue import FILE_NAME, Catalogue
from kb.datatypes import Level
from kb.embed import load_embedder
from kb.settings import Settings
from kb.writer import open_writer

_SHOWN = 20


def main(settings: Settings) -> int:
    """Run the command. Returns 1 if a file failed."""
    if sys.argv[1:2] == ["pull"]:
        return pull_command.main(settings, sys.argv[2:], progress_bar())
    options = _options(settings)
    region = regions.find(options.region) or options.region if options.region else None
    given = Given(Level(options.level) if options.level else None, region)
    if options.dry_run:
        return _preview(options, given)
    reports: list[Report] = []

    def bring_in() -> None:
        embedder = load_embedder(settings.embedding_model)
        with open_writer(options.kb, embedder, index=not options.no_index) as writer:
            prune = options.prune or options.watch
            report = ingest(writer, options.paths, given, prune=prune, progress=progress_bar())
        reports.append(report)
        if not options.watch or report.failed or report.added + report.updated + report.removed:
            print(
                json.dumps(report.as_json(), ensure_ascii=False) if options.json else summary(report),
                flush=True,
            )

    if options.watch:
        watch(options.paths, bring_in)
    else:
        bring_in()
    return 1 if reports[-1].failed else 0


def _options(settings: Settings) -> argparse.Namespace:
    arguments = console.parser(
        "ingest", "把法规、预案、科普等文件导入知识库；没有变化的文件会跳过。公开来源用 python -m ingest pull"
    )
    arguments.add_argument("paths", nargs="+", metavar="文件或目录")
    console.add_kb(arguments, settings)
    arguments.add_argument(
        "--level", choices=[level.value for level in Level], help="效力级别，不写则从文中识别"
    )
    arguments.add_argument("--region", metavar="地区", help="适用地区，如 河南省；不写则从文中识别")
    arguments.add_argument("--prune", action="store_true", help="把原文件已删除的文档移出知识库")
    arguments.add_argument("--dry-run", action="store_true", help="只试读：显示识别出的内容，不写入知识库")
    arguments.add_argument(
        "--no-index",
        action="store_true",
        help="只入目录，不算向量、不建索引；下一次导入时补上（资料很多时先收齐）",
    )
    arguments.add_argument(
        "--watch", action="store_true", help="跟随目录：有改动就更新，删除的移出，按 Ctrl+C 停止"
    )
    return arguments.parse_args()


def _preview(options: argparse.Namespace, given: Given) -> int:
    stored = Path(options.kb, FILE_NAME).is_file()
    held = preview.Remembered(Catalogue(options.kb)) if stored else None
    found: list[preview.Preview] = []
    for one in preview.preview(options.paths, given, held):
        found.append(one)
        if not options.json:
            print(preview.as_text(one), flush=True)
    if options.json:
        print(json.dumps([preview.as_json(one) for one in found], ensure_ascii=False))
    else:
        print(preview.summary(found))
    return 1 if any(one.parsed is None for one in found) else 0


def progress_bar() -> Progress | None:
    """Return a bar with rate and time left, where somebody is watching."""
    if not sys.stderr.isatty():
        return None
    bar = tqdm(unit="份", desc="导入", leave=False)

    def show(done: int, total: int, name: str) -> None:
        bar.total = total
        bar.set_postfix_str(name[:20], refresh=False)
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return show


def summary(report: Report) -> str:
    """Return a report for the person at the keyboard."""
    lines = [
        f"新增 {report.added} 份，更新 {report.updated} 份，未变 {report.unchanged} 份，移除 {report.removed} 份；"
        f"写入 {report.chunks} 段（其中条文 {report.articles} 条），用时 {report.seconds:.1f} 秒"
    ]
    lines += _listed("失败", [f"{failure.path}：{failure.reason}" for failure in report.failed])
    lines += _listed("原文件已不在（加 --prune 可移出知识库）", report.missing)
    lines += _listed("请留意", report.notes)
    return "\n".join(lines)


def _listed(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = [f"  …… 另有 {len(items) - _SHOWN} 项，用 --json 查看全部"] if len(items) > _SHOWN else []
    return [f"{title}（{len(items)}）：", *(f"  {item}" for item in items[:_SHOWN]), *more]


if __name__ == "__main__":
    console.run(main)
