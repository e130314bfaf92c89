"""Hold each sentence of an answer against the passages it cites (核对): no source, no sentence.

A sentence passes if it cites passages that were found and are in force, names no article that they are not
or do not name themselves, gives no number that stands in none of them, quotes them to the letter, shares
their words, and grants no exemption they do not grant.
"""

import re
from collections.abc import Iterator, Sequence

from kb.datatypes import Hit, Status
from kb.normalise import fold, law_name
from kb.numerals import NUMERAL, article_label
from kb.quantities import Quantity, quantities
from kb.tokens import bigrams

HOTLINES = frozenset({"119", "120", "110", "122"})  # others must stand in a cited passage
MARK = re.compile(r"\[(\d{1,3})\]")
_LEAST_SHARED = 0.35  # of the sentence's pairs of characters; a free invention shares a tenth
_SHORTEST_QUOTE = 6
_LONGEST_FRAME = 12  # characters of a heading or a lead-in that need no source
_LAW = re.compile(r"《([^《》]{2,60})》")
_ARTICLE = re.compile(rf"(?:第|(?<=[、,和及或至]))\s*{NUMERAL}+\s*条(?:\s*之\s*[一二三四五六七八九十\d]+)?")
_UNMARKED_LAW = re.compile(
    rf"([\u3400-\u9fff]{{1,30}}?(?:法|条例|规定|办法|细则|规程|解释))(第{NUMERAL}+条(?:之[一二三四五六七八九十]+)?)"
)
_ITSELF = re.compile(r"(?:本|该|这部|此|上述|同一?)(?:法|条例|规定|办法|细则|规程|解释)$")
_QUOTE = re.compile(r"[“\"「『‘']([^“”\"「」『』‘’']+)[”\"」』’']")
_PAIRS = ("“”", "‘’", "「」", "『』")
_EACH = re.compile(r"每(?:个)?(日|天|周|月|季度?|年|半年|小时|班)")
_LIST_MARK = re.compile(r"^\s*(?:#{1,6}|>|[-*+•]|\d{1,2}[.、)）]|[（(][一二三四五六七八九十\d]{1,2}[)）])\s*")
_FOREIGN = re.compile(
    r"https?:|www\.|<[a-z/!]|!\[|\]\(|\]:|@\w|\d{7,}|javascript:"
    r"|[\w-]+\.(?:com|cn|net|org|example|top|xyz|info|io|cc|vip|site|club|app|dev)(?![a-z])",
    re.I,
)
_DIALLED = re.compile(r"(?:打|拨|电话|热线|号码|致电|报警)[^\d，。；]{0,6}?(?<!\d)(\d{3,6})(?!\d)")
_EXEMPTS = re.compile(
    r"无需|无须|不用|不必|不需|没有必要|没必要|不应当|可以不|可不|不受.{0,4}限制|免于|免除|不算违法|不违法|没有义务|允许"
)
_GRANTS = re.compile(r"可以不|可不|免于|免除|免予|不予|不适用|无需|无须|不需|除外|允许|不受|不必|不应当|不要")
_PERMITS = re.compile(r"可以|能够|准许|(?<!不)允许")
_PERMITTED = re.compile(r"可以|可|允许|准许|能")
_OBLIGES = re.compile(r"应当|必须|不得|禁止|严禁")
_OBLIGED = re.compile(r"应当|必须|不得|禁止|严禁|责令|罚款|违反|不要|先|马上|立即|[拨打]")
_SERVICES = frozenset({"12350", "12395", "12119", "12356", "12345", "12110", "95598", "12333", "96333"})
_NEGATED = re.compile(r"不([\u3400-\u9fff])")
_FORBIDDING = frozenset("得能可准许要")
_COMPARING = frozenset("超少足低高大小满仅但同断论管")
_FORBIDS = re.compile(r"不得|禁止|严禁|不要|不准|不许|不能|不可|别")
_DENIES = re.compile(r"错误|并非|不正确|相反|已停用|停用|作废|已取消|改拨|改打|改为拨")
_OUTDATED = re.compile(r"已修改|已废止|旧版|原来|当时|尚未施行|以前的|修订前|失效")
_ADDRESSED = re.compile(
    r"[您你]们?(?:说|问|提到|单位|厂|公司|店|的单位|那里)|贵(?:单位|厂|公司|司)"
)  # whoever asked is spoken to: their own numbers may be repeated
_WORDS = re.compile(r"[\u3400-\u9fff]|[a-z]{3}|\d", re.I)
_COUNTING = frozenset({"次", "个", "人", "份", "件", "处", "家"})  # 一次, 一个: words, no figures
_SENTENCE = re.compile(
    r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”\"」』’）)]*|\n|$)(?:[ \t]*\[\d{1,3}\])*[ \t]*\n?"
)


