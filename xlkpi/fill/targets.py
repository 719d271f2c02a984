"""The forms that are to be filled in: whose they are, and what stands in their cells of numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Measure, Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.parallel import mapped
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.fill.write import has_our_formulas
from xlkpi.form.layout import measure_id
from xlkpi.form.register import quarter_in
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import Problem, UnreadableError
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import Workbook, open_workbook
from xlkpi.roster.header import folded
from xlkpi.xlsx.archive import attempt, content_of
from xlkpi.xlsx.cells import CellTexts

QUARTER = "quarter"
"""The column of a measure that is entered once a quarter."""
UNSAFE = ("row_deleted", "column_deleted", "doubled", "moved")
"""The kinds of problems with which nobody knows which cell is whose."""

CellKey = tuple[str, str]
"""Measure and column id."""


@dataclass(frozen=True)
class Slot:
    """A cell for a number of a form. value: what stands in it; open: whether it is asked for."""

    address: str
    value: Value
    open: bool = True


@dataclass(frozen=True)
class Form:
    """One form: whose it is and its cells of numbers. role: in the language of the form.

    number, name: of the person, as on the form. months: those in the role. slots: by measure and column.
    """

    file: str
    sheet: str
    role: Role
    language: str
    quarter: Quarter
    number: str
    name: str
    newcomer: bool
    assignment: Assignment | None
    months: tuple[str, ...]
    slots: Mapping[CellKey, Slot]
    original: Role
    """The role as its file has it: tables speak the company's language, whatever the form's is."""

    @cached_property
    def by_label(self) -> Mapping[str, tuple[Measure, ...]]:
        """Folded label → the measures that have it."""
        found: dict[str, tuple[Measure, ...]] = {}
        for measure, original in zip(self.role.measures, self.original.measures, strict=True):
            for label in {folded(measure.label), folded(original.label)}:
                found[label] = (*found.get(label, ()), measure)
        return found

    @property
    def who(self) -> str:
        """The person, for messages."""
        return " ".join(filter(None, (self.number, self.name)))

    @property
    def key(self) -> tuple[str, str, str]:
        """What two copies of one form have in common."""
        return self.number or self.name, self.role.id, self.assignment.begins if self.assignment else ""


@dataclass(frozen=True)
class FormFile:
    """A workbook of forms. content: its bytes. name: the path from the folder that it was found in.

    ours: whether all its formulas are those that it was made with.
    """

    name: str
    path: Path
    content: bytes = field(repr=False)
    language: str
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...] = ()
    ours: bool = False


def read_form_files(
    sources: Sequence[tuple[str, Path]], catalogue: Catalogue, executor: Executor | None = None
) -> Iterator[FormFile]:
    """The forms of every file, in the order of `sources`; a file that is no form has problems and no forms."""
    contents = ((name, attempt(name, HANS, partial(content_of, path))) for name, path in sources)
    read = mapped(partial(_read, catalogue=catalogue), contents, executor, size=_size, lost=_lost)
    for (name, path), result in zip(sources, read, strict=True):
        yield FormFile(name, path, *result)


_Named = tuple[str, bytes | Problem]
_Result = tuple[bytes, str, tuple[Form, ...], tuple[Problem, ...], bool]


def _size(named: _Named) -> int:
    return len(named[1]) if isinstance(named[1], bytes) else 0


def _lost(named: _Named) -> _Result:
    return b"", HANS, (), (UnreadableError("file", "fatal").problem(named[0]),), False


def _read(named: _Named, catalogue: Catalogue) -> _Result:
    name, content = named
    if isinstance(content, Problem):
        return b"", HANS, (), (content,), False
    opened: Callable[[], Workbook] = partial(open_workbook, content, name, catalogue)
    workbook = attempt(name, HANS, opened)
    if isinstance(workbook, Problem):
        return content, HANS, (), (workbook,), False
    quarter = quarter_in(workbook.settings)
    forms, problems = [], [p for p in workbook.problems if p.kind in ("role", "sheet", "identity", "sheet_gone")]
    for reading in workbook.readings:
        unsafe = [problem for problem in reading.problems if problem.kind in UNSAFE]
        problems += unsafe[:1]
        if quarter is not None and not unsafe:
            formulas = workbook.book.stored(reading.sheet).formulas
            original = catalogue.role(reading.registered.role, quarter)
            forms.append(_form(reading, quarter, formulas, original))
    return content, workbook.language, tuple(forms), tuple(problems), has_our_formulas(workbook)


def _form(reading: FormReading, quarter: Quarter, formulas: CellTexts, original: Role) -> Form:
    inputs, assignment = reading.inputs, reading.registered.assignment
    person = inputs.person
    return Form(
        reading.file,
        reading.sheet,
        reading.role,
        reading.language,
        quarter,
        person.get("employee_id") or (assignment.id if assignment else ""),
        person.get("name") or (assignment.name if assignment else ""),
        inputs.newcomer,
        assignment,
        inputs.months,
        dict(_slots(reading, formulas)),
        original,
    )


def _slots(reading: FormReading, formulas: CellTexts) -> Iterator[tuple[CellKey, Slot]]:
    rated = reading.inputs.rated(reading.role)
    for measure in reading.role.measures:
        for column in MONTHS if measure.monthly else (QUARTER,):
            row = measure_id(measure.id)
            if reading.grid.has(row, column):
                asked = column == QUARTER or column in reading.inputs.months
                # A newcomer has no period before.
                asked = asked and not (measure.previous and reading.inputs.newcomer)
                asked = asked and measure.id not in rated  # it only shows the superior's rating
                place, value = reading.grid.place(row, column), reading.grid(row, column)
                if value is None and place in formulas:  # somebody's formula, without a result so far
                    value = f"={formulas[place]}"
                yield (measure.id, column), Slot(reading.grid.address(row, column), value, asked)


def doubled(forms: Iterable[Form]) -> dict[tuple[str, str, str], tuple[Form, ...]]:
    """The forms of which there are several copies, by what they have in common."""
    copies: dict[tuple[str, str, str], list[Form]] = defaultdict(list)
    for form in forms:
        if form.number or form.name:
            copies[form.key].append(form)
    return {key: tuple(same) for key, same in copies.items() if len(same) > 1}
