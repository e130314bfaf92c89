"""Which texts a text declares repealed, with the sentence that says so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.structure.statute import Passage
from kb.normalise import law_name

_STATES = re.compile(
    r"(?:(?:同时|即行|一并|即日起|之日起|[日起][，,]?|均|予以|随之|停止执行并|宣布|决定)\s*)(?:予以)?(?:废止|失效|停止执行)"
    r"|^\s*(?:现)?(?:决定)?(?:予以)?废止(?=.{0,40}《)"
)
_SAYS = re.compile("废止|失效|停止执行")
_LIST = re.compile(r"(?:下列|以下).{0,40}(?:予以废止|废止|停止执行|失效)[:：]\s*$")
_LIST_LENGTH = 20_000  # characters read below the head of a list
_LISTED = re.compile(r"^[^\w《]*+(?:[\d一二三四五六七八九十]{1,3}[.．、)）]?)?\s*+(?=[^。]{0,20}《)")
_ONLY_MENTIONS = re.compile(
    r"(?:不得|不予|不再|未经?|尚未|可以|应当|及时|修改(?:或者?|、)|是否|或者|建议|如需|已经?|被)(?:予以|自行|一并)?\s*$"
)
_GOES_ON = re.compile(r"^(?:前|后|之[日前后]|期间|的(?!通知|决定)|或者|、修改|申请|手续|程序|情形|决定)")
_ANOTHER_ROLE = re.compile(r"(?:根据|依据|按照|依照|遵照|违反|执行|适用|参照|与|列入|纳入)(?:国务院)?$")
_PART_OF_IT = re.compile(
    r"^(?:（[^）]{0,60}）|\([^)]{0,60}\))?(?:中|第[^，。；]{1,12}[条款项章]|施行|实施|的?规定|有关|相关|自[^，。]{0,25}(?:施行|实施|生效)(?!之日)|所附|规定的)"
)
_BEFORE, _AFTER = 12, 120  # characters around a name that tell what is said of it
_SENTENCE = re.compile(r"[^。；;\n]+(?:[。；;]|$)?")


@dataclass(frozen=True, slots=True)
class Repeal:
    """One text declared repealed: its name, the sentence as evidence, the passage that holds it."""

    name: str
    sentence: str
    label: str


def repeals(closing: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the texts declared repealed in the last passages.

    >>> repeals(["本条例自2024年5月1日起施行。《甲监察条例》和《乙特别规定》同时废止。"])
    ('甲监察条例', '乙特别规定')
    >>> repeals(["《甲监察条例》废止前已经受理的，从其规定。", "《乙条例》不得废止。"])
    ()
    """
    found = repeal_sentences([Passage("", (), text) for text in closing])
    return tuple(dict.fromkeys(repeal.name for repeal in found))


def repeal_sentences(passages: Sequence[Passage]) -> tuple[Repeal, ...]:
    """Return what the passages declare repealed, once for each name and sentence.

    A sentence that stands inside a quotation speaks for the text it is quoted from, and is left out.

    >>> repeal_sentences([Passage("第九条", (), "《甲办法》（2006年3月1日公布）自本办法施行之日起废止。")])
    (Repeal(name='甲办法', sentence='《甲办法》（2006年3月1日公布）自本办法施行之日起废止。', label='第九条'),)
    """
    found = [
        Repeal(law_name(name), sentence, passage.label)
        for passage in passages
        if _SAYS.search(passage.text)
        for sentence, names in _declarations(passage.text)
        for name in names
    ]
    return tuple(dict.fromkeys(found))


def _declarations(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (sentence, names it repeals); the sentences of a list are its lines."""
    quoted = False
    for match in _SENTENCE.finditer(text):
        inside, sentence = quoted, match[0].strip()
        opening, closing = sentence.rfind("“"), sentence.rfind("”")
        quoted = inside if opening == closing else opening > closing
        if inside or not _SAYS.search(sentence):
            continue
        if _LIST.search(sentence):
            yield from (
                (line.strip(), names)
                for line, names in _list_below(text[match.end() : match.end() + _LIST_LENGTH])
            )
        elif names := _repealed_in(sentence):
            yield sentence, names


def _repealed_in(sentence: str) -> list[str]:
    states = _STATES.search(sentence)
    if not states:
        return []
    before, after = sentence[: states.start()], sentence[states.end() :]
    if _ONLY_MENTIONS.search(before) or _GOES_ON.match(after) or before.rfind("“") > before.rfind("”"):
        return []
    return _named(sentence if not before else sentence[: states.end()])


def _list_below(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.strip().split("\n"):
        if not _LISTED.match(line):
            return
        yield line, _named(line)


def _named(clause: str) -> list[str]:
    """Return the names in 《》 that the clause is about; a name inside a name is part of it."""
    names: list[str] = []
    depth = start = 0
    for place, character in enumerate(clause):
        if character == "《":
            start = start if depth else place
            depth += 1
        elif character == "》" and depth:
            depth -= 1
            name = clause[start + 1 : place]
            if not depth and 3 <= len(name) <= 60 and _is_subject(clause, start, place + 1):
                names.append(name)
    return names


def _is_subject(clause: str, start: int, end: int) -> bool:
    before, after = clause[max(start - _BEFORE, 0) : start], clause[end : end + _AFTER]
    return not _ANOTHER_ROLE.search(before) and not _PART_OF_IT.match(after)