class Verifier:
    """Checks sentences against numbered passages."""

    def __init__(self, question: str, hits: Sequence[Hit]) -> None:
        """Take the question, whose own numbers may be repeated, and the passages, [1] being the first."""
        self._hits = hits
        self._asked = set(quantities(question))
        self._texts = [
            fold("".join((h.document.title, *h.chunk.path, h.chunk.label, h.chunk.text))) for h in hits
        ]
        self._numbers = [set(quantities(_readable(hit))) for hit in hits]
        self._pairs = [set(bigrams(text)) for text in self._texts]

    def faults(self, sentence: str) -> tuple[str, ...]:
        """Return what is wrong with a sentence, in Chinese; nothing if it may be shown."""
        marks = [int(mark) for mark in MARK.findall(sentence)]
        if any(not 1 <= mark <= len(self._hits) for mark in marks):
            return ("出处不存在",)
        if _FOREIGN.search(fold(sentence)):
            return ("含有链接或网页代码",)
        if not is_claim(sentence):
            return ()
        if not marks:
            return ("没有注明出处",)
        bare = fold(_LIST_MARK.sub("", MARK.sub("", sentence))).strip()
        return tuple(self._found_faults(bare, [mark - 1 for mark in dict.fromkeys(marks)]))

    def ungrounded(self, sentence: str) -> list[str]:
        """Return the numbers of a sentence that stand in none of the passages it cites, nor in the question."""
        marks = [int(mark) - 1 for mark in MARK.findall(sentence) if 1 <= int(mark) <= len(self._hits)]
        return list(self._wrong_numbers(_LIST_MARK.sub("", MARK.sub("", sentence)), marks))

    def _found_faults(self, bare: str, cited: Sequence[int]) -> Iterator[str]:
        if not _OUTDATED.search(bare) and any(self._hits[n].status is not Status.IN_FORCE for n in cited):
            yield "引用了不是现行有效的版本而没有说明"
        yield from self._wrong_articles(bare, cited)
        yield from self._wrong_numbers(bare, cited)
        texts = [self._texts[n] for n in cited]
        if any(bare.count(pair[0]) != bare.count(pair[1]) for pair in _PAIRS) or bare.count('"') % 2:
            yield "引号没有成对"
        for quote in _QUOTE.findall(bare):
            if len(quote) >= _SHORTEST_QUOTE and not any(fold(quote) in text for text in texts):
                yield f"引文“{quote[:20]}”与原文不符"
        asked = set(bigrams(_LAW.sub("", _ARTICLE.sub("", bare))))
        shared = {pair for n in cited for pair in self._pairs[n]}
        if asked and len(asked & shared) / len(asked) < _LEAST_SHARED:
            yield "所引原文里没有这层意思"
        if _EXEMPTS.search(bare) and not any(_GRANTS.search(text) for text in texts):
            yield "原文没有这样的例外"
        if _PERMITS.search(bare) and not any(_PERMITTED.search(text) for text in texts):
            yield "原文没有这样的许可"
        yield from self._turned(bare, texts)
        known = HOTLINES | {number for number in _SERVICES if any(number in text for text in texts)}
        wrong = [number for number in _DIALLED.findall(bare) if number not in known]
        yield from (f"{number}不是通用的求助电话" for number in wrong)
        if _OBLIGES.search(bare) and not any(_OBLIGED.search(text) for text in texts):
            yield "原文没有这样的要求"

    def _turned(self, bare: str, texts: Sequence[str]) -> Iterator[str]:
        """A negation or a denial must stand in a cited passage too."""
        for verb in _NEGATED.findall(bare):
            if verb in _FORBIDDING:
                if not any(_FORBIDS.search(text) for text in texts):
                    yield "原文没有这样的禁止"
            elif verb not in _COMPARING and not any(f"不{verb}" in text for text in texts):
                yield f"原文没有“不{verb}”的意思"
        if (denied := _DENIES.search(bare)) and not any(denied[0] in text for text in texts):
            yield "否定了原文"

    def _wrong_articles(self, bare: str, cited: Sequence[int]) -> Iterator[str]:
        """A law or article named must be a cited passage's own, or be named in a cited passage."""
        folded = [self._texts[n] for n in cited]
        names = {name for n in cited for name in _names(self._hits[n])}
        for law in _LAW.findall(bare):
            if law_name(law) not in names and not any(fold(law) in text for text in folded):
                yield f"《{law}》不在所引的出处里"
        labels = {self._hits[n].chunk.label for n in cited}
        named = {article_label(found) for text in folded for found in _ARTICLE.findall(text)}
        for found in _ARTICLE.findall(bare):
            if article_label(found) not in labels | named:
                yield f"{article_label(found)}不在所引的出处里"
        for law, article in _UNMARKED_LAW.findall(_LAW.sub("", bare)):
            said = any(law.endswith(name) or name.endswith(law) for name in names) or _ITSELF.search(law)
            if not said and not any(f"{law}{article}" in text for text in folded):
                yield f"{law}{article}对不上所引的出处"
        for law, article in re.findall(rf"《([^《》]{{2,60}})》({_ARTICLE.pattern})", bare):
            if not self._belongs(law_name(law), article_label(article), cited):
                yield f"《{law}》{article_label(article)}对不上所引的出处"

    def _belongs(self, law: str, article: str, cited: Sequence[int]) -> bool:
        own = any(law in _names(self._hits[n]) and self._hits[n].chunk.label == article for n in cited)
        pair = f"{law}》{article}"
        listed = re.compile(rf"{re.escape(fold(law))}》[^《》。]{{0,60}}?{re.escape(article)}")
        return own or any(pair in self._texts[n] or listed.search(self._texts[n]) for n in cited)

    def _wrong_numbers(self, bare: str, cited: Sequence[int]) -> Iterator[str]:
        asked = self._asked if _ADDRESSED.search(bare) else set[Quantity]()
        there = asked.union(*(self._numbers[n] for n in cited))
        values = {quantity.value for quantity in there}
        for quantity in quantities(_ARTICLE.sub("", bare)):
            hotline = not quantity.unit and f"{quantity.value:g}" in HOTLINES
            if quantity in there or hotline or (not quantity.unit and quantity.value in values):
                continue
            if quantity.value != 1 or quantity.unit not in _COUNTING:
                yield f"{quantity.value:g}{quantity.unit}不在所引的原文里"
        rhythms = {_rhythm(each) for n in cited for each in _EACH.findall(self._texts[n])}
        for each in _EACH.findall(bare):
            if _rhythm(each) not in rhythms:
                yield f"每{each}不在所引的原文里"


