"""Knowledge bases made of the starter folder, and of the statutes it cites."""

from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.run import ingest
from kb.base import KnowledgeBase
from kb.cards.library import Library, read_library
from kb.embed import load_embedder
from kb.writer import open_writer
from tests.conftest import ROOT

STARTER = ROOT / "starter"


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(STARTER)


@pytest.fixture(scope="session")
def starter_kb(tmp_path_factory: pytest.TempPathFactory):
    """What a fresh installation knows."""
    folder = tmp_path_factory.mktemp("starter")
    with open_writer(folder, load_embedder(None)) as writer:
        report = ingest(writer, [str(STARTER)], Given())
    assert not report.failed
    with KnowledgeBase.open(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def statutes_kb(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """The real statutes, where they are laid out."""
    folder = tmp_path_factory.mktemp("statutes")
    with open_writer(folder, load_embedder(None)) as writer:
        ingest(writer, [str(shared_data / "statutes")], Given())
    with KnowledgeBase.open(folder) as opened:
        yield opened
