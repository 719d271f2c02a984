"""What the formulas of a new workbook show, without evaluating every form.

A form's values depend only on its template and a few inputs of the person, so they are computed once per combination.
Then 汇总 is evaluated over the heads of the forms, which is all that it reads of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from xlkpi.calc.engine import evaluate
from xlkpi.form.layout import ENGINE_ROW
from xlkpi.writer.person import RANK, UNREAD
from xlkpi.xlsx.edit import Content, Values
from xlkpi.xlsx.write.template import SheetTemplate, StampedSheet, TemplateCell, value_xml
from xlkpi.xlsx.write.workbook import assembled

_Shown = Mapping[tuple[int, int], Any]
"""The values of a sheet's formulas by row and column."""

_KEPT = 512


def values_of(forms: Sequence[StampedSheet], summary: StampedSheet, others: Sequence[StampedSheet]) -> Values:
    """The values of a workbook's formulas: its forms, their summary, and sheets that stand for themselves."""
    alone = [page for page in (*forms, *others) if page.template.formulas]
    shown = {page.title: _alone(page.template, _inputs(page)) for page in alone}
    heads = [_head(page, shown[page.title]) for page in forms]
    together = evaluate(assembled([*heads, summary], compress=False))

    def value(sheet: str, row: int, column: int) -> Any:
        return together(sheet, row, column) if sheet == summary.title else shown[sheet][row, column]

    for page in forms:
        shown[page.title] = {**shown[page.title], RANK: together(page.title, *RANK)}
    return value


def _inputs(page: StampedSheet) -> frozenset[tuple[str, Content]]:
    return frozenset((address, held) for address, held in page.contents.items() if address not in UNREAD)


@lru_cache(_KEPT)
def _alone(template: SheetTemplate, inputs: frozenset[tuple[str, Content]]) -> _Shown:
    """The values of a sheet by itself, which reads no other."""
    title = "form"
    value = evaluate(assembled([StampedSheet(title, template, dict(inputs))], compress=False))
    return {place: value(title, *place) for place in template.formulas}


def _head(page: StampedSheet, shown: _Shown) -> StampedSheet:
    """The head of a form, where formulas have become what they show; that of the rank is still to be evaluated."""
    rows = tuple(
        (opening, tuple(_frozen(cell, shown) for cell in cells))
        for opening, cells in page.template.rows
        if cells and cells[0].row <= ENGINE_ROW
    )
    template = replace(page.template, rows=rows)
    contents = {address: held for address, held in page.contents.items() if address in template.addresses}
    return StampedSheet(page.title, template, contents)


def _frozen(cell: TemplateCell, shown: _Shown) -> TemplateCell:
    if not cell.formula:
        return cell
    value = shown[cell.row, cell.column]
    # An empty cell would be read as 0 where a formula shows nothing.
    return cell._replace(formula='""') if value == "" else cell._replace(formula="", content=value_xml(value))
