"""Opens files that people sent, under limits: the one place where a workbook is read from disk and unpacked.

Unpacked parts fit into memory and have no entities to expand. Readers that want a file (calamine, formualizer) get the
parts packed anew, so that they see only what was measured here, whatever the archive claims about itself.

The limits are far above what forms need; they keep one file under about 500 MB of memory and 10 s.
"""

from __future__ import annotations

import codecs
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath
from typing import TypeVar

from lxml import etree

from xlkpi.common.files import reason, zip_entry
from xlkpi.i18n.problems import Problem, UnreadableError, unforeseen

LARGEST = 64_000_000
"""Bytes of a file, and of all its parts unpacked. A form has 30,000, and 180,000 unpacked."""
MOST_PARTS = 5_000
"""Parts of a workbook. A form has four."""
MOST_MARKS = 1_000_000
"""Tags and attributes of one XML part: a tree of this size takes 200 MB. A form has 14,000."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL, FORMULA, VALUE = f"{{{MAIN}}}c", f"{{{MAIN}}}f", f"{{{MAIN}}}v"
_BEGINS_AS_XML = re.compile(rb"[\s\0\xef\xbb\xbf\xfe\xff]*<")
_ENTRY = b"PK\x01\x02"  # begins an entry of the archive's directory
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and what Office wraps around a workbook with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NO_CELLS = ("docprops/", "xl/charts/", "xl/comments", "xl/drawings/", "xl/media/", "xl/theme/", "xl/threadedcomments/")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, LookupError, ValueError, ArithmeticError,
    RuntimeError, etree.XMLSyntaxError,
)  # fmt: skip
"""The exceptions that reading a damaged workbook may raise."""

_LEVEL = 3
"""Compression level: half the time of the usual 6, for a tenth more bytes."""

_T = TypeVar("_T")
Parts = Mapping[str, bytes]
"""The parts of a workbook by name, in the order of the file."""


@contextmanager
def reading(*also: type[Exception]) -> Iterator[None]:
    """Turn the exceptions of a damaged workbook into `UnreadableError`; `also`: a reader's own exceptions."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, (*_BROKEN, *also)):
            raise
        raise UnreadableError("file", "unreadable") from None


def content_of(path: Path) -> bytes:
    """A file's bytes. Raises OSError; `UnreadableError` where it is too large, no regular file, or being written."""
    before = path.stat()
    if not (stat.S_ISREG(before.st_mode) or stat.S_ISDIR(before.st_mode)):
        raise UnreadableError("file", "no_regular_file")  # reading a pipe might never end
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnreadableError("file", "too_large", limit=LARGEST // 1_000_000)
    after = path.stat()
    if (len(content), before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableError("file", "being_written")
    return content


def attempt(file: str, language: str, work: Callable[[], _T]) -> _T | Problem:
    """The result of `work` on a file of this name, else its problem: one bad file must not stop all the others.

    language: of the problem, where the file does not say its own.
    """
    try:
        return work()
    except UnreadableError as error:
        return error.problem(file, language=language)
    except OSError as error:
        return UnreadableError("file", "no_file", error=reason(error)).problem(file, language=language)
    except BaseException as error:  # a panic in a Rust reader is not an Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return unforeseen(error).problem(file, language=language)


def every_part(name: str) -> bool:
    """Accepts every part."""
    return True


def may_hold_cells(name: str) -> bool:
    """Accepts every part but those that are known to hold no cells."""
    return not name.lower().startswith(_NO_CELLS)


def unpack(content: bytes, wanted: Callable[[str], bool] = every_part) -> dict[str, bytes]:
    """The parts of a workbook whose names `wanted` accepts.

    Raises `UnreadableError` where the bytes are no workbook, or exceed the limits.
    """
    if content.startswith(_OLE):
        raise UnreadableError("file", "encrypted" if _ENCRYPTED in content else "old_format")
    if content.count(_ENTRY) > MOST_PARTS:
        raise UnreadableError("file", "too_many_parts", limit=MOST_PARTS)
    with reading():
        source = zipfile.ZipFile(io.BytesIO(content))
        entries = source.infolist()
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise UnreadableError("file", "too_large", limit=LARGEST // 1_000_000)
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise ValueError("no compression that workbooks have")
        if len({entry.filename.casefold() for entry in entries}) < len(entries):
            raise ValueError("two parts of one name")
        return {entry.filename: _part(source, entry) for entry in entries if wanted(entry.filename)}


def _part(source: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with source.open(entry) as part:
        # Asked for a number of bytes, zipfile unpacks no more than that; asked for all, it unpacks everything before it
        # compares the size with the one in the directory.
        data = part.read(entry.file_size + 1)
    if _is_xml(entry.filename) or _BEGINS_AS_XML.match(data):  # a relationship may call anything a sheet
        if b"<!DOCTYPE" in data:  # the format forbids it
            raise UnreadableError("file", "entities")
        if len(data) > MOST_MARKS and data.count(b"<") + data.count(b"=") > MOST_MARKS:
            raise UnreadableError("file", "too_many_cells")
    return data


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def pack(parts: Parts) -> bytes:
    """A compressed workbook of these parts, with a fixed date: the same parts give the same bytes."""
    return _packed(parts, zipfile.ZIP_DEFLATED)


def for_readers(parts: Parts) -> bytes:
    """A workbook of the XML parts for other readers: uncompressed, as it is read at once; no pictures, no macros."""
    return _packed({name: data for name, data in parts.items() if _is_xml(name)}, zipfile.ZIP_STORED)


def _packed(parts: Parts, compression: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in parts.items():
            target.writestr(zip_entry(name), data, compression, _LEVEL)
    return buffer.getvalue()


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


def sheet_parts(parts: Parts) -> list[tuple[str, str]]:
    """(part, sheet name) of every worksheet, under either of the format's two sets of namespaces.

    Raises ValueError where two sheets share a part or a name, and what else `reading` turns into `UnreadableError`.
    """
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in xml(parts["xl/_rels/workbook.xml.rels"]).iter("{*}Relationship")
    }
    sheets = [
        (normpath(join("/xl", targets[_relationship_id(sheet)])).removeprefix("/"), sheet.get("name", ""))
        for sheet in xml(parts["xl/workbook.xml"]).iter("{*}sheet")
    ]
    if len({part for part, _ in sheets}) < len(sheets) or len({name.casefold() for _, name in sheets}) < len(sheets):
        raise ValueError("a sheet twice")
    return sheets


def _relationship_id(sheet: etree._Element) -> str:
    ids = [str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")]
    if len(ids) != 1:
        raise ValueError("a sheet must have one relationship")
    return ids[0]


_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


@lru_cache(10_000)
def coordinates(reference: str) -> tuple[int, int]:
    """Row and column, from 1, of a reference such as A1. Raises ValueError for any other text."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"a cell without a reference: {reference!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
