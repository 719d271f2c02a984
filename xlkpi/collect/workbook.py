"""Builds the summary workbook of a quarter: ranking, departments, indicators, grades, problems, board, files.

It has no formulas: Python has computed every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from openpyxl import Workbook
from openpyxl.formatting.rule import DataBarRule

from xlkpi.appraisal.people import Person
from xlkpi.catalogue.company import Company
from xlkpi.collect.collection import Collection, Ranked
from xlkpi.collect.workbook_board import write_board, write_files, write_problems
from xlkpi.collect.workbook_scores import score_or_reason, write_distribution, write_matrix
from xlkpi.common.quarter import Quarter, period_text
from xlkpi.form.layout import Span, part_id
from xlkpi.form.part_quarter import part_targets, part_text, shown_target
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number, round_half_up, score_text
from xlkpi.intake.received import OWN
from xlkpi.scoring.reasons import PREFIX, is_refusal
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, FINAL, SCORE, TEXT, TableSheet, TableValue, file_link
from xlkpi.xlsx.write.saved import saved

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def build(collection: Collection, folder: Path, language: str = HANS) -> bytes:
    """The summary workbook.

    folder: where it will be saved; its links to the forms are relative to it. The same collection gives the same bytes.
    """
    labels, company = words(language), collection.catalogue.company(language, collection.quarter)
    book = Workbook()
    book.remove(book.worksheets[0])
    title = labels("collected_title", company=company.name, period=period_text(collection.quarter, labels))
    grades = _grades(collection, company)

    def sheet(key: str, widths: Sequence[float], *notes: str) -> TableSheet:
        table_sheet = TableSheet(book.create_sheet(labels(key)), widths, labels)
        table_sheet.title(f"{title} · {labels(key)}", *notes)
        return table_sheet

    _ranking(sheet("sheet_ranking", _RANKING_WIDTHS, *_ranking_notes(collection, labels)), collection, folder)
    widths = [24, 9, 9, 10, 10, 10, 10, *[12] * len(grades)]
    _departments(sheet("sheet_departments", widths, labels("departments_note")), collection, grades)

    def matrix(count: int, width: float) -> TableSheet:
        return sheet("sheet_matrix", [14, 16, *[width] * count, 10], labels("matrix_note"))

    write_matrix(matrix, collection, labels)
    shares = any(grade.share is not None for grade in company.grades)
    note = "distribution_note" if shares else "distribution_off"
    spread = sheet("sheet_distribution", [24, 9, *[13] * max(5, len(grades)), 40], labels(note))
    write_distribution(spread, collection, company, grades)
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


# --- ranking --------------------------------------------------------------------------------------------------------

_RANKING_WIDTHS = (7, 10, 13, 18, 24, 13, 13, 10, 13, 13, 46, 34)


def _ranking_notes(collection: Collection, labels: Labels) -> list[str]:
    people = [ranked.person for ranked in collection.ranking]
    counts = {"files": len(collection.received), "people": len(people), "complete": sum(p.complete for p in people)}
    return [labels("ranking_note", **counts), labels("ranking_ties")]


def _ranking(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    labels = sheet.labels
    keys = "rank_word employee_id name department post superior col_total col_events final grade col_note col_file"
    cells = [CENTRE, CENTRE, TEXT, TEXT, TEXT, TEXT, SCORE, SCORE, FINAL, CENTRE, TEXT.but(size=9), TEXT.but(size=9)]
    rows = [_ranking_row(ranked, collection, folder, labels) for ranked in collection.ranking]
    table = sheet.table([labels(key) for key in keys.split()], cells, rows)
    if rows:
        bars = DataBarRule("num", 0, "num", 120, color=styles.BAR)
        sheet.sheet.conditional_formatting.add(sheet.cells(8, table), bars)
    sheet.finish(table.first - 1, columns=3, table=table)


def _ranking_row(ranked: Ranked, collection: Collection, folder: Path, labels: Labels) -> list[TableValue]:
    person, titles = ranked.person, _titles(ranked.person, collection, labels)
    entries = collection.entries_of(person)
    last = entries[-1]
    total, final = person.total, person.final
    events: TableValue = None
    if is_number(total) and is_number(final):
        events = round_half_up(float(final) - float(total))
    remarks = [*_remarks(person, titles, labels), *_part_remarks(person, collection.quarter, labels)]
    return [
        ranked.rank if ranked.rank is not None else "—",
        person.id,
        person.name or labels("nameless"),
        person.department,
        labels("list_separator").join(dict.fromkeys(titles)),
        person.superior,
        score_or_reason(total, labels),
        events or None,
        score_or_reason(final, labels),
        person.grade or "—",
        "\n".join(remarks),
        file_link(last.file.name, last.file.path, folder, last.form.sheet),
    ]


def _titles(person: Person, collection: Collection, labels: Labels) -> list[str]:
    """The role titles of a person's forms, in the language of the summary."""
    ids = (form.appraisal.role.id for form in person.forms)
    return [collection.role(id, labels.language).title for id in ids]


def _remarks(person: Person, titles: Sequence[str], labels: Labels) -> list[str]:
    """The remarks beside a person's numbers: several assignments, empty indicators, refused scores, alerts."""
    remarks = []
    for form, days, title in zip(person.forms, person.days, titles, strict=True):
        appraisal = form.appraisal
        if len(person.forms) > 1:
            remarks.append(
                labels("note_post", role=title, days=days, final=score_text(appraisal.final) or labels("no_final"))
            )
        empty = sum(result.applies and result.score is None for result in appraisal.indicators)
        if empty:
            remarks.append(labels("note_open", count=empty))
        refused = [result for result in appraisal.indicators if result.applies and is_refusal(result.score)]
        remarks += [
            labels("note_refused", indicator=result.label, reason=str(result.score).removeprefix(f"{PREFIX} "))
            for result in refused
        ]
        remarks += [text for _, text in appraisal.alerts]
    return remarks


def _part_remarks(person: Person, quarter: Quarter, labels: Labels) -> Iterator[str]:
    """What became of the targets that are those of a whole quarter, where somebody has the role for a part of it."""
    for form in person.forms:
        role, typed = form.appraisal.role, form.appraisal.inputs.targets
        rows = {part_id(id, number): value for id, values in typed.items() for number, value in enumerate(values)}
        for target in part_targets(role, form.assignment, quarter):
            whole, reduced = target.is_whole(rows.get(target.row)), target.is_reduced(rows.get(target.row))
            if form.assignment is None or target.whole is None or target.reduced is None or not (whole or reduced):
                continue
            numbers = {"whole": target.whole, "reduced": target.reduced}
            shown = {key: shown_target(number) for key, number in numbers.items()}
            part = part_text(form.assignment, quarter, labels)
            key = "note_part_whole" if whole else "note_part_reduced"
            yield labels(key, label=target.part.label, part=part, **shown)


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
