"""Makes forms anew from today's roles and settings, with everything that was typed into them.

A form is scored as it was made. Who changed a role after sending it and wants the change to hold renews the forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator, Role, weight_value
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.check.context import CheckedForm
from xlkpi.check.expected import typed_places
from xlkpi.check.formulas.places import Place
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import carried_places
from xlkpi.form.layout import MEETING, measure_id, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import Preset, Presets
from xlkpi.form.register import quarter_in
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.i18n.problems import ERROR, Problem, UnreadableError
from xlkpi.i18n.problems import Place as Cell
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import open_workbook
from xlkpi.writer.workbook import workbook


@dataclass(frozen=True)
class Change:
    """What is otherwise on a renewed form. kind: added, gone, renamed, weight, formula, aggregate, rule,
    target, or left for a typed
    content that the new form has no cell for. label: of the row. before, after: as people read them.
    """

    sheet: str
    kind: str
    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Renewed:
    """A renewed workbook. carried: typed contents that it took over. language: of its forms.

    sheets: the forms, as they were planned. problems: of the old file; with errors among them nothing was made, and
    `content` is None.
    """

    content: bytes | None
    carried: int
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    language: str
    quarter: Quarter | None = None
    sheets: tuple[PlannedSheet, ...] = ()


Carried = Callable[[Assignment, Quarter], Presets]
"""The scores of the quarter before for a form: from the history, as what stands in a returned form may be typed."""


def renew(
    content: bytes, file: str, catalogue: Catalogue, lite: str | None = None, carried: Carried | None = None
) -> Renewed:
    """Make a workbook's forms anew. lite: the package for xlwings Lite, for a workbook that uses it.

    Raises `UnreadableError` where the content is no workbook of ours. A form that cannot be read is an error, and then
    nothing is made: it would be lost.
    """
    opened = open_workbook(content, file, catalogue)
    quarter, language = quarter_in(opened.settings), opened.language
    problems = [problem for problem in opened.problems if problem.severity == ERROR]
    if quarter is None:
        raise UnreadableError("file", "no_quarter").of(language)
    sheets: list[PlannedSheet] = []
    changes: list[Change] = []
    for reading in opened.readings:
        form = CheckedForm(reading, opened.book.stored(reading.sheet), opened.settings, opened.catalogue)
        try:
            renewing = _Renewing(form, catalogue.role(reading.registered.role, quarter), catalogue, quarter)
        except CatalogueError as error:
            place = Cell(file, reading.sheet)
            problems.append(Problem.at(place, "role", language, ERROR, "next_role", error=error))
            continue
        planned = renewing.planned()
        if carried is not None and planned.assignment is not None:
            planned = replace(planned, presets={**planned.presets, **carried(planned.assignment, quarter)})
        sheets.append(planned)
        changes += dict.fromkeys(renewing.changes())  # data and its indicator often have one name
    if problems or not sheets:
        return Renewed(None, 0, (), tuple(problems), language, quarter)
    made = workbook(sheets, catalogue, quarter, language, lite if "lite" in opened.settings else None)
    return Renewed(
        made, sum(len(sheet.presets) for sheet in sheets), tuple(changes), (), language, quarter, tuple(sheets)
    )


class _Renewing:
    """One form while it is renewed. role: today's, as its file has it."""

    def __init__(self, form: CheckedForm, role: Role, catalogue: Catalogue, quarter: Quarter) -> None:
        self.form, self.reading, self.role = form, form.reading, role
        self.old, self.new = form.reading.role, catalogue.translated(role, form.reading.language)
        self.labels: Labels = words(form.reading.language)
        assignment = form.reading.registered.assignment
        self.typed = {
            place: value
            for place in sorted(
                typed_places(self.old, form.catalogue, quarter, self.reading.language, assignment) | carried_places()
            )
            if (value := self.reading.grid.get(*place)) not in (None, "") and not _of_register(place, self.reading)
        }
        self.places = typed_places(self.new, catalogue, quarter, self.reading.language, assignment)
        if MEETING in catalogue.company(None, quarter).blocks:
            self.places |= carried_places()  # nobody types there, and they are of this one form
        self.units = {row: (old, new) for row, old, new in _units(self.old, self.new)}
        self.defaults = dict(_targets(self.old))
        self.left = {place: value for place, value in self.typed.items() if not self._fits(place)}

    def _fits(self, place: Place) -> bool:
        """Whether what was typed has the same meaning in the new form."""
        row, column = place
        numbers = column in ("m1", "m2", "m3", "quarter", "target")
        same_unit = len({*self.units.get(row, ())}) < 2
        return place in self.places and (same_unit or not numbers)

    def _preset(self, place: Place, value: Value) -> bool:
        """Whether a typed content is one of the old role, which the new form has of its own."""
        return place[1] == "target" and place[0] in self.defaults and self.defaults[place[0]] == value

    def planned(self) -> PlannedSheet:
        """The new form."""
        presets = {
            place: Preset(float(value) if is_number(value) else str(value))
            for place, value in self.typed.items()
            if place not in self.left and not self._preset(place, value)
        }
        registered = self.reading.registered
        assignment = registered.assignment
        return PlannedSheet(self.reading.sheet, self.role, assignment and replace(assignment, targets={}), presets)

    def changes(self) -> Iterator[Change]:
        """What the new form has otherwise than the old one, row by row."""
        sheet = self.reading.sheet
        old, new = _rows(self.old), _rows(self.new)
        for row in (row for row in old if row not in new):
            yield Change(sheet, "gone", old[row])
        for row, label in new.items():
            if row not in old:
                yield Change(sheet, "added", label)
            elif old[row] != label:
                yield Change(sheet, "renamed", label, old[row], label)
        yield from self._measures()
        yield from self._indicators()
        for (row, column), value in self.left.items():
            if not self._preset((row, column), value):
                label = f"{self.form.label(row)} · {self.form.column_label(row, column)}"
                yield Change(sheet, "left", label, self.form.shown(value, self.units.get(row, ("",))[0]))

    def _measures(self) -> Iterator[Change]:
        for measure in self.new.measures:
            old = self.old.measure.get(measure.id)
            ways = [f"renew_{one.aggregate if one.monthly else one.entry}" for one in (old, measure) if one]
            if len({*ways}) > 1:
                language = self.labels.language
                yield self._change("aggregate", measure.label, *(COMMANDS(way, language) for way in ways))

    def _indicators(self) -> Iterator[Change]:
        before = {indicator.id: indicator for indicator in self.old.indicators}
        targets = dict(_targets(self.old))
        for indicator in self.new.indicators:
            old = before.get(indicator.id)
            if old is None:
                continue
            shares = [weight_value(role.weights[indicator.id]) for role in (self.old, self.new)]
            if abs(shares[0] - shares[1]) > 1e-9:
                yield self._change("weight", indicator.label, *(self.form.shown(share, "%") for share in shares))
            if [part.actual.text for part in old.parts] != [part.actual.text for part in indicator.parts]:
                texts = (_formulas(one, role) for one, role in ((old, self.old), (indicator, self.new)))
                yield self._change("formula", indicator.label, *texts)
            if old.rule_text != indicator.rule_text:
                yield self._change("rule", indicator.label, old.rule_text, indicator.rule_text)
            for number, part in enumerate(indicator.parts):
                was = targets.get(part_id(indicator.id, number))
                if was != part.target:
                    yield self._change(
                        "target", part.label, *(self.form.shown(t, part.unit) for t in (was, part.target))
                    )

    def _change(self, kind: str, label: str, before: str, after: str) -> Change:
        return Change(self.reading.sheet, kind, label, before, after)


