"""The values of the formulas in a new workbook, without evaluating every form.

A form's values depend only on its template and a few inputs of the person, so they are computed once per combination.
Then 汇总 is evaluated together with the heads of the forms: it reads nothing else of them. Both stay in the engine, and
of the next person's or workbook's contents it evaluates only what depends on those that differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any

import formualizer

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.result import CellPlace
from xlkpi.form.layout import ENGINE_ROW
from xlkpi.writer.person import RANK
from xlkpi.xlsx.archive import coordinates, unpack
from xlkpi.xlsx.edit import Content, Formula, Values, stored_value
from xlkpi.xlsx.write.template import ILLEGAL, SheetTemplate, StampedSheet
from xlkpi.xlsx.write.workbook import assembled

_FormulaValues = Mapping[tuple[int, int], Any]
"""The values of a sheet's formulas by row and column."""

_MOST_CACHED = 512
_MOST_LOADED = 64  # one takes about a megabyte
_READ_OTHERWISE = re.compile(f"_x[0-9A-Fa-f]{{4}}_|{ILLEGAL.pattern}")
"""What is in a text as read from a file another character, or none."""


def values_of(forms: Sequence[StampedSheet], summary: StampedSheet, others: Sequence[StampedSheet]) -> Values:
    """The values of a workbook's formulas. others: sheets that read no other sheet, and that no other sheet reads."""
    alone = [sheet for sheet in (*forms, *others) if sheet.template.formulas]
    values = {sheet.title: dict(_values_alone(sheet.template, _inputs(sheet))) for sheet in alone}
    # The loaded sheets have numbers for titles, so that other people's workbooks can use them.
    heads = [_head(str(number), form, values[form.title]) for number, form in enumerate(forms)]
    titles = [head.title for head in heads]
    wanted = [*((summary.title, *place) for place in summary.template.formulas), *((title, *RANK) for title in titles)]
    together = _loaded_book(summary.template).values([*heads, summary._replace(titles=titles)], wanted)
    values[summary.title] = {place: together[summary.title, *place] for place in summary.template.formulas}
    for head, form in zip(heads, forms, strict=True):
        values[form.title][RANK] = together[head.title, *RANK]
    return lambda sheet, row, column: values[sheet][row, column]


def _inputs(form: StampedSheet) -> frozenset[tuple[str, Content]]:
    """The contents that formulas of the form may read."""
    return frozenset((address, content) for address, content in form.contents.items() if address not in form.unread)


@lru_cache(_MOST_CACHED)
def _values_alone(template: SheetTemplate, inputs: frozenset[tuple[str, Content]]) -> _FormulaValues:
    """The values of a sheet that reads no other sheet."""
    title, contents = "form", dict(inputs)
    wanted = [(title, *place) for place in template.formulas]
    instead_of_formulas = not {*map(coordinates, contents)}.isdisjoint(template.formulas)
    book = _LoadedBook() if instead_of_formulas else _loaded_book(template)
    values = book.values([StampedSheet(title, template, contents)], wanted)
    return {place: values[title, *place] for place in template.formulas}


def _head(title: str, form: StampedSheet, values: _FormulaValues) -> StampedSheet:
    """The head of a form with values instead of formulas; only the rank keeps its formula, which reads 汇总."""
    template = _head_template(form.template)
    computed = {address: _frozen(values[coordinates(address)]) for address in _formulas_in_head(form.template)}
    own = {address: content for address, content in form.contents.items() if address in template.addresses}
    return StampedSheet(title, template, computed | own)


@lru_cache(_MOST_CACHED)
def _head_template(template: SheetTemplate) -> SheetTemplate:
    """The head of a form's template, without formulas."""
    rows = tuple(
        (opening, tuple(cell._replace(formula="") for cell in cells))
        for opening, cells in template.rows
        if cells and cells[0].row <= ENGINE_ROW
    )
    return replace(template, rows=rows)


@lru_cache(_MOST_CACHED)
def _formulas_in_head(template: SheetTemplate) -> tuple[str, ...]:
    formulas = (cell for _, cells in template.rows for cell in cells if cell.formula)
    return tuple(cell.address for cell in formulas if cell.row <= ENGINE_ROW)


def _frozen(value: Any) -> Content:
    """A formula's value as the content of a cell."""
    kind, text = stored_value(value)
    if kind is None:
        return float(text)
    # A formula that shows "" stays a formula: 汇总 would read an empty cell as 0.
    return text if kind == "str" and text else Formula({"str": '""', "b": f"1={text}"}.get(kind, text))


class _LoadedBook:
    """A workbook that stays in the engine: of other contents it evaluates only what depends on them.

    The templates of its sheets may differ in their constants, never in their formulas, and no content may stand in for
    a formula of theirs: it would be gone with the next contents.
    """

    def __init__(self) -> None:
        self._book: formualizer.Workbook | None = None
        self._contents: Mapping[tuple[str, str], Content] = {}
        self._lock = Lock()  # a worker may have several threads

    def values(self, sheets: Sequence[StampedSheet], wanted: Iterable[CellPlace]) -> dict[CellPlace, Any]:
        """The values of the wanted cells of these sheets. Raises `UnreadableError`."""
        contents = {
            (sheet.title, address): content
            for sheet in sheets
            for address, content in {**sheet.template.constants, **sheet.contents}.items()
        }
        with self._lock:
            book, self._book = self._book, None  # one that the engine gives up is loaded anew the next time
            before, self._contents = self._contents, contents
            changed = [place for place in before.keys() | contents if before.get(place) != contents.get(place)]
            if book is None or any(_is_read_otherwise(contents.get(place)) for place in changed):
                book = loaded(unpack(assembled(sheets, compress=False)))
                book.set_changelog_enabled(False)  # it would grow with every change
            else:
                for sheet, address in changed:
                    _put(book, (sheet, *coordinates(address)), contents.get((sheet, address)))
            value = evaluated(book)
            found = {place: value(*place) for place in wanted}
            self._book = book
        return found


@lru_cache(_MOST_LOADED)
def _loaded_book(template: SheetTemplate) -> _LoadedBook:
    """The workbook of a form's sheet alone, or of the sheet 汇总 with the heads of so many forms."""
    return _LoadedBook()


def _is_read_otherwise(content: Content) -> bool:
    return isinstance(content, str) and _READ_OTHERWISE.search(content) is not None


def _put(book: formualizer.Workbook, place: CellPlace, content: Content) -> None:
    if isinstance(content, Formula):
        book.set_formula(*place, f"={content.text}")
    elif content is None or content == "":
        book.set_value(*place, None)
    else:
        book.set_value(*place, content if isinstance(content, str) else float(content))
