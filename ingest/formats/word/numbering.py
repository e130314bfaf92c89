"""Word's automatic numbers (第一条, （一）, 1.1) as they stand on the page."""

import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.formats.word.elements import child, is_on, kind, number, value
from ingest.formats.word.styles import Styles
from kb.numerals import to_chinese

_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_DIGITS = "〇一二三四五六七八九"
_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_COUNTED = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "koreanCounting", "ideographEnclosedCircle",
    }
)  # fmt: skip
_DIGITWISE = frozenset(
    {"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital", "koreanDigital2"}
)
_STEMS = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
_ENCLOSED = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
}
_MAX = 9_999
_ARTICLE = re.compile(r"第\s*%\d\s*条")
_LONGEST = 200  # characters of a number with the words around it


@dataclass(slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  # w:lvlRestart
    digits_only: bool = False
    glued: bool = False  # nothing between number and text


@dataclass(slots=True)
class _List:
    """A numbered list: what its levels look like, and how far they have counted."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Use:
    """A w:num: a list with some levels of its own, or begun anew."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]  # w:startOverride, taken out when used


class Numbering:
    """Counts the numbered paragraphs of a document, which must come in its order."""

    def __init__(self, root: etree._Element | None, styles: Styles, *, articles_run_on: bool = False) -> None:
        """Read the lists.

        Args:
            root: numbering.xml, None where there is none.
            styles: some lists are named by a style only.
            articles_run_on: count articles (第%2条) through all chapters, as every statute does. For files that
                LibreOffice wrote: it does not keep Word's setting that they do.
        """
        elements = list(root) if root is not None else []
        abstracts = {value(e, "abstractNumId"): e for e in elements if kind(e) == "w:abstractNum"}
        self._uses = {value(e, "numId"): _use(e) for e in elements if kind(e) == "w:num"}
        self._lists = {name: _List(_levels(e)) for name, e in abstracts.items()}
        self._by_style = {
            (name, value(child(level, "w:pStyle"))): number(level, "ilvl") or 0
            for name, e in abstracts.items()
            for level in e
            if kind(level) == "w:lvl" and child(level, "w:pStyle") is not None
        }
        self._borrow(abstracts, styles)
        if articles_run_on:
            for level in (each for known in self._lists.values() for each in known.levels.values()):
                if _ARTICLE.match(level.text) and level.restart is None:
                    level.restart = 0

    def _borrow(self, abstracts: dict[str, etree._Element], styles: Styles) -> None:
        """A list may only name a style (w:numStyleLink) whose own list says what it looks like."""
        for name, element in abstracts.items():
            style = value(child(element, "w:numStyleLink"))
            use = self._uses.get(styles.look(style).num_id or "") if style else None
            if use and use.abstract in self._lists and not self._lists[name].levels:
                self._lists[name] = self._lists[use.abstract]

    def label(self, num_id: str, level: int | None, style: str) -> str:
        """Count one paragraph and return its number with what follows it, "" for bullets and no number."""
        use = self._uses.get(num_id)
        numbered = self._lists.get(use.abstract) if use else None
        if use is None or numbered is None:
            return ""
        if level is None:
            level = self._by_style.get((use.abstract, style), 0)
        levels = numbered.levels | use.levels
        if level not in levels:
            return ""
        _count(numbered.counts, levels, level, use.starts.pop(level, None))
        return _shown(numbered.counts, levels, level)


def _use(element: etree._Element) -> _Use:
    overrides = [(number(e, "ilvl") or 0, e) for e in element if kind(e) == "w:lvlOverride"]
    starts = {i: number(child(e, "w:startOverride")) for i, e in overrides}
    return _Use(
        abstract=value(child(element, "w:abstractNumId")),
        levels={i: _level(own) for i, e in overrides if (own := child(e, "w:lvl")) is not None},
        starts={i: start for i, start in starts.items() if start is not None},
    )


def _levels(element: etree._Element) -> dict[int, _Level]:
    return {number(e, "ilvl") or 0: _level(e) for e in element if kind(e) == "w:lvl"}


def _level(element: etree._Element) -> _Level:
    start = number(child(element, "w:start"))
    return _Level(
        start=1 if start is None else start,
        format=value(_format(element)) or "decimal",
        text=value(child(element, "w:lvlText"))[:100],
        restart=number(child(element, "w:lvlRestart")),
        digits_only=bool(is_on(child(element, "w:isLgl"))),
        glued=value(child(element, "w:suff")) == "nothing",
    )


def _format(element: etree._Element) -> etree._Element | None:
    """Return w:numFmt, which newer Word wraps in alternatives for formats that older ones do not know."""
    plain = child(element, "w:numFmt")
    return plain if plain is not None else child(element, "mc:AlternateContent", "mc:Fallback", "w:numFmt")


def _count(counts: dict[int, int], levels: dict[int, _Level], level: int, begin: int | None) -> None:
    if begin is not None:
        counts[level] = begin
    else:
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
    for deeper in [i for i in counts if i > level]:
        restart = levels[deeper].restart if deeper in levels else None
        if restart is None or level < restart:
            del counts[deeper]


def _shown(counts: dict[int, int], levels: dict[int, _Level], level: int) -> str:
    own = levels[level]
    if own.format in ("bullet", "none") and "%" not in own.text:
        return ""
    text = own.text
    for i in range(_LEVELS):
        if f"%{i + 1}" in text:
            here = levels.get(i, _Level())
            text = text.replace(
                f"%{i + 1}", written(counts.get(i, here.start), "decimal" if own.digits_only else here.format)
            )
    text = text.strip()[:_LONGEST]
    if not text:
        return ""
    return text if own.glued and text[-1] not in "条章节编" else text + " "


def written(count: int, form: str) -> str:
    """Return a number in one of Word's formats (w:numFmt); as digits where the format is not known.

    The Chinese counting formats all give 一百零一, as the text refers to it, where some versions of Word
    show 一〇一.

    >>> [written(12, form) for form in ("chineseCountingThousand", "ideographDigital", "upperRoman", "lowerLetter")]
    ['十二', '一二', 'XII', 'l']
    """
    if not 0 < count <= _MAX or form in ("decimal", "none", "bullet"):
        return "" if form in ("none", "bullet") else str(count)
    if form in _COUNTED:
        return to_chinese(count)
    if form in _DIGITWISE:
        return "".join(_DIGITS[int(digit)] for digit in str(count))
    if form in ("chineseLegalSimplified", "ideographLegalTraditional"):
        counted = to_chinese(count)
        return ("一" * counted.startswith("十") + counted).translate(_FORMAL)
    if form in _STEMS:
        return _STEMS[form][(count - 1) % len(_STEMS[form])]
    if form in _ENCLOSED and count <= _ENCLOSED[form][1]:
        return chr(ord(_ENCLOSED[form][0]) + count - 1)
    return _western(count, form)


def _western(count: int, form: str) -> str:
    if form in ("upperLetter", "lowerLetter"):
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("upperRoman", "lowerRoman"):
        roman, rest = "", count
        for worth, sign in (*_ROMAN, *_ROMAN_SMALL):
            roman += sign * (rest // worth)
            rest %= worth
        return roman.upper() if form == "upperRoman" else roman
    if form == "decimalZero":
        return f"{count:02}"
    if form == "decimalFullWidth":
        return "".join(chr(ord("０") + int(digit)) for digit in str(count))
    return str(count)
