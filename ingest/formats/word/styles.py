"""How a Word paragraph looks, by its own settings and the styles it is based on."""

import re
from dataclasses import dataclass, replace

from lxml import etree

from ingest.formats.word.elements import child, is_on, kind, number, value

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.I)
_TITLE = frozenset({"title", "标题"})
_CONTENTS = re.compile(r"(?:toc|目录)\s*[1-9]", re.I)
_BODY_TEXT = 9  # the outline level that means none


@dataclass(frozen=True, slots=True)
class Look:
    """What matters of a paragraph's or a style's looks; None where it says nothing."""

    level: int | None = None  # 1-based level as a heading, 0: none
    title: bool = False
    contents: bool = False  # a line of the table of contents
    num_id: str | None = None  # "0" takes the number away
    num_level: int | None = None
    align: str | None = None
    size: int | None = None  # half points
    hidden: bool | None = None

    def over(self, below: "Look") -> "Look":
        """Return this look laid over another, which shows through where this one says nothing."""
        return Look(
            level=below.level if self.level is None else self.level,
            title=self.title or below.title,
            contents=self.contents or below.contents,
            num_id=below.num_id if self.num_id is None else self.num_id,
            num_level=below.num_level if self.num_level is None else self.num_level,
            align=self.align or below.align,
            size=self.size or below.size,
            hidden=below.hidden if self.hidden is None else self.hidden,
        )


class Styles:
    """The styles of a document (styles.xml), each resolved through those it is based on."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = [e for e in (root if root is not None else ()) if kind(e) == "w:style"]
        self._elements = {value(e, "styleId"): e for e in elements}
        self._default = next(
            (value(e, "styleId") for e in elements if value(e, "type") == "paragraph" and _is_default(e)), ""
        )
        self._looks: dict[str, Look] = {}
        self._base = Look(size=number(child(root, "w:docDefaults", "w:rPrDefault", "w:rPr", "w:sz")))

    def look(self, style: str) -> Look:
        """Return how a style looks; the default paragraph style for ""."""
        return self._resolved(style or self._default)

    def paragraph(self, properties: etree._Element | None) -> Look:
        """Return how a paragraph with these properties (w:pPr) looks."""
        return _settings(properties).over(self.look(value(child(properties, "w:pStyle"))))

    def _resolved(self, style: str) -> Look:
        """Return a look laid over all that it is based on; a circle is cut where it closes."""
        chain: dict[str, etree._Element] = {}
        while style in self._elements and style not in self._looks and style not in chain:
            chain[style] = self._elements[style]
            style = value(child(chain[style], "w:basedOn"))
        look = self._looks.get(style, self._base)
        for name, element in reversed(chain.items()):
            look = self._looks[name] = _named(element).over(_style_settings(element)).over(look)
        return look


def _is_default(style: etree._Element) -> bool:
    return value(style, "default") in ("1", "true", "on")


def _style_settings(style: etree._Element) -> Look:
    look = _settings(child(style, "w:pPr"))
    run = child(style, "w:rPr")
    return replace(look, size=number(child(run, "w:sz")), hidden=is_on(child(run, "w:vanish")))


def _settings(properties: etree._Element | None) -> Look:
    outline = number(child(properties, "w:outlineLvl"))
    numbered = child(properties, "w:numPr")
    return Look(
        level=None if outline is None else (outline + 1 if outline < _BODY_TEXT else 0),
        num_id=value(child(numbered, "w:numId")) or None,
        num_level=number(child(numbered, "w:ilvl")),
        align=value(child(properties, "w:jc")) or None,
    )


def _named(style: etree._Element) -> Look:
    """Return what a style is by its name: a heading is one in every language of Word."""
    name = value(child(style, "w:name")).strip().lower()
    heading = _HEADING.fullmatch(name)
    level = int(heading[1]) if heading else None
    return Look(level=level, title=name in _TITLE, contents=bool(_CONTENTS.fullmatch(name)))
