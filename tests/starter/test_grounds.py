"""What the cards cite stands in the statutes, in force; what they say is in our own words."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.base import KnowledgeBase
from kb.cards.grounds import problems
from kb.cards.library import Library, Placed, parse_records
from kb.cards.records import Duty, Penalty
from tests.starter.conftest import STARTER
from tests.starter.test_library import DUTY, PENALTY

_NAMES = re.compile(r"《[^》]*》|(?:law|name): [^,}\n]*|article: [^,}\n]*")  # of laws, articles and crimes
_RUN = 24  # Hanzi in a row that no text of ours shares with a statute


@pytest.mark.data
def test_every_article_cited_is_in_force_and_every_figure_stands_in_it(
    library: Library, statutes_kb: KnowledgeBase
) -> None:
    assert problems(library, statutes_kb) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("第二条", "第九十条", "没有第九十条"),
        ("风筝安全法", "登月安全法", "没有《登月安全法》"),
        ("value: 500", "value: 300", "300米 不在所引条文里"),
    ],
)
def test_a_wrong_reference_or_figure_is_found(kb: KnowledgeBase, old: str, new: str, says: str) -> None:
    path = Path("starter/duties/kite.yaml")
    right = Library((), tuple(Placed(r, path) for r in parse_records(Duty, DUTY, "x").records))
    wrong = Library(
        (), tuple(Placed(r, path) for r in parse_records(Duty, DUTY.replace(old, new), "x").records)
    )
    assert problems(right, kb) == []
    (problem,) = problems(wrong, kb)[:1]
    assert problem.startswith("duties/kite.yaml kite-line：")
    assert says in problem


def test_a_fine_must_stand_in_the_liability_article(kb: KnowledgeBase) -> None:
    path = Path("starter/penalties/kite.yaml")
    for value, count in (("most: 200", 0), ("most: 300", 1)):
        records = parse_records(Penalty, PENALTY.replace("most: 200", value), "x").records
        assert len(problems(Library((), tuple(Placed(r, path) for r in records)), kb)) == count


@pytest.mark.data
def test_no_long_run_of_words_is_shared_with_a_statute(shared_data: Path) -> None:
    sources = [*(shared_data / "statutes").glob("*.md"), *(shared_data / "plans").glob("*.md")]
    theirs = np.unique(np.concatenate([_runs(path.read_text("utf-8")) for path in sources]))
    shared = {}
    for path in [*STARTER.rglob("*.md"), *STARTER.rglob("*.yaml")]:
        ours = _NAMES.sub("", path.read_text("utf-8"))
        runs = _runs(ours)
        places = np.minimum(np.searchsorted(theirs, runs), len(theirs) - 1)
        if (count := int((theirs[places] == runs).sum())) > 0:
            shared[path.name] = count
    assert not shared


def _runs(text: str) -> NDArray[np.uint64]:
    """Return a hash of each run of `_RUN` Hanzi."""
    hanzi = "".join(re.findall(r"[\u4e00-\u9fff]", text))
    codes = np.frombuffer(hanzi.encode("utf-32-le"), np.uint32).astype(np.uint64)
    if len(codes) < _RUN:
        return np.zeros(0, np.uint64)
    hashes = np.zeros(len(codes) - _RUN + 1, np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(_RUN):
            hashes = hashes * np.uint64(1_000_003) + codes[offset : len(codes) - _RUN + 1 + offset]
    return hashes
