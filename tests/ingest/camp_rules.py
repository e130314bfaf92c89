"""Versions of one small rule, for the tests of what changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kb.datatypes import Chunk, Document, Level

LABELS = [f"第{number}条" for number in "一二三四五六七八九十"]


AIM = "为了让河边露营的人平平安安，写下这个办法。"


LAMP = "营地管理人应当在每个路口装一盏灯，天黑以前点亮，坏了当天修好。"


FINE = "营地管理人不装路灯的，由镇里责令改正，处五百元以上两千元以下罚款。"


DRILL = "营地管理人每年至少组织两次防洪演练，叫上所有常住的人。"


BOAT = "租出去的小船要配够救生衣，儿童另配小号，开船前逐个检查。"


END = "这个办法从明年春天的第一天开始施行。"


def law(*texts: str, day: str = "2020-01-01", labels: Sequence[str] = LABELS) -> list[Chunk]:
    doc_id = f"露营办法@{day}"
    return [
        Chunk(f"{doc_id}#{label}", doc_id, "露营办法", label, (), text, place)
        for place, (label, text) in enumerate(zip(labels, texts, strict=False))
    ]


def document(
    day: str = "2020-01-01", name: str = "露营办法", level: Level = Level.MINISTRY, **values: object
) -> Document:
    found = Document(
        f"{name}@{day}", name, name, level, "全国", "x.md", "0", published=date.fromisoformat(day)
    )
    return replace(found, **values)  # type: ignore[arg-type]
