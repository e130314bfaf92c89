"""A passage's own words: which of them to show, and what the passage is called."""

import re
from collections.abc import Sequence

from kb.clauses import paragraphs
from kb.datatypes import CARDS, Audience, Hit, Level, Status
from kb.intent import Intent, intents
from kb.regions import NATIONWIDE
from kb.tokens import bigrams

_WHOLE = {Audience.CITIZEN: 220, Audience.MANAGER: 360, Audience.INSPECTOR: 4_000}  # characters quoted uncut
_EXCERPT_SENTENCES = 3
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万]+(?:元|日|天|年|个|人|倍|小时|学时|次)")
_NUMBER_WEIGHT = 1.5
_NOT_LAW = frozenset({Level.OTHER, Level.CASE})
# Lines of a card by their opening word, for those who do not need them all.
_CARD_LINES = {
    Audience.CITIZEN: ("罚款", "其他处理", "不做的后果", "什么情况", "市民", "容易混淆", "依据", "处罚依据"),
    Audience.INSPECTOR: ("谁受罚", "罚款", "其他处理", "由谁查处", "可能构成犯罪", "地方规定", "检查时要看", "依据", "处罚依据", "罚则", "说明"),
}  # fmt: skip
_MARK = re.compile(r"\[(\d{1,3})\]")
_NAMED_LINE = re.compile(r"^[\u3400-\u9fff]{1,8}：")


def quoted(question: str, hit: Hit, audience: Audience, *, exact: bool) -> list[str]:
    """Return lines of the passage to show, each an exact substring of it.

    Args:
        question: decides which sentences of a long passage are shown.
        hit: the passage.
        audience: how much is shown.
        exact: it was asked for by number, so all of it is.
    """
    text = hit.focus or hit.chunk.text
    lines = [line for line in text.split("\n") if line]
    if hit.document.level in CARDS and hit.document.level is not Level.GUIDE:
        return _of_card([line for line in lines if line != hit.chunk.label], audience)
    if exact or hit.document.level is Level.GUIDE or len(text) <= _WHOLE[audience]:
        return lines
    return excerpt(question, text)


def excerpt(question: str, text: str) -> list[str]:
    """Return the lines of a long passage that bear on the question; an item brings the sentence it hangs on.

    >>> text = "单位有下列行为之一的，处五万元罚款：\\n（一）未建账的；\\n（二）未巡查的。\\n" + "其他规定。" * 3
    >>> excerpt("没有巡查罚多少", text)[:2]
    ['单位有下列行为之一的，处五万元罚款：', '（二）未巡查的。']
    """
    scored: list[tuple[float, int, list[str]]] = []
    order = 0
    for paragraph in paragraphs(text):
        stem, *items = paragraph.split("\n")
        for line in [stem, *items]:
            for sentence in _SENTENCE.findall(line) if line is stem else [line]:
                context = [stem] if line is not stem else []
                scored.append((overlap(question, sentence), order, [*context, sentence]))
                order += 1
    best = sorted(scored, key=lambda entry: (-entry[0], entry[1]))[:_EXCERPT_SENTENCES]
    kept = [entry for entry in best if entry[0] >= best[0][0] / 2]
    lines = [line for _, _, group in sorted(kept, key=lambda entry: entry[1]) for line in group]
    return list(dict.fromkeys(lines))


def overlap(question: str, sentence: str) -> float:
    """Return the share of the question's terms in a sentence; figures count more where a number is asked for."""
    asked = set(bigrams(question))
    if not asked:
        return 0.0
    share = len(asked & set(bigrams(sentence))) / len(asked)
    wanted = intents(question) & {Intent.NUMBER, Intent.PENALTY}
    return share * (_NUMBER_WEIGHT if wanted and _NUMBER.search(sentence) else 1)


def block(lines: Sequence[str], number: int, hit: Hit) -> str:
    """Return the lines as Markdown, each with its mark: a card's as they are, a law's as a quotation."""
    lines = [unmarked(line) for line in lines]
    if hit.document.level is Level.GUIDE:
        return "\n".join(f"{line} [{number}]" for line in lines)
    if hit.document.level in CARDS:
        return "\n".join(f"- {line} [{number}]" for line in lines)
    return "\n>\n".join(f"> {line} [{number}]" for line in lines)


def name(hit: Hit) -> str:
    """Return what a passage is called."""
    title, label = unmarked(hit.document.title), unmarked(hit.chunk.label)
    return f"{title} · {label}" if hit.document.level in CARDS else f"《{title}》{label}"


def unmarked(text: str) -> str:
    """Return text whose own [1] cannot be taken for one of our marks.

    >>> unmarked("见注[1]")
    '见注［1］'
    """
    return _MARK.sub(r"［\1］", text)


def badge(hit: Hit) -> str:
    """Return what a reader must know of the source at once: status, level, where it holds, its date."""
    document = hit.document
    if document.level in CARDS:
        return ""
    if document.level in _NOT_LAW:
        return f"（{document.published} 发布）" if document.published else ""
    parts = [hit.status.value, document.level.value]
    if document.region != NATIONWIDE:
        parts.append(document.region)
    if hit.status is not Status.IN_FORCE and document.published:
        parts.append(f"{document.published} 版")
    return f"（{'，'.join(parts)}）"


def _of_card(lines: Sequence[str], audience: Audience) -> list[str]:
    wanted = _CARD_LINES.get(audience)
    if wanted is None:
        return list(lines)
    return [line for line in lines if not _NAMED_LINE.match(line) or line.startswith(wanted)] or list(lines)
