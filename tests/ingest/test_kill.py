"""Killed at any moment, ingest leaves every acknowledged document whole, and the next run finishes the work."""

import multiprocessing
import os
import random
import signal
import time
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

ROUNDS = 20
DOCUMENTS, ARTICLES = 30, 8
FLUSH_AT = 40  # chunks: several flushes a run, so that kills fall between and inside them


def write_rules(folder: Path, version: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(DOCUMENTS):
        articles = "\n\n".join(
            f"第{n}条 第{number}号花园第{n}个花盆第{version}次检查，护栏应当牢固。"
            for n in range(1, ARTICLES + 1)
        )
        (folder / f"规则{number}.md").write_text(f"# 第{number}号花园规则\n\n{articles}\n", "utf-8")


def work(kb: str, rules: str, started: "multiprocessing.synchronize.Event", job: str) -> None:
    embedder = load_embedder(None)
    started.set()
    if job == "rebuild":
        rebuild(Path(kb), embedder)
    else:
        with open_writer(Path(kb), embedder, FLUSH_AT) as writer:
            ingest(writer, [rules], Given())


def acknowledged_documents_are_whole(folder: Path) -> int:
    """Every document the catalogue calls indexed is in both caches, entirely. Returns how many there are."""
    catalogue = Catalogue(folder)
    lexical, dense = LexicalIndex(catalogue.index_folder()), DenseIndex(catalogue.index_folder())
    try:
        pending = set(catalogue.pending())
        whole = [document.doc_id for document in catalogue.documents() if document.doc_id not in pending]
        in_words, in_vectors = lexical.ids(), dense.ids()
        for doc_id in whole:
            chunks = catalogue.chunks(doc_id)
            assert len(chunks) == ARTICLES, doc_id
            assert {chunk.chunk_id for chunk in chunks} <= in_words & in_vectors, doc_id
        return len(whole)
    finally:
        lexical.close()
        dense.close()
        catalogue.close()


@pytest.mark.slow
def test_real_kills(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kb.writer", "ingest.run", "kb.embed.static"])
    kb, rules = tmp_path / "kb", tmp_path / "rules"
    chance = random.Random(20261124)
    killed, seen, longest = 0, 0, 1.0
    for attempt in range(ROUNDS):
        write_rules(rules, version=attempt // 2)  # every other run changes every document
        job = "rebuild" if attempt % 6 == 5 else "ingest"
        started = context.Event()
        process = context.Process(target=work, args=(str(kb), str(rules), started, job))
        process.start()
        assert started.wait(60)
        begun = time.perf_counter()
        process.join(chance.uniform(0.01, longest))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        else:
            longest = max(0.2, min(longest, time.perf_counter() - begun))
        process.join()
        process.close()
        if next(kb.glob("index-*"), None):  # the catalogue is made before the first index
            seen = max(seen, acknowledged_documents_are_whole(kb))
    assert killed >= ROUNDS // 2
    assert seen > 0
    with open_writer(kb, load_embedder(None)) as writer:
        report = ingest(writer, [str(rules)], Given())
    assert not report.failed
    health = check(kb, load_embedder(None))
    assert (health.documents, health.chunks, health.problems) == (DOCUMENTS, DOCUMENTS * ARTICLES, ())
    catalogue = Catalogue(kb)
    texts = {c.text for d in catalogue.documents() for c in catalogue.chunks(d.doc_id)}
    catalogue.close()
    assert all(f"第{(ROUNDS - 1) // 2}次检查" in text for text in texts)
