"""`python -m ingest PATH...`: bring files into a knowledge base."""

import json
import sys

from tqdm import tqdm

from ingest.parse import Given
from ingest.run import Progress, Report, ingest
from kb import console, regions
from kb.datatypes import Level
from kb.embed import load_embedder
from kb.settings import Settings
from kb.writer import open_writer

_SHOWN = 20


def main(settings: Settings) -> int:
    """Run the command. Returns 1 if a file failed."""
    arguments = console.parser("ingest", "把法规、预案、科普等文件导入知识库；没有变化的文件会跳过")
    arguments.add_argument("paths", nargs="+", metavar="文件或目录")
    console.add_kb(arguments, settings)
    arguments.add_argument(
        "--level", choices=[level.value for level in Level], help="效力级别，不写则从文中识别"
    )
    arguments.add_argument("--region", metavar="地区", help="适用地区，如 河南省；不写则从文中识别")
    arguments.add_argument("--prune", action="store_true", help="把原文件已删除的文档移出知识库")
    options = arguments.parse_args()
    region = regions.find(options.region) or options.region if options.region else None
    given = Given(Level(options.level) if options.level else None, region)
    with open_writer(options.kb, load_embedder(settings.embedding_model)) as writer:
        report = ingest(writer, options.paths, given, prune=options.prune, progress=_progress_bar())
    print(json.dumps(report.as_json(), ensure_ascii=False) if options.json else _summary(report))
    return 1 if report.failed else 0


def _progress_bar() -> Progress | None:
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


def _summary(report: Report) -> str:
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
