"""The embedding models: the shipped one, any sentence-transformers one, and the trainer."""

import json
import logging
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kb.embed import load_embedder
from kb.embed.hub import SentenceTransformerEmbedder
from kb.embed.static import DOCUMENT_CHARACTERS, QUERY_CHARACTERS, WEIGHTS, StaticEmbedder
from kb.errors import SettingsError

TEXTS = [
    "煤气漏了，先关阀门再开窗。",
    "第八条 仓库里不许抽烟 no smoking 24小时",
    "电梯困人",
    "单位要给职工买工伤保险，" * 40,
]


@pytest.fixture(scope="module")
def static():
    return StaticEmbedder()


def test_shipped_model_needs_neither_torch_nor_sentence_transformers():
    code = (
        "import sys; from kb.embed import load_embedder; load_embedder(None).embed_query('火灾');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rows_are_unit_float32_in_the_order_of_the_texts(static):
    rows = static.embed_documents(TEXTS)
    assert rows.shape == (len(TEXTS), static.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    for row, text in zip(rows, TEXTS, strict=True):
        assert row == pytest.approx(static.embed_documents([text])[0], abs=1e-6)


def test_batches_beyond_the_inner_batch_size_keep_their_order(static):
    many = [f"{i}号仓库着火" for i in range(5_000)]
    rows = static.embed_documents(many)
    for i in (0, 2_047, 2_048, 4_999):
        assert rows[i] == pytest.approx(static.embed_documents([many[i]])[0], abs=1e-6)


def test_no_texts_give_no_rows(static):
    assert static.embed_documents([]).shape == (0, static.dimension)


def test_question_and_document_share_one_space(static):
    assert static.embed_query("电梯困人") == pytest.approx(static.embed_documents(["电梯困人"])[0], abs=1e-6)


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "　"])
def test_blank_document_is_refused_and_blank_question_is_zero(static, blank):
    with pytest.raises(ValueError, match="第 2 段"):
        static.embed_documents(["火灾", blank])
    assert not static.embed_query(blank).any()


def test_text_without_a_known_word_gives_no_nan(static):
    rows = static.embed_documents(["火灾", "----", "🔥🔥"])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert not static.embed_query("----").any()


