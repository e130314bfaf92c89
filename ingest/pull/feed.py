"""A list page (目录页) as a source: the newest pages it names."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from ingest.files import Failure
from ingest.formats.pages.web_page import Link, Selectors, links
from ingest.pull.cache import Cache
from ingest.pull.fetch import Fetched, Fetcher, Outcome, Wanted
from ingest.pull.names import safe_name
from ingest.pull.report import SourceReport
from ingest.pull.sources import FeedSelectors, Source
from kb.errors import IngestError

_LIST = ".list"  # hidden: the list itself is no text of law
_GIVE_UP = 3  # pages in a row that could not be had: the site is down, or does not want us


def pull_page(source: Source, cache: Cache, fetcher: Fetcher, report: SourceReport) -> None:
    """Bring the one page of a source.

    Raises:
        IngestError: if it could not be had; the copy from before stays.
    """
    wanted = Wanted(source.address, safe_name(source.title), source.sha256)
    _note(fetcher.fetch(wanted, cache), report)


def pull_feed(
    source: Source, selectors: FeedSelectors, cache: Cache, fetcher: Fetcher, report: SourceReport
) -> None:
    """Bring the newest pages of a list; a page that fails is reported and does not stop the rest.

    Pages that have left the list stay here: a list shows only the latest.

    Raises:
        IngestError: if the list itself could not be had, or no entry was found in it.
    """
    listed = fetcher.fetch(Wanted(source.address, _LIST), cache)
    found = links(
        listed.path.read_bytes(), Selectors(**selectors.model_dump()), listed.final or source.address
    )
    if not found:
        raise IngestError("列表页里没有找到条目：网站可能改版了。请打开网页核对来源清单里的 selectors")
    failures = 0
    for link in _newest(found, source, report):
        try:
            _note(fetcher.fetch(Wanted(link.address, _stem(link)), cache), report)
            failures = 0
        except IngestError as error:
            report.failed.append(Failure(link.address, str(error)))
            failures += 1
        if failures == _GIVE_UP:
            raise IngestError(f"连续 {failures} 个网页都没取到，这个来源先停下，其余下次再取")


def _newest(found: list[Link], source: Source, report: SourceReport) -> Iterator[Link]:
    """Yield the newest entries that lie on the list's own site; undated ones after the dated, in list order."""
    own = {urlsplit(source.address).hostname, *source.hosts}
    elsewhere = [link for link in found if urlsplit(link.address).hostname not in own]
    if len(elsewhere) == len(found):
        hosts = "、".join(sorted({urlsplit(link.address).hostname or "" for link in elsewhere})[:3])
        raise IngestError(f"列表里的网页都在别的网站（{hosts}）。确属可信时写进来源清单的 hosts")
    kept = [link for link in found if urlsplit(link.address).hostname in own]
    report.elsewhere = len(elsewhere)
    yield from sorted(kept, key=lambda link: link.published or date.min, reverse=True)[: source.limit]


def _stem(link: Link) -> str:
    day = f"{link.published} " if link.published else ""
    return safe_name(f"{day}{link.title}")


def _note(fetched: Fetched, report: SourceReport) -> None:
    match fetched.outcome:
        case Outcome.NEW:
            report.new.append(fetched.path.name)
        case Outcome.CHANGED:
            report.changed.append(fetched.path.name)
        case Outcome.UNCHANGED:
            report.unchanged += 1
