"""Builds the summary workbook of a quarter: overview, ranking, departments, indicators, grades, problems, board, files.

It has no formulas: Python has computed every value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from openpyxl import Workbook

from xlkpi.appraisal.people import Person
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.catalogue.company import Company
from xlkpi.collect.added_sheets.appeals import APPEALS_WIDTHS, appeals_note, write_appeals
from xlkpi.collect.agreement.sheet import AGREED_WIDTHS, write_agreed
from xlkpi.collect.collection import Collection
from xlkpi.collect.exceptions.sheet import WIDTHS as EXCEPTED_WIDTHS
from xlkpi.collect.exceptions.sheet import write_excepted
from xlkpi.collect.outcome.rewards import rewards_widths, write_rewards
from xlkpi.collect.overview.facts import Facts
from xlkpi.collect.overview.figures import overview
from xlkpi.collect.overview.sheet import OVERVIEW_WIDTHS, write_overview
from xlkpi.collect.workbook_board import write_board, write_files, write_problems
from xlkpi.collect.workbook_meetings import MEETINGS_WIDTHS, has_meetings, write_meetings
from xlkpi.collect.workbook_ranking import ranking_notes, ranking_widths, write_ranking
from xlkpi.collect.workbook_scores import write_distribution, write_matrix
from xlkpi.common.quarter import period_text
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number, round_half_up
from xlkpi.intake.received import OWN
from xlkpi.writer.sheets.tables import COUNT, FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def build(collection: Collection, folder: Path, language: str = HANS, facts: Facts | None = None) -> bytes:
    """The summary workbook.

    folder: where it will be saved; its links to the forms are relative to it. facts: what the overview is made of;
    without it there is no quarter before. The same collection gives the same bytes.
    """
    facts = facts or Facts.of(collection, (), language)
    labels, company = words(language), collection.catalogue.company(language, collection.quarter)
    book = Workbook()
    book.remove(book.worksheets[0])
    title = labels("collected_title", company=company.name, period=period_text(collection.quarter, labels))
    grades = _grades(collection, company)

    def sheet(key: str, widths: Sequence[float], *notes: str) -> TableSheet:
        table_sheet = TableSheet(book.create_sheet(labels(key)), widths, labels, plain=True)
        table_sheet.title(f"{title} · {labels(key)}", *notes)
        return table_sheet

    write_overview(sheet("sheet_overview", OVERVIEW_WIDTHS, labels("overview_note")), overview(facts))
    notes = ranking_notes(collection, facts, labels)
    write_ranking(sheet("sheet_ranking", ranking_widths(collection, labels), *notes), collection, facts, folder)
    if collection.appeals:
        write_appeals(sheet("appeal_sheet", APPEALS_WIDTHS, appeals_note(collection, labels)), collection, folder)
    outcome = Coefficients(collection.catalogue, collection.quarter)
    if outcome.rewards:
        write_rewards(sheet("sheet_rewards", rewards_widths(outcome), labels("rewards_note")), collection, outcome)
    widths = [24, 9, 9, 10, 10, 10, 10, *[12] * len(grades)]
    _departments(sheet("sheet_departments", widths, labels("departments_note")), collection, grades)

    def matrix(count: int, width: float) -> TableSheet:
        return sheet("sheet_matrix", [14, 16, *[width] * count, 10], labels("matrix_note"))

    write_matrix(matrix, collection, labels)
    shares = any(grade.share is not None for grade in company.grades)
    note = "distribution_note" if shares else "distribution_off"
    spread = sheet("sheet_distribution", [24, 9, *[13] * max(5, len(grades)), 40], labels(note))
    write_distribution(spread, collection, company, grades)
    if has_meetings(collection):
        write_meetings(sheet("sheet_meetings", MEETINGS_WIDTHS, labels("meetings_note")), collection, folder)
    if collection.agreements is not None:
        write_agreed(sheet("sheet_agreed", AGREED_WIDTHS, labels("agreed_note")), collection, collection.agreements)
    if collection.excepted:
        write_excepted(sheet("sheet_excepted", EXCEPTED_WIDTHS, labels("excepted_note")), collection.excepted)
    note = "problems_note" if collection.problems else "no_problems"
    write_problems(sheet("sheet_problems", [8, 34, 18, 10, 56, 46], labels(note)), collection, folder)
    note = "board_note_roster" if collection.roster else "board_note_registered"
    write_board(sheet("sheet_board", [14, 12, 13, 18, 20, 13, 10, 10, 30, 42], labels(note)), collection, folder)
    write_files(sheet("sheet_files", [40, 18, 12, 10, 10, 80], labels("files_note")), collection, folder)
    newest = max((file.modified for file in collection.received if file.modified), default=_EPOCH)
    return saved(book, newest, OWN)


def _grades(collection: Collection, company: Company) -> list[str]:
    """The company's grades from the best down, then other grades of the forms."""
    of_company = [grade.name for grade in company.grades]
    of_people = [ranked.person.grade for ranked in collection.ranking if ranked.person.grade]
    return list(dict.fromkeys([*of_company, *of_people]))


# --- departments ----------------------------------------------------------------------------------------------------


def _departments(sheet: TableSheet, collection: Collection, grades: Sequence[str]) -> None:
    labels = sheet.labels
    teams = departments(collection, labels)
    keys = "department col_people col_complete col_mean col_median col_best col_worst"
    headers = [*(labels(key) for key in keys.split()), *grades]
    cells = [TEXT, COUNT, COUNT, FINAL, SCORE, SCORE, SCORE, *[COUNT] * len(grades)]
    everyone = [ranked.person for ranked in collection.ranking]
    rows = [_statistics(name, people, grades) for name, people in teams.items()]
    rows.sort(key=lambda row: -row[3] if isinstance(row[3], float) else 1.0)
    rows.append(_statistics(labels("whole_company"), everyone, grades))
    table = sheet.table(headers, cells, rows, bold_last=True)
    sheet.finish(table.first - 1, columns=1, table=Span(table.first, table.last - 1))


def departments(collection: Collection, labels: Labels) -> dict[str, list[Person]]:
    """The people of each department, in the order of the ranking."""
    teams: dict[str, list[Person]] = {}
    for ranked in collection.ranking:
        teams.setdefault(ranked.person.department or labels("no_department"), []).append(ranked.person)
    return teams


def _statistics(name: str, people: Sequence[Person], grades: Sequence[str]) -> list[TableValue]:
    finals = [float(person.final) for person in people if is_number(person.final)]
    figures = [round_half_up(figure(finals)) if finals else "—" for figure in (mean, median, max, min)]
    counts = [sum(person.grade == grade for person in people) or None for grade in grades]
    return [name, len(people), len(finals), *figures, *counts]
