"""Carries values and targets from a person's form into the form of the next quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import operand_values
from xlkpi.catalogue.appraising.policies import CARRY_OVER
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import BY_DAYS
from xlkpi.catalogue.role import Indicator, Measure, Part, Role, weight_value
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.form.layout import EXCEPTIONS, MEETING, measure_id, part_id
from xlkpi.form.part_quarter import PartTarget, part_targets, reduced_preset
from xlkpi.form.prefill import Preset
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, number_text
from xlkpi.next_quarter.actions import carried_actions, count_of


@dataclass(frozen=True)
class NotCarried:
    """Something that is not carried over. value: as text, "" for none. reason: why not."""

    label: str
    value: str
    reason: str


@dataclass(frozen=True)
class Carried:
    """What the next form begins with.

    presets: (row id, column id) → preset. values, targets: how many of the presets are such. left: what is not carried.
    actions: how many actions of the meeting are carried.
    """

    presets: dict[tuple[str, str], Preset]
    values: int
    targets: int
    left: tuple[NotCarried, ...]
    actions: int = 0


def carry(
    form: FilledForm,
    role: Role,
    catalogue: Catalogue,
    quarter: Quarter,
    assignment: Assignment | None,
    form_language: str,
    language: str,
) -> Carried:
    """What the form that follows a form of `quarter` begins with.

    role: as of the quarter after, not translated. assignment: of the new form, from a roster; its targets take
    precedence. form_language: of the new form and of the notes in it. language: of the reasons in `left`.
    """
    carrying = _Carrying(form, role, catalogue, quarter, assignment, form_language, language)
    values = dict(carrying.values())
    agreed = assignment.targets if assignment else {}
    targets = {place: target for place, target in carrying.targets() if place[0].removeprefix("i:") not in agreed}
    scores = dict(carrying.scores(catalogue))
    carrying.look_for_edits()
    person = {} if assignment else _person(form, words(form_language))
    actions = {}
    if MEETING in catalogue.company(None, quarter.after).blocks:
        actions = carried_actions(form, quarter, words(form_language))
    presets = person | values | targets | scores | actions
    return Carried(presets, len(values), len(targets), tuple(carrying.left), count_of(actions))


def _person(form: FilledForm, labels: Labels) -> dict[tuple[str, str], Preset]:
    """The person fields as typed, for a form without a roster. Nobody is a newcomer twice, so that becomes no."""
    typed = {field: text for field, text in form.appraisal.inputs.person.items() if text and field != "newcomer"}
    fields = typed | ({"newcomer": labels("no_word")} if typed else {})
    return {("person", field): Preset(text) for field, text in fields.items()}


class _Carrying:
    """One form while it is carried over; `left` collects what is not carried."""

    def __init__(
        self,
        form: FilledForm,
        role: Role,
        catalogue: Catalogue,
        quarter: Quarter,
        assignment: Assignment | None,
        form_language: str,
        language: str,
    ) -> None:
        self.old, self.inputs = form.appraisal.role, form.appraisal.inputs
        self.new = role
        self.quarter = quarter
        self.form_labels, self.labels = words(form_language), words(language)
        self.new_in_report_language = catalogue.translated(role, language)
        self.new_in_old_language = catalogue.translated(role, self.inputs.language)
        """The new role in the language of the old form, so that labels and units can be compared."""
        self.left: list[NotCarried] = []
        self.assignment = assignment
        self.part_quarter = catalogue.company(None, quarter.after).part_quarter
        self._parts = {target.row: target for target in part_targets(self.old, form.assignment, quarter)}
        self._values = operand_values(self.old, self.inputs)
        self._results = {result.id: result.score for result in form.appraisal.indicators}

    @cached_property
    def _parts_now(self) -> dict[str, PartTarget]:
        """The targets of the new form that are doubtful because it is for a part of the quarter, by row id."""
        return {target.row: target for target in part_targets(self.new, self.assignment, self.quarter.after)}

    def _leave(self, label: str, value: Value, unit: str, reason: str, /, **values: object) -> None:
        """Note something as not carried. reason: key of its words in labels.toml, without `next_`."""
        number = float(value) if is_number(value) else None
        shown = str(value or "") if number is None else number_text(number, unit == "%", self.labels)
        self.left.append(NotCarried(label, shown, self.labels(f"next_{reason}", quarter=self.quarter, **values)))

    # --- values of the period before ----------------------------------------------------------------------------------

    def values(self) -> Iterator[tuple[tuple[str, str], Preset]]:
        """The measures of the new form whose values the old form has."""
        for measure in self.new.measures:
            value = self._value(measure)
            if value is not None:
                note = self.form_labels(
                    "next_carried_note", quarter=self.quarter, label=self._source(measure, self.form_labels)
                )
                yield (measure_id(measure.id), "quarter"), Preset(value, note)

    def _source(self, measure: Measure, labels: Labels) -> str:
        """The label, in the old form, of the measure (or of its month) that a measure is carried from."""
        operand = measure.carried_from
        assert operand is not None
        source = self.old.measure.get(operand.measure)
        label = source.label if source else operand.measure
        if operand.month is None:
            return label
        month = month_names(self.quarter, labels)[MONTHS.index(operand.month)]
        return labels("next_month_of", label=label, month=labels("month", month=month))

    def _value(self, measure: Measure) -> float | None:
        """The value to carry into a measure; None, with the reason noted, where there is none."""
        operand, label, unit = measure.carried_from, self.new_in_report_language.measure[measure.id].label, measure.unit
        if operand is None:
            if measure.previous:
                self._leave(label, None, unit, "no_source")
            return None
        source, value = self._source(measure, self.labels), self._values.get(operand)
        old, expected = self.old.measure.get(operand.measure), self._unit_in_form(operand)
        if old is None or operand not in self._values:
            self._leave(label, None, unit, "no_measure", label=source)
        elif old.unit != expected:
            self._leave(label, value, unit, "other_unit", before=old.unit, after=expected)
        elif value in (None, ""):
            self._leave(label, None, unit, "not_filled", label=source)
        elif not is_number(value):
            self._leave(label, value, unit, "no_number", label=source)
        else:
            return float(value)
        return None

    def _unit_in_form(self, operand: Operand) -> str:
        """The unit that the new role has for a measure, in the language of the old form."""
        measure = self.new_in_old_language.measure.get(operand.measure)
        return measure.unit if measure else ""

    # --- targets ------------------------------------------------------------------------------------------------------

    def targets(self) -> Iterator[tuple[tuple[str, str], Preset]]:
        """The agreed targets, as proposals for the new form."""
        current = {indicator.id: indicator for indicator in self.new.indicators}
        for indicator in self.old.indicators:
            for index, part in enumerate(indicator.parts):
                target = self.inputs.targets[indicator.id][index]
                if part.target_formula is None and indicator.rule.reads_target(index):
                    row = part_id(indicator.id, index)
                    before = self._parts.get(row)
                    if before is not None and before.is_reduced(target):
                        target = before.whole
                    value = self._target(indicator, index, part, target, current.get(indicator.id))
                    preset = None if value is None else self._proposed(row, value, part.label)
                    if preset is not None:
                        yield (row, "target"), preset

    def _proposed(self, row: str, target: float, label: str) -> Preset | None:
        """A target for the new form, reduced where that is for a part of the quarter; None, noted, where it cannot be.

        A target that was agreed for a part of a quarter is none of a whole one, nor of another part.
        """
        before, now = self._parts.get(row), self._parts_now.get(row)
        of_part = before is not None and not before.is_whole(target)
        if of_part and now is not None and before is not None:
            if before.share == now.share:  # somebody who always works half the time
                return Preset(target, self.form_labels("next_target_note", quarter=self.quarter), own=True)
            self._leave(self.labels("next_target_of", label=label), target, "", "target_part")
            return None
        if now is not None and self.assignment is not None and self.part_quarter == BY_DAYS:
            return reduced_preset(target, now, self.assignment, self.quarter.after, self.form_labels)
        key = "next_target_part_note" if of_part else "next_target_note"
        return Preset(target, self.form_labels(key, quarter=self.quarter))

    def _target(self, old: Indicator, index: int, part: Part, target: Value, new: Indicator | None) -> float | None:
        label = self.labels("next_target_of", label=part.label)
        new_part = new.parts[index] if new and index < len(new.parts) else None
        unit = part.unit
        if not is_number(target):
            if target not in (None, "") or (new_part and new_part.target is None and new_part.target_formula is None):
                self._leave(label, target, unit, "target_empty")
        elif new is None or new_part is None:
            self._leave(label, target, unit, "target_removed")
        elif new_part.target_formula is not None or not new.rule.reads_target(index):
            self._leave(label, target, unit, "target_unread")
        elif self._part_in_form(new, index) != (part.label, unit):
            self._leave(label, target, unit, "target_other")
        elif new_part.target is not None and new_part.target != part.target:
            shown = number_text(new_part.target, new_part.unit == "%", self.labels)
            self._leave(label, target, unit, "target_changed", target=shown)
        else:
            return float(target)
        return None

    def _part_in_form(self, new: Indicator, index: int) -> tuple[str, str]:
        """Label and unit of an indicator's part in the new role, in the language of the old form.

        An indicator is recognised by its id even if it was renamed; its further measures are recognised by label.
        """
        part = {i.id: i for i in self.new_in_old_language.indicators}[new.id].parts[index]
        old = {i.id: i for i in self.old.indicators}[new.id].parts[index]
        return (part.label if index else old.label), part.unit

    def scores(self, catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], Preset]]:
        """The scores of indicators that keep them where their data is missing; lines of 不计分事项 are not carried."""
        if EXCEPTIONS not in catalogue.company(None, self.quarter.after).blocks:
            return
        for indicator in self.new.indicators:
            score = self._results.get(indicator.id)
            if self.new.if_missing(indicator) == CARRY_OVER and is_number(score):
                yield (part_id(indicator.id), "carried"), Preset(float(score))

    # --- edits on the form -------------------------------------------------------------------------------------------

    def look_for_edits(self) -> None:
        """Note edited rules and weights, and spare rows: the next form has those of the role file."""
        current = {indicator.id for indicator in self.new.indicators}
        for indicator in self.old.indicators:
            if indicator.id not in current:
                continue
            rule, weight = self.inputs.rules[indicator.id].strip(), self.inputs.weights[indicator.id]
            if rule != indicator.rule_text:
                self._leave(indicator.label, rule, "", "rule_edited")
            if abs(weight - weight_value(self.old.weights[indicator.id])) > 1e-6:
                self._leave(indicator.label, weight, "%", "weight_edited")
        for spare in self.inputs.spare:
            if spare.used:
                self._leave(spare.label, spare.rule, "", "spare")
