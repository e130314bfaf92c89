"""The administration of one site, put together: made once per app, asked by the pages and by the Guard."""

from collections.abc import Sequence
from contextlib import closing
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from kb.catalogue import FILE_NAME, Catalogue
from kb.errors import AnwenError, KnowledgeBaseError, SettingsError
from web.admin.ground import Ground
from web.admin.jobs import Jobs
from web.admin.sessions import Session, Sessions
from web.admin.shelf import REQUEST_BYTES, Shelf, file_of
from web.admin.throttle import Throttle
from web.admin.unpacking import MOST_BYTES
from web.admin.vault import CODE_FILE, Vault
from web.api.services import Services
from web.limits import client_of

COOKIE: Final = "anwen_admin"
PATH: Final = "/admin"
_LARGE: Final = {f"{PATH}/upload": REQUEST_BYTES, f"{PATH}/restore": MOST_BYTES}  # bytes of a body


class Office:
    """Everything behind /admin. Nothing is read or written before the first request."""

    def __init__(self, services: Services) -> None:
        """Take what the site stands on."""
        self.ground = Ground(services.kb_dir, services.embedder, services.journal, Shelf(services.kb_dir))
        self.vault = Vault(services.kb_dir)
        self.sessions = Sessions()
        self.throttle = Throttle()
        self.jobs = Jobs()
        self._trusted = services.limits.trusted
        self._is_recovered = False

    @property
    def shelf(self) -> Shelf:
        """The uploaded files."""
        return self.ground.shelf

    def session(self, scope: Scope, *, touch: bool = True) -> Session | None:
        """Return the session a request belongs to, None without one.

        Raises:
            SettingsError: if the password file cannot be read.
        """
        name = Request(scope).cookies.get(COOKIE, "")
        return self.sessions.find(name, self.vault.epoch(), touch=touch) if name else None

    def body_limit(self, scope: Scope) -> int:
        """Return how large a request's body may be where that is more than usual, else 0.

        Looks at the session before anything of the body is read.
        """
        limit = _LARGE.get(scope["path"].rstrip("/"), 0)
        if not limit or scope["method"] != "POST":
            return 0
        try:
            return limit if self.session(scope, touch=False) else 0
        except AnwenError:
            return 0

    def address(self, scope: Scope) -> str:
        """Return whom a request is counted to."""
        return client_of(scope, self._trusted)

    def invitation(self, address: str) -> Sequence[str]:
        """Return the line for the start window that lets the first password be set, nothing once it is set.

        Args:
            address: of the site.
        """
        if self.vault.is_set:
            return ()
        try:
            code = self.vault.code()
        except SettingsError as error:
            return (f"知识库管理暂不可用：{error}",)
        return (
            f"首次管理知识库：打开 {address}{PATH}，一次性设置码 {code}（也写在 {self.ground.folder / CODE_FILE}）",
        )

    def recover(self) -> None:
        """Once after the start, let files wait again that a killed import left behind."""
        if self._is_recovered:
            return
        self._is_recovered = True
        if not (self.ground.folder / FILE_NAME).is_file():
            return
        try:
            with closing(Catalogue(self.ground.folder)) as catalogue:
                known = {file_of(source) for source in catalogue.sources()}
                count = self.shelf.recover(self.ground.files(catalogue), known)
        except KnowledgeBaseError:
            return
        if count:
            self.ground.note("找回未导入的文件", f"{count} 份")

    def waiting_trial(self) -> Sequence[str]:
        """Return the ids of the files nobody has read yet, such as those a restart interrupted."""
        return [item.item_id for item in self.shelf.items() if item.trial is None]


def is_https(scope: Scope) -> bool:
    """Whether the browser speaks https, by the connection or by what it says about its own page."""
    origin = Headers(scope=scope).get("origin", "")
    return scope.get("scheme") == "https" or origin.startswith("https://")
