"""`python -m eval`: opens the knowledge base and the assistant, runs a command, prints what it returns."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from assistant.assistant import Assistant, build_writer
from assistant.triage import Triage
from eval.commands import Opened, execute
from eval.judge import make_judge
from kb.base import KnowledgeBase
from kb.embed import Embedder, load_embedder
from kb.errors import AnwenError
from kb.settings import read_settings, seal_environment
from kb.writer import rebuild


@contextmanager
def _open(path: Path | None) -> Iterator[Opened]:
    settings = read_settings()
    folder = path or settings.kb_dir
    embedder = load_embedder(settings.embedding_model)
    with KnowledgeBase.open(folder, model=settings.embedding_model, reranker=settings.reranker_model) as base:
        yield Opened(
            base,
            lambda: Assistant(base, Triage.load(settings.starter_dir)),
            lambda: Assistant(base, Triage.load(settings.starter_dir), writer=build_writer(settings)),
            lambda: make_judge(settings),
            embedder,
            lambda: _reindex(folder, embedder),
        )


def _reindex(folder: Path, embedder: Embedder) -> float:
    """Seconds it takes to make both indexes from the catalogue, in a copy that is thrown away."""
    with TemporaryDirectory(prefix="anwen-bench-", ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch) / "kb"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("index-*", "*.lock"))
        start = perf_counter()
        rebuild(copy, embedder)
        return perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 if it worked, 1 if something could not be used (said on standard error)."""
    seal_environment()
    try:
        print(execute(arguments, _open))
    except AnwenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
