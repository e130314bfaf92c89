"""What the lists and the search may be narrowed to, read from the query string."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kb.datatypes import Document, Level, Status
from kb.normalise import fold
from web.api.models import LONGEST_NAME

MOST_HITS = 50
_PAGE_SIZE = 50
_MOST_PER_PAGE = 200

Word = Annotated[str, Field(max_length=LONGEST_NAME)]


class Narrowed(BaseModel):
    """Filters that texts have in common; an empty one lets everything through."""

    model_config = ConfigDict(extra="forbid")

    level: Level | None = Field(None, description="效力级别")
    status: Status | None = Field(None, description="时效性")
    issuer: Word = Field("", description="制定机关名称里的字")
    date_from: date | None = Field(None, description="公布日期不早于")
    date_to: date | None = Field(None, description="公布日期不晚于")
    on: date | None = Field(None, alias="date", description="按哪一天判断时效，默认今天")

    def fits(self, document: Document, status: Status) -> bool:
        """Whether a text passes."""
        day = document.published
        return (
            self.level in {None, document.level}
            and self.status in {None, status}
            and fold(self.issuer) in fold(document.issuer)
            and (self.date_from is None or (day is not None and day >= self.date_from))
            and (self.date_to is None or (day is not None and day <= self.date_to))
        )


class LawFilter(Narrowed):
    """Which texts to list."""

    q: Word = Field("", description="名称里的字")
    region: Word = Field("", description="适用地区，须写全，如 河南省")
    page: int = Field(1, ge=1, le=10_000, description="第几页")
    size: int = Field(_PAGE_SIZE, ge=1, le=_MOST_PER_PAGE, description="每页几部")

    def fits(self, document: Document, status: Status) -> bool:
        """Whether a text passes."""
        named = fold(self.q) in fold(document.title) or fold(self.q) in fold(document.name)
        return named and self.region in {"", document.region} and super().fits(document, status)


class SearchFilter(Narrowed):
    """What to search for."""

    q: str = Field(min_length=1, max_length=2_000, description="问题或关键词", examples=["阳台花盆要固定吗"])
    k: int = Field(10, ge=1, le=MOST_HITS, description="最多几段")
    region: Word = Field("", description="所在地区：全国规定和当地规定参加检索", examples=["河南省"])
