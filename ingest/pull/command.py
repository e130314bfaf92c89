"""`python -m ingest pull`: fetch the public sources, say what they change, bring them in."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from ingest import preview
from ingest.parse import Given
from ingest.pull import SHIPPED, Fetcher, Guard, PullReport, SourceReport, choose, load_sources, pull
from ingest.radar import report as radar_report
from ingest.radar.compare import Held, Report
from ingest.report import Report as IngestReport
from ingest.run import Progress, ingest
from kb import console
from kb.catalogue import FILE_NAME, Catalogue
from kb.embed import load_embedder
from kb.journal import Journal
from kb.settings import Settings
from kb.writer import open_writer


def main(settings: Settings, arguments: Sequence[str], progress: Progress | None) -> int:
    """Run the command. Returns 1 if a source or a file failed."""
    options = _options(settings, arguments)
    sources = choose(load_sources(options.sources), options.source)
    guard = Guard([host.strip() for host in settings.pull_hosts.split(",") if host.strip()])
    with Fetcher(guard) as fetcher:
        pulled = pull(sources, options.kb / "pull", fetcher, force=options.force)
    changes = _changes(options.kb, pulled)
    results = [] if options.dry_run else _bring_in(settings, options.kb, pulled, progress)
    failed = pulled.failed or any(report.failed for _, report in results)
    if options.json:
        values = pulled.as_json() | {
            "changes": [radar_report.as_json(change) for change in changes],
            "ingested": {name: report.as_json() for name, report in results},
        }
        print(json.dumps(values, ensure_ascii=False, default=str))
    else:
        print(_text(pulled, changes, results, dry_run=options.dry_run))
    return 1 if failed else 0


def _options(settings: Settings, arguments: Sequence[str]) -> argparse.Namespace:
    found = console.parser("ingest pull", "拉取公开来源（git 仓库、网页）的法规，说明改了什么，导入知识库")
    found.add_argument(
        "--source", metavar="名称", help="只拉取这一个来源（停用的也可以）；不写则拉取全部启用的来源"
    )
    found.add_argument(
        "--sources", type=Path, default=SHIPPED, metavar="文件", help="来源清单（默认 %(default)s）"
    )
    found.add_argument("--dry-run", action="store_true", help="只下载并显示改动，不写入知识库")
    found.add_argument("--force", action="store_true", help="没到间隔时间的来源也拉取")
    console.add_kb(found, settings)
    return found.parse_args(arguments)


def _fresh(source: SourceReport) -> list[str]:
    return [str(source.folder / place) for place in (*source.new, *source.changed)]


def _changes(kb: Path, pulled: PullReport) -> list[Report]:
    """Return what the new files change in the laws that the knowledge base holds."""
    if not (kb / FILE_NAME).is_file():
        return []
    catalogue, journal = Catalogue(kb), Journal(kb)
    held: Held = preview.Remembered(catalogue)
    found = [
        one.changes
        for source in pulled.sources
        for one in preview.preview(
            _fresh(source), Given(source.level, source.region), held, cited=journal.cited
        )
        if one.changes and one.changes.changes.items
    ]
    catalogue.close()
    journal.close()
    return found


def _bring_in(
    settings: Settings, kb: Path, pulled: PullReport, progress: Progress | None
) -> list[tuple[str, IngestReport]]:
    results: list[tuple[str, IngestReport]] = []
    with open_writer(kb, load_embedder(settings.embedding_model)) as writer:
        for source in pulled.sources:
            if source.folder.is_dir():  # also where nothing was due: a trial run may have fetched it before
                given = Given(source.level, source.region)
                report = ingest(writer, [str(source.folder)], given, prune=True, progress=progress)
                results.append((source.title, report))
    return results


def _text(
    pulled: PullReport,
    changes: Sequence[Report],
    results: Sequence[tuple[str, IngestReport]],
    *,
    dry_run: bool,
) -> str:
    parts = [pulled.text()]
    if changes:
        parts += ["法规变动：", *(radar_report.as_text(change) for change in changes)]
    for title, report in results:
        parts.append(
            f"{title}：新增 {report.added} 份，更新 {report.updated} 份，未变 {report.unchanged} 份，"
            f"移除 {report.removed} 份，失败 {len(report.failed)} 份"
        )
        parts += [f"  {failure.path}：{failure.reason}" for failure in report.failed[:20]]
    if dry_run:
        parts.append("试运行：文件已下载，没有写入知识库")
    return "\n".join(parts)
