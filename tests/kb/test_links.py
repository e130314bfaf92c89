from assistant.assistant import Assistant
from assistant.triage import Triage
from kb.base import KnowledgeBase
from kb.datatypes import Audience, Chunk
from kb.links import liabilities, referred
from tests.conftest import ROOT


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
