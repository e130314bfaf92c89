"""One Word paragraph as it reads once tracked changes are accepted and hidden text stays hidden."""

from dataclasses import dataclass, field

from lxml import etree

from ingest.formats.word.elements import alternative, child, is_on, kind, number, value
from ingest.formats.word.styles import Styles

_APART = frozenset(
    {
        "w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:instrText", "w:delInstrText", "w:delText", "w:rt",
        "w:rubyPr", "w:sym", "w:softHyphen", "w:commentReference", "w:annotationRef", "w:footnoteRef",
        "w:endnoteRef", "w:customXmlPr", "w:smartTagPr",
    }
)  # fmt: skip
_DROPPED = frozenset({"w:del", "w:moveFrom"})
_KEPT = frozenset({"w:ins", "w:moveTo"})
_SIGNS = {"w:tab": " ", "w:ptab": " ", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
_PICTURES = frozenset({"a:blip", "v:imagedata"})


@dataclass(slots=True)
class Inline:
    """What a paragraph holds. `text` may have line breaks in it."""

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)  # text boxes hung on it
    notes: list[tuple[str, str]] = field(default_factory=list)  # ("footnotes", id), in order
    hidden: int = 0  # characters not shown
    pictures: int = 0
    size: int | None = None  # half points, of the first text
    tracked: bool = False


def read_paragraph(paragraph: etree._Element, styles: Styles, *, hidden: bool = False) -> Inline:
    """Return what a paragraph (w:p) holds.

    Args:
        paragraph: the w:p.
        styles: for text that a character style hides.
        hidden: whether the paragraph's own style hides its text.
    """
    reader = _Reader(styles)
    waiting = [(element, hidden) for element in reversed(paragraph)]
    while waiting:
        element, here = waiting.pop()
        waiting.extend(reversed(reader.take(element, here)))
    reader.inline.text = "".join(reader.parts)
    return reader.inline


def ends_in_next(properties: etree._Element | None) -> bool:
    """Whether a paragraph's end mark is deleted, moved away or hidden: its text runs on into the next."""
    mark = child(properties, "w:rPr")
    gone = child(mark, "w:del") is not None or child(mark, "w:moveFrom") is not None
    return gone or bool(is_on(child(mark, "w:vanish")))


class _Reader:
    """Takes a paragraph's elements one by one, in the order of the text."""

    def __init__(self, styles: Styles) -> None:
        self.inline = Inline()
        self.parts: list[str] = []
        self._styles = styles
        self._size: int | None = None  # of the run being read
        self._fields: list[bool] = []  # for each open field: whether its result has begun

    def take(self, element: etree._Element, hidden: bool) -> list[tuple[etree._Element, bool]]:
        """Note what an element says; return the elements inside it that are still to be read."""
        name = kind(element)
        if name in _DROPPED or name in _APART:
            self.inline.tracked |= name in _DROPPED
            return []
        self.inline.tracked |= name in _KEPT
        if name == "w:r":
            self._size = number(child(element, "w:rPr", "w:sz"))
            hidden = self._hides(element, hidden)
        if name == "w:txbxContent":
            if not hidden:
                self.inline.boxes.append(element)
            return []
        self._say(name, element, hidden)
        inner = alternative(element) if name == "mc:AlternateContent" else list(element)
        return [(each, hidden) for each in inner]

    def _hides(self, run: etree._Element, hidden: bool) -> bool:
        properties = child(run, "w:rPr")
        own = is_on(child(properties, "w:vanish"))
        if own is None and (style := value(child(properties, "w:rStyle"))):
            own = self._styles.look(style).hidden
        return hidden if own is None else own

    def _say(self, name: str, element: etree._Element, hidden: bool) -> None:
        if name == "w:fldChar":
            self._turn(value(element, "fldCharType"))
        elif name in ("w:t", "m:t"):
            self._write((element.text or "").replace("\n", " "), hidden)
        elif name in _SIGNS:
            self._write(_SIGNS[name], hidden)
        elif name in _NOTES and not hidden:
            self.inline.notes.append((_NOTES[name], value(element, "id")))
        elif name in _PICTURES:
            self.inline.pictures += 1

    def _turn(self, sign: str) -> None:
        """Follow a field: its instruction is no text, its result is."""
        if sign == "begin":
            self._fields.append(False)
        elif self._fields and sign == "separate":
            self._fields[-1] = True
        elif self._fields and sign == "end":
            self._fields.pop()

    def _write(self, text: str, hidden: bool) -> None:
        if hidden:
            self.inline.hidden += len(text.strip())
        elif all(self._fields):
            if not self.inline.size and text.strip():
                self.inline.size = self._size
            self.parts.append(text)
