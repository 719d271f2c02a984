"""Generates a form again, to compare what stands in a returned one with what should stand there.

The rules are those that the returned form's formulas were made from, because a refresh may have changed them. Forms of
one shape are generated once and cached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from openpyxl import Workbook as NewWorkbook
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import BLOCKS, Company
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.check.formulas.changes import Change, changes_of
from xlkpi.check.formulas.earlier import earlier_constants, earlier_formulas, earlier_spare
from xlkpi.check.formulas.identity import Identities
from xlkpi.check.formulas.places import Place, is_content, place_of
from xlkpi.common.assignment import Assignment
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import PREFIXES
from xlkpi.form.grid import Grid
from xlkpi.form.layout import AGREEMENT, EXCEPTIONS, MEETING, RATINGS, SPARE, Layout, part_id, reading_id
from xlkpi.form.register import quarter_in
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.intake.reading import FormReading
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.grades import Grade, grade_scale
from xlkpi.writer.blocks.canvas import ContentCanvas
from xlkpi.writer.blocks.spare import spare_formulas, typed_indicator
from xlkpi.writer.formulas.sheet import SheetFormulas
from xlkpi.writer.person import person_cells
from xlkpi.writer.sheets.form import write_contents
from xlkpi.writer.templates import Days, template_assignment, template_days
from xlkpi.xlsx.edit import Content, Formula

_CACHED_SHEETS = 128  # one takes half a megabyte
IDENTITY_BLOCKS = dict(zip(BLOCKS, ("b:1", "r:1", "c:targets"), strict=True)) | {AGREEMENT: "k:1", EXCEPTIONS: "x:1"}


_Spare = tuple[str, str, str]
"""Label, sentence and unit of a spare row."""


@dataclass(frozen=True)
class Expected:
    """The content of the cells that nobody types into: formulas without their =, and constants that are not empty.

    of_role: the constants that do not depend on the person; forms of one shape share the object. of_person: the places
    of those that do. Both are in the order of the sheet. identities: the row and column ids of the sheet as generated,
    from top to bottom. earlier, earlier_constants: what forms hold which were sent before we changed it.
    """

    formulas: Mapping[Place, str]
    constants: dict[Place, object]
    identities: Identities
    earlier: Mapping[Place, tuple[str, ...]]
    earlier_constants: dict[Place, object]
    of_role: Mapping[Place, object]
    of_person: tuple[Place, ...] = ()


def expected(reading: FormReading, settings: Mapping[str, object], catalogue: Catalogue) -> tuple[Expected, ...]:
    """The sheet as `new` generates it; second, where units or grades were changed since, as `refresh` leaves it."""
    shape = _shape(reading, settings, catalogue)
    company = _company(shape)
    scale = company.grades
    with suppress(RuleError):  # reported by another check
        scale = grade_scale(reading.inputs.grade_scale)
    changes, grades = changes_of(reading, units=True), None if scale == company.grades else scale
    first = _with_person(_generated(shape), reading, shape.quarter)
    if (changes, grades) == (shape.changes, shape.grades):
        return (first,)
    refreshed = shape._replace(changes=changes, grades=grades)
    return first, _with_person(_generated(refreshed), reading, shape.quarter)


def typed_places(
    role: Role, catalogue: Catalogue, quarter: Quarter, language: str, assignment: Assignment | None
) -> frozenset[Place]:
    """The cells of a form that people type into, as `new` generates it. role: in the language of the form."""
    blocks = catalogue.company(language, quarter).blocks
    shape = _Shape(ByIdentity(role), catalogue, language, quarter, template_days(assignment, quarter), blocks, ())
    return _generated(shape).typed


# --- the shape of a form --------------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    """All that decides what a generated form holds, apart from the person.

    role: in the language of the form. blocks: those that the form has. grades: None for the company's. notes: whether
    it prints the notes of its indicators.
    """

    role: ByIdentity[Role]
    catalogue: Catalogue
    language: str
    quarter: Quarter
    days: Days | None
    blocks: tuple[str, ...]
    changes: tuple[Change, ...]
    grades: tuple[Grade, ...] | None = None
    notes: bool = True


def _shape(reading: FormReading, settings: Mapping[str, object], catalogue: Catalogue) -> _Shape:
    quarter = quarter_in(settings) or Quarter(2000, 1)  # if the file has none, its period differs
    return _Shape(
        ByIdentity(reading.role),
        catalogue,
        reading.language,
        quarter,
        template_days(reading.registered.assignment, quarter),
        blocks_in(reading.grid, reading.inputs.shares),
        changes_of(reading, units=False),
        notes=_prints_notes(reading),
    )


def blocks_in(grid: Grid, shares: Shares | None) -> tuple[str, ...]:
    """The optional blocks that a form has, or should have. shares: None for a form without ratings."""
    found = tuple(block for block, first in IDENTITY_BLOCKS.items() if grid.has_family(first))
    if any(map(grid.has_family, PREFIXES)):  # one row is enough: others may have been deleted
        found = (*found, MEETING)
    return found if shares is None else (*found, RATINGS)


def _prints_notes(reading: FormReading) -> bool:
    """Whether the form has the lines of notes, which forms sent before 2026-12 have not."""
    lines = [reading_id(i.id) for i in Layout(reading.role).readings if not i.annotated]
    return not lines or any(line in reading.grid.row for line in lines)


def _company(shape: _Shape) -> Company:
    """The company with the blocks, and where they were changed the grades, of the form."""
    company = shape.catalogue.company(shape.language, shape.quarter)
    return replace(company, blocks=shape.blocks, grades=shape.grades or company.grades, notes=shape.notes)


def _role(shape: _Shape) -> Role:
    """The role with the rules that the form's formulas were made from."""
    changes = {change.id: change for change in shape.changes}

    def as_on_form(indicator: Indicator) -> Indicator:
        if (change := changes.get(indicator.id)) is None:
            return indicator
        parts = (replace(part, unit=unit) for part, unit in zip(indicator.parts, change.units, strict=True))
        return indicator.saying(change.sentence, tuple(parts))

    role = shape.role.value
    return replace(role, indicators=tuple(map(as_on_form, role.indicators))) if changes else role


