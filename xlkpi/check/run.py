"""Checks returned workbooks for what is missing, wrong, changed or stale; problems are in the form's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check import fixed, part_quarter, plausible, stale, typed, unseen
from xlkpi.check.context import CheckedForm
from xlkpi.check.people import exceptions, meeting, ratings
from xlkpi.check.people.rated import Records, rated_otherwise
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import AGREEMENT
from xlkpi.form.records.agreed import Agreements
from xlkpi.form.register import quarter_in
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ADVICE, SEVERITIES, UNSIGNED, WARNING, Place, Problem, unforeseen
from xlkpi.intake.agreement.held import record_problem, with_agreed
from xlkpi.intake.since import changed_since
from xlkpi.intake.workbook import Workbook, open_workbook, scored
from xlkpi.xlsx.archive import attempt, content_of

CHECKS: tuple[Callable[[CheckedForm], Iterable[Problem]], ...] = (
    fixed.made_otherwise,
    fixed.months_named,
    fixed.rows_gone,
    fixed.identity,
    typed.yes_or_no,
    typed.missing_inputs,
    ratings.missing_ratings,
    typed.missing_targets,
    typed.out_of_range,
    plausible.parts,
    plausible.months,
    plausible.quarters,
    typed.counts,
    fixed.weights,
    fixed.rules,
    fixed.targets,
    part_quarter.whole_targets,
    fixed.grades,
    typed.spare_rows,
    plausible.rates,
    plausible.targets,
    plausible.actuals,
    plausible.total,
    exceptions.exceptions,
    exceptions.missing_data,
    typed.events,
    typed.key_actions,
    typed.reviews,
    meeting.block_gone,
    meeting.meeting,
    typed.signatures,
    fixed.contents,
    unseen.twice,
    unseen.formulas,
    unseen.formats,
    unseen.own_rows,
    unseen.own_key_actions,
    stale.stale,
)
"""The checks that every form goes through."""

_MOVED_WITH_THE_ROW = frozenset(("label", "unit", "weights", "rule", "compiled", "target", "formula", "range"))
"""The kinds of problems that follow from moving a row."""

_NOT_CALCULATED = frozenset(("stale", "overwritten", "formula"))
"""The kinds of problems from which wrong values on the sheet 汇总 follow."""


@dataclass(frozen=True)
class Checked:
    """The problems of one file, sheet by sheet. language: that of its forms; forms: how many it has."""

    file: str
    problems: tuple[Problem, ...]
    language: str
    forms: int = 0

    @property
    def findings(self) -> tuple[Problem, ...]:
        """The problems but for missing signatures, which say nothing about the data."""
        return tuple(problem for problem in self.problems if problem.kind != UNSIGNED)

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The sheets that not everybody has signed."""
        return tuple(problem.sheet or "" for problem in self.problems if problem.kind == UNSIGNED)

    @property
    def fine(self) -> bool:
        """Whether there are no errors and no warnings."""
        return all(problem.severity == ADVICE for problem in self.problems)


AgreementsOf = Callable[[Quarter], Agreements]
"""The record of agreed targets of a quarter."""


def check(
    paths: Sequence[Path],
    catalogue: Catalogue,
    quarter: Quarter | None = None,
    language: str = HANS,
    agreements: AgreementsOf | None = None,
    rated: Records | None = None,
) -> list[Checked]:
    """Check files one by one.

    quarter: the one that all files must be of; None for the quarter that most of them are of.
    language: of the problems of a file that does not say its own language. rated: the ratings that the history has;
    None where no history is in use.
    Last, under no name, comes what was changed in the company's roles and settings since the forms were made, and in
    the record of agreements by hand.
    """
    files = [_checked(path, catalogue, language, agreements, rated) for path in paths]
    workbooks = [workbook for _, workbook in files if workbook]
    quarters = Counter(workbook.quarter for workbook in workbooks)
    expected = str(quarter) if quarter else max(quarters, key=lambda q: (quarters[q], q or ""), default=None)
    checked = [_of_quarter(*file, expected) for file in files]
    languages = Counter(each.language for each in checked).most_common(1)
    of_most = languages[0][0] if languages else language
    catalogues = (workbook.catalogue for workbook in workbooks)
    since = [*changed_since(catalogues, of_most), *_of_records(workbooks, agreements, of_most)]
    return [*checked, Checked("", tuple(since), language)] if since else checked


