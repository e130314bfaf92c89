"""The written knowledge besides guides: duties, penalties, signals, terms and inspection sheets (YAML).

One file holds a list of records of one kind; a sheet is one file. `id` is an ASCII slug, unique over all files.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kb.cards.strict import Record

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Texts = tuple[Annotated[str, Field(min_length=2)], ...]
Some = Annotated[Texts, Field(min_length=1)]

Industry = Literal[
    "通用", "危险化学品", "非煤矿山", "煤矿", "金属冶炼", "建筑施工", "道路运输", "铁路", "水上交通", "民用航空",
    "城镇燃气", "电力", "特种设备", "烟花爆竹", "民用爆炸物品", "粉尘涉爆", "有限空间", "工贸", "消防", "学校",
    "医院", "商场市场", "宾馆酒店", "娱乐场所", "文物旅游", "养老机构", "物业", "出租房屋", "仓储物流", "农业渔业",
    "核与辐射", "大型活动", "气象防雷", "防汛水利", "地震地质", "森林草原", "职业健康", "管道", "实验室",
]  # fmt: skip
Feature = Literal[
    "特种设备", "危险化学品", "重大危险源", "有限空间", "粉尘涉爆", "燃气", "高层建筑", "人员密集场所", "消防控制室",
    "外包或出租", "劳务派遣", "高处作业", "动火作业", "吊装作业", "放射源", "职业病危害", "员工宿舍", "车辆运输",
    "建设项目", "特种作业", "爆破作业", "烟花爆竹", "易制毒化学品",
]  # fmt: skip


class Rule(Record):
    """An article (条) a statement rests on."""

    law: str  # 安全生产法: without 《》 and 中华人民共和国
    article: Annotated[str, Field(pattern=r"^第[一二三四五六七八九十百千零]+条(之[一二三四五六七八九十]+)?$")]


Rules = Annotated[tuple[Rule, ...], Field(min_length=1)]


class Figure(Record):
    """A number that matters, and what it means; it must stand in a cited article."""

    value: int | float
    unit: str  # 人, 元, 日, 小时, 平方米, %
    means: str


class Duty(Record):
    """What somebody must do (责任清单的一项)."""

    id: Slug
    title: Annotated[str, Field(max_length=40)]
    who: str  # 主要负责人, 生产经营单位, 物业服务企业
    industries: Annotated[tuple[Industry, ...], Field(min_length=1)]
    region: str = "全国"
    applies: str  # when it applies, in plain words
    headcount_over: int | None = None  # applies to units with more people than this
    needs: tuple[Feature, ...] = ()  # applies to units that have any of these
    what: str
    frequency: str = ""  # 每年至少一次
    figures: tuple[Figure, ...] = ()
    evidence: Some  # what an inspector would ask to see
    basis: Rules
    penalty: tuple[Rule, ...] = ()
    consequence: str = ""  # what follows from not doing it, in plain words

    @model_validator(mode="after")
    def _penalty_is_explained(self) -> Self:
        if bool(self.penalty) != bool(self.consequence):
            raise ValueError("penalty（罚则条文）和 consequence（后果）要么都写，要么都不写")
        return self


class Fine(Record):
    """A range of a fine (罚款幅度): [least, most] in `unit`."""

    on: str  # 单位, 主要负责人, 直接负责的主管人员和其他直接责任人员, 个人
    when: str  # 一般情形, 逾期未改正, 情节严重
    least: int | float = 0
    most: int | float
    unit: Literal["元", "%", "倍"] = "元"
    of: str = ""  # what a percentage or multiple is taken of: 上一年年收入, 违法所得

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least 不能大于 most")
        if (self.unit == "元") == bool(self.of):
            raise ValueError("unit 为 % 或 倍 时要写 of（占什么的百分之几、几倍），为 元 时不写")
        return self


class Crime(Record):
    """A crime the act may amount to (行刑衔接)."""

    law: str
    article: Annotated[str, Field(pattern=r"^第[一二三四五六七八九十百千零]+条(之[一二三四五六七八九十]+)?$")]
    name: str  # 重大责任事故罪
    when: str  # from what harm on


class LocalRule(Record):
    """Where a region's rule differs from the national one."""

    region: str
    law: str
    article: Annotated[str, Field(pattern=r"^第[一二三四五六七八九十百千零]+条(之[一二三四五六七八九十]+)?$")]
    says: str


class Penalty(Record):
    """What follows from a breach (罚则的一项)."""

    id: Slug
    title: Annotated[str, Field(max_length=40)]  # the breach in plain words
    who: Some  # who is punished
    industries: Annotated[tuple[Industry, ...], Field(min_length=1)]
    region: str = "全国"
    fines: tuple[Fine, ...] = ()
    other: Texts = ()  # 责令停产停业整顿, 吊销许可证, 行政拘留
    basis: tuple[Rule, ...] = ()  # articles of the duty
    liability: Rules
    enforcer: str  # 应急管理部门
    crime: tuple[Crime, ...] = ()
    local: tuple[LocalRule, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _punishes(self) -> Self:
        if not self.fines and not self.other:
            raise ValueError("fines（罚款）和 other（其他处罚）至少写一个")
        return self


class Signal(Record):
    """One level of a warning, a response, an accident grade or a time limit for reporting."""

    id: Slug
    kind: Literal["预警信号", "应急响应", "事故等级", "报告时限", "烈度等级"]
    hazard: str  # 暴雨, 台风, 生产安全事故
    level: str  # 红色, Ⅰ级, 特别重大
    threshold: str  # when it is given, in plain words with its figures
    figures: tuple[Figure, ...] = ()
    citizens: Texts = ()
    enterprises: Texts = ()
    schools: Texts = ()
    government: Texts = ()
    basis: Some  # names of the public standard or rule
    rules: tuple[Rule, ...] = ()


class Term(Record):
    """A word explained (术语)."""

    id: Slug
    term: str
    also: Texts = ()  # other names, lay words
    plain: str  # what it is, in plain words
    confused: str = ""  # what it is mistaken for, and the difference
    basis: Texts = ()
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _stands_on_something(self) -> Self:
        if not self.basis and not self.rules:
            raise ValueError("basis（依据名称）和 rules（条文）至少写一个")
        return self


class Check(Record):
    """One item of an inspection sheet."""

    item: str
    look: str  # what to look at, ask, measure
    standard: str  # what is right
    basis: Rules
    penalty: tuple[Rule, ...] = ()
    consequence: str = ""

    @model_validator(mode="after")
    def _penalty_is_explained(self) -> Self:
        if bool(self.penalty) != bool(self.consequence):
            raise ValueError("penalty（罚则条文）和 consequence（后果）要么都写，要么都不写")
        return self


class Sheet(Record):
    """An inspection sheet (检查表) of one industry."""

    id: Slug
    title: str
    industry: Industry
    scope: str  # what kind of unit it is for
    items: Annotated[tuple[Check, ...], Field(min_length=12)]
