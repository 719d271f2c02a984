"""The XML of a workbook's parts: parsed safely, and written."""

from __future__ import annotations

import codecs

from lxml import etree

from xlkpi.i18n.problems import UnreadableError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL, FORMULA, VALUE = f"{{{MAIN}}}c", f"{{{MAIN}}}f", f"{{{MAIN}}}v"


def xml(data: bytes) -> etree._Element:
    """The root element of an XML part. Raises `etree.XMLSyntaxError`; `UnreadableError` for one with entities."""
    # The format allows these two encodings; in others tags may lack the characters that `unpack` counted.
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, huge_tree=False, collect_ids=False
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:  # encoded so that `unpack` did not see it
        raise UnreadableError("file", "entities")
    return root


def serialized(root: etree._Element) -> bytes:
    """The bytes of an XML part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
