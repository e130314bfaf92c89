"""The whole site as one ASGI app: static files, the chat page, the shell around it, the guards before it."""

from collections.abc import Iterable

import gradio as gr
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kb.errors import AnwenError
from web.chat import build_page
from web.middleware import Access, Guard
from web.ports import Answerer, Counts, Library
from web.shell import STATIC, STATIC_URL, Shell

_FONTS = (
    "PingFang SC",
    "HarmonyOS Sans SC",
    "MiSans",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "system-ui",
    "sans-serif",
)


def build_app(
    assistant: Answerer,
    library: Library | None,
    host: str,
    allowed_hosts: Iterable[str] = (),
    region: str | None = None,
) -> FastAPI:
    """Return the ASGI app; run it with one worker.

    Args:
        assistant: answers questions; must itself survive a broken knowledge base.
        library: reads around citations; None when the knowledge base could not be opened.
        host: the address served, which is also the name it answers to.
        allowed_hosts: further host names, for a reverse proxy or a local network.
        region: the region of the installation, such as 河南省; None for national rules only.
    """
    app = FastAPI(title="安问", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount(STATIC_URL, StaticFiles(directory=STATIC), name="static")
    gr.mount_gradio_app(
        app,
        build_page(assistant, library, region),
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="64kb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(),
    )
    app.add_middleware(Shell, counts=lambda: _counts(library))
    app.add_middleware(Guard, access=Access.of(host, allowed_hosts))
    return app


def _counts(library: Library | None) -> Counts | None:
    if library is None:
        return None
    try:
        return library.stats()
    except AnwenError:
        return None


def _theme() -> gr.themes.Base:
    """Return Gradio's plainest theme on system fonts; colours and sizes are page.css's."""
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", text_size="lg", font=_FONTS, font_mono=_FONTS
    )
