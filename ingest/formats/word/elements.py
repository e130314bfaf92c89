"""The elements of a Word file, by names that both dialects of Office Open XML share."""

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
}
_OFF = frozenset({"0", "false", "off", "none"})
# What holds properties, or text that accepting the tracked changes would take away.
_APART = frozenset(
    {
        "w:del",
        "w:moveFrom",
        "w:pPr",
        "w:rPr",
        "w:sdtPr",
        "w:sdtEndPr",
        "w:tblPr",
        "w:trPr",
        "w:tcPr",
        "w:sectPr",
    }
)


@lru_cache(maxsize=4_096)
def _short(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    prefix = _PREFIXES.get(namespace.removeprefix("{"))
    return f"{prefix}:{name}" if prefix else f":{name}"


def kind(element: etree._Element) -> str:
    """Return an element's name with the usual prefix, alike in both dialects: "w:p"; ":x" for a foreign one."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first child of that kind, then its first child of the next kind, and so on."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if kind(inner) == name), None)
    return element


def value(element: etree._Element | None, name: str = "val") -> str:
    """Return an attribute whatever its namespace, "" where there is none."""
    if element is not None:
        for key, text in element.attrib.items():
            if str(key).rpartition("}")[2] == name:
                return str(text)
    return ""


def number(element: etree._Element | None, name: str = "val") -> int | None:
    """Return an attribute as a whole number below a million, None where it is none."""
    text = value(element, name).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def is_on(element: etree._Element | None) -> bool | None:
    """Return whether a switch such as w:vanish is on, None where it is not mentioned."""
    return None if element is None else value(element).lower() not in _OFF


def inside(container: etree._Element, *wanted: str) -> Iterator[etree._Element]:
    """Yield the nearest elements of these kinds, in order, whatever wraps them; deleted text is passed over."""
    waiting = list(reversed(container))
    while waiting:
        element = waiting.pop()
        name = kind(element)
        if name in wanted:
            yield element
        elif name == "mc:AlternateContent":
            waiting.extend(reversed(alternative(element)))
        elif name not in _APART:
            waiting.extend(reversed(element))


def alternative(element: etree._Element) -> list[etree._Element]:
    """Return the one branch of an mc:AlternateContent to read: the first with text in it, else the first."""
    branches = [branch for branch in element if kind(branch) in ("mc:Choice", "mc:Fallback")]
    for branch in branches:
        if any(kind(inner) in ("w:t", "m:t") for inner in branch.iter()):
            return list(branch)
    return list(branches[0]) if branches else []
