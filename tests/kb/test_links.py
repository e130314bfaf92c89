"""Duty and penalty, higher and lower rule, citation, old number and new: found, stored, kept in step, read."""

import sqlite3
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.triage import Triage
from ingest.parse import Given
from ingest.run import ingest
from kb.base import KnowledgeBase
from kb.datatypes import Audience, Chunk
from kb.embed import load_embedder
from kb.links.references import liabilities, referred
from kb.writer import open_writer
from tests.conftest import ROOT
from tests.samples import RULE_2019, RULE_2024, RULE_LAW

LOCAL = """# 青桥市风筝管理办法

2021年6月1日 青桥市人民政府常务会议通过

第一条 根据《中华人民共和国风筝安全法》，结合本市实际，制定本办法。

第二条 在本市禁止在高压线五百米范围内放风筝，公园应当在入口张贴告示。

第三条 在公园里放风筝应当避开游船码头。

第四条 违反规定在高压线附近放风筝的，按照《风筝安全法》第三条处罚。

第五条 本办法自2021年7月1日起施行。
"""
SILENT = """# 青桥市秋千安全规定

2022年1月1日 青桥市人民政府常务会议通过

## 第一章 责任

第一条 公园管理单位应当每周检查秋千链条的磨损情况并登记检查结果。

第二条 公园管理单位应当在秋千旁边张贴体重和年龄限制说明。

## 第二章 法律责任

第三条 公园管理单位有下列行为之一的，责令改正，处三百元以上九百元以下罚款：

（一）未按照规定检查秋千链条的磨损情况或者未登记检查结果的；

（二）未在秋千旁边张贴体重和年龄限制说明的。

第四条 本规定自2022年3月1日起施行。
"""


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("linked")
    texts = {
        "青桥市屋顶花园安全条例(2019-03-01).md": RULE_2019,
        "青桥市屋顶花园安全条例(2024-05-06).md": RULE_2024,
        "风筝安全法(2020-04-08).md": RULE_LAW,
        "青桥市风筝管理办法(2021-06-01).md": LOCAL,
        "青桥市秋千安全规定(2022-01-01).md": SILENT,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    with open_writer(folder / "kb", load_embedder(None)) as writer:
        ingest(writer, [str(folder)], Given())
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


def relations(kb: KnowledgeBase, law: str, article: str) -> set[tuple[str, str, str]]:
    return {(hit.relation, hit.chunk.law, hit.chunk.label) for hit in kb.linked(kb.article(law, article))}


def test_references_to_other_texts_are_no_links() -> None:
    assert referred(
        "违反《甲法》第三条规定的，依照《乙法》第九条处罚；违反本条例第四条第二款第三项的，处罚款。"
    ) == ["第四条"]


def test_duties_and_their_penalties() -> None:
    texts = {
        "第二条": "应当巡查。",
        "第三条": "应当登记。",
        "第九条": "违反本办法第二条、第三条规定的，处一千元罚款。",
    }
    chunks = [Chunk(f"甲@2020#{label}", "甲@2020", "甲", label, (), text, 0) for label, text in texts.items()]
    assert liabilities(chunks) == {"第二条": ("第九条",), "第三条": ("第九条",)}


def test_a_stated_penalty_is_linked_both_ways(linked: KnowledgeBase) -> None:
    law = "青桥市屋顶花园安全条例"
    assert ("对应罚则", law, "第四条") in relations(linked, law, "第三条")
    assert ("对应义务", law, "第三条") in relations(linked, law, "第四条")


def test_a_penalty_that_cites_no_number_is_linked_by_what_it_describes(linked: KnowledgeBase) -> None:
    law = "青桥市秋千安全规定"
    assert relations(linked, law, "第一条") == {("对应罚则", law, "第三条")}
    assert relations(linked, law, "第二条") == {("对应罚则", law, "第三条")}
    (hit,) = linked.linked(linked.article(law, "第二条"))
    assert "按内容比对" in hit.why[0]  # the reader is told it was inferred


def test_a_local_rule_knows_the_law_it_carries_out_and_the_article_it_names(linked: KnowledgeBase) -> None:
    assert ("上位依据", "风筝安全法", "第二条") in relations(linked, "青桥市风筝管理办法", "第二条")
    assert ("实施规定", "青桥市风筝管理办法", "第二条") in relations(linked, "风筝安全法", "第二条")
    assert ("引用条文", "风筝安全法", "第三条") in relations(linked, "青桥市风筝管理办法", "第四条")
    assert ("引用本条", "青桥市风筝管理办法", "第四条") in relations(linked, "风筝安全法", "第三条")
    assert not relations(linked, "青桥市风筝管理办法", "第五条")  # in force from: carries nothing out


def test_an_article_of_an_older_version_is_mapped_to_the_present_one(linked: KnowledgeBase) -> None:
    found = linked.find("青桥市屋顶花园安全条例2019年版第三条")
    assert [(h.document.doc_id[-10:], h.chunk.label) for h in found.hits if h.looked_up] == [
        ("2019-03-01", "第三条"),
        ("2024-05-06", "第四条"),
    ]
    assert "2019-03-01版的第三条，现行版是第四条" in found.notice
    assert linked.find("旧的青桥市屋顶花园安全条例第三条").hits[1].chunk.label == "第四条"
    assert "没有收录《风筝安全法》的旧版" in linked.find("老风筝安全法第二条").notice


def test_links_follow_what_is_added_and_removed(tmp_path: Path) -> None:
    files = tmp_path / "rules"
    files.mkdir()
    (files / "青桥市风筝管理办法(2021-06-01).md").write_text(LOCAL, "utf-8")

    def run() -> None:
        with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
            ingest(writer, [str(files)], Given(), prune=True)

    run()
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert not relations(kb, "青桥市风筝管理办法", "第二条")
        (files / "风筝安全法(2020-04-08).md").write_text(RULE_LAW, "utf-8")
        run()  # the law comes after the rule made under it
        assert relations(kb, "青桥市风筝管理办法", "第二条") == {("上位依据", "风筝安全法", "第二条")}
        (files / "风筝安全法(2020-04-08).md").unlink()
        run()
        assert not relations(kb, "青桥市风筝管理办法", "第二条")


def test_a_knowledge_base_from_before_links_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "r.md").write_text(SILENT, "utf-8")
    for _ in range(2):
        with open_writer(tmp_path / "kb", load_embedder(None)) as writer:
            ingest(writer, [str(tmp_path / "r.md")], Given())
        with KnowledgeBase.open(tmp_path / "kb") as kb:
            assert relations(kb, "青桥市秋千安全规定", "第一条")
        connection = sqlite3.connect(tmp_path / "kb" / "catalogue.sqlite3")
        with connection:  # as version 1 left it
            connection.execute("drop table links")
            connection.execute("drop table unlinked")
            connection.execute("update facts set value='1' where name='schema'")
        connection.close()
        with KnowledgeBase.open(tmp_path / "kb") as kb:
            assert not relations(
                kb, "青桥市秋千安全规定", "第一条"
            )  # readable, links come with the next write


def test_an_inspector_sees_duty_and_penalty_side_by_side(kb: KnowledgeBase) -> None:
    assistant = Assistant(kb, Triage.load(ROOT / "starter"))
    answer = assistant.answer("青桥市屋顶花园安全条例第三条", Audience.INSPECTOR)
    assert [c.chunk.label for c in answer.citations] == ["第三条", "第四条"]
    assert "对应罚则 **《青桥市屋顶花园安全条例》第四条**" in answer.text
    back = assistant.answer("青桥市屋顶花园安全条例第四条", Audience.INSPECTOR)
    assert [c.chunk.label for c in back.citations] == ["第四条", "第三条"]
    assert "对应义务" in back.text
    citizen = assistant.answer("青桥市屋顶花园安全条例第三条", Audience.CITIZEN)
    assert [c.chunk.label for c in citizen.citations] == ["第三条"]


def test_who_asks_for_the_penalty_of_a_described_duty_gets_it(linked: KnowledgeBase) -> None:
    labels = [hit.chunk.label for hit in linked.search("公园的秋千链条没检查罚多少", 3)]
    assert "第三条" in labels[:2]
