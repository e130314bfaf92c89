"""The real site on a free port of this machine, for tests that speak HTTP or drive a browser."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn


@contextlib.contextmanager
def serving(assistant, library) -> Iterator[str]:
    """Serve the site in a thread; yields its address."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from web.site import build_app

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = build_app(assistant, library, "127.0.0.1", ["kb.example"])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
