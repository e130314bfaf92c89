"""Twenty answers to read aloud: `python -m eval.transcripts --kb DIR --out docs/transcripts.md`.

The questions stand in `transcripts.jsonl`. Words of statutes are cut to their beginnings, since the file is kept
in the repository, which holds no statute's text; the cards' words are ours and stay whole.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from assistant.assistant import build
from kb import console
from kb.datatypes import CARDS, Answer, Audience
from kb.settings import Settings

_QUESTIONS = Path(__file__).with_name("transcripts.jsonl")
_SHOWN = 8  # characters of a statute's sentence
_QUOTED = re.compile(r"^> ?(.+?) \[(\d+)\]$", re.M)
_INLINE = re.compile(r"适用：“(.+?)” \[(\d+)\]")


def main(settings: Settings) -> int:
    """Run the command."""
    arguments = console.parser("eval.transcripts", "问二十个问题，把回答写成一份可读的文稿")
    console.add_kb(arguments, settings)
    arguments.add_argument("--out", type=Path, required=True, help="写到哪个文件")
    options = arguments.parse_args()
    assistant = build(settings.model_copy(update={"kb_dir": options.kb}))
    parts = [
        "# 二十个回答",
        "",
        "由 `python -m eval.transcripts --kb 目录 --out docs/transcripts.md` 重新生成；法条原文只留开头。",
        "",
    ]
    for line in _QUESTIONS.read_text("utf-8").splitlines():
        asked = json.loads(line)
        answer = assistant.answer(asked["question"], Audience(asked["audience"]))
        parts += [f"## {asked['kind']}：{asked['question']}", "", *_told(answer), ""]
    options.out.write_text("\n".join(parts).rstrip() + "\n", "utf-8")
    return 0


def _told(answer: Answer) -> Iterator[str]:
    if answer.emergency:
        yield f"**先打 {answer.emergency.number}（{answer.emergency.hazard}）**"
        yield ""
        yield from (f"{place}. {step}" for place, step in enumerate(answer.emergency.steps, start=1))
        yield ""
    yield f"（{answer.state.value}，{answer.verification.value}）"
    yield ""
    yield shortened(answer)
    if answer.follow_ups:
        yield ""
        yield "接着问：" + "；".join(answer.follow_ups)


def shortened(answer: Answer) -> str:
    """Return an answer's text with the words of statutes cut to their beginnings."""
    ours = {citation.number for citation in answer.citations if citation.document.level in CARDS}

    def cut(found: re.Match[str], frame: str) -> str:
        if int(found[2]) in ours:
            return found[0]
        return frame.format(f"{found[1][:_SHOWN]}……（原文 {len(found[1])} 字）", found[2])

    text = _QUOTED.sub(lambda found: cut(found, "> {} [{}]"), answer.text)
    return _INLINE.sub(lambda found: cut(found, "适用：“{}” [{}]"), text)


if __name__ == "__main__":
    console.run(main)
