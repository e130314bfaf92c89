"""Photograph every page of the running site: `python -m web.screens --out docs/screens --small [--kb data/kb]`.

Phone and desktop, light and dark, each cut to the screen. For the eyes of whoever changes the pages; needs
playwright and a Chromium, which the app itself does not. With --kb the pages of the administration are
photographed too: the password is set with the one-time code that lies in the knowledge base's folder, so use a copy.
"""

from __future__ import annotations

import argparse
import io
import logging
from collections.abc import Iterator
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
    "lookup-none": "/lookup?q=%E3%83%B2%E3%83%B2",
    "lookup-laws": "/lookup/laws",
    "lookup-law": "/lookup/安全生产法",
    "lookup-article": "/lookup/安全生产法/第二十四条",
    "lookup-compare": "/lookup/compare/突发事件应对法",
    "lookup-missing": "/lookup/没有这部法",
    "duties": "/duties",
    "duties-list": "/duties?trade=机械与金属加工&headcount=130&area_m2=6000&region=河南省&features=特种设备",
    "inspect": "/inspect",
    "inspect-none": "/inspect?q=蓝鲸唱歌剧",
    "inspect-sheet": "/inspect/hotel",
    "inspect-finding": "/inspect/hotel",
    "inspect-record": "/inspect/record",
    "learn": "/learn",
    "learn-none": "/learn?q=蓝鲸唱歌剧",
    "learn-guide": "/learn/guides/gas-leak",
    "learn-poster": "/learn/guides/gas-leak/poster",
    "learn-signals": "/learn/signals",
    "learn-quiz": "/learn/quiz",
    "learn-quiz-asked": "/learn/quiz?seed=7&n=5",
    "learn-quiz-marked": "/learn/quiz?seed=7&n=5&done=1&a0=0&a1=1&a2=2",
    "learn-plan": "/learn/plan",
    "learn-plan-made": "/learn/plan",
    "learn-terms": "/learn/terms",
    "emergency": "/emergency",
    "widget": "/widget",
    "admin-login": "/admin",
}
ADMIN_PAGES: Final = {
    "admin": "/admin",
    "admin-upload": "/admin/upload",
    "admin-documents": "/admin/documents",
    "admin-document": "/admin/documents?q=安全生产法",
    "admin-bench": "/admin/bench?question=疏散通道被堵住罚多少",
    "admin-usage": "/admin/usage",
    "admin-feedback": "/admin/feedback",
    "admin-reports": "/admin/reports",
    "admin-backup": "/admin/backup",
    "admin-audit": "/admin/audit",
}
PRESSED: Final = {  # what is pressed once the page of that name stands
    "inspect-finding": ".check.now .not input",
    "learn-plan-made": "main form button[type=submit]",
    "admin-document": "main table td a, main .adm-docs a",
}
_PASSWORD: Final = "photographs only"


@dataclass(frozen=True, slots=True)
class Talk:
    """What is asked while the chat is photographed."""

    danger: str  # shows the emergency card
    question: str  # its answer has at least one source


def photograph(
    address: str, out: Path, talk: Talk, kb: Path | None = None, small: bool = False
) -> list[Path]:
    """Save one picture per device, colour scheme and page; return their paths in the order taken.

    Args:
        address: where the app runs.
        out: folder for the pictures, made when missing.
        talk: what is asked.
        kb: the knowledge base's folder, to let the photographer into the administration.
        small: WebP for a repository (some 30 kB each) in place of PNG.
    """
    from playwright.sync_api import sync_playwright  # a tool of developers, not needed to run the app

    out.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        for device in DEVICES:
            for scheme in SCHEMES:
                page = open_on(browser, device, scheme)
                taken += [
                    _shoot(page, out / f"{device.name}-{scheme}-{step}", small)
                    for step in tour(page, address, talk, kb)
                ]
                page.context.close()
        browser.close()
    return taken


def open_on(
    browser: Browser, device: Device, scheme: Literal["light", "dark"], bypass_csp: bool = False
) -> Page:
    """Return an empty page on a device."""
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height},
        color_scheme=scheme,
        is_mobile=device.is_phone,
        has_touch=device.is_phone,
        locale="zh-CN",
        bypass_csp=bypass_csp,
    )
    return context.new_page()


def tour(page: Page, address: str, talk: Talk, kb: Path | None) -> Iterator[str]:
    """Lead the page through the site, yielding a name whenever there is something to see.

    Args:
        page: an empty page.
        address: where the app runs.
        talk: what is asked.
        kb: the knowledge base's folder; None leaves the administration out.
    """
    page.goto(address)
    page.wait_for_selector("#aw-send", timeout=WAIT)
    yield from _chat(page, talk)
    yield from _pages(page, address, PAGES)
    if kb is not None:
        _enter(page, address, kb)
        yield from _pages(page, address, ADMIN_PAGES)


def _pages(page: Page, address: str, places: dict[str, str]) -> Iterator[str]:
    for name, path in places.items():
        page.goto(address + path)
        if pressed := PRESSED.get(name):
            page.locator(pressed).first.click()
            page.wait_for_load_state()
        page.wait_for_timeout(400)
        yield name


def _enter(page: Page, address: str, kb: Path) -> None:
    """Log in as administrator; the first time the password is set with the one-time code."""
    page.goto(f"{address}/admin")
    if page.locator("input[name=code]").count():
        page.fill("input[name=code]", (kb / "admin-setup.txt").read_text("utf-8").strip())
    for field in page.locator("input[type=password]").all():
        field.fill(_PASSWORD)
    page.locator("input[type=password]").last.press("Enter")
    page.wait_for_selector(".adm-tabs", timeout=WAIT)


def _chat(page: Page, talk: Talk) -> Iterator[str]:
    yield "chat-1-start"
    ask(page, talk.danger)
    page.wait_for_selector(".danger", timeout=WAIT)
    yield "chat-2-emergency"
    page.click("#aw-new")
    page.wait_for_selector(".start", timeout=WAIT)
    ask(page, talk.question)
    page.wait_for_selector(".chip", timeout=WAIT)
    yield "chat-3-answer"
    page.click(".chip")
    page.wait_for_selector(".source", timeout=WAIT)
    yield "chat-4-source"


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


def _shoot(page: Page, bare: Path, small: bool) -> Path:
    """Save what the screen shows under a path that still lacks its ending."""
    from PIL import Image

    page.wait_for_timeout(300)
    png = page.screenshot()
    path = bare.with_name(f"{bare.name}{'.webp' if small else '.png'}")
    if small:
        Image.open(io.BytesIO(png)).convert("RGB").save(path, quality=55, method=6)
    else:
        path.write_bytes(png)
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
    parser.add_argument("--small", action="store_true", help="存成小的 WebP，放进代码库用")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    talk = Talk(options.danger, options.question)
    photograph(options.address, options.out, talk, options.kb, options.small)


if __name__ == "__main__":
    main()
