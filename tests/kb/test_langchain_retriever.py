"""The LangChain retriever: its metadata, its settings, its place in a chain (standard tests: test_langchain_standard)."""

from datetime import date

import pytest

from kb.langchain_retriever import AnwenRetriever
from tests.web.doors import GARDEN, make


@pytest.fixture(scope="module")
def garden(tmp_path_factory):
    return make(tmp_path_factory.mktemp("retriever")).kb


def test_metadata_names_the_article_and_its_status(garden):
    first = AnwenRetriever(kb=garden, k=1).invoke(f"{GARDEN}第三条")[0]
    assert first.id == first.metadata["chunk_id"] == f"{GARDEN}@2024-05-06#第三条"
    assert {name: first.metadata[name] for name in ("law", "article", "status", "page")} == {
        "law": GARDEN,
        "article": "第三条",
        "status": "现行",
        "page": None,
    }
    assert first.metadata["source"].endswith(".md")
    assert "每月检查一次护栏" in first.page_content


def test_the_day_picks_the_version(garden):
    first = AnwenRetriever(kb=garden, k=1, on=date(2020, 1, 1)).invoke(f"{GARDEN}第二条")[0]
    assert first.metadata["chunk_id"] == f"{GARDEN}@2019-03-01#第二条"


def test_it_serves_in_a_chain(garden):
    chain = AnwenRetriever(kb=garden, k=2) | (lambda documents: [d.metadata["article"] for d in documents])
    assert "第三条" in chain.invoke("护栏每月检查几次")


def test_k_must_be_positive(garden):
    with pytest.raises(ValueError, match="k"):
        AnwenRetriever(kb=garden, k=0)
