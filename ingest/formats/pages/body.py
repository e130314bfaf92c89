"""Where on a page the article stands, and which lines around it are the site's own (导航、分享、版权)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from ingest.formats.pages.tree import drop

# Names of the containers that the content systems of Chinese government sites give the article.
_CONTAINERS = (
    "UCAP-CONTENT", "TRS_Editor", "trs_editor_view", "TRS_UEDITOR", "TRS_PreAppend", "Custom_UnionStyle", "zoom",
    "pages_content", "article-content", "article_content", "articlecontent", "article-con", "article_con", "articlecon",
    "article-body", "articlebody", "article_body", "artical_content", "arc_content", "arti_content", "wp_articlecontent",
    "zhengwen", "zhengwen1", "zhengwei", "zhengwei1", "content_text", "con_text", "wz_content", "wzcontent", "news_content",
    "newscontent", "news-content", "bt_content", "bt-content", "xxgk_content", "detail-content", "detail_content",
    "detailcontent", "info-content", "js_content", "rich_media_content", "ue_content", "printcontent", "printarea",
    "main-text", "conTxt", "nrtext", "txtcontent", "view", "content-text", "vsb_content", "v_news_content", "law-content",
)  # fmt: skip
_CONTAINER_NAMES = frozenset(name.lower() for name in _CONTAINERS)
_ARTICLE_TAGS = frozenset({"article", "main"})
# Names of what stands around it; ewm 二维码, dqwz 当前位置, fx 分享, xg.. 相关..
_SITE = re.compile(
    r"share|breadcrumb|crumb|qrcode|erweima|footer|copyright|related|recommend|comment|toolbar|sidebar|fenxiang|pagination"
    r"|(?:^|[-_])(?:nav|navbar|menu|mnav|topnav|subnav|top|head|header|foot|bottom|location|position|print|printer|close|tools?"
    r"|fontsize|ewm|dqwz|fx|xgwz|xgxw|xgyd|xglj|xgwd|search|login|links|yqlj|banner|logo)(?:$|[-_])",
    re.I,
)
_SITE_TAGS = frozenset({"nav", "footer", "aside", "form", "header"})
_SITE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_LISTS = frozenset({"ul", "ol", "dl", "div", "table", "section"})
_KEPT_LINKS = re.compile(r"附件|附表|下载|附录")
HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[，。；：！？]")
_LONG = 15  # Hanzi from which a piece of text counts as a sentence without a sign
_MOST_OF_PAGE = 0.3  # share of the page's sentences from which nothing is dropped by its name
_CARRIES = 0.75  # share of its sentences that the article's block keeps of the block around it
_FEW = 30  # sentence Hanzi; a container with fewer is no article
_SEVERAL = 3  # links that make a list
_EQUAL = 0.95  # share of the heaviest container's sentences from which one inside it is the article as well
_LINKED = 0.7  # share of linked Hanzi from which a block is a list of links

_BUTTONS = (  # the longer before the shorter they begin with
    "打印本页|打印此页|我要打印|打印|关闭窗口|关闭本页|关闭页面|关闭|收藏|返回顶部|返回首页|返回列表|返回|分享|复制链接|大|中|小|微信|新浪微博|微博"
    "|QQ空间|朋友圈|我要纠错|网站纠错|纠错|下载文字版|下载图片版|下载|原文下载|放大|缩小|默认|简体|繁体|无障碍|适老版|首页|TOP"
)
_FURNITURE = re.compile(
    rf"(?:【?(?:{_BUTTONS})】?[|｜/·、\s]*)++"  # possessive: 返回首页 is one button or two, never both tried
    r"|【?(?:字体|字号|文字)(?:大小)?[:：]?.{0,20}|.{0,4}扫一扫.{0,30}|(?:分享|转发)(?:到|至|给).{0,30}|分享[:：].{0,30}"
    r"|(?:上|下)一(?:篇|条|页)[:：]?.{0,80}|(?:责任编辑|责编|编辑|网站编辑|审核|初审|复审|终审|校对|录入)[:：]\s*\S{0,20}"
    r"|(?:点击数?|点击率|浏览(?:次数|量)?|阅读(?:次数|量|数)?|访问(?:次数|量)?|人气)[:：]?\s*\d*\s*次?"
    r"|(?:您?(?:现在)?(?:所在)?的?|当前)(?:所在)?位置[:：是>].{0,100}|首页\s*[>»›/].{0,100}"
    r"|.{0,30}(?:版权所有|ICP备|ICP证|公网安备|网站标识码|Copyright).{0,100}|(?:主办|承办|技术支持|网站管理|维护)(?:单位)?[:：].{0,60}"
    r"|(?:建议使用|推荐使用).{0,20}(?:浏览器|分辨率).{0,30}|.{0,10}(?:网站地图|联系我们|网站声明)(?:[|｜\s].{0,40})?",
    re.I,
)
_META = re.compile(
    r"(?:(?:发布|发文|公开|更新|成文|生成|印发)?(?:日期|时间)|发布人|作者|来源|信息来源|稿件来源|文章来源|浏览次数|浏览量|阅读次数|阅读量|点击数|点击率|"
    r"访问次数|字体|字号|打印|分享)\s*[:：]"
)
_SECOND = re.compile(
    r"(?:来源|浏览次数|浏览量|阅读次数|点击数|点击率|字体|字号|打印|关闭)|\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}"
)
_RELATED = re.compile(
    r"【?(?:相关(?:链接|阅读|文档|新闻|报道|文章|信息|文件|解读|推荐)|延伸阅读|推荐阅读|热点(?:新闻|推荐)|友情链接|猜你喜欢|网友评论|我要评论)】?[:：]?"
)
_SHORT = 120  # characters; a longer line is never the site's own


def article(root: HtmlElement) -> list[HtmlElement]:
    """Return the elements that hold a page's article, in order: usually one; none if the page has no sentences.

    The page is changed: what its names call navigation, sharing or footer is taken out first, then lists of links
    inside the article.
    """
    _drop_site(root)
    weights = _weigh(root)
    found = _known(weights) or [_densest(root, weights)]
    found = [element for element in found if weights[element].sentences > 0]
    for element in found:
        _drop_link_lists(element)
    return found


def without_furniture(lines: Sequence[str]) -> list[str]:
    """Return the lines that are the article's own.

    >>> without_furniture(["当前位置：首页 > 通知", "某某通知", "来源：某局 浏览次数：12", "正文一句。", "【打印】【关闭】"])
    ['某某通知', '正文一句。']
    """
    kept: list[str] = []
    for place, line in enumerate(lines):
        bare = line.strip("#*|｜ \t[]")
        if _RELATED.fullmatch(bare) and not any(_SENTENCE.search(rest) for rest in lines[place + 1 :]):
            break
        if not (len(bare) <= _SHORT and (_FURNITURE.fullmatch(bare) or _is_meta(bare))):
            kept.append(line)
    return kept


def _is_meta(line: str) -> bool:
    """Whether a line is the strip of date, source and counters under a title."""
    match = _META.match(line)
    if not match or "。" in line:
        return False
    rest = line[match.end() :].strip()
    return (len(rest) <= 30 and ("源" not in match[0] or " " not in rest)) or bool(_SECOND.search(rest))


def _is_container(element: HtmlElement) -> bool:
    if element.tag in _ARTICLE_TAGS:
        return True
    names = {element.get("id", "").lower(), *element.get("class", "").lower().split()}
    return not names.isdisjoint(_CONTAINER_NAMES)


@dataclass(slots=True)
class _Weight:
    """What an element holds with all that is in it; counted in Hanzi but for `anchors`."""

    sentences: int = 0  # in sentences that are no links
    linked: int = 0
    total: int = 0
    anchors: int = 0
    attachments: bool = False  # it speaks of attachments

    def take(self, text: str | None, *, linked: bool) -> None:
        """Add a piece of text that stands directly in the element."""
        hanzi = len(HAN.findall(text)) if text else 0
        if not text or not hanzi:
            return
        self.total += hanzi
        self.attachments = self.attachments or bool(_KEPT_LINKS.search(text))
        if linked:
            self.linked += hanzi
        elif hanzi >= _LONG or _SENTENCE.search(text):
            self.sentences += hanzi

    def add(self, inner: "_Weight") -> None:
        """Add what an element inside holds."""
        self.sentences += inner.sentences
        self.linked += inner.linked
        self.total += inner.total
        self.anchors += inner.anchors
        self.attachments = self.attachments or inner.attachments


def _weigh(root: HtmlElement) -> dict[HtmlElement, _Weight]:
    """Return what every element holds, in document order."""
    weights: dict[HtmlElement, _Weight] = {}
    linked: set[HtmlElement] = set()
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if element.tag == "a" or parent in linked:
            linked.add(element)
        weights[element] = weight = _Weight(anchors=int(element.tag == "a"))
        weight.take(element.text, linked=element in linked)
        if parent in weights:
            weights[parent].take(element.tail, linked=parent in linked)
    for element, weight in reversed(weights.items()):
        parent = element.getparent()
        if parent in weights:
            weights[parent].add(weight)
    return weights


def _known(weights: Mapping[HtmlElement, _Weight]) -> list[HtmlElement]:
    """Return the heaviest known container, with its fellows of the same class outside each other."""
    known = {
        element: weight.sentences
        for element, weight in weights.items()
        if weight.sentences >= max(_FEW, weight.linked) and _is_container(element)
    }
    if not known:
        return []
    heaviest = max(known.values())
    best = [element for element, sentences in known.items() if sentences >= _EQUAL * heaviest][-1]
    alike = {
        e for e in known if best.get("class") and (e.tag, e.get("class")) == (best.tag, best.get("class"))
    }
    alike -= set(best.iterancestors())
    chosen: list[HtmlElement] = []
    covered: set[HtmlElement] = set()
    for element in weights:
        if element.getparent() in covered:
            covered.add(element)
        elif element in alike or element is best:
            covered.add(element)
            chosen.append(element)
    return chosen


def _densest(root: HtmlElement, weights: Mapping[HtmlElement, _Weight]) -> HtmlElement:
    """Return the innermost element that keeps nearly all sentences of the ones around it."""
    element = root
    while True:
        children = [(weights[child].sentences, child) for child in element.iterchildren(etree.Element)]
        most, heaviest = max(children, key=lambda item: item[0], default=(0, element))
        if not most or heaviest.tag == "p" or most < _CARRIES * weights[element].sentences:
            return element
        element = heaviest


def _drop_site(root: HtmlElement) -> None:
    weights = _weigh(root)
    limit = _MOST_OF_PAGE * weights[root].sentences
    drop(
        [
            element
            for element, weight in weights.items()
            if weight.sentences <= limit and _is_site(element) and not _is_container(element)
        ]
    )


def _is_site(element: HtmlElement) -> bool:
    if element.tag in ("html", "body"):
        return False
    if element.tag in _SITE_TAGS or element.get("role", "") in _SITE_ROLES:
        return True
    return any(_SITE.search(name) for name in _names(element))


def _names(element: HtmlElement) -> Iterator[str]:
    yield from (name for name in (element.get("id", ""), *element.get("class", "").split()) if name)


def _drop_link_lists(element: HtmlElement) -> None:
    """Take blocks of links out of an article; lists of attachments stay."""
    drop(
        [
            block
            for block, weight in _weigh(element).items()
            if block is not element
            and block.tag in _LISTS
            and weight.linked > max(_LONG, _LINKED * weight.total)
            and weight.anchors >= _SEVERAL
            and not weight.attachments
        ]
    )
