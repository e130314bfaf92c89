"""The asker's own numbers held against an article's limits (对照): 130人 is more than 一百人, so the rule applies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kb.quantities import Quantity, quantities

_PART = re.compile(r"[^；。\n]+")
_NUMBER = r"(?:\d[\d,.]*[万亿]?|[〇零一二两三四五六七八九十百千万]+)"
_UNITS = "人|名|平方米|米|层|吨|公斤|千克|立方米|万元|元|户|年|小时|个月|日|天|周岁|岁|辆|个"
_LIMIT = re.compile(
    rf"(?P<over>超过|多于|高于|大于|满)?(?P<under>不超过|不足|少于|低于|未满|不满)?(?P<amount>{_NUMBER}(?:个)?(?:{_UNITS}))(?P<side>以上|以下|以内)?"
)
_SPAN = re.compile(rf"({_NUMBER})至({_NUMBER})({_UNITS})以下")  # 3至5人以下, as cards write a range
# What the number counts: a limit for one of these says nothing about another.
_COUNTED = ("死亡", "重伤", "损失", "中毒", "从业人员", "学生", "乘客", "建筑面积", "高度", "罚款", "所得")
_ASKED_FOR = {"死亡": "死|亡", "重伤": "重伤|受伤|伤", "损失": "损失", "中毒": "中毒", "学生": "学生|孩子", "乘客": "乘客|坐|载",
              "建筑面积": "面积|平|㎡", "高度": "高|层|米", "罚款": "(?!)", "所得": "(?!)", "从业人员": ""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number of the question and the part of the article whose limit it meets."""

    asked: str  # "130人"
    limit: str  # "超过一百人"
    part: str  # exact words of the article


def compare(question: str, text: str) -> list[Comparison]:
    """Return the parts of an article whose limits the question's numbers meet, in their order.

    >>> text = "从业人员超过一百人的，应当配备专职人员；从业人员在一百人以下的，可以配备兼职人员。"
    >>> [(c.asked, c.limit) for c in compare("厂里130人要专职吗", text)]
    [('130人', '超过一百人')]
    >>> [c.limit for c in compare("厂里80人", text)], compare("厂里人多", text)
    (['一百人以下'], [])
    """
    found: list[Comparison] = []
    for asked in quantities(question):
        if asked.unit:
            found += [Comparison(_shown(asked), limit, part) for limit, part in _met(asked, question, text)]
    return found


def contradicts(question: str, text: str) -> bool:
    """Return whether a text speaks of the question's kind of number, but of none that fits.

    >>> contradicts("厂里130人", "从业人员在100人以下的小厂"), contradicts("厂里130人", "应当配备安全员")
    (True, False)
    """
    asked = [quantity for quantity in quantities(question) if quantity.unit]
    limits = [limit for part in _PART.findall(text) for limit in _limits(part)]
    same = [
        q
        for q in asked
        if any(limit.unit == q.unit and _is_about(limit.context, question) for limit in limits)
    ]
    return bool(same) and not compare(question, text)


def _met(asked: Quantity, question: str, text: str) -> Iterator[tuple[str, str]]:
    for part in _PART.findall(text):
        limits = [limit for limit in _limits(part) if limit.unit == asked.unit]
        about = [limit for limit in limits if _is_about(limit.context, question)]
        range_ = _range(about)
        if range_ and range_[0].value <= asked.value < range_[1].value:
            yield range_[0].words + range_[1].words, part.strip()
        elif not range_:
            held = next((limit for limit in about if limit.holds(asked.value)), None)
            if held:
                yield held.words, part.strip()


@dataclass(frozen=True, slots=True)
class _Limit:
    words: str
    value: float
    unit: str
    kind: str  # ">", ">=", "<", "<="
    context: str  # what stands around it, up to the next comma

    def holds(self, value: float) -> bool:
        return {
            ">": value > self.value,
            ">=": value >= self.value,
            "<": value < self.value,
            "<=": value <= self.value,
        }[self.kind]


def _limits(part: str) -> Iterator[_Limit]:
    for clause in re.split(r"[，,、]|或者", _SPAN.sub(r"\1\3以上\2\3以下", part)):
        for match in _LIMIT.finditer(clause):
            kind = _kind(match)
            amounts = quantities(match["amount"])
            if kind and amounts:
                yield _Limit(match[0], amounts[0].value, amounts[0].unit, kind, clause)


def _kind(match: re.Match[str]) -> str:
    if match["under"]:
        return "<=" if match["under"] == "不超过" else "<"
    if match["over"]:
        return ">=" if match["over"] == "满" else ">"
    return {"以上": ">=", "以下": "<=", "以内": "<="}.get(match["side"] or "", "")


def _range(limits: list[_Limit]) -> tuple[_Limit, _Limit] | None:
    """Return the two ends of 三人以上十人以下, if one clause holds both."""
    for low, high in pairwise(limits):
        if low.context == high.context and low.kind[0] == ">" and high.kind[0] == "<":
            return low, high
    return None


def _is_about(context: str, question: str) -> bool:
    """Whether a limit counts what the question counts, as far as either says."""
    counted = [word for word in _COUNTED if word in context]
    return all(re.search(_ASKED_FOR[word], question) for word in counted)


def _shown(quantity: Quantity) -> str:
    if quantity.unit == "元" and quantity.value >= 10_000 and quantity.value % 1_000 == 0:
        return f"{quantity.value / 10_000:g}万元"
    return f"{quantity.value:g}{quantity.unit}"
