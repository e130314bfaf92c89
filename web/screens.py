"""Photograph every page of the running site: `python -m web.screens --out docs/screens [--kb data/kb]`.

Phone and desktop, light and dark. For the eyes of whoever changes the pages; needs playwright and a Chromium,
which the app itself does not. With --kb the pages of the administration are photographed too: the password is
set with the one-time code that lies in the knowledge base's folder, so use a copy.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

logger = logging.getLogger(__name__)

CHROMIUM: Final = "/usr/bin/chromium"
CHROMIUM_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT: Final = 30_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Device:
    """A screen to photograph."""

    name: str
    width: int
    height: int
    is_phone: bool


DEVICES: Final = (Device("phone", 390, 844, True), Device("desktop", 1440, 900, False))
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


PAGES: Final = {
    "lookup": "/lookup",
    "lookup-found": "/lookup?q=疏散通道被堵住罚多少",
    "lookup-laws": "/lookup/laws",
    "lookup-law": "/lookup/安全生产法",
    "lookup-article": "/lookup/安全生产法/第二十四条",
    "lookup-compare": "/lookup/compare/突发事件应对法",
    "lookup-missing": "/lookup/没有这部法",
    "duties": "/duties",
    "duties-list": "/duties?trade=工贸&headcount=130&area_m2=6000&region=河南省&features=特种设备",
    "inspect": "/inspect",
    "inspect-sheet": "/inspect/hotel",
    "learn": "/learn",
    "learn-guide": "/learn/guides/gas-leak",
    "learn-poster": "/learn/guides/gas-leak/poster",
    "learn-signals": "/learn/signals",
    "learn-quiz": "/learn/quiz",
    "learn-plan": "/learn/plan",
    "learn-terms": "/learn/terms",
    "emergency": "/emergency",
    "widget": "/widget",
    "admin-login": "/admin",
}
ADMIN_PAGES: Final = {
    "admin": "/admin",
    "admin-upload": "/admin/upload",
    "admin-documents": "/admin/documents",
    "admin-bench": "/admin/bench?q=疏散通道被堵住罚多少",
    "admin-usage": "/admin/usage",
    "admin-feedback": "/admin/feedback",
    "admin-reports": "/admin/reports",
    "admin-backup": "/admin/backup",
    "admin-audit": "/admin/audit",
}
_PASSWORD: Final = "photographs only"


@dataclass(frozen=True, slots=True)
class Talk:
    """What is asked while the chat is photographed."""

    danger: str  # shows the emergency card
    question: str  # its answer has at least one source


def photograph(address: str, out: Path, talk: Talk, kb: Path | None = None) -> list[Path]:
    """Save one picture per device, colour scheme and page; return their paths in the order taken.

    Args:
        address: where the app runs.
        out: folder for the PNG files, made when missing.
        talk: what is asked.
        kb: the knowledge base's folder, to let the photographer into the administration.
    """
    from playwright.sync_api import sync_playwright  # a tool of developers, not needed to run the app

    out.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        for device in DEVICES:
            for scheme in SCHEMES:
                page = _open(browser, device, scheme, address)
                prefix = out / f"{device.name}-{scheme}"
                taken += _walk(page, prefix, talk)
                taken += _pages(page, prefix, address, PAGES)
                if kb is not None:
                    _enter(page, address, kb)
                    taken += _pages(page, prefix, address, ADMIN_PAGES)
                page.context.close()
        browser.close()
    return taken


def _open(browser: Browser, device: Device, scheme: Literal["light", "dark"], address: str) -> Page:
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height},
        color_scheme=scheme,
        is_mobile=device.is_phone,
        has_touch=device.is_phone,
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".start", timeout=WAIT)
    return page


def _pages(page: Page, prefix: Path, address: str, places: dict[str, str]) -> list[Path]:
    taken = []
    for name, path in places.items():
        page.goto(address + path)
        taken.append(_shoot(page, prefix, name))
    return taken


def _enter(page: Page, address: str, kb: Path) -> None:
    """Log in as administrator; the first time the password is set with the one-time code."""
    page.goto(f"{address}/admin")
    if page.locator("input[name=code]").count():
        page.fill("input[name=code]", (kb / "admin-setup.txt").read_text("utf-8").strip())
        for field in page.locator("input[type=password]").all():
            field.fill(_PASSWORD)
    else:
        page.fill("input[name=password]", _PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("main", timeout=WAIT)


def _walk(page: Page, prefix: Path, talk: Talk) -> list[Path]:
    taken = [_shoot(page, prefix, "chat-1-start")]
    ask(page, talk.danger)
    page.wait_for_selector(".danger", timeout=WAIT)
    taken.append(_shoot(page, prefix, "chat-2-emergency"))
    page.click("#aw-new")
    page.wait_for_selector(".start", timeout=WAIT)
    ask(page, talk.question)
    page.wait_for_selector(".chip", timeout=WAIT)
    taken.append(_shoot(page, prefix, "chat-3-answer"))
    page.click(".chip")
    page.wait_for_selector(".source", timeout=WAIT)
    taken.append(_shoot(page, prefix, "chat-4-source"))
    return taken


def ask(page: Page, question: str) -> None:
    """Type a question and press the button, then wait until its answer is complete.

    Waits by selector only: the page's content policy forbids evaluating strings, which polling would do.
    """
    earlier = page.locator("#aw-now .turn[id]")
    old = earlier.get_attribute("id") if earlier.count() else None
    page.fill("#aw-ask textarea", question)
    page.click("#aw-send")
    new = f".turn:not(#{old})" if old else ".turn"
    page.wait_for_selector(f"#aw-now {new} .said", timeout=WAIT)
    page.wait_for_selector("#aw-now .progress", state="detached", timeout=WAIT)


def _shoot(page: Page, prefix: Path, step: str) -> Path:
    path = prefix.with_name(f"{prefix.name}-{step}.png")
    page.wait_for_timeout(400)
    page.screenshot(path=path)
    logger.info("%s", path)
    return path


def main() -> None:
    """Read the command line and photograph."""
    parser = argparse.ArgumentParser(prog="python -m web.screens", description="给运行中的页面拍照")
    parser.add_argument("--out", type=Path, required=True, help="保存图片的文件夹")
    parser.add_argument("--address", default="http://127.0.0.1:7860", help="页面地址")
    parser.add_argument("--danger", default="楼下着火了，楼道里都是烟怎么办", help="会出现应急卡片的问题")
    parser.add_argument("--question", default="疏散通道被堵住，单位罚多少钱", help="有出处的问题")
    parser.add_argument("--kb", type=Path, help="知识库目录的副本：给了它，也拍知识库管理的页面")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photograph(options.address, options.out, Talk(options.danger, options.question), options.kb)


if __name__ == "__main__":
    main()
