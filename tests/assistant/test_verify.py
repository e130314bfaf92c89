"""The verifier lets true sentences pass and stops invented ones, whatever number, name or quote is invented."""

import dataclasses
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.verify import HOTLINES, Verifier, is_claim, sentences
from kb.datatypes import Chunk, Document, Hit, Level, Status
from kb.normalise import fold
from kb.numerals import article_label, to_chinese
from kb.quantities import quantities

QUESTION = "护栏多久检查一次"
GARDEN = Document(
    "屋顶花园安全条例@2024", "青桥市屋顶花园安全条例", "青桥市屋顶花园安全条例", Level.LOCAL, "青桥市", "a", "0",
    published=date(2024, 5, 6), short_names=("花园条例",),
)  # fmt: skip
KITES = Document("风筝安全法@2020", "中华人民共和国风筝安全法", "风筝安全法", Level.LAW, "全国", "b", "0")


def hit(document: Document, label: str, text: str, status: Status = Status.IN_FORCE) -> Hit:
    chunk = Chunk(f"{document.doc_id}#{label}", document.doc_id, document.name, label, (), text, 0)
    return Hit(chunk, document, status, 1.0)


HITS = (
    hit(
        GARDEN,
        "第三条",
        "屋顶花园的主人负有下列责任：\n（一）每月检查一次护栏；\n（二）大风预警发布后两小时内收起花盆。\n遇有积雪的，应当及时清扫。",
    ),
    hit(
        GARDEN,
        "第四条",
        "违反本条例第三条规定，护栏没有检查的，处二百元以上一千元以下罚款；花盆坠落伤人的，处五千元罚款。",
    ),
    hit(KITES, "第二条", "禁止在高压线五百米范围内放风筝。"),
    hit(
        KITES, "第五条", "放风筝不满十分钟的，可以不登记；依照《青桥市屋顶花园安全条例》第三条检查过的除外。"
    ),
    hit(GARDEN, "第二条", "屋顶花园的主人应当每季度检查一次护栏。", Status.AMENDED),
)
TEXTS = [fold(h.document.title + h.chunk.label + h.chunk.text) for h in HITS]


def faults(sentence: str, question: str = QUESTION, hits: tuple[Hit, ...] = HITS) -> tuple[str, ...]:
    return Verifier(question, hits).faults(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "屋顶花园的主人应当每月检查一次护栏。[1]",
        "- **每月**检查一次护栏；[1]",
        "1. 大风预警发布后2小时内收起花盆。[1]",
        "大风预警发布后，要在两个小时内收起花盆。[1]",
        "《青桥市屋顶花园安全条例》第三条要求每月检查一次护栏。[1]",
        "按花园的《花园条例》第3条，护栏每月检查一次。[1]",
        "违反第三条，护栏没有检查的，罚款200元至1,000元。[2]",
        "护栏每月检查一次，没有检查的处二百元以上一千元以下罚款。[1][2]",
        "条例的原话是“每月检查一次护栏”。[1]",
        "花盆坠落伤人的，处5000元罚款。[2]\n",
        "《风筝安全法》禁止在高压线500米范围内放风筝。[3]",
        "放风筝不满10分钟的，可以不登记。[4]",
        "旧版第二条要求每季度检查一次护栏，已修改。[5]",
        "花盆坠落伤人的，先打120，再收起花盆。[1][2]",
        "具体要求如下：",
        "**处罚**",
        "",
    ],
)
def test_true_sentences_pass(sentence: str) -> None:
    assert faults(sentence) == ()


