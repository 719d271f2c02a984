"""Compares the scores that a form shows with those that Python computes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from xlkpi.check.context import MANY, CheckedForm
from xlkpi.check.formulas.functions import FormulaError, Plain, Unknown
from xlkpi.check.formulas.stored import SheetValues
from xlkpi.check.formulas.value import Formula, formula_of, same_value, value_of
from xlkpi.form.grid import address
from xlkpi.form.layout import part_id
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, round_half_up, value_text
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError
from xlkpi.intake.workbook import Workbook
from xlkpi.scoring import reasons
from xlkpi.scoring.reasons import is_refusal
from xlkpi.xlsx.function_names import called_functions

_TOLERANCE = 1e-6
"""Of a score; relative above 1."""
_MOST_FOLLOWED = 200_000
"""Characters of the formulas that are followed to find out which cell is wrong: 41,000 in a form as it was made."""
_MOST_SUMMARY = 5_000
"""Formulas of the sheet 汇总 that are looked at: some 13 a person."""
_LONGEST_SUMMARY = 1_000
"""Characters of such a formula."""
_MANY = 4
"""A changed number changes an indicator, total, final total and grade; more than these are told once."""


def stale(form: CheckedForm) -> Iterator[Problem]:
    """Scores, total, final total and grade whose formulas showed something else when the file was saved.

    Where many formulas have become fixed values, which are not told one by one, these are compared as well.
    """
    appraisal = form.reading.appraisal
    if appraisal is None:
        return
    computed: list[tuple[str, Value]] = [(part_id(result.id), result.score) for result in appraisal.indicators]
    computed += [("total", appraisal.total), ("final", appraisal.final)]
    computed += [("grade", appraisal.grade if appraisal.complete else appraisal.final)]
    wrong = [
        (row, shown, value)
        for row, value in computed
        if form.reading.grid.has(row, "score") and (form.overwritten > MANY or form.formula(row, "score") is not None)
        for shown in [form.value(row, "score")]
        if not _same(shown, value) and not (form.lost and shown == "#N/A")
    ]
    if len(wrong) > 1 and all(shown is None for _, shown, _ in wrong):  # written by a program that does not calculate
        computed_anew = form.shown(_rounded(appraisal.final)) or "—"
        yield form.problem("stale", "final", "score", WARNING, key="uncalculated", computed=computed_anew)
        return
    pending = reasons.cell_text(reasons.SPARE_PENDING, form.labels.language)
    if waiting := [row for row, shown, _ in wrong if shown == pending]:  # which total and grade leave out
        row, totals = waiting[0], (form.value("final", "score"), _rounded(appraisal.final))
        values = {"shown": form.shown(totals[0]) or "—", "computed": form.shown(totals[1]) or "—"}
        yield form.problem("stale", row, "score", WARNING, "stale_pending", label=form.label(row), **values)
        wrong = [one for one in wrong if one[0] not in {*waiting, "total", "final", "grade"}]
    if len(wrong) > _MANY:  # a number was changed by a program that does not calculate
        row, values = wrong[0][0], {"computed": form.shown(_rounded(appraisal.final)) or "—"}
        yield form.problem(
            "stale", row, "score", WARNING, "stale_many", label=form.label(row), count=len(wrong), **values
        )
        return
    for row, shown, value in wrong:
        near = is_number(shown) and _rounded(shown) == _rounded(value)
        pair = {"shown": shown, "computed": value} if near else {"shown": _rounded(shown), "computed": _rounded(value)}
        values = {key: form.shown(score) or "—" for key, score in pair.items()}
        yield form.problem("stale", row, "score", WARNING, label=form.label(row), **values)
    told = {row for row, _, _ in wrong}
    yield from _shown_otherwise(form, told)


def _shown_otherwise(form: CheckedForm, told: Collection[str]) -> Iterator[Problem]:
    """Results whose stored values do not follow from the cells that their formulas read.

    told: the rows whose scores are told already.
    """
    follow = _Following(form)
    found = [
        (row, column, follow.shown[place], follow.computed(place))
        for (row, column), place, formula in form.formula_cells.shown
        if not (column == "score" and row in told) and follow.is_wrong(place, formula)
    ]
    if len(found) > MANY:
        row, column, *_ = found[0]
        yield form.problem("stale", row, column, WARNING, "stale_shown_many", label=form.label(row), count=len(found))
        return
    for row, column, shown, computed in found:
        unit = "%" if column == "achievement" else str(form.value(row, "unit") or "") if column == "actual" else ""
        values = {"label": form.label(row), "column": form.column_label(row, column)}
        values |= {"shown": form.shown(shown, unit), "computed": form.shown(computed, unit)}
        yield form.problem("stale", row, column, WARNING, "stale_shown", **values)


class _Following:
    """Finds cells that follow neither from the stored values of the cells that they read, nor from the right ones.

    What follows from a wrong cell is right in itself; and what is right beside a wrong cell has only kept its value.
    """

    def __init__(self, form: CheckedForm) -> None:
        self._form, self.shown, self._left = form, form.shown_values, _MOST_FOLLOWED
        self._read = self.shown.__getitem__
        grid, appraisal = form.reading.grid, form.reading.appraisal
        self._scored = {
            grid.place(part_id(result.id), "deducted"): result.deducted
            for result in (appraisal.indicators if appraisal else ())
            if result.deducted is not None
            and grid.has(part_id(result.id), "deducted")
            and called_functions(form.formula(part_id(result.id), "deducted") or "")
        }
        """Of the cells that call our functions; scores are compared by themselves."""
        self._known: dict[tuple[int, int], Plain] = dict(self._scored)

    def is_wrong(self, place: tuple[int, int], formula: Formula | None) -> bool:
        try:
            if place in self._scored:
                return not same_value(self.shown[place], self._scored[place])
            if formula is None or same_value(shown := self.shown[place], formula.value(self._read)):
                return False
            return not same_value(shown, self.computed(place))
        except (Unknown, FormulaError):  # an error says itself that it is none
            return False

    def _formula(self, place: tuple[int, int]) -> Formula | None:
        """The formula of a cell, as long as there are not too many of them."""
        if (text := self._form.formulas.get(place)) is None:
            return None
        self._left -= len(text)
        if self._left < 0:
            raise Unknown
        return formula_of(text)

    def computed(self, place: tuple[int, int]) -> Plain:
        """The value of a cell, computed from typed cells as far as that is possible."""
        if place not in self._known:
            self._known[place] = stored = self.shown[place]  # also where cells read each other in a circle
            with suppress(Unknown, FormulaError):
                if (formula := self._formula(place)) is not None:
                    computed = formula.value(self._computed)
                    self._known[place] = stored if same_value(stored, computed) else computed
        return self._known[place]

    def _computed(self, place: Any) -> Plain:
        if len(place) == 2:
            return self.computed(place)
        sheet, row, column = place
        if sheet != self._form.reading.sheet:
            raise Unknown
        return self.computed((row, column))


def summary(workbook: Workbook) -> Iterator[Problem]:
    """Cells of the sheet 汇总 whose stored values do not follow from the forms."""
    book, language = workbook.book, workbook.language
    title = words(language)("summary")
    forms: dict[str, SheetValues] = {}

    def of_form(sheet: str, row: int, column: int) -> Plain:
        return forms[sheet][row, column]  # of another sheet nothing is known: a LookupError says that

    try:
        shown = SheetValues(title, book.rows(title), book.stored(title), of_form)
    except UnreadableError:  # gone or damaged: no score needs it
        return
    forms |= {
        form.sheet: SheetValues(form.sheet, form.grid.rows, book.stored(form.sheet)) for form in workbook.readings
    }
    for place, formula in islice(book.stored(title).formulas.items(), _MOST_SUMMARY):
        with suppress(Unknown, FormulaError):
            if len(formula) > _LONGEST_SUMMARY:
                continue
            value, computed = shown[place], value_of(formula, shown.__getitem__)
            if not same_value(value, computed):
                values = {"shown": value_text(_rounded(value)), "computed": value_text(_rounded(computed))}
                at = Place(workbook.file, title, address(*place))
                yield Problem.at(at, "stale", language, WARNING, "stale_summary", **values)


def _rounded(value: Value) -> Value:
    """A score to two decimals, as a form shows it."""
    return round_half_up(float(value), 2) if is_number(value) else value


def _same(shown: Value, computed: Value) -> bool:
    if is_number(shown) and is_number(computed):
        return abs(float(shown) - float(computed)) <= _TOLERANCE * max(1.0, abs(float(computed)))
    if is_refusal(shown) and is_refusal(computed):
        return True
    return (shown or None) == (computed or None) if not is_number(shown) and not is_number(computed) else False
