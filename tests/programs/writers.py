"""The programs that save forms. One more is one line in WRITERS, and a function in outside.py or node/outside.mjs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.programs import places
from tests.programs.places import GNUMERIC, HERE, IN_NODE, OFFICE, OUTSIDE, Program
from tests.support.engines import libreoffice


class Edit(NamedTuple):
    """A number that somebody types."""

    sheet: str
    cell: str
    value: float


class Save(Protocol):
    """Opens a workbook, types a number unless there is none, and saves. Raises RuntimeError where it cannot."""

    def __call__(self, source: Path, target: Path, edit: Edit | None) -> None: ...


@dataclass(frozen=True)
class Writer(Program):
    """A program that saves forms. suffix: of the file that comes back."""

    save: Save
    suffix: str = ".xlsx"


def _asked(place: str, do: str, source: Path, target: Path, edit: Edit | None) -> None:
    request: dict[str, Any] = {"do": f"save_{do}", "source": str(source), "target": str(target)}
    places.run(place, request | (edit._asdict() if edit else {}))


def _office(filters: tuple[tuple[str, str], ...], source: Path, target: Path, edit: Edit | None) -> None:
    """LibreOffice, through one file after another: (suffix, filter)."""
    typed = {edit.sheet: {edit.cell: edit.value}} if edit else {}
    for suffix, name in filters:
        between = target.with_suffix(suffix) if suffix else target
        libreoffice.save_as(source, between, name, typed)
        source, typed = between, {}


def _gnumeric(exporter: str, source: Path, target: Path, edit: Edit | None) -> None:
    typed = [f"--set={edit.sheet}!{edit.cell}={edit.value}"] if edit else []
    places.told(["ssconvert", f"--export-type=Gnumeric_Excel:{exporter}", *typed, source, target])


def _library(name: str, place: str, package: str, do: str) -> Writer:
    return Writer(name, place, package, partial(_asked, place, do))


_XLSX, _XLSM = ("", "Calc MS Excel 2007 XML"), ("", "Calc MS Excel 2007 VBA XML")

WRITERS = (
    Writer("LibreOffice, .xlsx", OFFICE, "LibreOffice", partial(_office, (_XLSX,))),
    Writer("LibreOffice, .xlsm", OFFICE, "LibreOffice", partial(_office, (_XLSM,)), ".xlsm"),
    Writer("LibreOffice, Office Open XML", OFFICE, "LibreOffice", partial(_office, (("", "Calc Office Open XML"),))),
    Writer("LibreOffice, .ods and back", OFFICE, "LibreOffice", partial(_office, ((".ods", "calc8"), _XLSX))),
    Writer("LibreOffice, .xls and back", OFFICE, "LibreOffice", partial(_office, ((".xls", "MS Excel 97"), _XLSX))),
    Writer("Gnumeric, 2006 format", GNUMERIC, "Gnumeric", partial(_gnumeric, "xlsx")),
    Writer("Gnumeric, 2008 format", GNUMERIC, "Gnumeric", partial(_gnumeric, "xlsx2")),
    _library("openpyxl", HERE, "openpyxl", "openpyxl"),
    _library("pandas, values only", HERE, "pandas", "pandas"),
    _library("formualizer", HERE, "formualizer", "formualizer"),
    _library("wolfxl", OUTSIDE, "wolfxl", "wolfxl"),
    _library("excelize (Python)", OUTSIDE, "excelize", "excelize"),
    _library("IronCalc", OUTSIDE, "ironcalc", "ironcalc"),
    _library("BetterOffice", OUTSIDE, "betteroffice-xlsx", "betteroffice"),
    _library("cellrune", OUTSIDE, "cellrune", "cellrune"),
    _library("Aspose.Cells FOSS", OUTSIDE, "aspose-cells-foss", "aspose"),
    _library("ExcelJS", IN_NODE, "exceljs", "exceljs"),
    _library("SheetJS", IN_NODE, "xlsx", "sheetjs"),
    _library("SheetJS, cellStyles", IN_NODE, "xlsx", "sheetjs_styles"),
    _library("SheetJS 0.20, cellStyles", IN_NODE, "@e965/xlsx", "sheetjs_20"),
    _library("xlsx-js-style, cellStyles", IN_NODE, "xlsx-js-style", "sheetjs_fork"),
    _library("xlsx-populate", IN_NODE, "xlsx-populate", "populate"),
    _library("excelize (WebAssembly)", IN_NODE, "excelize-wasm", "excelize"),
)  # fmt: skip
