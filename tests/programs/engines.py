"""The programs that calculate forms. One more is one line in ENGINES, and a function in outside.py or outside.mjs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from tests.programs import places
from tests.programs.places import GNUMERIC, HERE, IN_NODE, OFFICE, OUTSIDE, Program
from tests.support.engines import libreoffice
from xlkpi.calc.engine import evaluate

Cells = Mapping[str, list[str]]
"""Addresses by sheet."""
Shown = Mapping[str, Mapping[str, Any]]
"""What cells show, by sheet and address."""


class Calculate(Protocol):
    """What cells of a workbook show after their formulas were evaluated. Raises RuntimeError where it cannot."""

    def __call__(self, source: Path, cells: Cells) -> Shown: ...


@dataclass(frozen=True)
class Engine(Program):
    """A program that calculates forms.

    texts: whether it gives numbers as texts, too. most: the random quarters that it has the time for. remark: why its
    results differ.
    """

    calculate: Calculate
    texts: bool = False
    most: int = 1000
    remark: str = ""


def _asked(place: str, do: str, source: Path, cells: Cells) -> Shown:
    target = source.with_suffix(f".{do}.json")
    request: dict[str, Any] = {"do": f"calculate_{do}", "source": str(source), "target": str(target), "cells": cells}
    if place == IN_NODE:  # it reads no files
        request["contents"] = _contents(source)
    places.run(place, request)
    shown: Shown = json.loads(target.read_text("utf-8"))
    target.unlink()
    return shown


def _contents(source: Path) -> dict[str, dict[str, Any]]:
    """The numbers, texts and formulas of every sheet by address."""
    book = load_workbook(source)
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }


def _office(source: Path, cells: Cells) -> Shown:
    (saved,) = libreoffice.recalculate([source], source.parent / "libreoffice")
    return _stored(saved, cells)


def _gnumeric(source: Path, cells: Cells) -> Shown:
    saved = source.with_suffix(".gnumeric.xlsx")
    places.told(["ssconvert", "--recalc", "--export-type=Gnumeric_Excel:xlsx2", source, saved])
    return _stored(saved, cells)


def _stored(saved: Path, cells: Cells) -> Shown:
    book = load_workbook(saved, data_only=True)
    return {sheet: {cell: book[sheet][cell].value for cell in asked} for sheet, asked in cells.items()}


def _formualizer(source: Path, cells: Cells) -> Shown:
    values = evaluate(source.read_bytes(), functions=False)
    return {sheet: {cell: values(sheet, *row_and_column(cell)) for cell in asked} for sheet, asked in cells.items()}


def row_and_column(cell: str) -> tuple[int, int]:
    """Both from 1."""
    letters, row = coordinate_from_string(cell)
    return row, column_index_from_string(letters)


ENGINES = (
    Engine("formualizer", HERE, "formualizer", _formualizer),
    Engine("LibreOffice", OFFICE, "LibreOffice", _office),
    Engine(
        "Gnumeric", GNUMERIC, "Gnumeric", _gnumeric,
        remark="joins numbers to texts with twenty digits",
    ),
    Engine("IronCalc", OUTSIDE, "ironcalc", partial(_asked, OUTSIDE, "ironcalc")),
    Engine("BetterOffice", OUTSIDE, "betteroffice-xlsx", partial(_asked, OUTSIDE, "betteroffice")),
    Engine("HyperFormula", IN_NODE, "hyperformula", partial(_asked, IN_NODE, "hyperformula")),
    Engine("Univer", IN_NODE, "@univerjs/engine-formula", partial(_asked, IN_NODE, "univer")),
    Engine(
        "formulas", OUTSIDE, "formulas", partial(_asked, OUTSIDE, "formulas"), most=3,
        remark="takes more than a minute for a quarter, so fewer",
    ),
    Engine(
        "excelize (Python)", OUTSIDE, "excelize", partial(_asked, OUTSIDE, "excelize"), texts=True,
        remark="cannot read a function in parentheses inside of another function",
    ),
    Engine(
        "cellrune", OUTSIDE, "cellrune", partial(_asked, OUTSIDE, "cellrune"),
        remark="its IFERROR does not catch that our functions are unknown",
    ),
)  # fmt: skip

LEFT_OUT = "xlcalculator 0.5.0 was tried and left out: it does not know IFERROR."
