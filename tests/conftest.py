"""What tests share: sample rules written for this project, small knowledge bases, and where the real data lies."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

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
LONG = os.environ.get("ANWEN_TEST_LONG") == "1"  # make test-long: more kills, more mutations, every phrase


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the tests marked `long` to `make test-long`."""
    for item in items:
        if not LONG and item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="只在 make test-long 里跑"))


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


def built_once(tmp_path_factory: pytest.TempPathFactory, worker: str, name: str, paths: list[Path]) -> Path:
    """Ingest paths into a knowledge base that all test processes share, whoever comes first; returns its folder.

    For reading only. The report of the run lies beside it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker == "master" else base.parent) / f"shared-{name}"
    report = folder.with_suffix(".json")
    with FileLock(folder.with_suffix(".lock")):
        if not report.exists():
            with open_writer(folder, load_embedder(None)) as writer:
                found = ingest(writer, [str(path) for path in paths], Given())
            report.write_text(json.dumps(found.as_json(), ensure_ascii=False), "utf-8")
    return folder


@pytest.fixture(scope="session")
def statutes_report(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Report:
    """What the ingest of all the real statutes reported."""
    folder = built_once(tmp_path_factory, worker_id, "statutes", [shared_data / "statutes"])
    return Report(**json.loads(folder.with_suffix(".json").read_text("utf-8")))


@pytest.fixture(scope="session")
def statutes_kb(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str):
    """A knowledge base of all the real statutes, open for reading."""
    folder = built_once(tmp_path_factory, worker_id, "statutes", [shared_data / "statutes"])
    with KnowledgeBase.open(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def starter_kb(tmp_path_factory: pytest.TempPathFactory, worker_id: str):
    """What a fresh installation knows, open for reading."""
    folder = built_once(tmp_path_factory, worker_id, "starter", [ROOT / "starter"])
    with KnowledgeBase.open(folder) as opened:
        yield opened
