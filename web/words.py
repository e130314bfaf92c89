"""Every fixed sentence the pages show, so that wording is reviewed in one place."""

from dataclasses import dataclass
from typing import Final

from kb.datatypes import Audience, Verification


@dataclass(frozen=True, slots=True)
class Hotline:
    """A telephone number that must be reachable from every page."""

    number: str
    label: str
    is_emergency: bool = True


HOTLINES: Final = (
    Hotline("119", "火警"),
    Hotline("120", "急救"),
    Hotline("110", "报警"),
    Hotline("122", "交通"),
    Hotline("12350", "安全生产举报", is_emergency=False),
)

HOTLINE_SENTENCE: Final = "遇险请直接拨打：火警119，急救120，报警110，交通事故122。"

NAME: Final = "安问"
TAGLINE: Final = "安全法规与应急知识助手"

AUDIENCES: Final = {
    Audience.CITIZEN: "市民",
    Audience.MANAGER: "企业",
    Audience.INSPECTOR: "执法",
}

INVITATIONS: Final = {
    Audience.CITIZEN: "说说遇到了什么，用平常的话就行。",
    Audience.MANAGER: "问职责、人数、期限、台账，答案附条文出处。",
    Audience.INSPECTOR: "问条文原文、处罚幅度，或直接输入“安全生产法第二十一条”。",
}

PROMISE: Final = "每个结论都标出处，点编号就能看条文原文。"

EXAMPLES: Final = {
    Audience.CITIZEN: (
        "家里煤气味很重，第一步做什么？",
        "楼道里停满电动自行车，找谁管？",
        "高层着火，楼梯里全是烟还能往下跑吗？",
    ),
    Audience.MANAGER: (
        "厂里130人，安全员可以兼职吗？",
        "新员工上岗前要培训多少学时？",
        "发生工亡事故，多久之内要上报？",
    ),
    Audience.INSPECTOR: (
        "安全生产法第二十一条",
        "堵塞疏散通道，对单位罚多少？",
        "有限空间作业没有审批，依据哪一条处理？",
    ),
}

MAX_QUESTION: Final = 2_000  # characters; a longer message is refused in the handler

ASK_PLACEHOLDER: Final = "例如：仓库里能住人吗？"
SEARCHING: Final = "正在查找依据…"
WRITING: Final = "正在整理…"
BUSY: Final = f"现在提问的人太多，请过一会儿再发。{HOTLINE_SENTENCE}"
TOO_LONG: Final = f"问题请控制在{MAX_QUESTION}字以内，删去无关的内容后再发。"
TOO_BIG: Final = f"发送的内容太大，没有接收。请缩短后再试。{HOTLINE_SENTENCE}"
BROKEN_OFF: Final = "回答中途断开了，请再问一次。"
SOURCE_GONE: Final = "这条依据不在当前对话里，请重新提问后再打开。"
NEIGHBOURS_UNREADABLE: Final = "前后条文暂时读不出来，上面的原文来自回答时的记录。"
LIBRARY_UNREADABLE: Final = "法规库暂不可用，应急电话和处置要点照常显示"
UNKNOWN_EFFECTIVE: Final = "未知，待核"

STATE_NOTES: Final = {
    "NO_MATCH": "知识库里没有找到可靠依据",
    "UNAVAILABLE": "法规库暂时不可用",
}

VERIFICATION_NOTES: Final = {
    Verification.QUOTED: "摘自知识库原文，未经大模型改写",
    Verification.VERIFIED: "由大模型整理，每一句都已与所引原文核对",
    Verification.CORRECTED: "由大模型整理，与原文对不上的句子已删去",
}

FOOTER: Final = (
    "回答依据本机知识库整理，不能代替主管部门的解释和决定。人身有危险时，先撤离、先打电话，再来查询。"
)
VOICE: Final = "语音输入由浏览器识别，Chrome 会把声音传到它的服务器；不想传就不要打开。"
HISTORY: Final = "只保存在这台设备的浏览器里，最多30条，服务器不留。"
COMMENT: Final = "可以写哪里不对，请不要写姓名、电话。不写也可以发。"
NO_SCRIPT: Final = f"浏览器没有运行脚本，暂时不能提问。{HOTLINE_SENTENCE}"
