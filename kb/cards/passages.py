"""Records as passages people can read and search: one passage each, with its basis named in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.cards.records import Check, Duty, Fine, Penalty, Rule, Sheet, Signal, Term
from kb.datatypes import Level

LEVELS: dict[type, Level] = {
    Duty: Level.DUTY,
    Penalty: Level.PENALTY,
    Signal: Level.SIGNAL,
    Term: Level.TERM,
    Sheet: Level.SHEET,
}


@dataclass(frozen=True, slots=True)
class CardPassage:
    """What becomes a chunk: its label, where it stands, its lines."""

    label: str
    path: tuple[str, ...]
    text: str


def passages(record: Duty | Penalty | Signal | Term | Sheet) -> Iterator[CardPassage]:
    """Yield the passages of a record: one, or one per item of a sheet."""
    match record:
        case Duty():
            yield CardPassage(record.title, (record.who, "、".join(record.industries)), _lines(_duty(record)))
        case Penalty():
            yield CardPassage(record.title, ("、".join(record.industries),), _lines(_penalty(record)))
        case Signal():
            yield CardPassage(
                f"{record.hazard}{record.level}{record.kind}", (record.hazard,), _lines(_signal(record))
            )
        case Term():
            yield CardPassage(record.term, ("术语",), _lines(_term(record)))
        case Sheet():
            for check in record.items:
                yield CardPassage(check.item, (record.industry, record.scope), _lines(_check(check)))


def money(fine: Fine) -> str:
    """Return a range as people write it.

    >>> money(Fine(on="单位", when="一般情形", least=20_000, most=50_000))
    '2万元以上5万元以下'
    >>> money(Fine(on="个人", when="一般情形", most=500))
    '500元以下'
    >>> money(Fine(on="单位", when="一般情形", least=2, most=5, unit="倍", of="违法所得"))
    '违法所得2倍以上5倍以下'
    >>> money(Fine(on="主要负责人", when="重大事故", least=80, most=80, unit="%", of="上一年年收入"))
    '上一年年收入80%'
    """
    least, most = (_amount(value, fine.unit) for value in (fine.least, fine.most))
    if fine.least == fine.most:
        return f"{fine.of}{most}"
    return f"{fine.of}{least}以上{most}以下" if fine.least else f"{fine.of}{most}以下"


def cited(rules: Iterable[Rule]) -> str:
    """Return rules as 《安全生产法》第二十四条、第九十七条；《消防法》第十六条."""
    by_law: dict[str, list[str]] = {}
    for rule in rules:
        by_law.setdefault(rule.law, []).append(rule.article)
    return "；".join(f"《{law}》{'、'.join(dict.fromkeys(articles))}" for law, articles in by_law.items())


def _amount(value: float, unit: str) -> str:
    if unit == "元" and value >= 10_000 and value % 1_000 == 0:
        return f"{value / 10_000:g}万元"
    return f"{value:g}{unit}"


def _lines(parts: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}：{text}" if name else text for name, text in parts if text)


def _listed(texts: Sequence[str]) -> str:
    return "；".join(texts)


def _duty(duty: Duty) -> Iterator[tuple[str, str]]:
    yield "", duty.what
    yield "谁来做", duty.who
    yield "什么情况", duty.applies
    yield "适用地区", duty.region if duty.region != "全国" else ""
    yield "多久一次", duty.frequency
    yield "检查时要看", _listed(duty.evidence)
    yield "依据", cited(duty.basis)
    yield "不做的后果", duty.consequence
    yield "罚则", cited(duty.penalty)


def _penalty(penalty: Penalty) -> Iterator[tuple[str, str]]:
    yield "谁受罚", _listed(penalty.who)
    yield "适用地区", penalty.region if penalty.region != "全国" else ""
    yield "罚款", _listed([f"{fine.on}（{fine.when}）{money(fine)}" for fine in penalty.fines])
    yield "其他处理", _listed(penalty.other)
    yield "义务依据", cited(penalty.basis)
    yield "处罚依据", cited(penalty.liability)
    yield "由谁查处", penalty.enforcer
    yield "可能构成犯罪", _listed([f"《{c.law}》{c.article}{c.name}（{c.when}）" for c in penalty.crime])
    yield "地方规定", _listed([f"{r.region}：《{r.law}》{r.article}，{r.says}" for r in penalty.local])
    yield "说明", penalty.note


def _signal(signal: Signal) -> Iterator[tuple[str, str]]:
    yield "什么情况", signal.threshold
    yield "市民", _listed(signal.citizens)
    yield "单位", _listed(signal.enterprises)
    yield "学校", _listed(signal.schools)
    yield "政府", _listed(signal.government)
    yield "依据", _listed([text for text in (cited(signal.rules), *signal.basis) if text])


def _term(term: Term) -> Iterator[tuple[str, str]]:
    yield "", term.plain
    yield "也叫", "、".join(term.also)
    yield "容易混淆", term.confused
    yield "依据", _listed([text for text in (cited(term.rules), *term.basis) if text])


def _check(check: Check) -> Iterator[tuple[str, str]]:
    yield "看什么", check.look
    yield "怎样算合格", check.standard
    yield "依据", cited(check.basis)
    yield "不合格的后果", check.consequence
    yield "罚则", cited(check.penalty)
