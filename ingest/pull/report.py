"""What a pull did, source by source."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ingest.files import Failure
from kb.datatypes import Level

_SHOWN = 20


@dataclass(slots=True)
class SourceReport:
    """What one source brought. Places are relative to `folder`, with "/" between folders."""

    name: str
    title: str
    folder: Path
    level: Level | None = None
    region: str | None = None
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0
    elsewhere: int = 0  # entries of a list that lie on other sites and were left out
    failed: list[Failure] = field(default_factory=list)
    skipped: str = ""  # why nothing was asked, in Chinese
    seconds: float = 0.0


@dataclass(slots=True)
class PullReport:
    """What a pull did."""

    sources: list[SourceReport] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything could not be had."""
        return any(source.failed for source in self.sources)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command contract spells it."""
        return {"sources": [{**asdict(source), "folder": str(source.folder)} for source in self.sources]}

    def text(self) -> str:
        """Return the report for the person at the keyboard."""
        return "\n".join(line for source in self.sources for line in _lines(source))


def _lines(source: SourceReport) -> list[str]:
    if source.skipped:
        return [f"{source.title}（{source.name}）：{source.skipped}"]
    counts = (
        f"新增 {len(source.new)} 份，更新 {len(source.changed)} 份，未变 {source.unchanged} 份，"
        f"已撤下 {len(source.gone)} 份，失败 {len(source.failed)} 项；用时 {source.seconds:.1f} 秒"
    )
    lines = [f"{source.title}（{source.name}）：{counts}", f"  存放在 {source.folder}"]
    for title, places in (("新增", source.new), ("更新", source.changed), ("已撤下", source.gone)):
        lines += [f"  {title}：{place}" for place in places[:_SHOWN]]
        if len(places) > _SHOWN:
            lines.append(f"  …… {title}另有 {len(places) - _SHOWN} 份，用 --json 查看全部")
    if source.elsewhere:
        lines.append(f"  列表里另有 {source.elsewhere} 条在别的网站，没有取（可写进来源清单的 hosts）")
    return lines + [f"  失败：{failure.path}：{failure.reason}" for failure in source.failed]
