"""The administration over a small real knowledge base, and somebody at its keyboard."""

import atexit
import io
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import anyio
import httpx
from docx import Document as Docx
from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.triage import Triage
from kb.base import KnowledgeBase
from kb.cards.library import read_library
from kb.journal import Journal
from tests.web import doors
from web.admin.office import Office
from web.api.services import Services
from web.counted import CountedAnswerer
from web.limits import Limits
from web.middleware import Access, Guard
from web.pages import include_pages

PASSWORD = "白鹭 飞过 河堤 2026"
TITLE = "青桥市屋顶水箱安全管理规定"
LINES = (
    "（2026年3月5日青桥市人民政府令第7号公布，自2026年5月1日起施行）",
    "第一条 为了防止屋顶水箱坠落和渗漏，制定本规定。",
    "第二条 水箱的管理人应当每十五日检查一次支架，并把结果记入台账，保存三年。",
    "第三条 违反本规定第二条，没有检查水箱支架的，处八百元以上三千元以下罚款。",
)


def docx(*lines: str, title: str = TITLE) -> bytes:
    made = Docx()
    made.add_heading(title, 0)
    for line in lines or LINES:
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def services_of(folder: Path) -> Services:
    """Services whose knowledge base is folder/kb, counted as app.py does it."""
    shutil.copytree(_built(), folder, dirs_exist_ok=True)
    kb, journal = KnowledgeBase.open(folder / "kb"), Journal(folder / "kb")
    assistant = CountedAnswerer(Assistant(kb, Triage.load(doors.STARTER)), journal)
    cards = read_library(folder / "cards")
    return Services(assistant, kb, cards, journal, limits=Limits(free=("",)), kb_dir=folder / "kb")


@cache
def _built() -> Path:
    """The knowledge base of the doors' tests, made once per test process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = doors.make(folder)
    made.journal.close()
    made.kb.close()
    return folder


def site(services: Services) -> FastAPI:
    """The pages behind the guard, without Gradio."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.state.office = Office(services)
    include_pages(app)
    app.add_middleware(Guard, access=Access.of("127.0.0.1"), streams=app.state.office.body_limit)
    return app


class Keyboard:
    """A browser without scripts: keeps cookies, sends forms with the token it was given."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1", scheme: str = "http") -> None:
        self.app = app
        self.cookies = httpx.Cookies()
        self.token = ""
        self.address = address
        self.scheme = scheme

    def __call__(self, method: str, path: str, **options) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(
                self.app, raise_app_exceptions=False, client=(self.address, 50_000)
            )
            base = f"{self.scheme}://127.0.0.1"
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=self.cookies) as client:
                answer = await client.request(method, path, **options)
                self.cookies = client.cookies
                return answer

        answer = anyio.run(call)
        if found := re.search(r'name="token" value="([^"]+)"', answer.text):
            self.token = found[1]
        return answer

    def get(self, path: str, **options) -> httpx.Response:
        return self("GET", path, **options)

    def post(self, path: str, data=None, **options) -> httpx.Response:
        return self("POST", path, data={"token": self.token, **(data or {})}, **options)

    def enter(self) -> None:
        """Set the password with the one-time code, or log in."""
        office = self.app.state.office
        self.get("/admin")
        if office.vault.is_set:
            answer = self.post("/admin/login", {"password": PASSWORD})
        else:
            form = {"code": office.vault.code(), "password": PASSWORD, "again": PASSWORD}
            answer = self.post("/admin/setup", form)
        assert answer.status_code == 303, answer.text
        self.get("/admin")

    def upload(self, *files: tuple[str, bytes]) -> httpx.Response:
        """Upload and wait until they are read on trial; return the job's page."""
        return self.settled(self.post("/admin/upload", files=[("files", file) for file in files]))

    def settled(self, answer: httpx.Response) -> httpx.Response:
        """Follow a redirect to a job until the job is over."""
        assert answer.status_code == 303, answer.text
        for _ in range(300):
            job_id = re.search(r"(?:jobs/|job=)([0-9a-f]+)", answer.headers["location"])
            job = self.app.state.office.jobs.find(job_id[1]) if job_id else None
            if job is None or job.ended.wait(0.1):
                return self.get(answer.headers["location"], follow_redirects=True)
        raise AssertionError("the job did not end")

    def bring_in(self, *files: tuple[str, bytes]) -> httpx.Response:
        """Upload and bring in everything readable."""
        self.upload(*files)
        ids = [item.item_id for item in self.app.state.office.shelf.items() if item.is_readable]
        return self.settled(self.post("/admin/accept", {"ids": ids}))
