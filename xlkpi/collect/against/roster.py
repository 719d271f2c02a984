"""Received forms held against the roster: what it says of a person counts, and a form that says otherwise is told.

Whether somebody is new, which targets were agreed, and in which months somebody is in post stand where anyone can type.
A roster knows better: the form is scored again with what the roster says. Only months cannot be put right here, because
the form has no cells for those that it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.people import identity
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.form.blocks.usual import usual_layout
from xlkpi.form.layout import part_id, target_key
from xlkpi.form.part_quarter import PartTarget, part_targets, part_text, prorated, shown_target
from xlkpi.form.records.agreed import Agreed, Agreements
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, number_text, same_number
from xlkpi.i18n.problems import ADVICE, ERROR, Place, Problem
from xlkpi.intake.agreement.terms import post_of
from xlkpi.intake.received import ReceivedFile, overlap
from xlkpi.roster.reader import Roster


def held_against_roster(
    files: Sequence[ReceivedFile], roster: Roster, quarter: Quarter, agreements: Agreements | None = None
) -> list[ReceivedFile]:
    """The files with their forms scored as the roster says, and an error wherever a form says otherwise.

    agreements: a target in this record goes before the roster's; where they differ, it is told.
    """
    posts: dict[tuple[str, str], list[Assignment]] = {}
    for assignment in roster.assignments:
        posts.setdefault((assignment.id, assignment.role), []).append(assignment)
    known = agreements or Agreements()
    return [_held(file, posts, roster, quarter, known) if file.quarter == quarter else file for file in files]


_Posts = Mapping[tuple[str, str], Sequence[Assignment]]
"""By staff number and role."""


def _held(file: ReceivedFile, posts: _Posts, roster: Roster, quarter: Quarter, agreements: Agreements) -> ReceivedFile:
    forms: list[FilledForm] = []
    found: list[Problem] = []
    known: set[tuple[str | None, str | None]] = set()
    for form in file.filled.forms:
        assignment = _assignment_of(form, posts, quarter)
        if assignment is None:
            forms.append(form)
            continue
        comparison = _Comparison(file.name, form, assignment, roster, quarter)
        if (agreed := agreements.latest(post_of(form))) is not None:  # its targets go before those of the roster
            otherwise = comparison.agreed_otherwise(agreed)
            found += otherwise.values()
            kept_targets = {key: value for key, value in assignment.targets.items() if key not in otherwise}
            assignment = replace(assignment, targets=kept_targets)
            comparison = _Comparison(file.name, form, assignment, roster, quarter)
        found += comparison.problems()
        inputs, held = form.appraisal.inputs, comparison.held()
        forms.append(form if held == inputs else replace(form, appraisal=appraise(form.appraisal.role, held)))
        known |= {(form.sheet, f"i:{key}") for key in assignment.targets}
    # A target that the roster knows is no longer asked about.
    asked = ("target", "part_quarter")
    kept = (p for p in file.problems if p.kind not in asked or (p.sheet, p.row_id) not in known)
    return replace(file, filled=replace(file.filled, forms=tuple(forms)), problems=(*kept, *found))


def _assignment_of(form: FilledForm, posts: _Posts, quarter: Quarter) -> Assignment | None:
    """The line of the roster that a form is for; None where the roster has none."""
    own = posts.get((identity(form).id, form.appraisal.role.id), ())
    return next((post for post in own if overlap(form.assignment, post, quarter)), None)


class _Comparison:
    """One form beside its line of the roster."""

    def __init__(self, file: str, form: FilledForm, assignment: Assignment, roster: Roster, quarter: Quarter) -> None:
        if "work_share" not in roster.fields and form.assignment is not None:  # the roster does not say
            assignment = replace(assignment, share=form.assignment.share)
        self.file, self.form, self.assignment, self.quarter = file, form, assignment, quarter
        self.inputs = form.appraisal.inputs
        self.labels: Labels = words(self.inputs.language)
        self.layout = usual_layout(form.appraisal.role, rated=self.inputs.shares is not None)
        self.says_who_is_new = "newcomer" in roster.fields

    def held(self) -> Inputs:
        """The inputs with what the roster says."""
        newcomer = self.assignment.newcomer if self.says_who_is_new else self.inputs.newcomer
        return replace(self.inputs, newcomer=newcomer, targets=self._targets())

    def _targets(self) -> Mapping[str, list[Value]]:
        agreed = self._reduced() | dict(self.assignment.targets)
        return {
            id: [agreed.get(target_key(id, number), value) for number, value in enumerate(values)]
            for id, values in self.inputs.targets.items()
        }

    def agreed_otherwise(self, agreed: Agreed) -> dict[str, Problem]:
        """By `target_key`, what is said of the roster's targets that are not those of the recorded agreement."""
        found = {}
        for indicator in self.form.appraisal.role.indicators:
            for number, part in enumerate(indicator.parts):
                key, row = target_key(indicator.id, number), part_id(indicator.id, number)
                of_roster, recorded = self.assignment.targets.get(key), agreed.terms.get(f"{row} target")
                if not is_number(of_roster) or (is_number(recorded) and same_number(float(recorded), of_roster)):
                    continue
                percent = part.unit == "%"
                shown = number_text(recorded, percent, self.labels) if is_number(recorded) else str(recorded or "—")
                values = {"value": number_text(of_roster, percent, self.labels), "expected": shown}
                found[key] = self._problem("agreed", row, "target", ADVICE, label=part.label, **values)
        return found

    def _reduced(self) -> dict[str, float]:
        """By `target_key`, the targets that the form reduces to another part of the quarter than the roster's."""
        return {target.row.removeprefix("i:"): now for target, now in self._other_parts()}

    def _other_parts(self) -> Iterator[tuple[PartTarget, float]]:
        """Those targets, each with what the roster's part makes of it."""
        part = self.assignment.part(self.quarter)
        for target in part_targets(self.form.appraisal.role, self.form.assignment, self.quarter):
            typed = self._typed(target.row)
            if target.whole is not None and target.share != part and target.is_reduced(typed):
                yield target, prorated(target.whole, part)

    def _typed(self, row: str) -> Value:
        targets = self.inputs.targets
        rows = {part_id(id, number): value for id, values in targets.items() for number, value in enumerate(values)}
        return rows.get(row)

    def _part_problems(self) -> Iterator[Problem]:
        for target, now in self._other_parts():
            if self.form.assignment is None or target.row.removeprefix("i:") in self.assignment.targets:
                continue
            typed, parts = target.reduced or 0.0, (self.form.assignment, self.assignment)
            part, of_roster = (part_text(each, self.quarter, self.labels) for each in parts)
            yield self._problem(
                "part", target.row, "target", label=target.part.label, value=shown_target(typed),
                part=part, now=of_roster or self.labels("part_none"), expected=shown_target(now),
            )  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        yield from self._part_problems()
        months = self.assignment.months(self.quarter)
        if months != self.inputs.months:
            yield self._problem(
                "months", "person", "period", value=self._named(self.inputs.months), expected=self._named(months)
            )
        if self.says_who_is_new and self.assignment.newcomer is not self.inputs.newcomer:
            answers = {True: self.labels("yes"), False: self.labels("no_word")}
            values = {"value": answers[self.inputs.newcomer], "expected": answers[self.assignment.newcomer]}
            yield self._problem("newcomer", "person", "newcomer", label=self.labels("newcomer"), **values)
        for indicator in self.form.appraisal.role.indicators:
            for number, part in enumerate(indicator.parts):
                agreed = self.assignment.targets.get(target_key(indicator.id, number))
                typed = [*self.inputs.targets[indicator.id], *[None] * len(indicator.parts)][number]
                if not is_number(agreed) or (is_number(typed) and abs(float(typed) - float(agreed)) <= 1e-9):
                    continue
                percent = part.unit == "%"
                shown = number_text(typed, percent, self.labels) if is_number(typed) else str(typed or "—")
                expected = number_text(agreed, percent, self.labels)
                yield self._problem(
                    "target", part_id(indicator.id, number), "target", label=part.label, value=shown, expected=expected
                )

    def _named(self, months: tuple[str, ...]) -> tuple[str, ...]:
        names = dict(zip(MONTHS, month_names(self.quarter, self.labels), strict=True))
        return tuple(self.labels("month", month=names[month]) for month in months)

    def _problem(self, what: str, row: str, column: str, severity: str = ERROR, **values: object) -> Problem:
        place = Place(self.file, self.form.sheet, self.layout.address(row, column), row, column)
        return Problem.at(place, "against_roster", self.inputs.language, severity, f"roster_{what}", **values)
