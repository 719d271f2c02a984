"""Whole forms for the tests: built, filled, read by (row id, column id)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import stored_cells
from xlkpi.xlsx.edit import fill

ROLE_ID = "ecommerce-operations"
Measures = Mapping[str, Sequence[Value]]


@cache
def role() -> Role:
    return SHIPPED.role(ROLE_ID)


@cache
def layout() -> Layout:
    return Layout(role())


def rule_cell(indicator: str) -> str:
    """Where the sentence of an indicator stands."""
    return layout().address(part_id(indicator), "rule")


@cache
def sample_measures() -> dict[str, list[Value]]:
    return dict(SHIPPED.samples()[ROLE_ID].measures)


@cache
def empty_form(sheets: int = 1) -> bytes:
    """A workbook of so many forms of the role, named 表1, 表2, …; formulas without values."""
    named = [PlannedSheet(f"表{number}", role()) for number in range(1, sheets + 1)]
    return uncalculated(named, SHIPPED, Quarter(2026, 4))


def filled_form(*measures: Measures, cells: Mapping[str, Value] | None = None, newcomer: str = "否") -> bytes:
    """One form per set of measures; `cells` are typed over all of them."""
    person = {"name": "示例员工", "newcomer": newcomer}
    typed = {
        f"表{number}": typed_cells(role(), {id: list(values) for id, values in given.items()}, person)
        | dict(cells or {})
        for number, given in enumerate(measures, start=1)
    }
    return fill(empty_form(len(measures)), typed)


def appraised(measures: Measures, **given: object) -> Appraisal:
    """What Python makes of a form with these measures, made with the settings of the company file."""
    ceiling = SHIPPED.company().red_line_total
    inputs = Inputs.preset(role(), measures, red_line_total=None if ceiling is None else float(ceiling), **given)
    return appraise(role(), inputs)


class Shown:
    """What a calculated workbook shows on one sheet, by (row id, column id)."""

    def __init__(self, book: CalamineWorkbook | Path, sheet: str = "表1") -> None:
        if isinstance(book, Path):
            book = CalamineWorkbook.from_path(str(book))
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        header = next(row for row in rows if row[0] == "id")
        columns = {id: index for index, ids in enumerate(header) for id in str(ids).split("/")}
        self._cells = {(str(row[0]), id): row[index] for row in rows if row[0] for id, index in columns.items()}

    def has(self, row_id: str) -> bool:
        return (row_id, "id") in self._cells

    def __call__(self, row_id: str, column_id: str) -> Value:
        value = self._cells[row_id, column_id]
        assert not isinstance(value, bool)
        return value  # type: ignore[return-value]


def recalculated(content: bytes, path: Path) -> Path:
    """The workbook calculated by `xlkpi recalc`, at the path."""
    path.write_bytes(recalculate(content))
    return path


def differences(shown: Shown, appraisal: Appraisal) -> list[str]:
    """Where a form shows something else than Python computes."""
    found: list[str] = []

    def compare(what: str, cell: Value, computed: Value, tolerance: float = 1e-9) -> None:
        wanted = "" if computed is None else computed
        if is_number(cell) and is_number(wanted):
            if abs(float(cell) - float(wanted)) <= tolerance * max(1.0, abs(float(wanted))):  # type: ignore[arg-type]
                return
        elif cell == wanted:
            return
        found.append(f"{what}: the form shows {cell!r}, Python computes {wanted!r}")

    for result in appraisal.indicators:
        row = f"i:{result.id}"
        compare(f"{row} score", shown(row, "score"), result.score)
        compare(f"{row} effective", shown(row, "effective"), result.weight / 100)
        for number, actual in enumerate(result.actual, start=1):
            compare(f"{row} actual {number}", shown(row if number == 1 else f"{row}#{number}", "actual"), actual)
        if is_number(result.score):
            compare(f"{row} deducted", shown(row, "deducted"), result.deducted)
        if shown(row, "check") != 0:
            found.append(f"{row}: Python and its twin disagree")
    compare("total", shown("total", "score"), appraisal.total)
    compare("final", shown("final", "score"), appraisal.final)
    compare("grade", shown("grade", "score"), appraisal.grade if appraisal.complete else appraisal.total)
    return found


def formulas(content: bytes) -> dict[tuple[str, int, int], str]:
    """Every formula without its =, by sheet, row and column from 1; our functions by their bare names."""
    return {
        (sheet, row + 1, column + 1): formula
        for sheet, cells in stored_cells(unpack(content)).items()
        for (row, column), formula in cells.formulas.items()
    }
