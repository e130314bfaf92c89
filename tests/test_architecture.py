"""The one-way dependency rule of design.md, the vendors each room may use, and the size of modules, as tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {  # room -> rooms it may import
    "kb": set(),
    "prompts": {"kb"},  # its error tree
    "ingest": {"kb"},
    "assistant": {"kb", "prompts"},
    "eval": {"kb", "assistant", "prompts"},  # the judge's words
    "web": {"kb", "assistant", "ingest", "prompts"},
}
ONLY_IN = {  # library -> the modules that may import it
    "chromadb": {"kb/dense.py", "eval/peers.py"},
    "tantivy": {"kb/lexical.py", "kb/bank/index.py"},
    "scipy": {"kb/links/likeness.py", "kb/links/derive.py", "assistant/alarm/train.py"},
    "sqlalchemy": {"kb/catalogue/reading.py", "kb/catalogue/writing.py", "kb/schema.py", "kb/journal.py"},
    "sentence_transformers": {"kb/embed/hub.py", "kb/embed/train.py"},
    "pypdf": {"ingest/formats/paper/pdf.py"},
    "pypdfium2": {"ingest/formats/paper/pdf.py", "ingest/formats/paper/sheet.py", "web/page_picture.py"},
    "pdfplumber": {"ingest/formats/paper/ruled.py"},
    "rapidocr": {"ingest/formats/paper/ocr.py"},
    "httpcore": {"ingest/pull/transport.py"},
    "protego": {"ingest/pull/robots.py"},
    "watchfiles": {"ingest/watch.py"},
    "mcp": {"web/mcp_door.py"},
    "prometheus_client": {"web/metrics.py"},
    "icalendar": {"web/export/calendars.py"},
    "openpyxl": {"web/export/checklists.py"},
    "sklearn": {"kb/rerank/train.py", "assistant/calibrate.py", "assistant/alarm/train.py"},
}
FORBIDDEN = {"langchain_community", "fitz", "pymupdf", "easyofd"}
LONGEST_MODULE = 300


def modules() -> list[Path]:
    return [path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level names a file imports, wherever in the file the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    above = {*MAY_IMPORT, "app", "tests"} - MAY_IMPORT[room] - {room}
    assert not imported(path) & above


@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_has_its_place(library: str) -> None:
    users = {str(path.relative_to(ROOT)) for path in modules() if library in imported(path)}
    assert users, f"nobody uses {library}"
    assert users <= ONLY_IN[library]


def test_no_library_we_must_not_use() -> None:
    assert not {name for path in modules() for name in imported(path)} & FORBIDDEN


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE
    assert path.stem not in {"utils", "helpers", "common", "manager"}


def test_environment_is_read_in_one_place() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if "os.environ" in path.read_text("utf-8") or "os.getenv" in path.read_text("utf-8")
    }
    children = {
        "ingest/sandbox/pool.py",
        "ingest/formats/word/office.py",
    }  # start programs, with few variables of ours
    assert readers <= {"kb/settings.py", "kb/embed/hub.py"} | children
