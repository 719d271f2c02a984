"""What `xlkpi raters collect` does: reads what came back, fills forms, writes the report and the record, and tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import click

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.cli.app import USAGE, catalogue_in_use, fail, print_problems, terminal
from xlkpi.cli.numbers.forms import form_sources
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder, write_whole
from xlkpi.common.lock import BusyError, locked
from xlkpi.common.quarter import Quarter
from xlkpi.fill.write import Typed, has_our_formulas, typed_in
from xlkpi.form.layout import OTHERS, SELF
from xlkpi.form.records.rated import Rated, RatedError, read_rated, record_rated
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.i18n.problems import ADVICE, Problem
from xlkpi.intake.received import find_files
from xlkpi.intake.workbook import Workbook, open_workbook
from xlkpi.raters.asked import Asked, asked_of, unasked
from xlkpi.raters.combined import Combined, combined
from xlkpi.raters.hints import Hint, hints
from xlkpi.raters.listing.listed import RaterList
from xlkpi.raters.placing import QUARTER, Placement, Placing
from xlkpi.raters.reading.received import Received, receive
from xlkpi.raters.reading.returned import Expected
from xlkpi.raters.report import Report
from xlkpi.xlsx.archive import attempt, content_of


@dataclass
class Rating:
    """One run. Its steps: `receive`, `fill`, `write_report`, then `tell` or `as_json`."""

    company: CompanyFolder
    quarter: Quarter
    listed: RaterList
    assignments: Sequence[Assignment]
    replace: bool = False
    catalogue: Catalogue = field(default_factory=catalogue_in_use)
    received: Received = field(init=False)
    results: list[Combined] = field(init=False)
    recorded: list[Rated] = field(default_factory=list)
    found: list[Hint] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    placements: dict[Path, Placement] = field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        return self.catalogue.company(None, self.quarter).ratings.anonymous

    @property
    def has_problems(self) -> bool:
        return bool(self.received.silent) or any(problem.severity != ADVICE for problem in self.problems)

    def receive(self, returned: Path) -> None:
        """Read and combine what came back. Exits where there is no such folder."""
        if not returned.exists():
            fail(COMMANDS("raters_none_returned", path=returned), USAGE)

        @cache
        def asked(language: str) -> Mapping[str, Sequence[Asked]]:
            return asked_of(self.listed.pairs, self.assignments, self.catalogue, self.quarter, language)

        companies = {self.catalogue.company(language, self.quarter).name for language in (None, *LANGUAGES)}
        expected = Expected(self.quarter, frozenset(companies), self.listed.raters, asked)
        sources = find_files([returned]) if is_folder(returned) else [(returned.name, returned)]
        self.received = receive(sources, expected)
        self.problems += [problem for problem in self.listed.problems if problem.severity != ADVICE]
        self.problems += self.received.problems
        shares = self.catalogue.company(None, self.quarter).ratings.shares
        self.results = combined(self.received.answers, self.received.missing, shares, anonymous=self.anonymous)
        listed = [row for rows in asked(HANS).values() for row in rows]
        nobody = unasked(self.assignments, listed, self.catalogue, self.quarter, HANS)
        self.results += combined((), nobody, shares, anonymous=self.anonymous)
        self.found = hints(self.received.answers, self.results, {})

    # --- forms --------------------------------------------------------------------------------------------------------

    def fill(self, forms: Sequence[str], output: Path | None, *, overwrite: bool) -> None:
        """Write the ratings into forms, into copies with `output`, and the record."""
        self.recorded = self._before()
        placing = Placing(str(self.quarter), self.results, self.recorded, self.anonymous, self.replace)
        sources = form_sources(forms)
        targets = {path: path if output is None else output / name for name, path in sources}
        for path, target in targets.items():
            if output is not None and target.exists() and (not overwrite or target.samefile(path)):
                raise FileExistsError(target)
        for name, path in sources:
            self._file(name, path, targets[path], placing)
        superiors = {key: points for one in self.placements.values() for key, points in one.lead.items()}
        self.found = hints(self.received.answers, self.results, superiors)
        try:
            with locked(self.company.history):
                record_rated(self.company.history, self.quarter, self.rated())
        except BusyError:
            fail(COMMANDS("history_busy", path=self.company.history))

    def _before(self) -> list[Rated]:
        try:
            return read_rated(self.company.history, self.quarter)
        except RatedError as error:
            click.echo(COMMANDS("raters_record_anew", error=error), err=True)
            return []

    def _file(self, name: str, path: Path, target: Path, placing: Placing) -> None:
        def work() -> tuple[Workbook, bytes]:
            content = content_of(path)
            return open_workbook(content, name, self.catalogue), content

        opened = attempt(name, HANS, work)
        if isinstance(opened, Problem):
            self.problems.append(opened)
            return
        workbook, content = opened
        placement = placing.into(workbook)
        self.placements[path] = placement
        self.problems += placement.problems
        if placement.cells:
            start = words(workbook.language)("fill_note")
            ours = has_our_formulas(workbook)
            typed = Typed(name, content, workbook.language, placement.cells, placement.notes, start, ours)
            content, told = typed_in(typed)
            self.problems += told
        if placement.cells or target != path:
            write_whole(target, content, overwrite=True)

    def rated(self) -> list[Rated]:
        """What is recorded: every combined value, and self ratings: those that were given, and those on the forms.

        A self rating that was recorded before stays, whatever stands on the form now, unless typed values give way.
        """
        found = []
        for result in self.results:
            id, role, start, row = result.asked.key
            column = SELF if result.is_self else OTHERS if result.asked.item.levels else QUARTER
            value = result.place if result.is_self else result.value
            if value is not None or column == OTHERS:
                found.append(Rated(id, role, start, row, column, None if value is None else float(value)))
        given = {(one.id, one.role, one.start, one.row) for one in found if one.column == SELF}
        of_forms = {(*key, row): place for each in self.placements.values() for (key, row), place in each.own.items()}
        kept = (
            {}
            if self.replace
            else {(one.id, one.role, one.start, one.row): one.value for one in self.recorded if one.column == SELF}
        )
        typed = {key: place for key, place in {**of_forms, **kept}.items() if key not in given}
        return found + [Rated(*key, SELF, None if place is None else float(place)) for key, place in typed.items()]

    # --- what is told -------------------------------------------------------------------------------------------------

    def write_report(self) -> Path:
        """Write the report for HR in the place of an earlier one."""
        path = self.company.ratings(self.quarter) / COMMANDS("raters_report_file")
        report = Report(self.quarter, self.results, self.received, self.found, self.problems, self.anonymous)
        write_whole(path, report.book(), overwrite=True)
        return path

    def tell(self, path: Path) -> None:
        """Print problems, who is missing, hints, and where everything is."""
        print_problems(self.problems)
        console = terminal()
        for hint in self.found:
            line = COMMANDS("raters_hint", number=hint.number, name=hint.name, text=hint.text)
            console.print(line, style="yellow", soft_wrap=True, markup=False)
        if self.received.silent:
            names = tuple(self.received.silent.values())
            click.echo(COMMANDS("raters_silent", count=len(names), names=names))
        nobody = [one for one in self.results if one.value is None and not one.is_self]
        if nobody:
            names = tuple(dict.fromkeys(one.asked.pair.name for one in nobody))
            click.echo(COMMANDS("raters_nobody_rated", count=len(nobody), names=names))
        alone = [one for one in self.results if one.count == 1 and not one.is_self and one.asked.item.levels]
        if alone and self.anonymous:
            names = tuple(dict.fromkeys(one.asked.pair.name for one in alone))
            click.echo(COMMANDS("raters_alone", names=names))
        filled = sum(one.filled for one in self.placements.values())
        same = sum(one.same for one in self.placements.values())
        raters = len(self.listed.raters) - len(self.received.silent)
        click.echo(COMMANDS("raters_collected", raters=raters, results=len(self.results), path=path))
        key = "raters_filled" if self.placements else "raters_not_filled"
        click.echo(COMMANDS(key, files=len(self.placements), filled=filled, same=same, quarter=self.quarter))
        self._without_form()

    def _without_form(self) -> None:
        """Tell whose forms were not among those given."""
        there = {key for one in self.placements.values() for key in one.people}
        lost = [one.asked.pair.name for one in self.results if one.asked.key[:3] not in there]
        if self.placements and lost:
            click.echo(COMMANDS("raters_without_form", names=tuple(dict.fromkeys(lost))))

    def as_json(self) -> dict[str, Any]:
        """What may be shown: combined values, groups, hints, problems; no single rating."""
        return {
            "quarter": str(self.quarter),
            "results": [
                {
                    "id": one.asked.pair.person, "name": one.asked.pair.name, "role": one.asked.person.role,
                    "row": one.asked.item.row, "label": one.asked.item.label,
                    "rated_by": SELF if one.is_self else OTHERS, "value": one.value,
                    "groups": [{"kinds": g.kinds, "count": g.count, "points": plain(g.points)} for g in one.groups],
                    "missing": one.missing,
                }
                for one in self.results
            ],
            "silent": [{"id": id, "name": name} for id, name in self.received.silent.items()],
            "hints": [asdict(hint) for hint in self.found],
            "problems": [asdict(problem) for problem in self.problems],
        }  # fmt: skip
