"""`python -m assistant QUESTION`: one answer on the command line."""

import json
from typing import Any

from assistant.assistant import build
from kb import console
from kb.datatypes import Answer, Audience
from kb.settings import Settings


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("assistant", "回答一个问题，句句给出处")
    arguments.add_argument("question", metavar="问题")
    console.add_kb(arguments, settings)
    console.add_question_options(arguments, settings)
    arguments.add_argument(
        "--audience", type=Audience, choices=list(Audience), metavar="对象",
        help="citizen 市民 / manager 企业 / inspector 执法；不写则从问题判断",
    )  # fmt: skip
    options = arguments.parse_args()
    assistant = build(settings.model_copy(update={"kb_dir": options.kb}))
    answer = assistant.answer(options.question, options.audience, options.region, options.date)
    print(json.dumps(as_json(answer), ensure_ascii=False) if options.json else _as_text(answer))
    return 0


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the command contract spells it."""
    return {
        "state": answer.state.value,
        "text": answer.text,
        "citations": [
            {
                "chunk_id": citation.chunk.chunk_id,
                "law": citation.document.name,
                "article": citation.chunk.label,
                "quote": citation.quote,
            }
            for citation in answer.citations
        ],
        "emergency": {"number": answer.emergency.number, "steps": list(answer.emergency.steps)}
        if answer.emergency
        else None,
        "follow_ups": list(answer.follow_ups),
        "verification": answer.verification.value,
    }


def _as_text(answer: Answer) -> str:
    lines: list[str] = []
    if answer.emergency:
        lines += [
            f"【先打 {answer.emergency.number}】",
            *(f"· {step}" for step in answer.emergency.steps),
            "",
        ]
    lines.append(answer.text)
    if answer.citations:
        lines += ["", "依据："]
        lines += [
            f"[{c.number}] 《{c.document.title}》{c.chunk.label}（{c.status.value}）"
            for c in answer.citations
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    console.run(main)
