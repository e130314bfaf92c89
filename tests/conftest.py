"""What tests share: sample rules written for this project, small knowledge bases, and where the real data lies."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.run import Report, ingest
from kb.base import KnowledgeBase
from kb.embed import load_embedder
from kb.settings import seal_environment
from kb.writer import open_writer
from tests.samples import SAMPLES

seal_environment()

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture
def sample_folder(tmp_path: Path) -> Path:
    """A folder with five sample texts of our own."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for name, text in SAMPLES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def bring_in(tmp_path: Path) -> Callable[..., Report]:
    """Ingest paths into tmp_path/kb and return the report."""

    def run(*paths: Path, prune: bool = False, given: Given | None = None) -> Report:
        with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
            return ingest(writer, [str(path) for path in paths], given or Given(), prune=prune)

    return run


@pytest.fixture(scope="session")
def kb(tmp_path_factory: pytest.TempPathFactory):
    """A knowledge base with the sample texts, open for reading."""
    folder = tmp_path_factory.mktemp("samples")
    for name, text in SAMPLES.items():
        (folder / name).write_text(text, "utf-8")
    with open_writer(folder / "kb", load_embedder(None)) as writer:
        ingest(writer, [str(folder)], Given())
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real test data; skips where it is not laid out."""
    if not SHARED.is_dir():
        pytest.skip("没有 ../shared/data，跳过用真实资料的测试")
    return SHARED


@pytest.fixture(scope="session")
def statutes_kb(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """A knowledge base of all the real statutes, made once per test process."""
    folder = tmp_path_factory.mktemp("statutes") / "kb"
    with open_writer(folder, load_embedder(None)) as writer:
        report = ingest(writer, [str(shared_data / "statutes")], Given())
    with KnowledgeBase.open(folder) as opened:
        yield opened, report
