"""Forms held against the record of agreed targets: what was changed afterwards is told, with the score under each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from unicodedata import normalize

from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.captions import column_caption
from xlkpi.form.layout import LETTER, Layout
from xlkpi.form.records.agreed import Agreed, Agreements
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, score_text
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem
from xlkpi.intake.agreement.reading import SIGNED_ROW
from xlkpi.intake.agreement.terms import Difference, agreed_inputs, differences, post_of, terms_of
from xlkpi.intake.agreement.words import TermWords
from xlkpi.intake.received import ReceivedFile

KIND, NOT_AGREED = "agreed", "not_agreed"
"""The kinds of problems of forms that differ from their agreement, and of forms that have none."""
_SETTLED = frozenset(("target", "issued"))
"""The kinds that compare a target with what was proposed: an agreement settles them."""


def held_against_agreed(
    files: Sequence[ReceivedFile], agreements: Agreements, quarter: Quarter, language: str, *, wanted: bool
) -> tuple[list[ReceivedFile], list[Problem]]:
    """The files with a problem wherever a form differs from what was agreed, and the problems of the record itself.

    wanted: whether the company agrees targets, so that a complete form without an agreement is told.
    """
    held = [
        replace(file, problems=with_agreed(file.name, file.problems, file.filled.forms, agreements, wanted=wanted))
        if file.quarter == quarter
        else file
        for file in files
    ]
    return held, [record_problem(agreements, language)] if agreements.incomplete else []


def record_problem(agreements: Agreements, language: str) -> Problem:
    """That entries were taken out of the record, put into it or moved."""
    return Problem.at(Place(""), KIND, language, ERROR, "agreed_incomplete", path=agreements.file)


def with_agreed(
    file: str, problems: Iterable[Problem], forms: Iterable[FilledForm], agreements: Agreements, *, wanted: bool
) -> tuple[Problem, ...]:
    """The problems of a file with those of its forms against the record; what these make pointless is left out."""
    problems = tuple(problems)
    for form in forms:
        agreed = agreements.latest(post_of(form))
        if agreed is None:
            problems += _without(file, form, wanted)
            continue
        held = Held(file, form, agreed)
        found = tuple(held.problems())
        if agreed.post in agreements.edited:
            found += (held.problem(ERROR, "agreed_edited", name=agreed.name, path=agreements.file),)
        told = {(p.row_id, p.column_id) for p in found}
        problems = tuple(p for p in problems if p.sheet != form.sheet or not _is_settled(p, told)) + found
    return problems


def _is_settled(problem: Problem, told: set[tuple[str | None, str | None]]) -> bool:
    at_target = problem.column_id == "target" and problem.kind in _SETTLED
    return at_target or (problem.kind == "issued" and (problem.row_id, problem.column_id) in told)


def _without(file: str, form: FilledForm, wanted: bool) -> tuple[Problem, ...]:
    if not wanted or not form.appraisal.complete:
        return ()
    language = form.appraisal.inputs.language
    place = Place(file, form.sheet)
    return (Problem.at(place, NOT_AGREED, language, WARNING, "agreed_none", name=identity(form).name or form.sheet),)


@dataclass(frozen=True)
class Held:
    """One form beside its agreement. file: its name, for the problems."""

    file: str
    form: FilledForm
    agreed: Agreed

    @cached_property
    def differences(self) -> list[Difference]:
        return differences(self.agreed.terms, self._terms)

    @cached_property
    def _terms(self) -> dict[str, float | str]:
        return terms_of(self.form)

    @cached_property
    def _words(self) -> TermWords:
        return TermWords(self.form.appraisal.role, {**self.agreed.terms, **self._terms}, self._labels)

    @cached_property
    def final(self) -> Value:
        """The final score of the form with everything as agreed; None or a `#KPI …` text where there is none."""
        appraisal = self.form.appraisal
        return appraise(appraisal.role, agreed_inputs(appraisal.role, appraisal.inputs, self.agreed.terms)).final

    @cached_property
    def _labels(self) -> Labels:
        return words(self.form.appraisal.inputs.language)

    def problems(self) -> Iterator[Problem]:
        """A problem at every cell that was changed, and at signatures that are not the recorded ones."""
        scoring = [one for one in self.differences if one.scores]
        for one in self.differences:
            yield self._changed(one, len(scoring)) if one.scores else self._reworded(one)
        if self.agreed.late:
            yield self.late()
        agreement = self.form.agreement
        for who, recorded in (("employee", self.agreed.employee), ("superior", self.agreed.superior)):
            text = getattr(agreement, who)
            if text and plain_text(text) != plain_text(recorded):
                values = {"label": self._labels(f"signed_{who}"), "value": text, "expected": recorded}
                yield self.problem(WARNING, "agreed_signature", SIGNED_ROW, SIGNED[who], **values)

    def late(self) -> Problem:
        """That it was known what the targets come to when they were agreed."""
        return self.problem(ADVICE, "agreed_late", name=self.agreed.name, day=self.agreed.recorded[:10])

    def _changed(self, one: Difference, count: int) -> Problem:
        values = {
            "label": self._words.label(one.row),
            "column": column_caption(one.column, self._labels, one.row),
            "value": self._words.shown(one, one.now),
            "expected": self._words.shown(one, one.was),
            "agreed": self._points(self.final),
            "now": self._points(self.form.appraisal.final),
        }
        # A spare row that nothing scores yet changes no total: worth a look, but no doubt about the result.
        harmless = one.row.startswith("i:+") and self.final == self.form.appraisal.final
        key = "agreed_changed" if count == 1 else "agreed_changed_many"
        return self.problem(ADVICE if harmless else WARNING, key, one.row, one.column, **values, count=count)

    def _reworded(self, one: Difference) -> Problem:
        values = {"value": self._words.shown(one, one.now), "expected": self._words.shown(one, one.was)}
        return self.problem(ADVICE, "agreed_reworded", one.row, one.column, label=self._words.label(one.row), **values)

    def _points(self, final: Value) -> str:
        key = "agreed_points" if is_number(final) else "agreed_no_points"
        return self._labels(key, points=score_text(final) if is_number(final) else "")

    def problem(
        self, severity: str, key: str, row: str | None = None, column: str | None = None, /, **values: object
    ) -> Problem:
        """A problem of the form, or at one of its cells."""
        cell = None if row is None or column is None else self._address(row, column)
        place = Place(self.file, self.form.sheet, cell, row, column)
        return Problem.at(place, KIND, self.form.appraisal.inputs.language, severity, key, **values)

    def _address(self, row: str, column: str) -> str | None:
        """The cell in the file; on a form without the block of agreements, as forms are made."""
        known = self.form.agreement.cells.get(f"{row} {column}")
        rows = Layout(self.form.appraisal.role).rows
        return known or (f"{LETTER[column]}{rows[row]}" if row in rows else None)


def plain_text(text: str) -> str:
    """A typed text without differences that nobody sees: width of characters, blanks."""
    return "".join(normalize("NFKC", text).split())


def is_signed_by(text: str, name: str) -> bool:
    """Whether a signature has the name of who should sign; any has it where nobody is named."""
    return plain_text(name).casefold() in plain_text(text).casefold()
