"""Checking returned workbooks: what is missing, wrong, changed or stale, each at its cell, in the form's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check import fixed, typed
from xlkpi.check import stale as shown
from xlkpi.check.context import CheckedForm
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ADVICE, SEVERITIES, WARNING, Place, Problem, unforeseen
from xlkpi.intake.workbook import Workbook, open_workbook
from xlkpi.xlsx.archive import attempt, content_of

CHECKS: tuple[Callable[[CheckedForm], Iterable[Problem]], ...] = (
    fixed.made_otherwise,
    fixed.rows_gone,
    fixed.identity,
    typed.yes_or_no,
    typed.missing_inputs,
    typed.missing_targets,
    typed.out_of_range,
    typed.counts,
    fixed.weights,
    fixed.rules,
    fixed.targets,
    fixed.grades,
    typed.spare_rows,
    typed.events,
    typed.signatures,
    fixed.contents,
    shown.stale,
)
"""What is looked for in every form. Each gives the problems that it finds."""


@dataclass(frozen=True)
class Checked:
    """What was found in a file, sheet by sheet. language: that of its forms."""

    file: str
    problems: tuple[Problem, ...]
    language: str

    @property
    def fine(self) -> bool:
        """Whether there is nothing beyond advice."""
        return all(problem.severity == ADVICE for problem in self.problems)


def check(
    paths: Sequence[Path], catalogue: Catalogue, quarter: Quarter | None = None, language: str = HANS
) -> list[Checked]:
    """Check files, each by itself; without `quarter` they must agree among themselves.

    language: of what is wrong with a file that does not say its own.
    """
    opened = [_open(path, catalogue, language) for path in paths]
    quarters = Counter(one.quarter for one in opened if isinstance(one, Workbook))
    usual = str(quarter) if quarter else max(quarters, key=lambda q: (quarters[q], q or ""), default=None)
    return [_checked(path, one, usual, language) for path, one in zip(paths, opened, strict=True)]


def _open(path: Path, catalogue: Catalogue, language: str) -> Workbook | Problem:
    file = shown_name(path)
    return attempt(file, language, lambda: open_workbook(content_of(path), file, catalogue))


def _checked(path: Path, opened: Workbook | Problem, quarter: str | None, language: str) -> Checked:
    file = shown_name(path)
    if isinstance(opened, Problem):
        return Checked(file, (opened,), language)
    try:
        return Checked(file, tuple(check_workbook(opened, quarter)), opened.language)
    except Exception as error:  # one file must not keep the others from being checked
        return Checked(file, (unforeseen(error).problem(file, language=opened.language),), opened.language)


def check_workbook(workbook: Workbook, quarter: str | None = None) -> Iterator[Problem]:
    """The problems of a workbook that should be of a quarter."""
    yield from workbook.problems
    if quarter is not None and workbook.quarter != quarter:
        values = {"quarter": workbook.quarter or "?", "expected": quarter}
        yield Problem.at(Place(workbook.file), "quarter", workbook.language, WARNING, **values)
    for sheet in workbook.strays:
        yield Problem.at(Place(workbook.file, sheet), "copied", workbook.language, WARNING)
    for reading in workbook.readings:
        form = CheckedForm(reading, workbook.book.stored(reading.sheet).formulas, workbook.settings, workbook.catalogue)
        found = [*reading.problems, *(problem for look in CHECKS for problem in look(form))]
        yield from sorted(found, key=lambda problem: SEVERITIES.index(problem.severity))
