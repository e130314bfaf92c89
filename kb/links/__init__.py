"""Which passage belongs to which (关联): penalty to duty, lower rule to higher, old number to new.

Worked out by program when documents are stored (`derive`), kept in the catalogue, read by `KnowledgeBase.linked`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """How the target stands to the source."""

    PENALTY = "罚则"  # duty -> article that punishes its breach
    HIGHER = "上位依据"  # article of a lower rule -> article it carries out
    CITES = "引用"  # passage -> article it names; the target is "law#第X条", whichever version is in force
    SUCCESSOR = "现行条文"  # article of an older version -> the same matter in the next version


BACKWARDS = {
    Relation.PENALTY: "对应义务",
    Relation.HIGHER: "实施规定",
    Relation.CITES: "引用本条",
    Relation.SUCCESSOR: "旧版条文",
}
FORWARDS = {
    Relation.PENALTY: "对应罚则",
    Relation.HIGHER: "上位依据",
    Relation.CITES: "引用条文",
    Relation.SUCCESSOR: "新版条文",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One relation between two passages."""

    source: str  # chunk_id
    target: str  # chunk_id
    relation: Relation
    likeness: float  # cosine or share in (0, 1]; 1.0 where the text itself names the article

    @property
    def stated(self) -> bool:
        """Whether the text itself says so; otherwise it was found by likeness."""
        return self.likeness >= 1.0
