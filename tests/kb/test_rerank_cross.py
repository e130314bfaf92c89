"""The cross-encoder seam, with a tiny random model made here."""

from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.errors import SettingsError
from kb.rerank.cross import CrossEncoderReranker


@pytest.fixture(scope="module")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random BERT classifier with one output."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"风筝安全高压线罚款元米屋顶花园检查护栏"]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), "utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=64, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    return folder / "model"


@pytest.mark.slow
def test_a_configured_cross_encoder_orders_the_hits(kb: KnowledgeBase, tiny_cross_encoder: Path) -> None:
    question = "高压线附近放风筝罚多少"
    plain = kb.search(question, 5)
    with KnowledgeBase.open(kb.folder, reranker=str(tiny_cross_encoder)) as judged:
        hits = judged.search(question, 5)
        again = judged.search(question, 5)
        named = judged.search("风筝安全法第二条", 5)
    assert hits == again
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all("精排" in hit.why[-1] for hit in hits)
    assert {h.chunk.chunk_id for h in hits} >= {plain[0].chunk.chunk_id} or len(hits) == 5
    assert named[0].looked_up  # a lookup stays first, whatever the model thinks
    assert named[0].chunk.label == "第二条"


@pytest.mark.slow
def test_the_model_is_really_asked(kb: KnowledgeBase, tiny_cross_encoder: Path) -> None:
    hits = kb.search("护栏多久检查一次", 5)
    reranker = CrossEncoderReranker(str(tiny_cross_encoder))
    one = {hit.chunk.chunk_id: hit.score for hit in reranker.rerank("护栏多久检查一次", hits)}
    other = {hit.chunk.chunk_id: hit.score for hit in reranker.rerank("高压线", hits)}
    assert one.keys() == other.keys()
    assert one != other
    assert reranker.rerank("护栏", []) == ()


@pytest.mark.slow
def test_a_missing_model_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"/没有/模型.*reranker_model"):
        CrossEncoderReranker("/没有/模型")
