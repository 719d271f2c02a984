"""formualizer, the engine that the product carries with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import formualizer
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from tests.support.engines import Shown
from xlkpi.functions import FUNCTIONS

_ERRORS = {"Div": "#DIV/0!", "Value": "#VALUE!", "Ref": "#REF!", "Name": "#NAME?", "Num": "#NUM!", "Na": "#N/A"}


def evaluate(path: Path, addresses: Iterable[str], *, sheet: str = "Sheet1", functions: bool = False) -> list[Shown]:
    """What these cells show, with or without our cell functions."""
    book = _evaluated(path, functions=functions)
    return [_shown(book.get_value(sheet, *_row_and_column(address))) for address in addresses]


def _evaluated(path: Path, *, functions: bool) -> Any:
    book = formualizer.load_workbook(str(path))
    if functions:
        for function in FUNCTIONS:
            book.register_function(
                function.name, function.call, min_args=function.required, max_args=len(function.arguments)
            )
    book.evaluate_all()
    return book


def _row_and_column(address: str) -> tuple[int, int]:
    column, row = coordinate_from_string(address)
    return row, column_index_from_string(column)


def _shown(value: Any) -> Shown:
    if isinstance(value, dict):
        return _ERRORS[value["kind"]]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def on_sheets(path: Path, addresses: Mapping[str, str], *, functions: bool = False) -> dict[str, Shown]:
    """What one cell of each sheet shows: sheet → address; the workbook is loaded and evaluated once."""
    book = _evaluated(path, functions=functions)
    return {sheet: _shown(book.get_value(sheet, *_row_and_column(address))) for sheet, address in addresses.items()}
