"""What is said when there is no answer: plainly, with what was searched and whom to ask."""

from assistant.evidence import missing_standards
from kb.base import Stats
from kb.datatypes import CARDS, Answer, AnswerState, Audience, Emergency, Found
from prompts import load

_NEAREST = 3


def no_match(question: str, found: Found, audience: Audience, stats: Stats) -> Answer:
    """Return the answer that the knowledge base holds nothing on this; names the nearest regulations."""
    names = dict.fromkeys(
        f"《{hit.document.title}》{hit.chunk.label}" for hit in found.hits if hit.document.level not in CARDS
    )
    nearest = "、".join(list(names)[:_NEAREST])
    text = load(
        "no_match",
        reason=_reason(question, found),
        documents=str(stats.documents),
        newest=str(stats.newest_published or "日期不明"),
        nearest=f"最接近的规定（仅供参考，不等于答案）：{nearest}" if nearest else "没有相近的规定。",
    )
    return Answer(
        AnswerState.NO_MATCH, text, audience=audience, hits=found.hits, follow_ups=tuple(names)[:_NEAREST]
    )


def _reason(question: str, found: Found) -> str:
    if found.notice:
        return f"{found.notice}。"
    if missing := missing_standards(question, found):
        return f"知识库里没有收录{'、'.join(missing)}，所以不作答。"
    return "知识库里没有找到能回答这个问题的依据，所以不作答。"


def unavailable(reason: str, audience: Audience, emergency: Emergency | None) -> Answer:
    """Return the answer that the knowledge base cannot be asked now, and why."""
    text = load("unavailable", reason=reason)
    return Answer(AnswerState.UNAVAILABLE, text, audience=audience, emergency=emergency)


def empty(audience: Audience) -> Answer:
    """Return the answer to an empty question."""
    return Answer(AnswerState.NO_MATCH, load("empty"), audience=audience)
