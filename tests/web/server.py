"""The real site in a process of its own, on a free port, for tests that speak HTTP or drive a browser.

`python -m tests.web.server healthy` serves the made-up law; `broken` serves without a readable library; a path
serves the real assistant over the knowledge base that lies there.
The process prints its port once it listens.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.api.services import Services

ROOT = Path(__file__).parents[2]
EMBEDDERS = "https://portal.example,http://127.0.0.1:18795"  # the second is served by a browser test


@contextlib.contextmanager
def serving(kind: str) -> Iterator[str]:
    """Run the server as a child process; yields its address."""
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.web.server", kind]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            port = child.stdout.readline().strip()
            assert port.isdigit(), f"the server did not start: {port!r}"
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()


def main(kind: str) -> None:
    import uvicorn

    from web.site import build_app

    class Announcing(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            print(sockets[0].getsockname()[1])  # noqa: T201

    services = _real(Path(kind)) if "/" in kind else _made_up(kind)
    app = build_app(services, "127.0.0.1")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        Announcing(config).run(sockets=[listener])


def _real(kb: Path) -> "Services":
    from app import services
    from kb.settings import Settings

    return services(Settings(kb_dir=kb, answers_per_minute=100_000))


def _made_up(kind: str) -> "Services":
    from kb.cards.library import read_library
    from tests.web.fakes import BrokenLibrary, FakeAssistant, FakeLibrary
    from web.api.services import Services
    from web.limits import Budget, Limits
    from web.middleware import Access

    library = FakeLibrary() if kind == "healthy" else BrokenLibrary()
    return Services(
        FakeAssistant(), library, read_library(ROOT / "starter"), access=Access.of("127.0.0.1", ["kb.example"]).embedded_by(EMBEDDERS),
        limits=Limits(answers=Budget(100_000, 100_000), others=Budget(100_000, 100_000)),
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
