"""What a form holds as it is generated: the same sheet, made anew for the rules that its formulas were made from.

A sheet is made once for all forms of a shape, and then kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from openpyxl import Workbook as NewWorkbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import BLOCKS, Company
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.check.formula_identity import Identities
from xlkpi.common.identity import ByIdentity
from xlkpi.common.person import HEAD_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import COLUMNS, LETTER, SPARE, Layout, part_id
from xlkpi.form.register import quarter_in
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import is_number
from xlkpi.intake.reading import FormReading
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.grades import Grade, grade_scale
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.blocks.spare import spare_formulas, typed_indicator
from xlkpi.writer.formulas.sheet import SheetFormulas
from xlkpi.writer.person import person_cells
from xlkpi.writer.sheets.form import write_role_sheet
from xlkpi.writer.styles import Painter, Style
from xlkpi.writer.templates import Days, template_assignment, template_days
from xlkpi.xlsx.edit import Content, Formula

_KEYS = {column.letter: "/".join(column.ids) for column in COLUMNS}
_OWN_COLUMNS = {
    "person": HEAD_FIELDS,
    "m": ("owner", "m1", "m2", "m3", "quarter"),
    "final": ("rank",),
    "grade": ("filled",),
}
"""The ids that shared columns have in some rows; the first id in all others."""
_SHEETS = 128  # kept; one takes half a megabyte
IDENTITY_BLOCKS = dict(zip(BLOCKS, ("b:1", "r:1", "c:targets"), strict=True))

Place = tuple[str, str]
"""Row id and column id."""


@dataclass(frozen=True)
class Expected:
    """What stands in the cells that nobody types into: formulas, without their =, and whatever else is not empty.

    The identities are those of the sheet as generated, from top to bottom.
    """

    formulas: Mapping[Place, str]
    constants: Mapping[Place, object]
    identities: Identities


def expected(reading: FormReading, settings: Mapping[str, object], catalogue: Catalogue) -> tuple[Expected, ...]:
    """The sheet as generated; and as a refresh leaves it where units or grades were changed since."""
    shape = _shape(reading, settings, catalogue)
    company = _company(shape)
    scale = company.grades
    with suppress(RuleError):  # a problem of its own
        scale = grade_scale(reading.inputs.grade_scale)
    refreshed = shape._replace(changes=_changes(reading, units=True), grades=None if scale == company.grades else scale)
    first = _of_person(_made(shape), reading, shape.quarter)
    return (first,) if refreshed == shape else (first, _of_person(_made(refreshed), reading, shape.quarter))


# --- the shape of a form --------------------------------------------------------------------------------------------


class _Change(NamedTuple):
    """An indicator whose formulas were made from another sentence, or for other units, than the catalogue's."""

    id: str
    sentence: str
    units: tuple[str, ...]


class _Shape(NamedTuple):
    """What forms have in common that were generated alike. The role is in the language of the form.

    blocks, events_limit, ceiling: the company's settings when the form was made; a limit is None where the form does
    not tell it. grades: None for the company's.
    """

    role: ByIdentity[Role]
    catalogue: Catalogue
    language: str
    quarter: Quarter
    days: Days | None
    blocks: tuple[str, ...]
    events_limit: float | None
    ceiling: float | None
    changes: tuple[_Change, ...]
    grades: tuple[Grade, ...] | None = None


def _shape(reading: FormReading, settings: Mapping[str, object], catalogue: Catalogue) -> _Shape:
    quarter = quarter_in(settings) or Quarter(2000, 1)  # where it says none, the period's cell differs as it should
    return _Shape(
        ByIdentity(reading.role),
        catalogue,
        reading.language,
        quarter,
        template_days(reading.registered.assignment, quarter),
        tuple(block for block in BLOCKS if IDENTITY_BLOCKS[block] in reading.grid.row),
        _number(settings.get("events_limit")),
        _number(settings.get("red_line_total")),
        _changes(reading, units=False),
    )


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None


def _changes(reading: FormReading, *, units: bool) -> tuple[_Change, ...]:
    return tuple(filter(None, (_change(reading, indicator, units=units) for indicator in reading.role.indicators)))


def _change(reading: FormReading, indicator: Indicator, *, units: bool) -> _Change | None:
    grid, row = reading.grid, part_id(indicator.id)
    if not grid.has(row, "compiled"):
        return None
    sentence, given = grid.text(row, "compiled"), tuple(part.unit for part in indicator.parts)
    unchanged = _Change(indicator.id, indicator.rule_text, given)
    if units:
        rows = [part_id(indicator.id, number) for number in range(len(given))]
        given = tuple(
            grid.text(id, "unit") if grid.has(id, "unit") else unit for id, unit in zip(rows, given, strict=True)
        )
    change = _Change(indicator.id, sentence, given)
    if change == unchanged:
        return None
    try:
        rule = parse(sentence, given[0] or None)
    except RuleError:
        return None
    if rule.measures > len(given) or isinstance(rule.base, Levels) != bool(indicator.levels):
        return None
    return change


