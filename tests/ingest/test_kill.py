"""Killed at any moment, ingest leaves every acknowledged document whole, and the next run finishes the work."""

import multiprocessing
import os
import random
import signal
import time
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.run import ingest
from kb.catalogue import Catalogue
from kb.check import check
from kb.dense import DenseIndex
from kb.embed import load_embedder
from kb.lexical import LexicalIndex
from kb.writer import open_writer, rebuild
from tests.conftest import LONG
from tests.ingest.hostile.good import docx, p, pack
from tests.ingest.hostile.good_paper import LATIN, pdf

ROUNDS = 50 if LONG else 8
PLAIN, PACKED, ARTICLES = 16, 4, 8  # documents as files, documents in an archive, articles of each
DOCUMENTS = PLAIN + PACKED + 2  # and one as DOCX, one as PDF
GUESTS = 3  # files that are there in every other version: when they are gone, prune takes them out
FLUSH_AT = 40  # chunks: several flushes a run, so that kills fall between and inside them
LONGEST = 3.0  # seconds after which a run is killed at the latest
ORPHANS_END = 60  # seconds after the last kill; a nursery killed at birth first loads its libraries


def rule(number: int, version: int) -> str:
    articles = "\n".join(
        f"第{n}条 第{number}号花园第{n}个花盆第{version}次检查，护栏应当牢固。"
        for n in range(1, ARTICLES + 1)
    )
    return f"第{number}号花园规则\n{articles}\n"


def write_rules(folder: Path, version: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(PLAIN):
        (folder / f"规则{number}.md").write_text(rule(number, version), "utf-8")
    inside = {f"内/规则{number}.md": rule(number, version) for number in range(100, 100 + PACKED)}
    (folder / "包.zip").write_bytes(pack(dict(inside)))
    (folder / "文档.docx").write_bytes(docx("".join(map(p, rule(200, version).strip().split("\n")))))
    (folder / "手册.pdf").write_bytes(pdf(LATIN.replace(b"Yunling", b"round %d" % version)))
    for number in range(300, 300 + GUESTS):
        guest = folder / f"过客{number}.md"
        if version % 2:
            guest.unlink(missing_ok=True)
        else:
            guest.write_text(rule(number, version), "utf-8")


def work(kb: str, rules: str, started: Event, job: str) -> None:
    embedder = load_embedder(None)
    started.set()
    if job == "rebuild":
        rebuild(Path(kb), embedder)
    else:
        with open_writer(Path(kb), embedder, FLUSH_AT) as writer:
            ingest(writer, [rules], Given(), prune=job == "prune")


def acknowledged_documents_are_whole(folder: Path) -> int:
    """Every document the catalogue calls indexed is in both caches, entirely. Returns how many there are."""
    catalogue = Catalogue(folder)
    lexical, dense = LexicalIndex(catalogue.index_folder()), DenseIndex(catalogue.index_folder())
    try:
        pending = set(catalogue.pending())
        whole = [document for document in catalogue.documents() if document.doc_id not in pending]
        in_words, in_vectors = lexical.ids(), dense.ids()
        for document in whole:
            chunks = catalogue.chunks(document.doc_id)
            assert len(chunks) == (1 if document.source.endswith(".pdf") else ARTICLES), document.doc_id
            assert {chunk.chunk_id for chunk in chunks} <= in_words & in_vectors, document.doc_id
        return len(whole)
    finally:
        lexical.close()
        dense.close()
        catalogue.close()


def born(pid: int) -> tuple[int, str] | None:
    """Return (parent, moment of its start) of a living process, None for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else (int(fields[1]), fields[19])


def below(pid: int) -> dict[int, str]:
    """Return {process: moment of its start} of all processes that a process has started, theirs included."""
    living = {int(path.name): born(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = {child: facts[1] for child, facts in living.items() if facts and facts[0] == parent}
        waiting += children
        found |= children
    return found


def wait_for_the_end(processes: dict[int, str]) -> None:
    """Wait until none of the processes lives any more."""
    begun = time.perf_counter()
    while any((facts := born(pid)) and facts[1] == start for pid, start in processes.items()):
        assert time.perf_counter() - begun < ORPHANS_END, processes
        time.sleep(0.02)


def run_and_kill(
    context: ForkServerContext, folder: Path, job: str, after: float
) -> tuple[bool, float, dict[int, str]]:
    """Start a run and kill it; returns whether it was killed, how long it ran, the orphans it left."""
    started = context.Event()
    process = context.Process(target=work, args=(str(folder / "kb"), str(folder / "rules"), started, job))
    process.start()
    assert started.wait(60)
    begun = time.perf_counter()
    process.join(after)
    lasted, killed = time.perf_counter() - begun, False
    orphans: dict[int, str] = {}
    if process.is_alive() and process.pid:
        orphans = below(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        killed = True
    process.join()
    process.close()
    return killed, lasted, orphans


@pytest.mark.slow
def test_real_kills(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kb.writer", "ingest.run", "kb.embed.static"])
    kb, rules = tmp_path / "kb", tmp_path / "rules"
    chance = random.Random(20261124)
    killed, seen = 0, 0
    orphaned: dict[int, str] = {}
    write_rules(rules, version=0)
    _, whole, _ = run_and_kill(context, tmp_path, "ingest", 120)  # to its end: how long a run lasts here
    assert acknowledged_documents_are_whole(kb) == DOCUMENTS + GUESTS
    longest = dict.fromkeys(("ingest", "prune", "rebuild"), min(whole, LONGEST))
    for attempt in range(2, ROUNDS + 2):
        write_rules(rules, version=attempt // 2)  # every other run changes every document
        job = ("ingest", "ingest", "ingest", "prune", "ingest", "rebuild")[attempt % 6]
        was_killed, lasted, orphans = run_and_kill(context, tmp_path, job, chance.uniform(0.01, longest[job]))
        killed += was_killed
        orphaned |= orphans
        if not was_killed:
            longest[job] = max(0.2, min(longest[job], lasted))
        seen += acknowledged_documents_are_whole(kb)
    assert killed >= ROUNDS // 2
    assert seen > 0
    assert orphaned
    wait_for_the_end(orphaned)
    last = ROUNDS // 2 + 2 + (ROUNDS // 2 + 1) % 2  # an odd one, without guests
    write_rules(rules, last)
    with open_writer(kb, load_embedder(None)) as writer:
        report = ingest(writer, [str(rules)], Given(), prune=True)
    assert not report.failed
    health = check(kb, load_embedder(None))
    assert (health.documents, health.problems) == (DOCUMENTS, ())
    assert health.chunks == (DOCUMENTS - 1) * ARTICLES + 1
    catalogue = Catalogue(kb)
    texts = [(d.title, c.text) for d in catalogue.documents() for c in catalogue.chunks(d.doc_id)]
    catalogue.close()
    assert all(f"第{last}次检查" in text or f"round {last}" in title for title, text in texts)
