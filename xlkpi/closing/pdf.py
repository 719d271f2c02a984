"""Prints forms as PDF with LibreOffice, where it is installed.

Forms come from people, so LibreOffice gets none of their files: it gets one sheet, with the values that we calculated
in place of formulas, and without anything that points outside. It runs with a profile of its own, with no macros and no
links, without the settings of the user, and is ended after a time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from lxml import etree

from xlkpi.calc.sandbox import recalculated
from xlkpi.common.leftovers import temporary_folder
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import pack, reading, unpack
from xlkpi.xlsx.markup import CELL, FORMULA, MAIN, serialized, xml
from xlkpi.xlsx.usual import WORKBOOK, sheet_entries

SECONDS, SECONDS_A_FORM = 60, 6
"""The time that LibreOffice gets to start, and for each form: it takes about one second for it."""
AT_ONCE = 25
"""Forms that one LibreOffice prints: one that hangs keeps no more from being printed."""
_PLACES = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
)
"""Where it is installed without being on the path."""
_KEPT = ("[Content_Types].xml", "_rels/.rels", WORKBOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml")
_OUTSIDE = (
    "hyperlinks", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst", "dataValidations",
)  # fmt: skip
"""The elements of a sheet that refer to other parts or to the world outside, or that printing does not need."""
_PRINT_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles")
_EMPTY = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""
"""Of the profile: no macros, nothing active, links are never followed."""


def office() -> str | None:
    """The program; None where it is not installed."""
    return shutil.which("soffice") or next((str(path) for path in _PLACES if path.is_file()), None)


def printed(forms: Sequence[tuple[bytes, str]], program: str) -> Iterator[bytes | None]:
    """The PDF of each form, in their order; None for one that LibreOffice does not print.

    forms: content of a workbook and the title of the form's sheet. program: as `office` gives it.
    """
    for first in range(0, len(forms), AT_ONCE):
        with temporary_folder() as folder:
            yield from _printed(forms[first : first + AT_ONCE], program, folder)


def _printed(forms: Sequence[tuple[bytes, str]], program: str, folder: Path) -> Iterator[bytes | None]:
    sources: list[Path] = []
    for number, (content, title) in enumerate(forms):
        with suppress(UnreadableError):
            path = folder / f"{number}.xlsx"
            path.write_bytes(one_sheet(content, title))
            sources.append(path)
    _convert(program, sources, folder)
    for number in range(len(forms)):
        path = folder / "made" / f"{number}.pdf"
        yield path.read_bytes() if path.is_file() else None


def one_sheet(content: bytes, title: str) -> bytes:
    """A workbook that shows one sheet as Python calculates it: values only, and nothing from outside.

    Raises `UnreadableError` where it cannot be read.
    """
    with suppress(UnreadableError):  # what cannot be calculated is printed as it was saved
        content = recalculated(content).content
    parts = unpack(content)
    with reading():
        book = xml(parts[WORKBOOK])
        entries = [(entry, part) for entry, part in sheet_entries(book, parts)]
        shown = next((number for number, (entry, _) in enumerate(entries) if entry.get("name") == title), None)
        if shown is None:
            raise UnreadableError("sheet_gone", "sheet_gone")
        kept = {name: data for name, data in parts.items() if name in _KEPT or name == "xl/sharedStrings.xml"}
        kept |= {name: data for name, data in parts.items() if name.startswith("xl/theme/")}
        for number, (entry, part) in enumerate(entries):
            entry.set("state", "visible" if number == shown else "hidden")
            kept[part] = _values_only(parts[part]) if number == shown else _EMPTY
        _only_print_names(book, shown)
        kept[WORKBOOK] = serialized(book)
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            kept[name] = _without_gone(parts[name], kept)
        return pack(kept)


def _values_only(sheet: bytes) -> bytes:
    root = xml(sheet)
    for cell in root.iter(CELL):
        for formula in cell.findall(FORMULA):
            cell.remove(formula)
    _remove(child for child in root if etree.QName(child).localname in _OUTSIDE)
    return serialized(root)


def _only_print_names(book: etree._Element, shown: int) -> None:
    names = book.iter(f"{{{MAIN}}}definedName")
    _remove(name for name in names if name.get("name") not in _PRINT_NAMES or name.get("localSheetId") != str(shown))
    _remove(child for child in book if etree.QName(child).localname in ("externalReferences", "extLst"))
    for view in book.iter(f"{{{MAIN}}}workbookView"):
        view.set("activeTab", str(shown))
        view.attrib.pop("firstSheet", "")


def _without_gone(part: bytes, kept: dict[str, bytes]) -> bytes:
    """Content types or relationships without those of parts that are left out, and without targets outside."""
    root = xml(part)
    ends = tuple(name.removeprefix("xl/") for name in kept)

    def stays(entry: etree._Element) -> bool:
        named = entry.get("PartName") or entry.get("Target")
        return entry.get("TargetMode") != "External" and (named is None or named.endswith(ends))

    _remove(entry for entry in root if not stays(entry))
    return serialized(root)


def _remove(elements: Iterable[etree._Element]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _convert(program: str, sources: Sequence[Path], folder: Path) -> None:
    """Print the workbooks into the folder `made`; whatever goes wrong, those that are printed are there."""
    if not sources:
        return
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    arguments = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--convert-to", "pdf"]
    command = [program, f"-env:UserInstallation={profile.as_uri()}", *arguments, "--outdir", str(folder / "made")]
    process = subprocess.Popen(
        [*command, *map(str, sources)],
        cwd=folder, env=_environment(folder), start_new_session=os.name != "nt",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.wait(SECONDS + SECONDS_A_FORM * len(sources))
    except subprocess.TimeoutExpired:
        pass
    finally:
        _end(process)


def _environment(folder: Path) -> dict[str, str]:
    """What LibreOffice needs to start, without the user's settings, proxies and keys."""
    kept = ("PATH", "SYSTEMROOT", "WINDIR", "COMSPEC", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    own = {name: os.environ[name] for name in kept if name in os.environ}
    return {**own, **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(folder))}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice, which is a process that a small one has started."""
    if process.poll() is None and sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
