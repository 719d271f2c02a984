"""Opens files that people sent, under limits: the one place where a workbook is read from disk and unpacked.

Unpacked parts fit into memory and have no entities to expand. Readers that want a file (calamine, formualizer) get the
parts packed anew, so that they see only what was measured here, whatever the archive claims about itself.

The limits are far above what forms need; they keep one file under about 500 MB of memory and 10 s.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lxml import etree

from xlkpi.common.files import reason, zip_entry
from xlkpi.i18n.problems import Problem, UnreadableError, unforeseen
from xlkpi.xlsx.markup import xml
from xlkpi.xlsx.usual import WORKBOOK, Parts, as_usual, sheet_entries, usual_name, without_blanks, without_odd_sheets

LARGEST = 64_000_000
"""Bytes of a file, and of all its parts unpacked. A form has 30,000, and 180,000 unpacked."""
MOST_PARTS = 5_000
"""Parts of a workbook. A form has four."""
MOST_MARKS = 1_000_000
"""Tags and attributes of one XML part: a tree of this size takes 200 MB. A form has 14,000."""

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
    if stat.S_ISDIR(before.st_mode):
        raise UnreadableError("file", "closed_folder")
    if not stat.S_ISREG(before.st_mode):
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
    """The parts of a workbook whose names `wanted` accepts, in the usual spelling.

    Raises `UnreadableError` where the bytes are no workbook, or exceed the limits.
    """
    parts = unpacked(content, wanted)
    with reading():
        return without_blanks(parts)


def unpacked(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """As `unpack`, but for blanks around numbers: looking for them takes a third of the time."""
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
        named = {usual_name(entry.filename): entry for entry in entries}
        if len({name.casefold() for name in named}) < len(entries):
            raise ValueError("two parts of one name")
        return as_usual({name: _part(source, entry) for name, entry in named.items() if wanted(name)})


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
    readable = {name: data for name, data in parts.items() if _is_xml(name)}
    return _packed(without_odd_sheets(readable), zipfile.ZIP_STORED)


def _packed(parts: Parts, compression: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in parts.items():
            target.writestr(zip_entry(name), data, compression, _LEVEL)
    return buffer.getvalue()


def sheet_parts(parts: Parts) -> list[tuple[str, str]]:
    """(part, sheet name) of every worksheet; sheets of macros, and entries of sheets that are not there, are left out.

    Raises ValueError where two sheets share a part or a name, and what else `reading` turns into `UnreadableError`.
    """
    sheets = [(part, entry.get("name", "")) for entry, part in sheet_entries(xml(parts[WORKBOOK]), parts)]
    if len({part for part, _ in sheets}) < len(sheets) or len({name.casefold() for _, name in sheets}) < len(sheets):
        raise ValueError("a sheet twice")
    return sheets


def hidden_sheets(parts: Parts) -> frozenset[str]:
    """The names of the sheets that are hidden, also from the menu that shows hidden ones."""
    entries = sheet_entries(xml(parts[WORKBOOK]), parts)
    return frozenset(entry.get("name", "") for entry, _ in entries if entry.get("state", "visible") != "visible")


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
