"""Each peer finds the passage whose words were asked for."""

import sys

import pytest

from eval.peers import Bm25sPeer, ChromaPeer, OkapiPeer
from kb.errors import EvaluationError

PASSAGES = [
    "消防法 第二十八条 不得占用疏散通道和安全出口",
    "燃气条例 第二十条 停气检修应当提前告知用户",
    "电梯规定 第三条 电梯应当定期检验",
    "道路法 第五条 车辆应当靠右行驶",
]


@pytest.fixture(params=["rank_bm25", "bm25s", "chroma"])
def peer(request, embedder):
    makers = {"rank_bm25": OkapiPeer, "bm25s": Bm25sPeer, "chroma": lambda: ChromaPeer(embedder)}
    peer = makers[request.param]()
    peer.index(PASSAGES)
    yield peer
    peer.close()


def test_the_passage_asked_for_comes_first(peer) -> None:
    for place, passage in enumerate(PASSAGES):
        assert peer.search(passage, 2)[0] == place


def test_more_results_than_passages_give_all(peer) -> None:
    assert sorted(peer.search("电梯 检验", 50)) == [0, 1, 2, 3]


def test_words_nobody_wrote_are_no_error(peer) -> None:
    assert len(peer.search("鲸鱼", 3)) <= 3


@pytest.mark.parametrize(
    ("maker", "package", "named"),
    [(OkapiPeer, "rank_bm25", "rank-bm25"), (Bm25sPeer, "bm25s", "bm25s"), (OkapiPeer, "jieba", "jieba")],
)
def test_a_missing_package_is_named_with_the_remedy(monkeypatch, maker, package: str, named: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EvaluationError, match=f"缺少 {named}。请先运行：pip install {named}"):
        maker()
