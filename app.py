"""Start 安问: read the settings, open the knowledge base, serve the pages. `python app.py`."""

import errno
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from kb.errors import AnwenError, KnowledgeBaseError, SettingsError
from kb.settings import DEFAULT_KB, Settings, read_settings, seal_environment

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from web.api.services import Services

logger = logging.getLogger("anwen")


class _Server(uvicorn.Server):
    """Prints a line once it listens, not before."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        sys.stdout.write(f"{self._greeting}\n")
        sys.stdout.flush()


def reserve(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address, so that a taken port is found before anything is loaded.

    Raises:
        SettingsError: if the port is taken, needs more rights, or the host is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":  # on Windows the option would let two servers share one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(_why_not(host, port, error)) from error
    return listener


def serve(settings: Settings, listener: socket.socket) -> None:
    """Build everything once and serve until stopped, in one worker process."""
    # Imported here: Gradio and the libraries below it read the sealed environment when they load.
    from web.site import build_app

    app = build_app(services(settings), settings.host)
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, timeout_graceful_shutdown=3, proxy_headers=False
    )
    address = f"http://{_shown(settings.host)}:{settings.port}"
    greeting = "\n".join((f"安问已启动：{address}（按 Ctrl+C 停止）", *app.state.office.invitation(address)))
    _Server(config, greeting).run([listener])


def services(settings: Settings) -> "Services":
    """Open the knowledge base and put together what the pages and doors stand on."""
    from assistant.assistant import Assistant, build_writer
    from assistant.triage import Triage
    from kb.cards.library import read_library
    from kb.embed import load_embedder
    from kb.journal import Journal
    from web.api.services import Services
    from web.counted import CountedAnswerer
    from web.limits import Budget, Limits, trusted_proxies
    from web.metrics import Metrics, WatchedAnswerer
    from web.middleware import Access

    library, broken = _library(settings)
    assistant = Assistant(library, Triage.load(settings.starter_dir), broken, writer=build_writer(settings))
    metrics = Metrics()
    journal = Journal(settings.kb_dir) if library else None
    budget = Budget(settings.answers_per_minute, max(1, settings.answers_per_minute // 3))
    return Services(
        assistant=CountedAnswerer(WatchedAnswerer(assistant, metrics), journal),
        kb=library,
        cards=read_library(settings.starter_dir),
        journal=journal,
        region=settings.region,
        api_key=settings.api_key.get_secret_value(),
        metrics_token=settings.metrics_token.get_secret_value(),
        access=Access.of(settings.host, settings.allowed_hosts.split(",")).embedded_by(settings.embed_sites),
        limits=Limits(answers=budget, trusted=trusted_proxies(settings.trusted_proxies)),
        metrics=metrics,
        kb_dir=settings.kb_dir,
        embedder=lambda: load_embedder(settings.embedding_model),
    )


def _library(settings: Settings) -> "tuple[KnowledgeBase | None, str]":
    """Return the open knowledge base, or None and what to tell visitors."""
    from ingest import starter
    from kb.base import KnowledgeBase
    from kb.embed import load_embedder

    try:
        if settings.kb_dir == DEFAULT_KB:  # any other knowledge base holds only what was put into it
            starter.bring_in(settings.starter_dir, settings.kb_dir, load_embedder(settings.embedding_model))
        library = KnowledgeBase.open(
            settings.kb_dir, model=settings.embedding_model, reranker=settings.reranker_model
        )
        library.search("安全")  # reads what the first question needs, before the first visitor asks it
    except (KnowledgeBaseError, SettingsError) as error:
        logger.warning("知识库打不开，只提供应急卡片：%s", error)
        return None, "法规库没有打开，原因写在启动窗口里"
    return library, ""


def main() -> int:
    """Run the app; return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logger.setLevel(logging.INFO)
    try:
        settings = read_settings()
        seal_environment()
        with reserve(settings.host, settings.port) as listener:
            serve(settings, listener)
    except AnwenError as error:
        logger.error("%s", error)
        return 1
    return 0


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用。请关掉占用它的程序，或换一个端口：ANWEN_PORT={port % 65535 + 1} python app.py"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}。请换一个大于 1023 的端口：ANWEN_PORT=7861 python app.py"
    return f"不能在 {host}:{port} 上监听（{error.strerror}）。请检查 ANWEN_HOST，只在本机使用就填 127.0.0.1"


def _shown(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host


if __name__ == "__main__":
    sys.exit(main())
