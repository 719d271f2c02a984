"""The values of the formulas in a new workbook, without evaluating every form.

A form's values depend only on its template and a few inputs of the person, so they are computed once per combination.
Then 汇总 is evaluated together with the heads of the forms: it reads nothing else of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from xlkpi.calc.engine import evaluate
from xlkpi.form.layout import ENGINE_ROW
from xlkpi.writer.person import RANK
from xlkpi.xlsx.edit import Content, Values
from xlkpi.xlsx.write.template import SheetTemplate, StampedSheet, TemplateCell, value_xml
from xlkpi.xlsx.write.workbook import assembled

_FormulaValues = Mapping[tuple[int, int], Any]
"""The values of a sheet's formulas by row and column."""

_MOST_CACHED = 512


def values_of(forms: Sequence[StampedSheet], summary: StampedSheet, others: Sequence[StampedSheet]) -> Values:
    """The values of a workbook's formulas. others: sheets that read no other sheet, and that no other sheet reads."""
    alone = [sheet for sheet in (*forms, *others) if sheet.template.formulas]
    values = {sheet.title: _values_alone(sheet.template, _inputs(sheet)) for sheet in alone}
    heads = [_head(form, values[form.title]) for form in forms]
    together = evaluate(assembled([*heads, summary], compress=False))

    def value(sheet: str, row: int, column: int) -> Any:
        return together(sheet, row, column) if sheet == summary.title else values[sheet][row, column]

    for form in forms:
        values[form.title] = {**values[form.title], RANK: together(form.title, *RANK)}
    return value


def _inputs(form: StampedSheet) -> frozenset[tuple[str, Content]]:
    """The contents that formulas of the form may read."""
    return frozenset((address, content) for address, content in form.contents.items() if address not in form.unread)


@lru_cache(_MOST_CACHED)
def _values_alone(template: SheetTemplate, inputs: frozenset[tuple[str, Content]]) -> _FormulaValues:
    """The values of a sheet that reads no other sheet."""
    title = "form"
    value = evaluate(assembled([StampedSheet(title, template, dict(inputs))], compress=False))
    return {place: value(title, *place) for place in template.formulas}


def _head(form: StampedSheet, values: _FormulaValues) -> StampedSheet:
    """The head of a form with values instead of formulas; only the rank keeps its formula, which reads 汇总."""
    rows = tuple(
        (opening, tuple(_frozen(cell, values) for cell in cells))
        for opening, cells in form.template.rows
        if cells and cells[0].row <= ENGINE_ROW
    )
    template = replace(form.template, rows=rows)
    contents = {address: content for address, content in form.contents.items() if address in template.addresses}
    return StampedSheet(form.title, template, contents)


def _frozen(cell: TemplateCell, values: _FormulaValues) -> TemplateCell:
    if not cell.formula:
        return cell
    value = values[cell.row, cell.column]
    # A formula that shows "" stays a formula: 汇总 would read an empty cell as 0.
    return cell._replace(formula='""') if value == "" else cell._replace(formula="", content=value_xml(value))
