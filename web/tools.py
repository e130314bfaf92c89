"""The row under a finished answer, and the line that says on whose terms it was given.

The buttons carry no address and no script: chat-tools.js reads the classes and acts.
"""

from typing import Final

from kb.datatypes import Answer, AnswerState
from web import words
from web.clean import escape
from web.terms import Terms

_ACTS: Final = (("do-copy", "复制"), ("do-share", "分享"), ("do-read", "朗读"))
_EXPORTS: Final = (("do-docx", "存为 Word"), ("do-pdf", "存为 PDF"))
_VERDICTS: Final = (("do-good", "有帮助"), ("do-bad", "没帮助"), ("do-wrong", "依据不对"))


def tools_html(question: str, answer: Answer, terms: Terms) -> str:
    """Return what can be done with an answer: taken along, read out, judged.

    Args:
        question: as it stands on its own; the page asks it again for a shared link or a file.
        answer: the complete answer.
        terms: on which it was given.
    """
    exports = _EXPORTS if answer.state is AnswerState.GROUNDED else ()
    told = " ".join(
        (
            f"by-{answer.audience.value}",
            f"at-{terms.region or ''}",
            f"on-{terms.on.isoformat() if terms.on else ''}",
        )
    )
    return (
        f'<div class="tools {escape(told)}"><p class="whole">{escape(question, words.MAX_QUESTION)}</p>'
        f'<div class="acts">{_buttons((*_ACTS, *exports))}</div>'
        f'<div class="acts rate"><span>这个回答</span>{_buttons(_VERDICTS)}</div></div>'
    )


def terms_html(terms: Terms) -> str:
    """Return for which place and day an answer holds, "" where they are the usual ones.

    >>> from datetime import date
    >>> terms_html(Terms(region="河南省", on=date(2024, 5, 1)))
    '<p class="terms">按<b>河南省</b>、<b>2024年5月1日</b>的规定回答</p>'
    """
    said = [terms.region, f"{terms.on.year}年{terms.on.month}月{terms.on.day}日" if terms.on else ""]
    held = "、".join(f"<b>{escape(part)}</b>" for part in said if part)
    return f'<p class="terms">按{held}的规定回答</p>' if held else ""


def _buttons(named: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<button type="button" class="tool {name}">{label}</button>' for name, label in named)
