"""What is typed where nobody looks: formulas in typed cells, formats that show other numbers, rows of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from xlkpi.catalogue.role import Role
from xlkpi.catalogue.units import EARLIER_FORMATS, number_format
from xlkpi.check.context import MANY, CheckedForm
from xlkpi.check.formulas.cells import FormulaCells
from xlkpi.check.formulas.functions import FormulaError, Unknown
from xlkpi.check.formulas.places import Place
from xlkpi.check.formulas.value import areas_of, same_value, value_of
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.form.blocks.agreement import KEY_ACTION
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.grid import Ids, address
from xlkpi.form.layout import measure_id, part_id
from xlkpi.i18n.numbers import is_number, number_meant, value_text
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.intake.cells import counted_places
from xlkpi.xlsx.cells import LOST, CellTexts
from xlkpi.xlsx.shown_numbers import shown_number

_ROUNDED = 0.01
"""A number that is shown rounded by more than this share of it is told."""
_DIGITS = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?%?")


def formulas(form: CheckedForm) -> Iterator[Problem]:
    """Formulas in typed cells; a warning where the cells of the sheet do not confirm the stored value."""
    told = list(_formulas(form))
    for severity in (WARNING, ADVICE):
        alike = [problem for problem in told if problem.severity == severity]
        if len(alike) > MANY:
            told = [problem for problem in told if problem.severity != severity]
            yield form.problem(
                "typed_formula", alike[0].row_id, alike[0].column_id, severity, "typed_formulas", count=len(alike)
            )
    yield from told


def _formulas(form: CheckedForm) -> Iterator[Problem]:
    reading, grid = form.reading, form.reading.grid
    counted = counted_places(reading.role, grid.ids, reading.inputs.months, rated=reading.inputs.shares is not None)
    found = _typed_formulas(
        ByIdentity(counted), ByIdentity(grid.ids), ByIdentity(form.formulas), ByIdentity(form.expected[0].formulas)
    )
    for place, formula in found:
        at = grid.place(*place)
        if at in grid.uncalculated or at in grid.errors or form.value(*place) is None:  # reported otherwise
            continue
        key, computed = _confirmed(form, formula, at) if place in counted else ("typed_formula", "")
        severity = ADVICE if key == "typed_formula" else WARNING
        label = form.label(place[0]) if place[0].startswith("m:") else form.column_label(*place)
        values = {"label": label, "formula": formula, "value": value_text(form.value(*place)), "computed": computed}
        yield form.problem("typed_formula", *place, severity, key, **values)


@kept(256)
def _typed_formulas(
    counted: ByIdentity[Sequence[Place]],
    ids: ByIdentity[Ids],
    stored: ByIdentity[CellTexts],
    made: ByIdentity[Mapping[Place, str]],
) -> Sequence[tuple[Place, str]]:
    """The typed cells that hold a formula. made: the formulas with which the form was made."""
    row, column = ids.value.row, ids.value.column
    texts = [(id, TYPED_TEXT[field]) for id in row if id.startswith("b:") for field in ("event", "evidence")]
    texts += [(id, column_id) for id in row if id.startswith("x:") for column_id in EXCEPTION_COLUMNS.values()]
    places = dict.fromkeys((*counted.value, *texts))
    present = [place for place in places if place[0] in row and place[1] in column and place not in made.value]
    formulas = ((place, stored.value.get((row[place[0]], column[place[1]]))) for place in present)
    return [(place, formula) for place, formula in formulas if formula is not None and formula not in ("", LOST)]


def _confirmed(form: CheckedForm, formula: str, at: tuple[int, int]) -> tuple[str, str]:
    """The key of the message about a formula in a typed cell, and the value that it gives by the cells of its sheet."""
    try:
        elsewhere = any(area.sheet not in ("", form.reading.sheet) for area in areas_of(formula))
        computed = value_of(formula, form.shown_values.__getitem__)
        stored = form.shown_values[at]
    except FormulaError as error:
        return "typed_formula_differs", str(error)
    except Unknown:
        return "typed_formula_unconfirmed", ""
    if elsewhere:
        return "typed_formula_unconfirmed", ""
    if same_value(stored, computed):
        return "typed_formula", ""
    return "typed_formula_differs", value_text(computed)


# --- number formats ---------------------------------------------------------------------------------------------------


def formats(form: CheckedForm) -> Iterator[Problem]:
    """Number formats that show another number than the one that counts, or none."""
    grid, reading = form.reading.grid, form.reading
    places = counted_places(reading.role, grid.ids, reading.inputs.months, rated=reading.inputs.shares is not None)
    usual = _usual_formats(ByIdentity(reading.role), ByIdentity(places), ByIdentity(grid.ids))
    odd = _odd_formats(ByIdentity(usual), ByIdentity(form.formula_cells), ByIdentity(grid.formats))
    for place, code, is_result in odd:
        value = form.value(*place)
        if not is_number(value):
            continue
        shown = shown_number(float(value), code)
        if shown is None or (value == 0 and not _DIGITS.search(shown)):  # a dash for 0 is no other number
            continue
        read = _number_read(shown)
        decimals = _decimals(shown)
        rounded = read is not None and abs(read - value) <= 0.5000001 * decimals
        if rounded and (is_result or abs(read - value) <= _ROUNDED * abs(value)):  # type: ignore[operator]
            continue
        severity = ADVICE if rounded else WARNING
        key = "format" if shown.strip() else "format_hidden"
        label = form.label(place[0]) if place[0].startswith("m:") else form.column_label(*place)
        values = {"label": label, "shown": shown.strip(), "value": value_text(float(value))}
        yield form.problem("format", *place, severity, key, **values)


_ROUNDING = re.compile(r"(?:#,##)?0(?:\.0+)?%?")
_OF_RESULTS = frozenset((*EARLIER_FORMATS, '0.00;-0.00;"–"', "+0.00;-0.00;0.00"))
"""Formats that only round, and show every digit before the point: those and these, which our forms have."""


@lru_cache(64)
def _rounding(codes: tuple[str, ...]) -> frozenset[str]:
    """The formats in which a result may be shown."""
    return frozenset(code for code in codes if code in _OF_RESULTS or _ROUNDING.fullmatch(code))


@kept(256)
def _odd_formats(
    usual: ByIdentity[_UsualFormats], cells: ByIdentity[FormulaCells], formats: ByIdentity[CellTexts]
) -> Sequence[tuple[Place, str, bool]]:
    """The cells of numbers with a format that no form has, and of results with one that does more than round.

    Each with its format, and whether it is a result.
    """
    codes, rounding = formats.value, _rounding(tuple(dict.fromkeys(formats.value.values())))
    odd = {place: codes[at] for place, (at, made) in usual.value.items() if codes.get(at) not in made}
    results = {place: at for place, at, _ in cells.value.shown if place[1] in _RESULTS}
    of_results = {place: codes[at] for place, at in results.items() if at in codes and codes[at] not in rounding}
    odd |= {place: code for place, code in of_results.items() if place not in usual.value}
    return [(place, code, place in results) for place, code in odd.items()]


_RESULTS = ("quarter", "actual", "achievement", "deducted", "score", "weighted", "target", "weight")


_UsualFormats = Mapping[Place, tuple[tuple[int, int], tuple[str | None, ...]]]


@kept(256)
def _usual_formats(role: ByIdentity[Role], places: ByIdentity[Sequence[Place]], ids: ByIdentity[Ids]) -> _UsualFormats:
    """The cells of typed numbers that a form has → where they stand, and the formats that they may have."""
    indicators, row, column = role.value.indicators, ids.value.row, ids.value.column
    units = {part_id(i.id, n): part.unit for i in indicators for n, part in enumerate(i.parts)}
    units |= {measure_id(measure.id): measure.unit for measure in role.value.measures}
    found = {}
    for place in places.value:
        if place[0] not in row or place[1] not in column or place[0] in ("person", "final"):
            continue
        if place[1] in ("rule", "unit", "label"):
            continue
        made = "0.0%" if place[1] == "weight" else number_format(units[place[0]]) if place[0] in units else ""
        found[place] = (row[place[0]], column[place[1]]), (None, made, EARLIER_FORMATS.get(made, made))
    return found


def _number_read(shown: str) -> float | None:
    """The number that people read in a shown text; None where there is none, or several."""
    text = shown.strip()
    negative = text.startswith("(") and text.endswith(")")
    number = number_meant(text.strip("()") if negative else text, "%")
    if number is None:
        found = _DIGITS.findall(text)
        number = number_meant(found[0], "%") if len(found) == 1 else None
    return -number if negative and number is not None else number


def _decimals(shown: str) -> float:
    """The value of one in the last digit that is shown."""
    match = re.search(r"\d(?:\.(\d+))?(?!.*\d)", shown)
    digit = 10.0 ** -len(match[1] or "") if match else 0.0
    rest = shown[match.end() :].strip() if match else ""
    size = number_meant(f"1{rest[:1]}", "%") if rest[:1] else 1.0
    return digit * (size or 1.0)


# --- rows and cells ---------------------------------------------------------------------------------------------------


def own_rows(form: CheckedForm) -> Iterator[Problem]:
    """Points of events, and weights of indicators, in rows that somebody added: they do not count."""
    grid = form.reading.grid
    for row, column in _rows_without_ids(ByIdentity(grid.ids), len(grid.rows)):
        value = grid.rows[row][grid.column[column]]
        if value in (None, "") or not _is_typed_number(value):
            continue
        what = form.labels("events_total" if column == "score" else "indicator")
        yield form.problem(
            "own_row", None, None, WARNING, f"own_row_{column}", address(row, grid.column[column]),
            value=value_text(value), what=what,
        )  # fmt: skip


@kept(256)
def _rows_without_ids(ids: ByIdentity[Ids], height: int) -> Sequence[tuple[int, str]]:
    """The rows between and below the events, and between the indicators, that have no id; with the column that counts.

    height: the rows of the sheet.
    """
    found: list[tuple[int, str]] = []
    places = ids.value.row
    known = set(places.values())
    for column, first, ends in (("score", "b:", ("b:", "events")), ("weight", "i:", ("i:", "total"))):
        rows = sorted(place for id, place in places.items() if id.startswith(ends))
        if not any(id.startswith(first) for id in places) or column not in ids.value.column:
            continue
        after = min((place for place in known if place > rows[-1]), default=height)
        last = after if first == "b:" else rows[-1]
        found += [(row, column) for row in range(rows[0], last) if row not in known]
    return found


def own_key_actions(form: CheckedForm) -> Iterator[Problem]:
    """Key actions in rows that somebody inserted between those of the form, or right below them: nothing reads them."""
    grid, column = form.reading.grid, KEY_ACTION["action"]
    rows = sorted(place for id, place in grid.row.items() if id.startswith("k:"))
    if not rows or column not in grid.column:
        return
    known = set(grid.row.values())
    for row in range(rows[0], min(rows[-1] + 2, len(grid.rows))):
        value = grid.rows[row][grid.column[column]]
        if row not in known and value not in (None, ""):
            cell = address(row, grid.column[column])
            yield form.problem("own_row", None, None, WARNING, f"own_row_{column}", cell, value=value_text(value))


def _is_typed_number(value: object) -> bool:
    return is_number(value) or (isinstance(value, str) and number_meant(value, "%") is not None)


def twice(form: CheckedForm) -> Iterator[Problem]:
    """Cells that stand in the file more than once, as no program writes them: others may take another one."""
    places = list(form.reading.grid.twice)
    many = len(places) > MANY
    key = "cells_twice" if many else "cell_twice"
    for place in places[:1] if many else places:
        cell = address(*place)
        yield form.problem("cell_twice", None, None, ERROR, key, cell, where=cell, count=len(places))