def _company(shape: _Shape) -> Company:
    """The company as it was when the form was made, as far as the form tells."""
    company = shape.catalogue.company(shape.language)
    limit = company.events_limit if shape.events_limit is None else Decimal(str(shape.events_limit))
    return replace(company, blocks=shape.blocks, events_limit=limit, grades=shape.grades or company.grades)


def _role(shape: _Shape) -> Role:
    """The role with the rules that the form's formulas were made from."""
    changes = {change.id: change for change in shape.changes}

    def changed(indicator: Indicator) -> Indicator:
        if (change := changes.get(indicator.id)) is None:
            return indicator
        parts = (replace(part, unit=unit) for part, unit in zip(indicator.parts, change.units, strict=True))
        return indicator.saying(change.sentence, tuple(parts))

    role = shape.role.value
    return replace(role, indicators=tuple(map(changed, role.indicators))) if changes else role


# --- its cells ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Made:
    """The sheet of a shape, without what is a person's own, and what writes that. typed: what somebody types into."""

    expected: Expected
    typed: frozenset[Place]
    layout: Layout
    formulas: SheetFormulas


class _Unpainted(Painter):
    """Writes what cells hold, and notes which are typed into: how they look would take half the time."""

    def __init__(self, sheet: Worksheet, font: str) -> None:
        super().__init__(sheet, font)
        self.typed: set[str] = set()

    def put(self, address: str, value: object, style: Style) -> Cell:
        cell: Cell = self.sheet[address]
        if value is not None:
            cell.value = value  # type: ignore[assignment]
        (self.typed.discard if style.locked else self.typed.add)(address)
        return cell

    def height(self, row: int, *texts: tuple[str, float, Style], least: float = 19) -> None:
        pass


@lru_cache(_SHEETS)
def _made(shape: _Shape) -> _Made:
    sheet = NewWorkbook().create_sheet("x")
    said = words(shape.language)
    canvas = Canvas(
        sheet, _role(shape), _company(shape), shape.quarter, said, FIRST_ROW, template_assignment(shape.days)
    )
    canvas.paint = paint = _Unpainted(sheet, said("font"))
    write_role_sheet(canvas)
    rows = {row: id for id, row in sorted(canvas.layout.rows.items(), key=itemgetter(1))}
    formulas: dict[Place, str] = {}
    constants: dict[Place, object] = {}
    typed: set[Place] = set()
    for line in sheet.iter_rows():
        for cell in line:
            if cell.row not in rows or cell.column_letter not in _KEYS or cell.column_letter == LETTER["id"]:
                continue
            place = _place(rows[cell.row], cell.column_letter)
            if cell.coordinate in paint.typed:
                typed.add(place)
            elif isinstance(cell.value, str) and cell.value.startswith("="):
                formulas[place] = cell.value[1:]
            elif cell.value is not None:
                constants[place] = cell.value
    ceiling = None if shape.ceiling is None else Decimal(str(shape.ceiling))
    formulas["final", "native"] = canvas.formulas.graded(canvas.role.alerts, ceiling).removeprefix("=")
    columns = {column_index_from_string(letter) - 1: ids for letter, ids in _KEYS.items()}
    identities = Identities({row - 1: id for row, id in rows.items()}, columns)
    return _Made(Expected(formulas, constants, identities), frozenset(typed), canvas.layout, canvas.formulas)


def _place(row_id: str, letter: str) -> Place:
    """The place in a shared column: of its ids the one that is meant in the row."""
    ids = _KEYS[letter].split("/")
    own = _OWN_COLUMNS.get(row_id if row_id in _OWN_COLUMNS else row_id.partition(":")[0], ())
    return row_id, next((id for id in ids if id in own), ids[0])


def _of_person(made: _Made, reading: FormReading, quarter: Quarter) -> Expected:
    formulas, constants = dict(made.expected.formulas), dict(made.expected.constants)
    for place, content in _own(made, reading, quarter):
        if place in made.typed:
            continue
        if isinstance(content, Formula):
            formulas[place] = content.text
        elif content is None:
            constants.pop(place, None)
        else:
            constants[place] = content
    for id in SPARE:
        formulas |= _spare(reading, made.formulas, id)
    return replace(made.expected, formulas=formulas, constants=constants)


def _own(made: _Made, reading: FormReading, quarter: Quarter) -> Iterator[tuple[Place, Content]]:
    """The cells that are the person's."""
    rows = {row: id for id, row in made.layout.rows.items()}
    contents = person_cells(made.layout, words(reading.language), quarter, reading.registered.assignment, FIRST_ROW)
    for address, content in contents.items():
        yield _place(rows[int(address[1:])], address[0]), content


def _spare(reading: FormReading, formulas: SheetFormulas, id: str) -> dict[Place, str]:
    """The formulas of a spare row as a refresh leaves it; none for one without a rule."""
    grid, row = reading.grid, part_id(id)
    sentence = grid.text(row, "compiled") if grid.has(row, "compiled") else ""
    if not sentence:
        return {}
    unit = grid.text(row, "unit")
    try:
        parse(sentence, unit or None)
    except RuleError:
        return {}
    made = spare_formulas(formulas, id, typed_indicator(id, grid.text(row, "label"), sentence, unit))
    return {(row, column): text.removeprefix("=") for column, text in made.items()}
