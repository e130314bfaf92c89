"""What a site allows robots to read (robots.txt, RFC 9309), asked once per site and run."""

from collections.abc import Callable

import httpx
from protego import Protego

from kb.errors import IngestError

AGENT = "anwen-pull"
_LONGEST_DELAY = 30.0  # seconds between two requests a site may ask of us
Read = Callable[[str], tuple[int, bytes]]  # address of a robots.txt -> status code, body


class Robots:
    """The rules of the sites visited in this run."""

    def __init__(self, read: Read) -> None:
        """Remember how to get a robots.txt; `read` raises IngestError when the site cannot be reached."""
        self._read = read
        self._rules: dict[str, Protego | str] = {}  # origin -> its rules, or why they could not be read

    def check(self, url: httpx.URL) -> float:
        """Return the seconds the site wants between two requests.

        Raises:
            IngestError: if the site forbids the page, or its rules cannot be read (then nothing is allowed).
        """
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._rules:
            self._rules[origin] = self._ask(f"{origin}/robots.txt")
        rules = self._rules[origin]
        if isinstance(rules, str):
            raise IngestError(
                f"读不到 {origin}/robots.txt（{rules}），不知道网站是否允许，先不取。请稍后再试"
            )
        if not rules.can_fetch(str(url), AGENT):
            raise IngestError(f"{origin}/robots.txt 不许程序读取 {url.path}。请在浏览器里下载后手工导入")
        return min(float(rules.crawl_delay(AGENT) or 0.0), _LONGEST_DELAY)

    def _ask(self, address: str) -> Protego | str:
        try:
            status, body = self._read(address)
        except IngestError as error:
            return str(error)
        if httpx.codes.is_success(status):
            return Protego.parse(body.decode("utf-8-sig", "replace"))
        if httpx.codes.is_client_error(status):
            return Protego.parse("")  # no rules: everything is allowed
        return f"状态 {status}"
