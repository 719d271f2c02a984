"""Brings valid workbooks that few programs write into the usual spelling, before anybody reads them.

Most programs read all of these: Strict Open XML, names of parts with backslashes or in another case, another name of
the workbook's own part, blanks around numbers, entries of sheets that are not there or hold macros. A part that is
spelt as usual keeps its bytes.
"""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Mapping

from lxml import etree

from xlkpi.xlsx.markup import serialized, xml

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

_ROOT_RELATIONS, _TYPES = "_rels/.rels", "[Content_Types].xml"
_KNOWN = (WORKBOOK, RELATIONS, _ROOT_RELATIONS, _TYPES, "docProps/core.xml", "xl/sharedStrings.xml", "xl/styles.xml")
_USUAL_CASE = {name.casefold(): name for name in _KNOWN}
_SHEETS = ("/worksheet", "/chartsheet", "/dialogsheet")
"""The types of relationships to sheets that readers know; the others hold macros of old times."""

_STRICT = "http://purl.oclc.org/ooxml/"
_STRICT_NAME = re.compile(rf"""(?<=["']){re.escape(_STRICT)}(\w+)/([^"']*)""".encode())
_STRICT_WORDS = {b"extendedProperties": b"extended-properties", b"customProperties": b"custom-properties"}
_PART = re.compile(rb"<[^<>]*\b(?:Target|PartName)=[^<>]*>")
_BLANK_AROUND = re.compile(rb"<(?:\w+:)?v(?: [^<>]*)?>\s|\s</(?:\w+:)?v>")
_MAY_BE_AROUND = (b":v>", b"<v ", b"<v> ", b" </v>", b"\n</v>")
"""One of these is in a sheet with such blanks; looking for the pattern takes as long as unpacking."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Parts = Mapping[str, bytes]
"""The parts of a workbook by name, in the order of the file."""


def usual_name(name: str) -> str:
    """The name of a part with slashes, and in the usual case where it is one that every workbook has."""
    name = name.replace("\\", "/").removeprefix("/")
    return _USUAL_CASE.get(name.casefold(), name)


def as_usual(parts: Parts) -> dict[str, bytes]:
    """The parts in the usual spelling, but for `without_blanks`.

    May raise what `archive.reading` turns into `UnreadableError`.
    """
    spelt = {name: _spelt(data) if _may_be_xml(data) else data for name, data in parts.items()}
    for name in spelt:
        if (name == _TYPES or name.endswith(".rels")) and b"\\" in spelt[name]:
            spelt[name] = _PART.sub(_with_slashes, spelt[name])
    if _ROOT_RELATIONS in spelt:
        spelt = _with_workbook_in_its_place(spelt)
    return _with_plain_targets(_with_names_as_related(spelt)) if RELATIONS in spelt else spelt


def _may_be_xml(data: bytes) -> bool:
    return data[:64].lstrip()[:1] == b"<" or data.startswith((codecs.BOM_UTF8, *_UTF_16))


def _with_slashes(entry: re.Match[bytes]) -> bytes:
    """An entry with the name of a part; the address of something outside may have backslashes."""
    return entry[0] if b"External" in entry[0] else entry[0].replace(b"\\", b"/")


# --- the spelling of a part -------------------------------------------------------------------------------------------


def _spelt(data: bytes) -> bytes:
    if data.startswith(_UTF_16):
        text = data.decode("utf-16", "replace")
        if _STRICT not in text:
            return data
        data = re.sub(r"^<\?xml[^>]*\?>", "", text).encode()
    if _STRICT.encode() in data:
        data = _STRICT_NAME.sub(_transitional, data).replace(b' conformance="strict"', b"", 1)
    return data


def _transitional(match: re.Match[bytes]) -> bytes:
    folder, _, last = match[2].rpartition(b"/")
    path = b"/".join(filter(None, (folder, _STRICT_WORDS.get(last, last))))
    return b"http://schemas.openxmlformats.org/" + match[1] + b"/2006/" + path


def without_blanks(parts: Parts) -> dict[str, bytes]:
    """The parts with sheets without blanks around their numbers; texts keep theirs."""
    return {name: _without_blanks(data) if _may_have_blanks(data) else data for name, data in parts.items()}


def _may_have_blanks(data: bytes) -> bool:
    around = b"sheetData" in data and any(mark in data for mark in _MAY_BE_AROUND)
    return around and _BLANK_AROUND.search(data) is not None


def _without_blanks(data: bytes) -> bytes:
    root = xml(data)
    changed = False
    for value in root.iter("{*}v"):
        cell, text = value.getparent(), value.text or ""
        if cell is not None and cell.get("t") != "str" and text != text.strip():
            value.text, changed = text.strip(), True
    return serialized(root) if changed else data


# --- the parts and how they refer to each other -----------------------------------------------------------------------


def _with_workbook_in_its_place(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with the workbook under its usual name; one of another folder stays where it is."""
    relations = xml(parts[_ROOT_RELATIONS])
    main = next((r for r in relations.iter("{*}Relationship") if r.get("Type", "").endswith("/officeDocument")), None)
    name = "" if main is None else named(parts, main.get("Target", "").removeprefix("/"))
    folder, file = posixpath.split(name)
    if main is None or name == WORKBOOK or folder != "xl" or name not in parts:
        return parts
    main.set("Target", WORKBOOK)
    moved = {name: WORKBOOK, f"{folder}/_rels/{file}.rels": RELATIONS}
    types = xml(parts[_TYPES])
    for override in types.iter("{*}Override"):
        if override.get("PartName", "").casefold() == f"/{name}".casefold():
            override.set("PartName", f"/{WORKBOOK}")
    others = {name: data for name, data in parts.items() if name not in moved.values()}
    renamed = {moved.get(name, name): data for name, data in others.items()}
    return renamed | {_ROOT_RELATIONS: serialized(relations), _TYPES: serialized(types)}


