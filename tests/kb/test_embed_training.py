"""How the shipped model is trained: what is read, what is paired, what is learned."""

import json
import logging

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from kb.bank import BankQuestion
from kb.datatypes import Audience
from kb.embed.corpus import Article, read_articles
from kb.embed.lay import add_lay_words, read_lay_words, silent_pieces
from kb.embed.lessons import Lessons, bank_hash, make_lessons
from kb.embed.pairs import PairSampler, TokenizedArticle
from kb.embed.static import WEIGHTS, StaticEmbedder


@pytest.fixture(scope="module")
def static():
    return StaticEmbedder()


def test_articles_are_read_with_title_path_and_newest_version(tmp_path):
    old = "# 中华人民共和国甲法\n\n通过日期\n<!-- INFO END -->\n## 第一章 总则\n第一条 旧文。"
    (tmp_path / "甲法(2001-01-01).md").write_text(old, encoding="utf-8")
    new = old.replace("旧文。", "新文，见第二条。\n第二款。\n### 第一节 细则\n第二条之一 又一条。")
    (tmp_path / "甲法(2020-01-01).md").write_text(new, encoding="utf-8")
    assert read_articles([tmp_path]) == [
        Article("甲法", "第一条", ("第一章 总则",), "新文，见第二条。\n第二款。"),
        Article("甲法", "第二条之一", ("第一章 总则", "第一节 细则"), "又一条。"),
    ]


def test_pairs_come_from_one_article_and_keep_query_and_rest_apart():
    article = TokenizedArticle(
        np.array([1]), np.array([1, 2]), tuple(np.array([n, n + 1]) for n in (10, 20, 30))
    )
    other = TokenizedArticle(np.array([5]), np.array([5]), (np.array([50, 51, 52]),))
    pairs = [pair for batch in PairSampler([article, other], (1, 0, 0), 7).batches(2) for pair in batch]
    for query, document in pairs:
        own = {1, 2, 10, 11, 20, 21, 30, 31} if 50 not in document else {5, 50, 51, 52}
        assert own >= {*query.tolist(), *document.tolist()}
        if 50 not in document:
            assert not {*query.tolist()} & {*document.tolist()}
    assert len(pairs) == 2


def test_lay_word_lies_beside_its_legal_word_and_question_words_count_for_nothing(static):
    assert static.embed_query("电瓶车") @ static.embed_query("电动自行车") > 0.7
    assert not static.embed_query("怎么办呢").any()
    words = read_lay_words()
    assert len(words) > 250
    for word, meaning in words.items():
        assert word == word.strip() and "  " not in meaning, word
        assert not meaning or static.embed_query(meaning).any(), word


def test_added_lay_word_takes_the_vector_of_its_legal_words():
    tokenizer = Tokenizer(Unigram([("[UNK]", 0.0), ("车", -3.0), ("轮", -3.0), ("汽车", -4.0)], unk_id=0))
    vectors = np.array([[0, 0], [1, 0], [0, 1], [2, 2]], np.float32)
    counts = np.array([0, 50, 50, 50])
    extended, rows = add_lay_words(tokenizer, vectors, counts, {"四轮": "汽车", "车": "轮", "啥": ""})
    assert rows[extended.token_to_id("四轮")].tolist() == [2, 2]
    assert rows[extended.token_to_id("车")].tolist() == [1, 0]  # statutes know it well
    assert silent_pieces(extended, {"四轮": "汽车", "啥": ""}).tolist() == [True, *[False] * 4, True]
    assert tokenizer.get_vocab_size() == 4


def _question(article, text, law="甲“三同时”办法"):
    return BankQuestion(f"{law}@2020-01-01#{article}", law, article, Audience.CITIZEN, text)


def test_lessons_join_each_question_with_its_article_whatever_the_quotation_marks(static, caplog):
    articles = [
        Article("乙法", "第一条", (), "防火。"),
        Article("甲三同时办法", "第一条", ("第一章 总则",), "防毒。"),
    ]
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    with caplog.at_level(logging.WARNING, logger="kb.embed.lessons"):
        lessons = make_lessons(
            [_question("第一条", "毒气"), _question("第九条", "没有这条")], articles, tokenizer
        )
    assert lessons.answers.tolist() == [1]
    assert lessons.laws.tolist() == [0, 1]
    assert lessons.articles[1].tolist() == tokenizer.encode("甲三同时办法 第一章 总则 防毒。").ids
    assert "1 of 2" in caplog.text
    with pytest.raises(ValueError, match="--bank none"):
        make_lessons([_question("第九条", "没有这条")], articles, tokenizer)
    asked = [_question("第一条", "毒气")]
    assert bank_hash(asked) != bank_hash([_question("第一条", "煤气")]) != bank_hash(asked * 2)


