"""What a page of a government site says about its text: title, day, number, issuer (政府信息公开的要素)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from lxml import etree
from lxml.html import HtmlElement

from ingest.formats.pages.tree import seen

_TITLE_METAS = ("articletitle", "og:title", "title")
_DAY_METAS = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "publish_time",
    "firstpublishedtime",
    "dc.date",
)
_SOURCE_METAS = ("contentsource", "source")
_DAY_LABELS = (
    "发布日期",
    "发布时间",
    "公开日期",
    "公布日期",
    "发文日期",
    "印发日期",
    "发文时间",
    "时间",
    "日期",
)
_SIGNED_LABELS = ("成文日期", "生成日期", "成文时间")
_NUMBER_LABELS = ("发文字号", "文号", "发文号", "文件编号")
_ISSUER_LABELS = ("发文机关", "发布机构", "发文单位", "发布单位", "发布机关", "制发机关", "公开责任部门")
_SOURCE_LABELS = ("来源", "信息来源", "文章来源", "稿件来源")
_OTHER_LABELS = (
    "索引号", "主题分类", "主题词", "标题", "名称", "关键词", "有效性", "时效性", "服务对象分类", "体裁分类", "废止日期",
    "公开方式", "公开形式", "公开范围", "效力状态", "浏览次数", "浏览量", "阅读次数", "点击数", "字体", "字号", "作者", "打印",
)  # fmt: skip
_ALL = _DAY_LABELS + _SIGNED_LABELS + _NUMBER_LABELS + _ISSUER_LABELS + _SOURCE_LABELS + _OTHER_LABELS
_SPACED = "|".join(r"\s?".join(label) for label in sorted(_ALL, key=len, reverse=True))  # 标　题, 索 引 号
_LABEL = re.compile(rf"(?<![\u3400-\u9fff])({_SPACED})\s?(?:[:：]|$)")
_DAY = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s?[-年/.]\s?(?P<m>\d{1,2})\s?[-月/.]\s?(?P<d>\d{1,2})|(?P<run>(?:19|20)\d{6})(?!\d)"
)
_NUMBER = re.compile(
    r"[\u3400-\u9fff（）()]{1,20}\s?(?:[〔\[［(（]\d{4}[〕\]］)）]\s?第?\s?\d{1,5}\s?号|令\s?第?\s?\d{1,4}\s?号|\d{4}年第\d{1,4}号)"
)
_AUTHORITY = re.compile(r"(?:部|委|局|署|厅|办|院|会|府|总队|支队|大队|中心|办公室|司|处)$")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_TITLE_CLASS = re.compile(
    r"^(?:article|art|arti|news|content|con|detail|page|pages|info|doc|main|text|xl|wz|nr)?[-_]?(?:title|tit|bt|biaoti)$",
    re.I,
)
_SUFFIX = re.compile(
    r"\s*(?:[|｜_]+|(?<=\s)[-—–]+|[-—–]+(?=\s)|--+|——)\s*|[-—–](?=[^-—–|_\d]{0,20}(?:网|网站|平台|政府|部|局|厅|委员会|门户)$)"
)
_SITE = re.compile(r"(?:网|网站|平台|政府|局|厅|委员会|门户|首页)$|^欢迎")
_YEAR_TAIL = re.compile(r"[(（]?(?:19|20)\d\d(?:年)?(?:版|修订|修正)?[)）]?$")
_LONGEST_VALUE = 60  # characters
_SHORTEST_TITLE, _LONGEST_TITLE = 4, 120
_TELLING = 8  # characters; a shorter <title> may be the column's: 通知公告
_TOKENS = 4_000  # pieces of text looked at for labels


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says about its text; "" and None where it says nothing."""

    title: str = ""
    published: date | None = None
    document_number: str = ""
    issuer: str = ""


def facts(root: HtmlElement) -> Facts:
    """Return what a page says about its text; to be asked before the article is cut out of it."""
    metas = _metas(root)
    said = _said(root)
    dated = [
        *(metas.get(name, "") for name in _DAY_METAS),
        *_values(said, _DAY_LABELS),
        *_values(said, _SIGNED_LABELS),
    ]
    sources = [*(metas.get(name, "") for name in _SOURCE_METAS), *_values(said, _SOURCE_LABELS)]
    issuers = [*_values(said, _ISSUER_LABELS), *(source for source in sources if _AUTHORITY.search(source))]
    numbers = [found[0] for value in _values(said, _NUMBER_LABELS) if (found := _NUMBER.search(value))]
    return Facts(
        title=_title(root, metas),
        published=next((found for text in dated for found in days(text)), None),
        document_number=re.sub(r"\s", "", next(iter(numbers), "")),
        issuer=next((issuer for issuer in issuers if issuer), ""),
    )


