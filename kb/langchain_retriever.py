"""The knowledge base offered to LangChain programs as a retriever.

    from pathlib import Path
    from kb.base import KnowledgeBase
    from kb.langchain_retriever import AnwenRetriever

    with KnowledgeBase.open(Path("data/kb")) as kb:
        for document in AnwenRetriever(kb=kb, k=3, region="河南省").invoke("仓库里能住人吗"):
            print(document.metadata["law"], document.metadata["article"], document.page_content)

Nothing of ours imports this module: LangChain's types stay at the edge.
"""

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from kb.base import KnowledgeBase
from kb.datatypes import Hit


class AnwenRetriever(BaseRetriever):
    """Returns passages in force, best first, as LangChain documents.

    Metadata: chunk_id, law, article, status, source (where the text was read from), page (of that file,
    counted from 1; None where it has none), score and why.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    kb: KnowledgeBase
    k: int = Field(default=10, ge=1)
    region: str | None = None  # where the asker is
    on: date | None = None  # the day whose law counts; today if None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it by name
        k: int | None = None,
        **_: Any,  # noqa: ANN401
    ) -> list[Document]:
        hits = self.kb.search(query, self.k if k is None else k, on=self.on, region=self.region)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    return Document(
        id=hit.chunk.chunk_id,
        page_content=hit.chunk.text,
        metadata={
            "chunk_id": hit.chunk.chunk_id,
            "law": hit.chunk.law,
            "article": hit.chunk.label,
            "status": hit.status.value,
            "source": hit.document.source,
            "page": hit.chunk.page or None,
            "score": hit.score,
            "why": list(hit.why),
        },
    )
