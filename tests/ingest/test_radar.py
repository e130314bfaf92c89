"""The radar: what a new version changes, which cards, links and past answers it touches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.formats.pages import web_page
from ingest.formats.reading import Reading
from ingest.parse import Given, parse
from ingest.radar.changes import Kind, Mark, changes
from ingest.radar.compare import Touched, TouchedCard, TouchedLink, before, compare, touched
from ingest.radar.report import as_json, as_text
from kb.catalogue import Catalogue
from kb.datatypes import Chunk, Document, Level
from kb.links import Link, Relation
from kb.links.derive import Derivation
from tests.ingest.camp_rules import AIM, BOAT, DRILL, END, FINE, LAMP, document, law


class Held:
    """A knowledge base of a few texts."""

    def __init__(self, texts: Mapping[Document, Sequence[Chunk]], found: Sequence[Link] = ()) -> None:
        self._texts, self._links = texts, found

    def documents(self) -> tuple[Document, ...]:
        return tuple(self._texts)

    def chunks(self, doc_id: str) -> list[Chunk]:
        return list(next(chunks for d, chunks in self._texts.items() if d.doc_id == doc_id))

    def links(self, *ends: str) -> list[Link]:
        return [link for link in self._links if link.source in ends or link.target in ends]


def card(title: str, level: Level, label: str, text: str) -> tuple[Document, list[Chunk]]:
    made = document(name=title, level=level, doc_id=title)
    return made, [Chunk(f"{title}#{label}", title, title, label, (), text, 0)]


def guide(title: str, *basis: str) -> tuple[Document, list[Chunk]]:
    made, chunks = card(title, Level.GUIDE, "现在就做", "先跑到高处。")
    return replace(made, notes=tuple(f"依据：{text}" for text in basis)), chunks


OLD = law(AIM, LAMP, FINE, DRILL, END)


NEW = law(
    AIM, LAMP.replace("当天", "三天内"), FINE, BOAT, END, day="2025-01-01"
)  # 第二条 changed, 第四条 replaced


def test_guides_are_touched_by_their_basis() -> None:
    held = Held(
        dict([
            (document(), OLD),
            guide("装灯", "露营办法第二条（路灯）"),
            guide("演练", "露营办法第四条"),
            guide("罚款", "露营办法第三条"),
            guide("总说", "露营办法（夜间照明）"),
            guide("旁的", "儿童露营办法第二条", "通行做法"),
        ])
    )  # fmt: skip
    assert [(c.title, c.articles) for c in touched(changes(OLD, NEW), held).cards] == [
        ("演练", ("第四条",)),
        ("装灯", ("第二条",)),
        ("总说", ()),
    ]


def test_links_of_other_laws_and_of_cards_are_touched_but_not_the_laws_own() -> None:
    other, duty = (
        document(name="河道规定"),
        document(name="职责清单·露营", level=Level.DUTY, doc_id="职责清单·露营"),
    )
    held = Held(
        {document(): OLD, document("2015-01-01"): [], other: [], duty: []},
        [
            Link("河道规定@2020-01-01#第九条", "露营办法#第二条", Relation.CITES, 1.0),
            Link("河道规定@2020-01-01#第八条", "露营办法@2020-01-01#第四条", Relation.HIGHER, 0.7),
            Link("河道规定@2020-01-01#第七条", "露营办法#第三条", Relation.CITES, 1.0),
            Link("职责清单·露营#装灯", "露营办法#第二条", Relation.CITES, 1.0),
            Link("露营办法@2020-01-01#第二条", "露营办法@2020-01-01#第三条", Relation.PENALTY, 1.0),
            Link("露营办法@2015-01-01#第二条", "露营办法@2020-01-01#第二条", Relation.SUCCESSOR, 0.9),
            Link("露营办法@2020-01-01#第二条", "河道规定#第一条", Relation.CITES, 1.0),
        ],
    )
    found = touched(changes(OLD, NEW), held)
    assert found.links == (
        TouchedLink("河道规定@2020-01-01#第九条", Relation.CITES, "第二条"),
        TouchedLink("河道规定@2020-01-01#第八条", Relation.HIGHER, "第四条"),
    )
    assert found.cards == (TouchedCard("职责清单·露营", Level.DUTY, "装灯", ("第二条",)),)


def test_past_answers_are_asked_for_by_the_old_ids() -> None:
    asked: list[str] = []

    def cited(chunk_ids: Sequence[str]) -> Mapping[str, int]:
        asked.extend(chunk_ids)
        return {chunk_ids[0]: 3}

    report = compare(document("2025-01-01"), NEW, Held({document(): OLD}), cited)
    assert sorted(asked) == ["露营办法@2020-01-01#第二条", "露营办法@2020-01-01#第四条"]
    assert report.touched.citations == {asked[0]: 3}
    assert "引用过其中 1 条，共 3 次" in as_text(report)


def test_an_added_article_alone_touches_nothing() -> None:
    held = Held(dict([(document(), OLD), guide("装灯", "露营办法第二条", "露营办法")]))
    assert touched(changes(OLD, [*OLD, *law(BOAT, labels=["第六条"])]), held) == Touched()


@pytest.mark.parametrize(
    ("new", "held", "expected"),
    [
        ("2025-01-01", ["2015-01-01", "2020-01-01"], "露营办法@2020-01-01"),
        ("2018-01-01", ["2015-01-01", "2020-01-01"], "露营办法@2015-01-01"),
        ("2020-01-01", ["2015-01-01", "2020-01-01", "2024-01-01"], "露营办法@2020-01-01"),
        ("2010-01-01", ["2015-01-01"], None),
        ("2025-01-01", [], None),
    ],
    ids=["newest", "in between", "same text anew", "older than all", "none"],
)
def test_which_version_it_is_held_against(new: str, held: list[str], expected: str | None) -> None:
    others = [
        document("2024-01-01", "露营办法细则"),
        document("2024-01-01", part="附则编"),
        document(level=Level.GUIDE),
    ]
    found = before(document(new), [*map(document, held), *others])
    assert (found.doc_id if found else None) == expected


def test_report_in_words_and_in_json() -> None:
    held = Held(dict([(document(), OLD), guide("装灯", "露营办法第二条")]))
    report = compare(document("2025-01-01"), NEW, held)
    text = as_text(report)
    assert (
        "《露营办法》 2020-01-01 → 2025-01-01：新增 1 条，删去 1 条，修改 1 条，条号变动 0 条，未变 3 条"
        in text
    )
    assert "修改 第二条：" in text and "[-当天-]{+三天内+}" in text
    assert "科普《装灯》：第二条" in text
    plain = json.loads(json.dumps(as_json(report), ensure_ascii=False))
    assert plain["old"]["doc_id"] == "露营办法@2020-01-01"
    assert [change["kind"] for change in plain["changes"]] == ["修改", "删去", "新增"]
    assert plain["cards"] == [{"title": "装灯", "level": "科普", "label": "", "articles": ["第二条"]}]
    assert plain["citations"] is None


def test_a_text_that_is_new_here_says_so() -> None:
    report = compare(document(), OLD, Held({}))
    assert report.old is None and report.touched == Touched()
    assert as_text(report) == "《露营办法》（2020-01-01）：库里没有更早的版本，全文 5 段都是新的"
    assert as_json(report)["old"] is None


def test_a_long_list_of_cards_is_cut_and_counted() -> None:
    held = Held(dict([(document(), OLD), *(guide(f"卡片{n:02}", "露营办法第二条") for n in range(25))]))
    text = as_text(compare(document("2025-01-01"), NEW, held))
    assert "要复核的卡片（25 张）" in text and "另有 5 张" in text and "卡片24" not in text


def test_with_a_real_catalogue_and_links_worked_out_from_the_texts(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    duties, chunks = card(
        "职责清单·露营",
        Level.DUTY,
        "装灯",
        "装好路灯。\n依据：《露营办法》第二条、第四条\n罚则：《露营办法》第三条",
    )
    other = document(name="河道规定")
    text = "河边的灯，照《露营办法》第二条装。"
    for stored, passages in [
        (document(), OLD), (duties, chunks),
        (other, [Chunk(f"{other.doc_id}#第一条", other.doc_id, other.name, "第一条", (), text, 0)]),
    ]:  # fmt: skip
        catalogue.put(replace(stored, source=stored.doc_id), passages)
    derivation = Derivation(catalogue.documents(), catalogue.chunks)
    for doc_id in derivation.affected({"露营办法", "河道规定", "职责清单·露营"}):
        catalogue.put_links([doc_id], list(derivation.links(doc_id)))
    found = compare(document("2025-01-01"), NEW, catalogue).touched
    catalogue.close()
    assert [(c.label, set(c.articles)) for c in found.cards] == [("装灯", {"第二条", "第四条"})]
    assert [(link.chunk_id, link.article) for link in found.links] == [
        ("河道规定@2020-01-01#第一条", "第二条")
    ]


@pytest.mark.data
def test_a_real_page_against_its_later_version(shared_data: Path) -> None:
    name = "生产安全事故应急预案管理办法"
    page = web_page.read((shared_data / "files" / f"{name}2016.html").read_bytes(), f"{name}2016.html")
    (later,) = (shared_data / "statutes").glob(f"{name}(2019*).md")
    old = parse(page, f"{name}.html", "0", Given())
    new = parse(Reading(text=later.read_text("utf-8")), str(later), "0", Given())
    found = changes(old.chunks, new.chunks)
    articles = [c.old.label for c in found.of(Kind.CHANGED) if c.old]
    assert len(found.of(Kind.CHANGED)) > 20 and len(set(articles)) == len(articles)
    for change in found.of(Kind.CHANGED):
        assert change.new is not None
        assert "".join(p.text for p in change.words if p.mark is not Mark.GONE) == change.new.text
