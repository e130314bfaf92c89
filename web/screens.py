"""Photograph the running pages: `python -m web.screens --out shots/ [--address http://127.0.0.1:7860]`.

Phone and desktop, light and dark: the opening screen, an emergency, an answer, an opened source. For the
eyes of whoever changes the pages; needs playwright and a Chromium, which the app itself does not.
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


def photograph(address: str, out: Path, danger: str, question: str) -> list[Path]:
    """Save one picture per device, colour scheme and step; return their paths in the order taken.

    Args:
        address: where the app runs.
        out: folder for the PNG files, made when missing.
        danger: a question that shows the emergency card.
        question: a question whose answer has at least one source.
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
                taken += _walk(page, prefix, danger, question)
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


def _walk(page: Page, prefix: Path, danger: str, question: str) -> list[Path]:
    taken = [_shoot(page, prefix, "1-start")]
    ask(page, danger)
    page.wait_for_selector(".danger", timeout=WAIT)
    taken.append(_shoot(page, prefix, "2-emergency"))
    page.click("#aw-new")
    page.wait_for_selector(".start", timeout=WAIT)
    ask(page, question)
    page.wait_for_selector(".chip", timeout=WAIT)
    taken.append(_shoot(page, prefix, "3-answer"))
    page.click(".chip")
    page.wait_for_selector(".source", timeout=WAIT)
    taken.append(_shoot(page, prefix, "4-source"))
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
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photograph(options.address, options.out, options.danger, options.question)


if __name__ == "__main__":
    main()