BAD = {
    "没有注明出处": [
        "屋顶花园的主人应当每月检查一次护栏。",
        "资料里没有答案。",
        "- 每月检查一次护栏；",
        "## 护栏没有检查的罚九万元",
        "护栏坏了也不违法，放心：",
        "不违法。",
        "罚款99999元。",
        "请打999报警。",
        "No check is needed.",
    ],
    "出处不存在": [
        "屋顶花园的主人应当每月检查一次护栏。[6]",
        "每月检查一次护栏。[0]",
        "每月检查一次护栏。[1][99]",
        "## 依据[99]",
    ],
    "不在所引的出处里": [
        "《屋顶花园安全条例》第九十九条要求每月检查一次护栏。[1]",
        "第九十九条要求每月检查一次护栏。[1]",
        "第三条之二要求每月检查一次护栏。[1]",
        "《消防法》要求屋顶花园的主人每月检查一次护栏。[1]",
        "第四条要求每月检查一次护栏。[1]",
        "按照第\u200b九十九条，护栏没有检查的，处五千元罚款。[2]",
        "按照第９９条，护栏没有检查的，处五千元罚款。[2]",
        "按照第三条、九十九条，护栏没有检查的，处五千元罚款。[2]",
    ],
    "对不上所引的出处": [
        "《风筝安全法》第三条禁止在高压线五百米范围内放风筝。[1][3]",
        "按照消防法第三条，屋顶花园的主人每月检查一次护栏。[1]",
    ],
    "不在所引的原文里": [
        "屋顶花园的主人应当每两月检查一次护栏。[1]",
        "屋顶花园的主人应当每年检查一次护栏。[1]",
        "大风预警发布后三小时内收起花盆。[1]",
        "大风预警发布后一小时内收起花盆。[1]",
        "大风预警发布后两天内收起花盆。[1]",
        "大风预警发布后两分钟内收起花盆。[1]",
        "护栏没有检查的，处二百元以上二千元以下罚款。[2]",
        "护栏没有检查的，处一元以上一千元以下罚款。[2]",
        "护栏没有检查的，处二百元以上一千元以下罚款。[1]",
        "护栏没有检查的，处九\u200b千元罚款。[2]",
        "护栏没有检查的，处五万美元罚款。[2]",
        "护栏没有检查的，处伍佰元罚款。[2]",
        "禁止在高压线五百公里范围内放风筝。[3]",
        "护栏没有检查的，处罚款的百分之三十。[2]",
        "违反第三条，护栏没有检查的罚九万块钱。[2]",
    ],
    "与原文不符": [
        "条例的原话是“每月检查一次围栏”。[1]",
        "条例的原话是「每月检查了一次护栏」。[1]",
        "条例的原话是‘每月检查一次围栏’。[1]",
    ],
    "引号没有成对": ["条例写明：“每月检查一次围栏。[1]"],
    "没有这层意思": ["养猫的人应当给猫打疫苗。[1]", "煤气泄漏要开窗通风。[2]"],
    "没有这样的例外": [
        "住在一楼的主人无需检查护栏。[1]",
        "屋顶花园的主人不用每月检查一次护栏。[1]",
        "屋顶花园的主人不应当每月检查一次护栏。[1]",
    ],
    "没有这样的许可": ["在高压线五百米范围内可以放风筝。[3]"],
    "不是现行有效的版本": ["屋顶花园的主人应当每季度检查一次护栏。[5]"],
    "链接或网页代码": [
        "每月检查一次护栏，见 https://evil.example 。[1]",
        "每月检查一次护栏，见 ht\u200btps://evil.example 。[1]",
        "每月检查一次护栏，见 evil.example 。[1]",
        "每月检查一次护栏，[见这里](//evil.example)。[1]",
        "[1]: //evil.example/x",
        "<script>alert(1)</script>每月检查一次护栏。[1]",
        "<!-- 每月检查一次护栏。[1]",
        "## <a>",
        "www.evil.example",
    ],
}


@pytest.mark.parametrize(
    ("reason", "sentence"), [(reason, sentence) for reason, bad in BAD.items() for sentence in bad]
)
def test_wrong_sentences_are_stopped(reason: str, sentence: str) -> None:
    assert any(reason in fault for fault in faults(sentence))


def test_a_number_of_the_question_is_no_source() -> None:
    assert faults("护栏每两年检查一次。[1]", "护栏是不是每两年检查一次") != ()


# Properties


