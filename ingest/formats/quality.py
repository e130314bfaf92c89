"""Whether a page was read or only decoded: garbled text must not pass for Chinese."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[A-Za-z]")
_PLAIN = re.compile(r"[\x20-\x7e\s\u2000-\u206f\u3000-\u303f\uff00-\uffef\u20a0-\u2bff\u00a0-\u00bf×÷]")
_BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\ufffe\uffff\U000f0000-\U0010ffff]")
_CID = re.compile(r"\(cid:\d+\)|/g\d{2,5}\b|/uni[0-9A-F]{4}\b")
_CLASH = re.compile(r"[，。；、：][，、；：]|[，、；]。|（）|《》|[，。；、：]{3}")
_GLUED = re.compile(r"(?<![\w./:@\-])[A-Za-z]{30,}(?![\w./:@\-])")
_FEW = 20  # signs; a shorter page is judged by broken signs alone
_LIMITS = {  # share of the page's signs above which it was not read
    "broken": 0.02,
    "cid": 0.05,
    "foreign": 0.20,
    "clash": 0.03,
    "glued": 0.30,
}
_MIN_COMMON = 0.50  # of the Hanzi; statutes have 0.997 and more, lay questions 0.93, traditional script 0.58
_MAX_RANK = 9.3  # mean of log2(rank + 1); statutes reach 8.1, letters exchanged for others start at 9.3
_COMMONEST, _MIN_COMMONEST = 200, 0.20  # share of these; statutes have 0.35 and more
_MANY_HANZI = 60  # Hanzi from which their ranks can be judged


class Verdict(StrEnum):
    """What became of a page."""

    GOOD = "good"
    POOR = "poor"  # signs came out, but no text that a person wrote
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict on a text, the reason in Chinese ("" when GOOD), and how many signs it has."""

    verdict: Verdict
    reason: str
    signs: int  # characters that are no blanks


def judge(text: str) -> Quality:
    """Return whether `text` reads as Chinese, English or figures.

    Blind to letters exchanged for others just as common (half of the pages whose own letters were
    shuffled pass). Japanese kana, Cyrillic and the like are called POOR for want of a way to tell.

    >>> judge("灭火器应当每月检查一次，并记录检查人的姓名。").verdict.value
    'good'
    >>> judge("ÏûÃð»ðÔÖÓ¦µ±Á¢¼´±¨¾¯£¬²¢ÊèÉ¢ÈËÔ±").reason
    '像是用错了文字编码'
    """
    signs = re.sub(r"\s", "", text)
    if not signs:
        return Quality(Verdict.EMPTY, "没有文字", 0)
    reason = _fault(signs, text)
    return Quality(Verdict.POOR if reason else Verdict.GOOD, reason, len(signs))


def _fault(signs: str, text: str) -> str:
    total = len(signs)
    shares = {
        "broken": len(_BROKEN.findall(signs)) / total,
        "cid": sum(len(remnant) for remnant in _CID.findall(signs)) / total,
        "clash": len(_CLASH.findall(signs)) / total,
        "glued": sum(len(word) for word in _GLUED.findall(text)) / total,
    }
    reasons = {
        "broken": "有许多读不出的符号",
        "cid": "字体没有带文字对照表，只读到字形编号",
        "clash": "标点连成一串，像是丢了文字",
        "glued": "字母连成一串，没有分词",
    }
    for name, share in shares.items():
        if share > _LIMITS[name] and (total >= _FEW or name in ("broken", "cid")):
            return reasons[name]
    return _fault_of_script(signs) if total >= _FEW else ""


def _fault_of_script(signs: str) -> str:
    """Return what is wrong with the letters: of no script we read, or rare Hanzi in a row."""
    hanzi = _HAN.findall(signs)
    letters = len(_LETTER.findall(signs))
    foreign = sum(not _PLAIN.match(sign) and not _HAN.match(sign) for sign in signs)
    if foreign > _LIMITS["foreign"] * (foreign + letters + len(hanzi)):
        return "像是用错了文字编码"
    if len(hanzi) < _FEW:
        return ""
    ranks = _ranks()
    common = sum(char in ranks for char in hanzi) / len(hanzi)
    if common < _MIN_COMMON:
        return "生僻字太多，不成文句"
    return "汉字不成文句，像是字体的文字对照表错了" if len(hanzi) >= _MANY_HANZI and _exchanged(hanzi) else ""


def _exchanged(hanzi: Sequence[str]) -> bool:
    """Whether rare Hanzi stand where the commonest should: each letter shown as another one."""
    ranks = _ranks()
    mean = sum(math.log2(ranks.get(char, len(ranks)) + 1) for char in hanzi) / len(hanzi)
    commonest = sum(ranks.get(char, len(ranks)) <= _COMMONEST for char in hanzi) / len(hanzi)
    return mean > _MAX_RANK and commonest < _MIN_COMMONEST


@cache
def _ranks() -> dict[str, int]:
    """Return {Hanzi: place, the commonest 1}; counted over 297 Chinese statutes."""
    text = (Path(__file__).parent / "common_hanzi.txt").read_text(encoding="utf-8").strip()
    return {char: place for place, char in enumerate(text, start=1)}