def _with_names_as_related(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts of the workbook under the names by which it refers to them, which may be of another case."""
    targets = {target for _, target in related_to_workbook(parts).values()} - parts.keys()
    renamed = {actual: target for target in targets if (actual := named(parts, target)) != target}
    return {renamed.get(name, name): data for name, data in parts.items()} if renamed else parts


def _with_plain_targets(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with the targets of the workbook in plain words, without ./ and ../ in them."""
    root = xml(parts[RELATIONS])
    changed = False
    for relation in root.iter("{*}Relationship"):
        target = relation.get("Target", "")
        part = target_of("xl", target)
        if relation.get("TargetMode") != "External" and target not in (part.removeprefix("xl/"), f"/{part}"):
            relation.set("Target", f"/{part}")
            changed = True
    return parts | {RELATIONS: serialized(root)} if changed else parts


def named(parts: Parts, name: str) -> str:
    """The name under which a part is there; `name` where it is not."""
    return next((each for each in parts if each.casefold() == name.casefold()), name)


def related_to_workbook(parts: Parts) -> dict[str, tuple[str, str]]:
    """Relationship id → (type, part) of what the workbook refers to."""
    return {
        relation.get("Id", ""): (relation.get("Type", ""), target_of("xl", relation.get("Target", "")))
        for relation in xml(parts[RELATIONS]).iter("{*}Relationship")
    }


def target_of(folder: str, target: str) -> str:
    """The part that a relationship of a part in a folder refers to."""
    return posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")


def without_odd_sheets(parts: Parts) -> Parts:
    """The workbook without the entries of sheets that `sheet_entries` leaves out; other readers give up over them."""
    root = xml(parts[WORKBOOK])
    entries = list(root.iter("{*}sheet"))
    kept = {entry for entry, _ in sheet_entries(root, parts)}
    if len(kept) == len(entries):
        return parts
    numbers = {str(old): str(new) for new, old in enumerate(n for n, entry in enumerate(entries) if entry in kept)}
    for entry in entries:
        if entry not in kept:
            _remove(entry)
    for name in list(root.iter("{*}definedName")):
        local = name.get("localSheetId")
        if local in numbers:
            name.set("localSheetId", numbers[local])
        elif local is not None:
            _remove(name)
    return {**parts, WORKBOOK: serialized(root)}


def sheet_entries(workbook: etree._Element, parts: Parts) -> list[tuple[etree._Element, str]]:
    """(entry, part) of the sheets of the workbook's own part; without those of macros, and those that are not there.

    Raises ValueError for an entry with two relationships: readers would differ about its sheet.
    """
    related = related_to_workbook(parts)
    found = []
    for entry in workbook.iter("{*}sheet"):
        ids = [str(value) for name, value in entry.attrib.items() if str(name).endswith("}id")]
        if len(ids) > 1:
            raise ValueError("a sheet must have one relationship")
        kind, part = related.get("".join(ids), ("", ""))
        if kind.endswith(_SHEETS) and part in parts:
            found.append((entry, part))
    return found


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