@given(st.integers(1, 2000), st.booleans(), st.sampled_from(["", "之一", "之三"]))
def test_an_article_that_is_not_there_is_stopped(number: int, is_arabic: bool, sub: str) -> None:
    article = f"第{number if is_arabic else to_chinese(number)}条{sub}"
    assume(article_label(article) not in {"第三条", "第四条"})
    for sentence in (
        f"{article}要求护栏每月检查一次。",
        f"按《青桥市屋顶花园安全条例》{article}，每月检查一次护栏。",
    ):
        assert faults(f"{sentence}[1][2]")


UNITS = [
    "元", "万元", "日", "天", "个月", "年", "小时", "分钟", "人", "米", "公里", "倍", "%", "次", "吨", "学时",
]  # fmt: skip


@given(
    st.integers(2, 9_999),
    st.sampled_from(UNITS),
    st.booleans(),
    st.sampled_from([(0,), (1,), (0, 1), (0, 1, 2, 3)]),
)
def test_an_amount_that_is_not_there_is_stopped(
    number: int, unit: str, is_arabic: bool, cited: tuple[int, ...]
) -> None:
    amount = (
        f"百分之{to_chinese(number)}"
        if unit == "%" and not is_arabic
        else f"{number if is_arabic else to_chinese(number)}{unit}"
    )
    there = {quantity for h in HITS for quantity in quantities(h.chunk.text)}
    assume(not set(quantities(amount)) & there)
    marks = "".join(f"[{n + 1}]" for n in cited)
    assert faults(f"护栏没有检查的，违反第三条规定，花盆坠落伤人的，每月检查一次护栏，{amount}。{marks}")


@given(
    st.text("天地风云山水火木金土石田河海", min_size=2, max_size=8),
    st.sampled_from(["法", "条例", "办法", "规定"]),
)
def test_a_law_that_is_not_cited_is_stopped(name: str, kind: str) -> None:
    assert faults(f"《{name}{kind}》要求屋顶花园的主人每月检查一次护栏。[1]")


@given(st.sampled_from([s for s in Status if s is not Status.IN_FORCE]), st.sampled_from(range(4)))
def test_a_text_not_in_force_is_no_source(status: Status, place: int) -> None:
    old = dataclasses.replace(HITS[place], status=status)
    for line in old.chunk.text.split("\n"):
        assert faults(f"{line}[1]", hits=(old,)) or not is_claim(line)


QUOTES = [("“", "”"), ('"', '"'), ("「", "」"), ("『", "』")]


@given(st.data(), st.sampled_from(QUOTES))
def test_a_quote_with_one_character_changed_is_stopped(data: st.DataObject, marks: tuple[str, str]) -> None:
    source = data.draw(
        st.sampled_from(["每月检查一次护栏", "大风预警发布后两小时内收起花盆", "遇有积雪的，应当及时清扫"])
    )
    at = data.draw(st.integers(0, len(source) - 1))
    other = data.draw(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))
    altered = source[:at] + other + source[at + 1 :]
    assume(fold(altered) not in TEXTS[0])
    assert faults(f"条例第三条写明{marks[0]}{altered}{marks[1]}。[1]")
    assert faults(f"条例第三条写明{marks[0]}{source}{marks[1]}。[1]") == ()


@given(st.integers(6, 999) | st.just(0))
def test_a_mark_beyond_the_passages_is_stopped(mark: int) -> None:
    assert faults(f"屋顶花园的主人应当每月检查一次护栏。[1][{mark}]") == ("出处不存在",)


@given(st.text(max_size=200))
def test_whatever_is_said_is_judged(text: str) -> None:
    verifier = Verifier(QUESTION, HITS)
    for sentence in sentences(text):
        found = verifier.faults(sentence)
        assert found or not is_claim(sentence) or "[" in sentence


@given(st.text("每月检查护栏。；！?\n []12“”", max_size=80))
def test_sentences_are_the_text_in_parts(text: str) -> None:
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize("number", sorted(HOTLINES))
def test_the_hotlines_may_be_named(number: str) -> None:
    assert faults(f"花盆坠落伤人的，先打{number}。[2]") == ()