def test_what_lies_beyond_the_cap_is_not_read(static):
    filler = "消防"
    document = filler * (DOCUMENT_CHARACTERS // 2)
    query = filler * (QUERY_CHARACTERS // 2)
    assert static.embed_documents([document + "婚姻登记"]) == pytest.approx(
        static.embed_documents([document])
    )
    assert static.embed_query(query + "婚姻登记") == pytest.approx(static.embed_query(query))
    assert static.embed_query(filler * 10 + "婚姻登记") != pytest.approx(static.embed_query(filler * 10))


def test_full_width_and_capital_letters_do_not_matter(static):
    assert static.embed_query("ＬＮＧ储罐１２米") == pytest.approx(static.embed_query("lng储罐12米"))


@pytest.mark.parametrize(
    ("said", "meant", "other"),
    [
        pytest.param(
            "厂里安全员能不能让会计兼着干",
            "企业应当配备专职安全生产管理人员",
            "夫妻双方可以约定婚前财产归各自所有",
            id="safety-officer",
        ),
        pytest.param(
            "楼道里堆满杂物，着火了跑不出去",
            "不得占用、堵塞疏散通道和安全出口",
            "申请商标注册应当提交图样",
            id="escape-route",
        ),
        pytest.param(
            "饭馆的煤气罐放在地下室行吗",
            "餐饮场所使用液化石油气瓶的安全要求",
            "公民有选举权和被选举权",
            id="gas-cylinder",
        ),
        pytest.param(
            "工人掉进污水井里中毒了",
            "有限空间作业应当先通风、再检测、后作业，防止中毒窒息",
            "图书馆应当免费向公众开放",
            id="confined-space",
        ),
        pytest.param(
            "出了事老板瞒着不往上报",
            "事故发生后，主要负责人不得迟报、漏报、谎报或者瞒报",
            "子女对父母有赡养的义务",
            id="concealed-accident",
        ),
        pytest.param(
            "过年在家门口放炮仗会被罚吗",
            "在禁止燃放的地点燃放烟花爆竹的，处以罚款",
            "进口货物应当向海关申报纳税",
            id="fireworks",
        ),
        pytest.param(
            "加油站里能打手机吗",
            "易燃易爆场所禁止使用明火和非防爆电器",
            "教师应当取得相应的教师资格",
            id="petrol-station",
        ),
    ],
)
def test_lay_sentence_is_nearest_to_what_it_means(static, said, meant, other):
    near, far = static.embed_documents([meant, other]) @ static.embed_query(said)
    assert near > far + 0.05


def test_question_takes_less_than_a_few_milliseconds(static):
    static.embed_query("热身")
    start = time.perf_counter()
    for _ in range(50):
        static.embed_query("厂里一百三十个人，安全员可以兼职吗")
    assert (time.perf_counter() - start) / 50 < 0.005  # measured: 0.03 ms


def test_identity_names_the_weights(static, tmp_path):
    assert static.name == load_embedder(None).name == load_embedder("").name
    assert static.name.startswith("anwen-static-v1:")
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "model.safetensors").write_bytes((WEIGHTS / "model.safetensors").read_bytes())
    tokenizer = json.loads((WEIGHTS / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["normalizer"] = None
    (changed / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    assert StaticEmbedder(changed).name != static.name


def test_shipped_folder_is_small_and_says_where_it_comes_from():
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 20_000_000
    card = json.loads((WEIGHTS / "model-card.json").read_text(encoding="utf-8"))
    assert len(card["corpus_sha256"]) == 64
    assert card["articles"] > 0
    assert card["dimension"] == StaticEmbedder().dimension
    assert len(card["bank_sha256"]) == 64
    assert card["questions"] > 10_000


@pytest.mark.parametrize("missing", ["tokenizer.json", "model.safetensors"])
def test_incomplete_static_folder_is_refused(tmp_path, missing):
    for path in WEIGHTS.iterdir():
        if path.name != missing:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(SettingsError, match="自带的向量模型"):
        StaticEmbedder(tmp_path)


@pytest.mark.parametrize("broken", ["tokenizer.json", "model.safetensors"])
def test_damaged_static_folder_is_refused(tmp_path, broken):
    for path in WEIGHTS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes()[: 1_000 if path.name == broken else None])
    with pytest.raises(SettingsError, match="自带的向量模型"):
        StaticEmbedder(tmp_path)


@pytest.mark.slow
def test_sentence_transformers_gives_the_same_vectors(static):
    hub = load_embedder(str(WEIGHTS))
    assert hub.dimension == static.dimension
    assert hub.embed_documents(TEXTS) == pytest.approx(static.embed_documents(TEXTS), abs=1e-5)
    assert hub.embed_query("电梯困人") == pytest.approx(static.embed_query("电梯困人"), abs=1e-5)
    assert not hub.embed_query(" ").any()


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory):
    """Return the folder of a random BERT of two tiny layers that reads 16 tokens."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"消防安全电梯困人火灾煤气漏了"]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(vocabulary), model_max_length=16)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=16,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=16)
    model = SentenceTransformer(modules=[transformer, Pooling(8)], device="cpu")
    model.prompts = {"query": "消", "document": "防"}
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_transformer_model_from_a_folder(tiny_bert, caplog):
    embedder = SentenceTransformerEmbedder(str(tiny_bert))
    with caplog.at_level(logging.WARNING, logger="kb.embed.hub"):
        rows = embedder.embed_documents(["电梯困人", "煤气漏了"])
    assert not caplog.records
    assert rows.shape == (2, 8) == (2, embedder.dimension)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(2), abs=1e-5)
    assert embedder.embed_query("电梯困人") != pytest.approx(rows[0], abs=1e-3)  # its own prompt
    assert embedder.name == SentenceTransformerEmbedder(str(tiny_bert)).name
    with pytest.raises(ValueError, match="第 1 段"):
        embedder.embed_documents([" "])


@pytest.mark.slow
def test_text_the_transformer_cuts_is_reported(tiny_bert, caplog):
    embedder = SentenceTransformerEmbedder(str(tiny_bert))
    with caplog.at_level(logging.WARNING, logger="kb.embed.hub"):
        rows = embedder.embed_documents(["消防安全", "火灾" * 100])
    assert np.isfinite(rows).all()
    assert "1 段文字" in caplog.text
    assert "16 个词元" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [lambda folder: None, lambda folder: folder.mkdir()], ids=["missing", "empty"]
)
def test_folder_without_a_model_is_refused_by_name(tmp_path, make):
    make(tmp_path / "模型")
    with pytest.raises(SettingsError, match=r"模型.*留空则用自带的向量模型"):
        load_embedder(str(tmp_path / "模型"))


@pytest.mark.slow
def test_hub_name_that_is_not_downloaded_is_refused_by_name(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SettingsError, match=r"nobody/no-such-model.*留空则用自带的向量模型"):
        load_embedder("nobody/no-such-model")
