"""The bones of an Office Open XML package: names of both dialects, and parts found by their relations."""

import posixpath
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from ingest.formats.package import Package
from kb.errors import IngestError

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


class Parts:
    """The parts of a package and how they point at each other. Whatever points outside is not seen."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._names = {name.lower().lstrip("/"): name for name in package.names()}
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}

    def main(self) -> str:
        """Return the name of the main document part.

        Raises:
            IngestError: if there is none.
        """
        name = self.related("", "officeDocument")
        if not name:
            raise IngestError("缺少正文部分，不是完好的 Word 文件。请用 Word 或 WPS 打开后另存为 docx 再导入")
        return name

    def related(self, source: str, kind_of_relation: str) -> str:
        """Return the first part that `source` ("" for the package) points at in this way, "" if none."""
        wanted = "/" + kind_of_relation
        return next((n for way, n in self._of(source).values() if way.endswith(wanted) and n), "")

    def target(self, source: str, relation: str) -> str:
        """Return the part a relation's id stands for, "" if there is none inside the package."""
        return self._of(source).get(relation, ("", ""))[1]

    def _of(self, source: str) -> dict[str, tuple[str, str]]:
        if source not in self._relations:
            folder, base = posixpath.split(source)
            name = self._names.get(posixpath.join(folder, "_rels", base + ".rels").lower(), "")
            self._relations[source] = self._read(name, folder) if name else {}
        return self._relations[source]

    def _read(self, name: str, folder: str) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for item in self.package.xml(name):
            if value(item, "TargetMode").lower() != "external":
                path = self._names.get(_resolved(folder, value(item, "Target")), "")
                found[value(item, "Id")] = (value(item, "Type"), path)
        return found


def _resolved(folder: str, target: str) -> str:
    """Return where a target lies, in lower case; one that climbs out of the package is no name in it."""
    target = target.replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(joined).lstrip("/").lower()
