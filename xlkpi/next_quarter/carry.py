"""What a person's form of one quarter brings into the form of the next: values of the period before, targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import operand_values
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator, Measure, Part, Role, weight_value
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.form.layout import measure_id, part_id
from xlkpi.form.prefill import Preset
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, number_text


@dataclass(frozen=True)
class NotCarried:
    """Something that is not carried over: what, its value as text ("" for none), and why."""

    label: str
    value: str
    reason: str


@dataclass(frozen=True)
class Carried:
    """What is typed already in the form of the next quarter, how many of it are values and targets, what is not."""

    presets: dict[tuple[str, str], Preset]
    values: int
    targets: int
    left: tuple[NotCarried, ...]


def carry(
    form: FilledForm,
    role: Role,
    catalogue: Catalogue,
    quarter: Quarter,
    assignment: Assignment | None,
    form_language: str,
    language: str,
) -> Carried:
    """What a form of `quarter` brings into the form of the quarter after it.

    `role` is the catalogue's as of the quarter after, not translated; `assignment` is whose the new form is, where a
    roster says so, and its targets stand. Notes are in the language of the form that is made, reasons in `language`.
    """
    carrying = _Carrying(form, role, catalogue, quarter, form_language, language)
    values = dict(carrying.values())
    agreed = assignment.targets if assignment else {}
    targets = {place: target for place, target in carrying.targets() if place[0].removeprefix("i:") not in agreed}
    carrying.look_for_edits()
    person = {} if assignment else _person(form, words(form_language))
    return Carried(person | values | targets, len(values), len(targets), tuple(carrying.left))


def _person(form: FilledForm, labels: Labels) -> dict[tuple[str, str], Preset]:
    """The person as typed, where no roster says whose the form is; nobody is new a second time."""
    typed = {field: text for field, text in form.appraisal.inputs.person.items() if text and field != "newcomer"}
    fields = typed | ({"newcomer": labels("no_word")} if typed else {})
    return {("person", field): Preset(text) for field, text in fields.items()}


class _Carrying:
    """One form while it is carried over; `left` collects what is not."""

    def __init__(
        self, form: FilledForm, role: Role, catalogue: Catalogue, quarter: Quarter, form_language: str, language: str
    ) -> None:
        self.old, self.inputs = form.appraisal.role, form.appraisal.inputs
        self.new = role
        self.quarter = quarter
        self.form_labels, self.labels = words(form_language), words(language)
        self.named = catalogue.translated(role, language)
        self.in_form = catalogue.translated(role, self.inputs.language)
        """The new role in the language of the old form."""
        self.left: list[NotCarried] = []
        self._values = operand_values(self.old, self.inputs)

    def _leave(self, label: str, value: Value, unit: str, reason: str, /, **given: object) -> None:
        number = float(value) if is_number(value) else None
        shown = str(value or "") if number is None else number_text(number, unit == "%", self.labels)
        self.left.append(NotCarried(label, shown, self.labels(f"next_{reason}", quarter=self.quarter, **given)))

    # --- values of the period before ----------------------------------------------------------------------------------

    def values(self) -> Iterator[tuple[tuple[str, str], Preset]]:
        """Measures of the new form whose values the old one knows."""
        for measure in self.new.measures:
            value = self._value(measure)
            if value is not None:
                note = self.form_labels(
                    "next_carried_note", quarter=self.quarter, label=self._source(measure, self.form_labels)
                )
                yield (measure_id(measure.id), "quarter"), Preset(value, note)

    def _source(self, measure: Measure, labels: Labels) -> str:
        """What a measure is carried from, as the old form calls it."""
        operand = measure.carried_from
        assert operand is not None
        source = self.old.measure.get(operand.measure)
        label = source.label if source else operand.measure
        if operand.month is None:
            return label
        month = month_names(self.quarter, labels)[MONTHS.index(operand.month)]
        return labels("next_month_of", label=label, month=labels("month", month=month))

    def _value(self, measure: Measure) -> float | None:
        operand, label, unit = measure.carried_from, self.named.measure[measure.id].label, measure.unit
        if operand is None:
            if measure.previous:
                self._leave(label, None, unit, "no_source")
            return None
        source, value = self._source(measure, self.labels), self._values.get(operand)
        known, expected = self.old.measure.get(operand.measure), self._unit_in_form(operand)
        if known is None or operand not in self._values:
            self._leave(label, None, unit, "no_measure", label=source)
        elif known.unit != expected:
            self._leave(label, value, unit, "other_unit", before=known.unit, after=expected)
        elif value in (None, ""):
            self._leave(label, None, unit, "not_filled", label=source)
        elif not is_number(value):
            self._leave(label, value, unit, "no_number", label=source)
        else:
            return float(value)
        return None

    def _unit_in_form(self, operand: Operand) -> str:
        """The unit that the new role has for a measure, in the language of the old form."""
        measure = self.in_form.measure.get(operand.measure)
        return measure.unit if measure else ""

    # --- targets ------------------------------------------------------------------------------------------------------

    def targets(self) -> Iterator[tuple[tuple[str, str], Preset]]:
        """What was agreed, as a proposal."""
        current = {indicator.id: indicator for indicator in self.new.indicators}
        for indicator in self.old.indicators:
            for index, part in enumerate(indicator.parts):
                target = self.inputs.targets[indicator.id][index]
                if part.target_formula is None and indicator.rule.reads_target(index):
                    value = self._target(indicator, index, part, target, current.get(indicator.id))
                    if value is not None:
                        note = self.form_labels("next_target_note", quarter=self.quarter)
                        yield (part_id(indicator.id, index), "target"), Preset(value, note)

    def _target(self, old: Indicator, index: int, part: Part, target: Value, new: Indicator | None) -> float | None:
        label = self.labels("next_target_of", label=part.label)
        into = new.parts[index] if new and index < len(new.parts) else None
        unit = part.unit
        if not is_number(target):
            if target not in (None, "") or (into and into.target is None and into.target_formula is None):
                self._leave(label, target, unit, "target_empty")
        elif new is None or into is None:
            self._leave(label, target, unit, "target_removed")
        elif into.target_formula is not None or not new.rule.reads_target(index):
            self._leave(label, target, unit, "target_unread")
        elif self._part_in_form(new, index) != (part.label, unit):
            self._leave(label, target, unit, "target_other")
        elif into.target is not None and into.target != part.target:
            shown = number_text(into.target, into.unit == "%", self.labels)
            self._leave(label, target, unit, "target_changed", target=shown)
        else:
            return float(target)
        return None

    def _part_in_form(self, new: Indicator, index: int) -> tuple[str, str]:
        """Name and unit of an indicator's part in the new role, in the language of the old form.

        An indicator keeps its id whatever it is called; its further measures are known by name.
        """
        part = {i.id: i for i in self.in_form.indicators}[new.id].parts[index]
        old = {i.id: i for i in self.old.indicators}[new.id].parts[index]
        return (part.label if index else old.label), part.unit

    # --- what was edited on the form ----------------------------------------------------------------------------------

    def look_for_edits(self) -> None:
        """Rules, weights and indicators of the form's own: the next form has the role file's."""
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