def _formulas(indicator: Indicator, role: Role) -> str:
    """How the actuals of an indicator are computed, with the labels of the measures."""
    texts = (part.actual.text for part in indicator.parts)
    return "; ".join(re.sub(r"[A-Za-z_]\w*", lambda id: role.labels.get(id[0], id[0]), text) for text in texts)


def _of_register(place: Place, reading: FormReading) -> bool:
    """Whether a cell says who the person is, which the new form has from the roster."""
    return place[0] == "person" and place[1] != "newcomer" and reading.registered.assignment is not None


def _rows(role: Role) -> dict[str, str]:
    """Row id → label, of the measures and the indicators."""
    rows = {measure_id(measure.id): measure.label for measure in role.measures}
    return rows | {part_id(i.id, number): part.label for i in role.indicators for number, part in enumerate(i.parts)}


def _units(old: Role, new: Role) -> Iterator[tuple[str, str, str]]:
    """Row id, old unit, new unit, of the rows that both roles have."""
    before, after = (dict(_units_of(role)) for role in (old, new))
    yield from ((row, before[row], after[row]) for row in before if row in after)


def _units_of(role: Role) -> Iterator[tuple[str, str]]:
    yield from ((measure_id(measure.id), measure.unit) for measure in role.measures)
    for indicator in role.indicators:
        yield from ((part_id(indicator.id, number), part.unit) for number, part in enumerate(indicator.parts))


def _targets(role: Role) -> Iterator[tuple[str, float | None]]:
    for indicator in role.indicators:
        yield from ((part_id(indicator.id, number), part.target) for number, part in enumerate(indicator.parts))