def _rhythm(each: str) -> str:
    return {"天": "日", "季": "季度"}.get(each, each)


def is_claim(sentence: str) -> bool:
    """Return whether a sentence says something that must stand on a source; a heading or lead-in does not.

    >>> [is_claim(text) for text in ("应当每年培训一次。[1]", "## 依据", "具体要求如下：", "**处罚**")]
    [True, False, False, False]
    """
    bare = fold(MARK.sub("", sentence)).strip()
    plain = bare.strip("*#>-：: ")
    if not _WORDS.search(plain):
        return False
    is_frame = (
        bare.startswith("#") or bare.endswith(("：", ":")) or (bare.startswith("**") and bare.endswith("**"))
    )
    harmless = not re.search(r"\d", plain) and not quantities(plain) and not _EXEMPTS.search(plain)
    return not (is_frame and harmless and len(plain) <= _LONGEST_FRAME and not _OBLIGES.search(plain))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each with the marks that follow it; line breaks stay at the ends.

    >>> list(sentences("每年一次。[1]\\n- 要记录；[2] 要存档[3]"))
    ['每年一次。[1]\\n', '- 要记录；[2] ', '要存档[3]']
    """
    yield from (found[0] for found in _SENTENCE.finditer(text) if found[0])


def _names(hit: Hit) -> set[str]:
    return {hit.document.name, law_name(hit.document.title), *map(law_name, hit.document.short_names)}


def _readable(hit: Hit) -> str:
    return "。".join((hit.document.title, *hit.chunk.path, hit.chunk.text, str(hit.document.published or "")))