class _Known(NamedTuple):
    """What stays of a workbook after its check: all workbooks of a folder together would take gigabytes.

    quarter: as it stands there; of_record: the one whose record of agreements was used. whole: how many of its problems
    come before those of its forms; None where it could not be checked.
    """

    quarter: str | None
    of_record: Quarter | None
    catalogue: Catalogue
    whole: int | None


def _of_quarter(checked: Checked, workbook: _Known | None, expected: str | None) -> Checked:
    """The same, with a warning where the workbook is not of the expected quarter."""
    if workbook is None or workbook.whole is None or expected is None or workbook.quarter == expected:
        return checked
    values = {"quarter": workbook.quarter or "?", "expected": expected}
    problem = Problem.at(Place(checked.file), "quarter", checked.language, WARNING, **values)
    before, after = checked.problems[: workbook.whole], checked.problems[workbook.whole :]
    return replace(checked, problems=(*before, problem, *after))


def _of_records(workbooks: Sequence[_Known], agreements: AgreementsOf | None, language: str) -> Iterator[Problem]:
    """The problems of the records of agreed targets themselves."""
    if agreements is not None:
        records = [agreements(quarter) for quarter in sorted({w.of_record for w in workbooks if w.of_record})]
        yield from (record_problem(record, language) for record in records if record.incomplete)


def _open(path: Path, catalogue: Catalogue, language: str) -> Workbook | Problem:
    file = shown_name(path)
    return attempt(file, language, lambda: open_workbook(content_of(path), file, catalogue))


def _checked(
    path: Path, catalogue: Catalogue, language: str, agreements: AgreementsOf | None, rated: Records | None
) -> tuple[Checked, _Known | None]:
    file, opened = shown_name(path), _open(path, catalogue, language)
    if isinstance(opened, Problem):
        return Checked(file, (opened,), language), None
    known = _Known(opened.quarter, quarter_in(opened.settings), opened.catalogue, len(opened.problems))
    try:
        problems = tuple(check_workbook(opened, rated))
        if agreements is not None:
            problems = _with_agreed(opened, problems, agreements)
        return Checked(file, problems, opened.language, len(opened.readings)), known
    except Exception as error:  # one file must not keep the others from being checked
        problem = unforeseen(error).problem(file, language=opened.language)
        return Checked(file, (problem,), opened.language), known._replace(whole=None)


def _with_agreed(workbook: Workbook, problems: Sequence[Problem], agreements: AgreementsOf) -> tuple[Problem, ...]:
    """The problems of a workbook with those of its forms against the record of agreed targets."""
    quarter = quarter_in(workbook.settings)
    if quarter is None:
        return tuple(problems)
    wanted = AGREEMENT in workbook.catalogue.company(workbook.language, quarter).blocks
    forms = scored(workbook).forms
    return with_agreed(workbook.file, problems, forms, agreements(quarter), wanted=wanted)


def check_workbook(workbook: Workbook, rated: Records | None = None) -> Iterator[Problem]:
    """The problems of a workbook, those of the whole file first. rated: as in `check`."""
    yield from workbook.problems
    shown_wrong = False
    for reading in workbook.readings:
        form = CheckedForm(reading, workbook.book.stored(reading.sheet), workbook.settings, workbook.catalogue)
        problems = [*reading.problems, *(problem for check_form in CHECKS for problem in check_form(form))]
        problems += typed.unscored(form, problems)
        moved = {problem.row_id for problem in problems if problem.kind == "moved"}
        told = [p for p in problems if p.row_id not in moved or p.kind not in _MOVED_WITH_THE_ROW]
        shown_wrong |= any(problem.kind in _NOT_CALCULATED for problem in told)
        yield from sorted(told, key=lambda problem: SEVERITIES.index(problem.severity))
    if not shown_wrong:  # else it has the same cause
        yield from stale.summary(workbook)
    if rated is not None:
        yield from rated_otherwise(workbook, rated)
