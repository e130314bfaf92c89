"""The parts of an Office Open XML package, found by their relations."""

import posixpath

from ingest.formats.package import Package
from ingest.formats.word.elements import value
from kb.errors import IngestError


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
