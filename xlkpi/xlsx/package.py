"""A workbook as a package of parts, to be changed: those that were opened are written anew, the others as they are."""

from __future__ import annotations

import posixpath

from lxml import etree

from xlkpi.xlsx.archive import pack, sheet_parts, unpack, xml

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
"""What the types of most relationships begin with; the namespace of their ids in a part."""
ROOT = ""
"""The package itself, for its relationships."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


class Package:
    """The parts of a workbook. Raises `UnreadableError`, and what `reading` is for, where the bytes are none."""

    def __init__(self, content: bytes) -> None:
        self._source = unpack(content)
        self.sheets = sheet_parts(self._source)
        """(part, sheet name) of every worksheet."""
        self._changed: dict[str, etree._Element] = {}

    def has(self, part: str) -> bool:
        return part in self._changed or part in self._source

    def peek(self, part: str) -> etree._Element:
        return self._changed[part] if part in self._changed else xml(self._source[part])

    def open(self, part: str) -> etree._Element:
        """The part, to be changed."""
        self._changed[part] = root = self.peek(part)
        return root

    def add(self, part: str, root: etree._Element, content_type: str) -> None:
        """Add a part."""
        self._changed[part] = root
        types = self.open("[Content_Types].xml")
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)

    def related(self, part: str) -> list[tuple[str, str]]:
        """(type, part) of what a part refers to."""
        relations = _relations(part)
        if not self.has(relations):
            return []
        return [(one.get("Type", ""), _target(part, one.get("Target", ""))) for one in self.peek(relations)]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; the id of the relationship."""
        relations = _relations(part)
        if not self.has(relations):
            self._changed[relations] = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})  # type: ignore[dict-item]
        root = self.open(relations)
        id = free("xlkpi", {one.get("Id", "") for one in root})
        etree.SubElement(root, f"{{{_PACKAGE}}}Relationship", Id=id, Type=kind, Target=f"/{target}")
        return id

    def free_name(self, pattern: str) -> str:
        """A part's name that nobody has yet; {} in the pattern is its number."""
        return next(name for n in range(1, 10**6) if not self.has(name := pattern.format(n)))

    def written(self) -> bytes:
        """The workbook with its changes."""
        return pack(self._source | {name: _bytes(root) for name, root in self._changed.items()})


def free(stem: str, taken: set[str]) -> str:
    """An id that begins with the stem and nobody has yet."""
    return next(id for n in range(1, 10**6) if (id := f"{stem}{n}") not in taken)


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _target(part: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
