"""The LangChain retriever against LangChain's own standard tests for retrievers."""

import pytest
from langchain_core.retrievers import BaseRetriever

from kb.langchain_retriever import AnwenRetriever
from tests.web.doors import make

standard = pytest.importorskip(
    "langchain_tests.integration_tests.retrievers", reason="没有装 langchain-tests"
)


@pytest.fixture(scope="module")
def garden(tmp_path_factory):
    return make(tmp_path_factory.mktemp("retriever")).kb


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
class TestStandard(standard.RetrieversIntegrationTests):
    """They need a retriever, its settings and a question that finds three passages."""

    @pytest.fixture(autouse=True)
    def _hold(self, garden):
        self.held = garden

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return AnwenRetriever

    @property
    def retriever_constructor_params(self) -> dict:
        return {"kb": self.held, "k": 2}

    @property
    def retriever_query_example(self) -> str:
        return "护栏多久检查一次"
