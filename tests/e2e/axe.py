"""Check the running site with axe-core: `python -m tests.e2e.axe --axe axe.min.js --address URL [--kb DIR]`.

axe-core is not part of this repository (`npm pack axe-core` brings it). Every page that `web.screens`
photographs is checked, on phone and desktop, light and dark; exit status 1 when a serious or critical finding
is left.
"""

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from web.screens import CHROMIUM, CHROMIUM_FLAGS, DEVICES, SCHEMES, Talk, open_on, tour

_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
_IMPACTS: Final = ("critical", "serious", "moderate", "minor")
_RUN: Final = """tags => axe.run(document, {runOnly: tags}).then(r => r.violations.flatMap(v =>
  v.nodes.map(n => [v.impact, v.id, n.target.join(" "), n.failureSummary.split("\\n").slice(1, 3).join(" ").trim()])))"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one element; the same element faulty on many pages is one finding."""

    impact: str
    rule: str
    element: str  # CSS path
    why: str


def check(address: str, axe: str, talk: Talk, kb: Path | None) -> tuple[dict[Finding, list[str]], int]:
    """Return what axe finds with the pages it was found on, and how many pages were checked.

    Args:
        address: where the app runs.
        axe: the source of axe-core.
        talk: what is asked in the chat.
        kb: the knowledge base's folder, to check the administration too.
    """
    from playwright.sync_api import sync_playwright

    found: dict[Finding, list[str]] = defaultdict(list)
    checked = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        for device in DEVICES:
            for scheme in SCHEMES:
                page = open_on(browser, device, scheme, bypass_csp=True)
                for step in tour(page, address, talk, kb):
                    checked += 1
                    page.evaluate(axe)
                    for fault in page.evaluate(_RUN, list(_TAGS)):
                        found[Finding(*fault)].append(f"{device.name}-{scheme}-{step}")
                page.context.close()
        browser.close()
    return found, checked


def main() -> int:
    """Read the command line, check, print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.axe", description=__doc__)
    parser.add_argument("--axe", type=Path, required=True, help="path of axe.min.js")
    parser.add_argument("--address", default="http://127.0.0.1:7860")
    parser.add_argument("--kb", type=Path, help="the knowledge base's folder, to check the administration")
    parser.add_argument("--danger", default="楼下着火了，楼道里都是烟怎么办")
    parser.add_argument("--question", default="疏散通道被堵住，单位罚多少钱")
    options = parser.parse_args()
    talk = Talk(options.danger, options.question)
    found, checked = check(options.address, options.axe.read_text("utf-8"), talk, options.kb)
    for finding, pages in sorted(found.items(), key=lambda one: (_IMPACTS.index(one[0].impact), one[0].rule)):
        print(f"{finding.impact:9}{finding.rule}  {finding.element}\n         {finding.why}\n         {len(pages)}: {', '.join(pages[:4])}")  # fmt: skip
    counts = {impact: sum(one.impact == impact for one in found) for impact in _IMPACTS}
    print(f"{checked} pages checked; " + ", ".join(f"{impact} {n}" for impact, n in counts.items()))
    return 1 if counts["critical"] or counts["serious"] else 0


if __name__ == "__main__":
    sys.exit(main())