def days(text: str) -> list[date]:
    """Return the dates in a text, in order.

    >>> days("自2024年5月1日起 [2024/04/02]"), days("二〇二四年"), days("20240230")
    ([datetime.date(2024, 5, 1), datetime.date(2024, 4, 2)], [], [])
    """
    found: list[date] = []
    for match in _DAY.finditer(text):
        run = match["run"]
        year, month, day = (run[:4], run[4:6], run[6:]) if run else match.group("y", "m", "d")
        with suppress(ValueError):  # the 30th of February
            found.append(date(int(year), int(month), int(day)))
    return found


def bare_title(title: str, lines: Sequence[str]) -> str:
    """Return a page's title without the year somebody added to the name that stands on the page itself.

    >>> bare_title("某某管理办法2016", ["某局令", "某某管理办法", "第一条 一句。"])
    '某某管理办法'
    """
    short = _YEAR_TAIL.sub("", title)
    top = {line.lstrip("# ") for line in lines[:15]}
    return short if short != title and title not in top and short in top else title


def _title(root: HtmlElement, metas: dict[str, str]) -> str:
    """Return the title: as the page's metas say, else what it shows large and says in <title> too, else the likelier."""
    if metas.get("articletitle"):
        return _fit(metas["articletitle"])
    whole = metas.get("og:title", "") or seen(root.findtext(".//title", "")[: 10 * _LONGEST_TITLE])
    titled = (e for e in root.iter("div", "h2", "h3", "p", "td", "span") if _is_title(e))
    large = [
        text
        for element in [*root.iter("h1"), *titled][:50]
        if len(text := _short_text(element)) >= _SHORTEST_TITLE
    ]
    large = [text for text in large if not _SITE.search(text)]
    both = next((text for text in large if _plain(text) in _plain(whole)), "")
    first = _fit(_first_part(whole))
    if both or not large:
        return both or first
    return first if len(first) >= _TELLING and not _SITE.search(first) else large[0]


def _short_text(element: HtmlElement) -> str:
    """Return an element's text, or "" where it is longer than a title."""
    parts: list[str] = []
    length = 0
    for text in element.itertext():
        part = seen(text[: 2 * _LONGEST_TITLE])
        parts.append(part)
        length += len(part)
        if length > _LONGEST_TITLE:
            return ""
    return _HAN_GAP.sub("", seen(" ".join(parts)))


def _is_title(element: HtmlElement) -> bool:
    names = (element.get("id", ""), *element.get("class", "").split())
    return any(_TITLE_CLASS.match(name) for name in names)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _first_part(title: str) -> str:
    """Return a <title> without the names of column and site around it.

    >>> [_first_part(t) for t in ("甲办法_政策_某部", "甲办法-某市应急管理局", "某网 - 甲办法", "GB/T 1-2024 甲 | 某网")]
    ['甲办法', '甲办法', '甲办法', 'GB/T 1-2024 甲']
    """
    parts = [part for part in _SUFFIX.split(title) if len(part) > 1]
    return next((part for part in parts if not _SITE.search(part)), parts[0] if parts else title)


def _fit(title: str) -> str:
    return _HAN_GAP.sub("", seen(title))[:_LONGEST_TITLE]


def _metas(root: HtmlElement) -> dict[str, str]:
    """Return {lower-case name: content}, the first of each."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        found.setdefault(name, seen(meta.get("content", "")[:500]))
    return found


def _said(root: HtmlElement) -> list[tuple[str, str]]:
    """Return (label, value) of every labelled fact on the page, in order."""
    tokens = [token for _, token in zip(range(_TOKENS), _tokens(root), strict=False)]
    found: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        if len(token) > 3 * _LONGEST_VALUE:
            continue
        labels = list(_LABEL.finditer(token))
        for match, after in zip(labels, [*labels[1:], None], strict=False):
            value = token[match.end() : after.start() if after else None].strip(" :：|｜[]【】")
            if not value and after is None and place + 1 < len(tokens):
                following = tokens[place + 1].lstrip(":： ")
                value = "" if _LABEL.match(following) else following
            if value and len(value) <= _LONGEST_VALUE:
                found.append((re.sub(r"\s", "", match[1]), value))
    return found


def _tokens(root: HtmlElement) -> Iterator[str]:
    """Yield the pieces of text between tags."""
    body = root.find("body")
    for element in (body if body is not None else root).iter(etree.Element):
        for text in (element.text, *(child.tail for child in element)):
            if text and (token := seen(text)):
                yield token


def _values(said: Sequence[tuple[str, str]], labels: Sequence[str]) -> list[str]:
    return [value for label in labels for name, value in said if name == label]
