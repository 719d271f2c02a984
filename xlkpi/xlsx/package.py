"""Changes parts of a workbook and the relationships between them; parts that were not opened keep their bytes."""

from __future__ import annotations

import posixpath

from lxml import etree

from xlkpi.xlsx.archive import pack, sheet_parts, unpack
from xlkpi.xlsx.markup import serialized, xml
from xlkpi.xlsx.usual import Parts, named, target_of

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
"""The beginning of most relationship types, and the namespace of relationship ids inside a part."""
ROOT = ""
"""The name under which the package itself has relationships."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


class Package:
    """The parts of a workbook. Use it inside `archive.reading`: bytes that are no workbook raise various exceptions."""

    def __init__(self, content: bytes | Parts) -> None:
        self._source = dict(unpack(content) if isinstance(content, bytes) else content)
        self.sheets = sheet_parts(self._source)
        """(part, sheet name) of every worksheet."""
        self._changed: dict[str, etree._Element] = {}

    def has(self, part: str) -> bool:
        return part in self._changed or part in self._source

    def peek(self, part: str) -> etree._Element:
        """The root of a part, to be read only."""
        return self._changed[part] if part in self._changed else xml(self._source[part])

    def open(self, part: str) -> etree._Element:
        """The root of a part, to be changed: it is written anew."""
        self._changed[part] = root = self.peek(part)
        return root

    def add(self, part: str, root: etree._Element, content_type: str) -> None:
        """Add a part of a content type."""
        self._changed[part] = root
        types = self.open("[Content_Types].xml")
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def related(self, part: str) -> list[tuple[str, str]]:
        """(relationship type, part) of every part that a part refers to."""
        relations = self._named(_relations_part(part))
        if not self.has(relations):
            return []
        folder = posixpath.dirname(part)
        return [
            (relation.get("Type", ""), self._named(target_of(folder, relation.get("Target", ""))))
            for relation in self.peek(relations)
        ]

    def _named(self, part: str) -> str:
        """The name under which a part is there: a relationship may spell it in another case."""
        return part if self.has(part) else named(self._source, part)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to the part `target`; returns the id of the relationship."""
        relations = self._named(_relations_part(part))
        if not self.has(relations):
            self._changed[relations] = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})  # type: ignore[dict-item]
        root = self.open(relations)
        id = free_id("xlkpi", {relation.get("Id", "") for relation in root})
        from_here = posixpath.relpath(target, posixpath.dirname(part) or ".")
        etree.SubElement(root, f"{{{_PACKAGE}}}Relationship", Id=id, Type=kind, Target=from_here)
        return id

    def free_name(self, pattern: str) -> str:
        """The first free name of a part; {} in the pattern stands for its number."""
        return next(name for n in range(1, 10**6) if not self.has(self._named(name := pattern.format(n))))

    def settle(self) -> None:
        """Keep the changes as bytes: trees of hundreds of sheets would take twenty times as much memory."""
        self._source.update((name, serialized(root)) for name, root in self._changed.items())
        self._changed.clear()

    def written(self) -> bytes:
        """The bytes of the workbook with its changes."""
        self.settle()
        return pack(self._source)


def free_id(stem: str, taken: set[str]) -> str:
    """The first of stem1, stem2, … that is not among `taken`."""
    return next(id for n in range(1, 10**6) if (id := f"{stem}{n}") not in taken)


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
