"""The question bank, the thesaurus and the reranker: well formed, our own words, and of use."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from kb import rerank, thesaurus
from kb.bank import BankQuestion, is_validation, read_bank
from kb.bank.index import BankIndex
from kb.datatypes import Audience, Chunk, Document, Level
from kb.embed import load_embedder
from kb.errors import SettingsError
from kb.normalise import fold
from kb.rerank.features import NAMES, Candidate, asked, matrix
from kb.thesaurus import Entry, Thesaurus

_HAN = re.compile(r"[^\u4e00-\u9fff0-9a-z]")


def bare(text: str) -> str:
    return _HAN.sub("", fold(text))


def pairs(text: str) -> set[str]:
    plain = bare(text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


@pytest.fixture(scope="module")
def bank() -> tuple[BankQuestion, ...]:
    return read_bank()


def test_the_bank_is_large_and_has_no_doubles(bank: tuple[BankQuestion, ...]) -> None:
    assert len(bank) >= 6_000
    assert len({question.chunk_id for question in bank}) >= 1_500
    assert len({bare(question.question) for question in bank}) >= len(bank) - 5
    assert {question.audience for question in bank} == set(Audience)


def test_validation_is_a_tenth_of_the_articles(bank: tuple[BankQuestion, ...]) -> None:
    articles = {(question.law, question.article) for question in bank}
    kept_back = {article for article in articles if is_validation(*article)}
    assert 0.07 < len(kept_back) / len(articles) < 0.13
    assert all(question.is_validation == ((question.law, question.article) in kept_back) for question in bank)


def test_every_article_of_the_bank_exists_in_the_version_named(statutes_kb, bank) -> None:
    kb = statutes_kb
    texts = {chunk.chunk_id: chunk.text for d in kb.documents() for chunk in kb.chunks(d.doc_id)}
    assert not {question.chunk_id for question in bank} - texts.keys()
    copied = [q.question for q in bank if _shared_run(bare(q.question), bare(texts[q.chunk_id])) > 16]
    assert not copied, copied[:5]


def _shared_run(question: str, text: str) -> int:
    best = 0
    for start in range(len(question)):
        while question[start : start + best + 1] in text and start + best < len(question):
            best += 1
    return best


def test_no_question_is_one_of_those_kept_for_measuring(shared_data: Path, bank) -> None:
    lines = (shared_data / "questions_dev.jsonl").read_text("utf-8").splitlines()
    reserved = [pairs(json.loads(line)["question"]) for line in lines]
    for question in bank:
        own = pairs(question.question)
        assert all(len(own & other) / max(1, len(own | other)) < 0.7 for other in reserved), question.question


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"law": "甲法", "article": "第一条", "audience": "citizen"}', "第 1 行格式不对"),
        (
            '{"law": "甲法", "article": "一", "audience": "citizen", "question": "怎么办呢"}',
            "第 1 行格式不对",
        ),
        (
            '{"law": "乙法", "article": "第一条", "audience": "citizen", "question": "怎么办呢"}',
            "versions.yaml",
        ),
    ],
)
def test_a_broken_bank_is_named(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "versions.yaml").write_text("甲法: 甲法@2020-01-01\n", "utf-8")
    (tmp_path / "甲法.jsonl").write_text(line + "\n", "utf-8")
    with pytest.raises(SettingsError, match=reason):
        read_bank(tmp_path)


def question(text: str, article: str) -> BankQuestion:
    return BankQuestion(f"甲法@2020-01-01#{article}", "甲法", article, Audience.CITIZEN, text)


def test_the_nearest_question_points_to_its_article() -> None:
    embedder = load_embedder(None)
    index = BankIndex(
        [
            question("电瓶车能推进楼道充电吗", "第一条"),
            question("灭火器过期了罚多少", "第二条"),
            question("电瓶车进楼", "第三条"),
        ],
        embedder,
    )
    asked_for = "电瓶车可以进楼道充电不"
    found = index.search(asked_for, embedder.embed_query(asked_for), 3)
    assert max(found, key=lambda name: found[name].cosine) == "甲法@2020-01-01#第一条"
    without = index.search("电瓶车进楼", embedder.embed_query("电瓶车进楼"), 3, leave_out="电瓶车进楼")
    assert "甲法@2020-01-01#第三条" not in without


def test_the_shipped_thesaurus() -> None:
    words = thesaurus.shipped()
    assert len(words) >= 800
    assert "主要负责人" in words.find("老板不管安全")[0].legal
    kinds = {entry.kind for entry in thesaurus.read(thesaurus.FILE)}
    assert kinds == thesaurus.KINDS


def test_the_longest_lay_word_wins() -> None:
    words = Thesaurus([Entry("电瓶", ("蓄电池",), "thing"), Entry("电瓶车", ("电动自行车",), "thing")])
    assert [entry.lay for entry in words.find("电瓶车的电瓶")] == ["电瓶车", "电瓶"]


@pytest.mark.parametrize("line", ["老板", "老板\t主要负责人", "老板\t\tperson", "老板\t主要负责人\tanimal"])
def test_a_broken_thesaurus_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(f"# 备注\n{line}\n", "utf-8")
    with pytest.raises(SettingsError, match="第 2 行格式不对"):
        thesaurus.read(path)


def candidate(text: str, lexical: float, dense: float) -> Candidate:
    document = Document("甲法@2020-01-01", "甲法", "甲法", Level.LAW, "全国", "", "")
    return Candidate(
        Chunk(f"甲法@2020-01-01#{text[:3]}", document.doc_id, "甲法", "第一条", (), text, 0),
        document,
        lexical,
        dense,
        None,
    )


def test_features_by_hand() -> None:
    what = asked("老板罚多少", lambda terms: dict.fromkeys(terms, 1.0), None, [], thesaurus.shipped())
    rows = matrix(what, [candidate("主要负责人处罚款", 4.0, 0.5), candidate("没有关系", 2.0, 0.25)])
    first, second = (dict(zip(NAMES, row, strict=True)) for row in rows.tolist())
    assert (first["lexical"], second["lexical"]) == (1.0, 0.5)
    assert (first["dense_gap"], second["dense_gap"]) == (0.0, 0.25)
    assert (first["penalty_wanted"], second["penalty_wanted"]) == (1.0, 0.0)
    assert first["legal_terms"] > second["legal_terms"] == 0.0
    assert first["has_bank"] == 0.0


def test_scores_keep_the_order_and_the_best_is_one() -> None:
    weights = np.zeros(len(NAMES), np.float32)
    weights[NAMES.index("lexical")] = 2.0
    features = np.zeros((3, len(NAMES)), np.float32)
    features[:, NAMES.index("lexical")] = [0.1, 1.0, 0.5]
    scores = rerank.LinearReranker(weights, 0.5).scores(features)
    assert scores.argmax() == 1
    assert scores[1] == pytest.approx(1.0)
    assert scores[2] == pytest.approx(2 / (1 + np.exp(1.0)), abs=1e-5)


def test_the_shipped_weights_fit_the_features() -> None:
    model = rerank.shipped()
    assert model.weights.shape == (len(NAMES),)
    assert np.isfinite(model.weights).all()
    assert model.weights[NAMES.index("text_coverage")] > 0


def test_lay_questions_find_their_article(statutes_kb) -> None:
    """Written for this test, not in the bank; each names no legal word of its article."""
    kb = statutes_kb
    cases = {
        "老板拿公司账户给自己交安全罚款，平时一分钱安全投入都不给": "安全生产法",
        "电瓶车推到家门口楼道里充一晚上": "高层民用建筑消防安全管理规定",
        "工地塔吊谁来验收": "建筑起重机械安全监督管理规定",
        "出了死亡事故晚报了两天": "生产安全事故报告和调查处理条例",
    }
    found = {text: [hit.chunk.law for hit in kb.search(text, 10)] for text in cases}
    assert sum(law in found[text] for text, law in cases.items()) >= 3, found