# --- its cells ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _GeneratedSheet:
    """The generated sheet of a shape, without the cells that depend on the person.

    typed: the cells that people type into. layout, formulas: to write the cells that depend on the person.
    """

    expected: Expected
    typed: frozenset[Place]
    layout: Layout
    formulas: SheetFormulas


@cache
def _book() -> NewWorkbook:
    """The parent of sheets that are never saved."""
    return NewWorkbook()


@kept(_CACHED_SHEETS)
def _generated(shape: _Shape) -> _GeneratedSheet:
    sheet = Worksheet(_book(), "x")
    labels = words(shape.language)
    canvas = ContentCanvas(
        sheet, _role(shape), _company(shape), shape.quarter, labels, FIRST_ROW, template_assignment(shape.days)
    )
    write_contents(canvas)
    canvas.hold(person_cells(canvas.layout, labels, shape.quarter, canvas.assignment, FIRST_ROW))
    rows = {row: id for id, row in sorted(canvas.layout.rows.items(), key=itemgetter(1))}
    formulas: dict[Place, str] = {}
    constants: dict[Place, object] = {}
    typed = frozenset(
        place_of(rows[number], letter)
        for letter, number in map(coordinate_from_string, canvas.typed)
        if number in rows and is_content(letter)
    )
    cells: dict[tuple[int, int], Any] = sheet._cells  # its public iterators make a cell for every place
    for (number, _), cell in sorted(cells.items()):
        if number not in rows or not is_content(cell.column_letter) or cell.coordinate in canvas.typed:
            continue
        place = place_of(rows[number], cell.column_letter)
        if isinstance(cell.value, str) and cell.value.startswith("="):
            formulas[place] = cell.value[1:]
        elif cell.value is not None:
            constants[place] = cell.value
    ceiling = shape.catalogue.company(
        shape.language, shape.quarter
    ).red_line_total  # where the grades of the form were changed, too
    formulas["final", "native"] = canvas.formulas.graded(canvas.role.alerts, ceiling).removeprefix("=")
    columns = {column_index_from_string(letter) - 1: "/".join(ids) for letter, ids in canvas.layout.columns.items()}
    identities = Identities({row - 1: id for row, id in rows.items()}, columns)
    former = earlier_constants(canvas.role, labels)
    found = Expected(formulas, constants, identities, earlier_formulas(canvas.formulas), former, constants)
    return _GeneratedSheet(found, typed, canvas.layout, canvas.formulas)