@pytest.mark.slow
def test_lookalikes_are_the_nearest_wrong_articles_of_all_laws_and_of_the_same():
    from kb.embed.tune import find_lookalikes

    vectors = np.eye(50, dtype=np.float32) + 0.01
    vectors[1] = vectors[0] + 0.1 * vectors[1]  # the wrong article of another law, and the nearest
    articles = [np.array([n]) for n in range(50)]
    lessons = Lessons([np.array([0])], np.array([0]), articles, np.array([0, 1, 0, *[1] * 47]))
    found = find_lookalikes(vectors, lessons)
    assert found.shape == (1, 32)
    assert 1 in found[0, :16] and 0 not in found[0, :16]
    assert 2 in found[0, 16:] and {*found[0, 16:].tolist()} <= {0, 2}


@pytest.mark.slow
@pytest.mark.long
def test_tuning_brings_questions_to_their_articles_and_leaves_silent_words_at_zero():
    from kb.embed.tune import TuningOptions, embed, tune

    random = np.random.default_rng(5)
    articles = [np.array([20 + 2 * n, 21 + 2 * n, 1]) for n in range(20)]
    questions = [np.array([60 + n, 2]) for n in range(20)]  # no word in common with the answer
    lessons = Lessons(questions, np.arange(20), articles, np.zeros(20, np.int64))
    vectors = random.normal(scale=0.1, size=(80, 16)).astype(np.float32)
    silent = np.zeros(80, np.bool_)
    silent[[0, 2]] = True
    vectors[silent] = 0
    statutes = [TokenizedArticle(a[2:], a[2:], (a[:1], a[1:2])) for a in articles]
    options = TuningOptions(passes=40, questions=10, pairs=10)

    def right(rows):
        return np.mean((embed(rows, questions) @ embed(rows, articles).T).argmax(axis=1) == np.arange(20))

    tuned = tune(vectors, silent, lessons, PairSampler(statutes, (0.5, 0.1, 0.4), 0), options)
    assert right(vectors) < 0.4
    assert right(tuned) == 1
    assert not tuned[silent].any()
    again = tune(vectors, silent, lessons, PairSampler(statutes, (0.5, 0.1, 0.4), 0), options)
    assert again == pytest.approx(tuned, abs=1e-4)


@pytest.mark.slow
def test_training_learns_which_words_belong_together_and_repeats_itself(tmp_path):
    from kb.embed.train import Options, train
    from kb.embed.tune import TuningOptions

    topics = {
        "消防": "灭火器 消火栓 疏散 火灾 烟雾 喷淋",
        "婚姻": "夫妻 子女 抚养 离婚 财产 登记",
        "渔业": "渔船 捕捞 水产 养殖 鱼类 渔港",
    }
    random = np.random.default_rng(3)
    for topic, words in topics.items():
        clauses = ["，".join(random.permutation(words.split())) for _ in range(60)]
        articles = "\n".join(f"第{n + 1}条 {clause}，{n}号。" for n, clause in enumerate(clauses))
        (tmp_path / f"{topic}法.md").write_text(f"# {topic}法\n{articles}\n", encoding="utf-8")
    options = Options(dimension=16, vocabulary=200, piece_length=4, passes=8, batch=32)
    for run in ("one", "two"):
        train(read_articles([tmp_path]), [], tmp_path / run, options)
    embedder = StaticEmbedder(tmp_path / "one")
    near, far = embedder.embed_documents(["疏散烟雾", "抚养财产"]) @ embedder.embed_query("灭火器消火栓")
    assert near > far + 0.3
    again = StaticEmbedder(tmp_path / "two")
    assert again.embed_query("消火栓") == pytest.approx(embedder.embed_query("消火栓"), abs=0.05)
    card = json.loads((tmp_path / "one" / "model-card.json").read_text(encoding="utf-8"))
    assert (card["articles"], card["dimension"], card["seed"]) == (180, 16, 0)
    assert "bank_sha256" not in card
    asked = [_question("第1条", "灭火筒在哪", law="消防法"), _question("第2条", "网箱", law="渔业法")]
    train(read_articles([tmp_path]), asked, tmp_path / "three", options, TuningOptions(passes=2, pairs=32))
    card = json.loads((tmp_path / "three" / "model-card.json").read_text(encoding="utf-8"))
    assert (card["questions"], card["bank_sha256"]) == (2, bank_hash(asked))
    assert card["tuning"]["passes"] == 2
    assert card["trained_on_validation_questions"] == any(q.is_validation for q in asked)
    assert StaticEmbedder(tmp_path / "three").embed_query("消火栓") @ again.embed_query("消火栓") < 1
