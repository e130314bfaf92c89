"""What a question is after (意图), read by rules from its words; and which passages serve which intent."""

import re
from enum import StrEnum

from kb.datatypes import Chunk


class Intent(StrEnum):
    """What the asker wants to learn."""

    PENALTY = "处罚后果"
    DUTY = "职责义务"
    DEFINITION = "含义"
    PROCEDURE = "程序期限"
    REPORTING = "报告举报"
    SELF_RESCUE = "自救处置"
    NUMBER = "数量"
    COMPARISON = "对比"


_ASKED = {
    Intent.PENALTY: r"罚|处分|拘留|坐牢|判刑|判几年|追究|吊销|什么责任|担.{0,3}责|后果|犯法|违法吗|犯罪",
    Intent.DUTY: r"应当|应该|必须|得不得|要不要|需要|要求|义务|职责|责任(?!险)|谁.{0,4}(?:管|负责)|归谁|该谁|能不能|可不可以|(?:可以|能|让|准).{0,14}[吗么嘛不]|允许|让不让|准不准|行不行|合法吗|合规吗",
    Intent.DEFINITION: r"什么是|是什么意思|啥意思|什么叫|叫什么|啥叫|指的是|是指|怎么界定|怎么认定|算不算|算是?.{0,10}[吗么]|属于.{0,12}[吗么]|有哪几[种类]|分几[级类种]|定义|区别",
    Intent.PROCEDURE: r"怎么(?:办理?|申请|申报|报批|走|备案|验收|变更|续)|如何(?:申请|办理|备案)|流程|手续|程序|材料|多久|多长时间|几天|几日|几个工作日|期限|时限|什么时候|有效期|到期|先.{0,8}再|审批|备案|申请|验收",
    Intent.REPORTING: r"报告|上报|举报|投诉|告诉谁|跟谁(?:说|反映|讲)|找谁|向哪|向谁|打(?:什么|哪个|啥)电话|瞒报|迟报|谎报|漏报|通报",
    Intent.SELF_RESCUE: r"怎么(?:跑|逃|自救|急救|救|处理|灭|躲|办$)|咋办|怎么办|如何(?:自救|逃生|急救)|先干(?:啥|什么)|急救|逃生|包扎|止血",
    Intent.NUMBER: r"多少|几(?!乎)|多久|多长|多大|多远|多高|什么时候|期限|比例|时限|百分之|上限|下限|至少|最少|最多|最高|最低",
    Intent.COMPARISON: r"区别|不同|不一样|对比|比较|相比|(?:新|旧)(?:法|版).{0,6}(?:改|变)|改了(?:什么|哪)|有(?:什么|啥)变化|和.{1,20}哪个",
}  # fmt: skip
_PATTERNS = {intent: re.compile(pattern) for intent, pattern in _ASKED.items()}
_SERVES = {
    Intent.PENALTY: re.compile(r"罚款|拘留|有期徒刑|吊销|处分|责令停产|法律责任|罚则|警告"),
    Intent.DEFINITION: re.compile(r"是指|所称|包括下列|分为|下列含义|下列用语|视为|认定为|属于下列"),
    Intent.PROCEDURE: re.compile(
        r"(?:工作日|日)内|申请|受理|审查|备案|提交|材料|验收|有效期|变更|届满|许可证|程序|批准"
    ),
    Intent.REPORTING: re.compile(r"报告|举报|上报|通报|瞒报|谎报|投诉|检举"),
}


def intents(question: str) -> frozenset[Intent]:
    """Return what a question is after; several may hold, or none.

    >>> sorted(intent.value for intent in intents("没培训罚多少"))
    ['处罚后果', '数量']
    >>> sorted(intent.value for intent in intents("什么叫重大危险源"))
    ['含义']
    """
    return frozenset(intent for intent, pattern in _PATTERNS.items() if pattern.search(question))


def asks_penalty(question: str) -> bool:
    """Return whether a question asks what follows from breaking a rule.

    >>> [asks_penalty(q) for q in ("没培训罚多少", "多久培训一次")]
    [True, False]
    """
    return bool(_PATTERNS[Intent.PENALTY].search(question))


def serves(chunk: Chunk, intent: Intent) -> bool:
    """Return whether a passage looks like an answer to an intent; False for intents without such a look."""
    pattern = _SERVES.get(intent)
    return bool(pattern and (pattern.search(chunk.text) or any(pattern.search(part) for part in chunk.path)))


def is_penalty(chunk: Chunk) -> bool:
    """Return whether a passage lays down a penalty."""
    return serves(chunk, Intent.PENALTY)
