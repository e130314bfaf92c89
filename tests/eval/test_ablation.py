from pathlib import Path

import pytest

from eval.ablation import Item, table
from kb.catalogue import Catalogue
from kb.embed import load_embedder
from kb.retrieve import Retriever


@pytest.fixture
def retriever(sample_folder: Path, bring_in, tmp_path: Path):
    bring_in(sample_folder)
    made = Retriever(Catalogue(tmp_path / "kb"), load_embedder(None))
    yield made
    made.close()


def test_a_row_for_each_part_and_figures_by_hand(retriever: Retriever) -> None:
    items = [
        Item("高压线多少米内不能放风筝", frozenset({"风筝安全法#第二条"})),
        Item("高压线多少米内不能放风筝", frozenset({"没有的法#第一条"})),
    ]
    lines = table(retriever, items).split("\n")
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:7]] == [
        "关键词", "＋口语词表", "＋语义", "＋题库", "＋重排",
    ]  # fmt: skip
    assert all("| 0.500 | 0.500 | 0.500 |" in line for line in lines[2:7]), lines
    assert lines[-1] == "2 题"
