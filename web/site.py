"""The whole site as one ASGI app: static files, the chat page, the shell around it, the guards before it."""

import gradio as gr
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kb.errors import AnwenError
from web.admin.office import Office
from web.api.include import include as include_doors
from web.api.services import Services
from web.chat import build_page
from web.middleware import Guard
from web.pages import include_pages
from web.pages.frame import STATIC, STATIC_URL
from web.pages.share import export_app
from web.ports import Counts, Library
from web.shell import Shell
from web.squeeze import Squeeze

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


def build_app(services: Services, host: str) -> FastAPI:
    """Return the ASGI app; run it with one worker.

    Args:
        services: what the pages and doors stand on.
        host: the address served, which is also the name it answers to.
    """
    app = FastAPI(title="安问", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.state.office = Office(services)
    app.mount(STATIC_URL, StaticFiles(directory=STATIC), name="static")
    include_doors(app, services)
    include_pages(app)
    app.mount("/export", export_app(services))
    gr.mount_gradio_app(
        app,
        build_page(services.assistant, services.kb, services.region, services.places),
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
    app.add_middleware(Shell, counts=lambda: _counts(services.kb), region=services.region)
    app.add_middleware(Squeeze)
    app.add_middleware(Guard, access=services.access, streams=app.state.office.body_limit)
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
