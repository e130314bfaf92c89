"""Who is asking, as far as the words tell."""

import re

from kb.datatypes import Audience, Emergency

_INSPECTOR = re.compile(
    r"怎么罚|罚多少|处罚|罚款幅度|查到|查出|检查发现|依据哪|哪一条|第.{1,8}条|立案|执法|责令|笔录|裁量|移送|案由"
)
_MANAGER = re.compile(
    r"我们(?:厂|公司|单位|企业|矿|工地|车间|店)|企业|公司|单位|车间|工厂|厂里|施工|项目部|安全员|备案|演练|培训|台账|资质|许可证|员工"
)


def audience_of(question: str, emergency: Emergency | None) -> Audience:
    """Return who probably asks; a person in danger is a citizen whatever the words.

    >>> [audience_of(q, None).value for q in ("煤气味很重怎么办", "厂里130人，安全员能兼职吗", "没教育培训罚多少")]
    ['citizen', 'manager', 'inspector']
    """
    if emergency:
        return Audience.CITIZEN
    if _INSPECTOR.search(question):
        return Audience.INSPECTOR
    return Audience.MANAGER if _MANAGER.search(question) else Audience.CITIZEN
