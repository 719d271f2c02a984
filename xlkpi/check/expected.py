"""What a form holds as it is generated: the same sheet, made anew for the rules that its formulas were made from."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from openpyxl import Workbook as NewWorkbook
from openpyxl.utils.cell import column_index_from_string

from xlkpi import translate
from xlkpi.catalogue import BLOCKS, Company, Indicator, Role, load_company
from xlkpi.check.formula_text import Identities
from xlkpi.form import COLUMNS, LETTER, SPARE, part_id
from xlkpi.generate.canvas import Canvas
from xlkpi.generate.formulas import SheetFormulas
from xlkpi.generate.role_sheet import write_role_sheet
from xlkpi.generate.spare import spare_formulas, typed_indicator
from xlkpi.generate.summary import FIRST_ROW
from xlkpi.grades import grade_scale
from xlkpi.intake import Reading, quarter_in
from xlkpi.quarter import Quarter
from xlkpi.rules.parse import parse
from xlkpi.rules.rule import Levels, RuleError
from xlkpi.scoring import is_number
from xlkpi.words import words

_KEYS = {column.letter: "/".join(column.ids) for column in COLUMNS}
IDENTITY_BLOCKS = dict(zip(BLOCKS, ("b:1", "r:1", "c:targets"), strict=True))


@dataclass(frozen=True)
class Expected:
    """Cells by (row id, the ids of the column joined by /): their values, with = before a formula, and which are typed.

    The identities are those of the sheet as generated.
    """

    cells: Mapping[tuple[str, str], object]
    typed: frozenset[tuple[str, str]]
    identities: Identities


def expected(reading: Reading, settings: Mapping[str, object]) -> tuple[Expected, ...]:
    """The sheet as generated; and as a refresh leaves it where units or grades were changed since."""
    role = _compiled(reading, units=False)
    refreshed = _compiled(reading, units=True)
    company = _company(reading, settings)
    scale = company.grades
    with suppress(RuleError):  # a problem of its own
        scale = grade_scale(reading.inputs.grade_scale)
    first = _sheet(reading, settings, role, company)
    if refreshed == role and scale == company.grades:
        return (first,)
    return first, _sheet(reading, settings, refreshed, replace(company, grades=scale))


def _company(reading: Reading, settings: Mapping[str, object]) -> Company:
    """The company as it was when the form was made, as far as the form tells."""
    company = translate.company(load_company(), reading.language)
    limit = settings.get("events_limit")
    blocks = tuple(block for block in BLOCKS if IDENTITY_BLOCKS[block] in reading.grid.row)
    return replace(
        company, blocks=blocks, events_limit=Decimal(str(limit)) if is_number(limit) else company.events_limit
    )


def _compiled(reading: Reading, *, units: bool) -> Role:
    """The role with the rules that the form's formulas were made from."""
    return replace(
        reading.role,
        indicators=tuple(_indicator(reading, indicator, units=units) for indicator in reading.role.indicators),
    )


def _indicator(reading: Reading, indicator: Indicator, *, units: bool) -> Indicator:
    grid, row = reading.grid, part_id(indicator.id)
    if not grid.has(row, "compiled"):
        return indicator
    parts = indicator.parts
    if units:
        rows = [part_id(indicator.id, number) for number in range(len(parts))]
        given = [
            grid.text(id, "unit") if grid.has(id, "unit") else part.unit for id, part in zip(rows, parts, strict=True)
        ]
        parts = tuple(replace(part, unit=unit) for part, unit in zip(parts, given, strict=True))
    sentence = grid.text(row, "compiled")
    try:
        rule = parse(sentence, parts[0].unit or None)
    except RuleError:
        return indicator
    if rule.measures > len(parts) or isinstance(rule.base, Levels) != bool(indicator.levels):
        return indicator
    return replace(indicator, rule_text=sentence, parts=parts)


def _sheet(reading: Reading, settings: Mapping[str, object], role: Role, company: Company) -> Expected:
    said = words(reading.language)
    sheet = NewWorkbook().create_sheet("x")
    quarter = quarter_in(settings) or Quarter(2000, 1)  # where it says none, the period's cell differs as it should
    canvas = Canvas(sheet, role, company, quarter, said, FIRST_ROW, reading.registered.post)
    write_role_sheet(canvas)
    _as_refreshed(reading, canvas, settings)
    rows = {row: id for id, row in canvas.layout.rows.items()}
    cells: dict[tuple[str, str], object] = {}
    typed: set[tuple[str, str]] = set()
    for line in sheet.iter_rows():
        for cell in line:
            if cell.row not in rows or cell.column_letter not in _KEYS:
                continue
            place = rows[cell.row], _KEYS[cell.column_letter]
            cells[place] = cell.value
            if not cell.protection.locked:
                typed.add(place)
    columns = {column_index_from_string(letter) - 1: ids for letter, ids in _KEYS.items()}
    return Expected(cells, frozenset(typed), Identities({row - 1: id for row, id in rows.items()}, columns))


def _as_refreshed(reading: Reading, canvas: Canvas, settings: Mapping[str, object]) -> None:
    """What depends on the form's own settings: spare rows with a rule, the ceiling of the red lines."""
    ceiling = settings.get("red_line_total")
    graded = canvas.formulas.graded(canvas.role.alerts, Decimal(str(ceiling)) if is_number(ceiling) else None)
    canvas.sheet[f"{LETTER['native']}{canvas.layout.rows['final']}"] = graded
    for id in SPARE:
        row = part_id(id)
        sentence = reading.grid.text(row, "compiled") if reading.grid.has(row, "compiled") else ""
        if sentence:
            _spare(reading, canvas.formulas, id, sentence, canvas)


def _spare(reading: Reading, formulas: SheetFormulas, id: str, sentence: str, canvas: Canvas) -> None:
    row = part_id(id)
    unit = reading.grid.text(row, "unit")
    try:
        parse(sentence, unit or None)
    except RuleError:
        return
    indicator = typed_indicator(id, reading.grid.text(row, "label"), sentence, unit)
    for column, formula in spare_formulas(formulas, id, indicator).items():
        canvas.sheet[f"{LETTER[column]}{canvas.layout.rows[row]}"] = formula
    canvas.sheet[f"{LETTER['compiled']}{canvas.layout.rows[row]}"] = sentence