def _with_person(generated: _GeneratedSheet, reading: FormReading, quarter: Quarter) -> Expected:
    """The generated sheet with the cells that depend on the person, and with the spare rows of the form."""
    formulas: list[tuple[Place, str]] = []
    constants = dict(generated.expected.constants)
    cells = dict(_person_cells(generated.layout, reading, quarter))
    for place, content in cells.items():
        if place in generated.typed:
            continue
        if isinstance(content, Formula):
            formulas.append((place, content.text))
        elif content is None:
            constants.pop(place, None)
        else:
            constants[place] = content
    spare = tuple((id, typed) for id in SPARE if (typed := _typed_spare(reading, id)) is not None)
    made = _with_formulas(ByIdentity(generated), tuple(formulas), spare)
    of_nobody: ByIdentity[Mapping[Place, object]] = ByIdentity(generated.expected.constants)
    of_person = _in_order(of_nobody, tuple(place for place in cells if place in constants))
    return replace(made, constants=constants, of_role=_without(of_nobody, tuple(cells)), of_person=of_person)


@kept(_CACHED_SHEETS)
def _in_order(constants: ByIdentity[Mapping[Place, object]], places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Places in the order of these constants; those that are not among them come last."""
    return tuple(dict.fromkeys([place for place in constants.value if place in places] + [*places]))


@kept(_CACHED_SHEETS)
def _without(constants: ByIdentity[Mapping[Place, object]], places: tuple[Place, ...]) -> Mapping[Place, object]:
    return {place: constant for place, constant in constants.value.items() if place not in places}


@kept(_CACHED_SHEETS)
def _with_formulas(
    generated: ByIdentity[_GeneratedSheet], own: tuple[tuple[Place, str], ...], spare: tuple[tuple[str, _Spare], ...]
) -> Expected:
    """The generated sheet with the formulas of the person's cells and of spare rows; most forms of a role share it."""
    sheet = generated.value
    formulas, earlier = dict(sheet.expected.formulas), dict(sheet.expected.earlier)
    formulas.update(own)
    for id, typed in spare:
        indicator = typed_indicator(id, *typed)
        cells = spare_formulas(sheet.formulas, id, indicator)
        formulas |= {(part_id(id), column): text.removeprefix("=") for column, text in cells.items()}
        earlier |= earlier_spare(sheet.formulas, id, indicator)
    return replace(sheet.expected, formulas=formulas, earlier=earlier)


def _person_cells(layout: Layout, reading: FormReading, quarter: Quarter) -> Iterator[tuple[Place, Content]]:
    """The cells that depend on the person."""
    contents = person_cells(layout, words(reading.language), quarter, reading.registered.assignment, FIRST_ROW)
    rows = _ids_by_row(ByIdentity(layout))
    return ((place_of(rows[int(address[1:])], address[0]), content) for address, content in contents.items())


@kept(_CACHED_SHEETS)
def _ids_by_row(layout: ByIdentity[Layout]) -> Mapping[int, str]:
    return {row: id for id, row in layout.value.rows.items()}


def _typed_spare(reading: FormReading, id: str) -> _Spare | None:
    """What the formulas of a spare row are made of when `refresh` leaves it; None without a rule that can be read."""
    grid, row = reading.grid, part_id(id)
    sentence = grid.text(row, "compiled") if grid.has(row, "compiled") else ""
    if not sentence:
        return None
    unit = grid.text(row, "unit")
    try:
        parse(sentence, unit or None)
    except RuleError:
        return None
    return grid.text(row, "label"), sentence, unit
