"""Bringing official texts from public repositories and sites (`python -m ingest pull`).

    sources     the list of places (`ingest/sources.toml`), checked
    guard       which addresses may be visited; transport: connects to checked addresses only
    fetch       files over HTTP, with download (resuming), robots, kinds (of files) and cache
    repository  git repositories, with git (the command)
    feed        list pages and single pages
    run         one pull of all sources; report: what it did

The files end up under `<kb>/pull/<source>/` and enter the knowledge base by the ordinary `ingest`.
"""

from ingest.pull.fetch import Fetcher, Limits
from ingest.pull.guard import Guard
from ingest.pull.report import PullReport, SourceReport
from ingest.pull.run import pull
from ingest.pull.sources import SHIPPED, Source, choose, load_sources

__all__ = [
    "SHIPPED",
    "Fetcher",
    "Guard",
    "Limits",
    "PullReport",
    "Source",
    "SourceReport",
    "choose",
    "load_sources",
    "pull",
]
