"""The sheets 问题, 回收情况 and 文件 of the summary workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, STATES, UNREADABLE, BoardLine, by_superior
from xlkpi.collect.collection import Collection
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.intake.received import BLANK, COUNTED, OLDER, OTHER_QUARTER, UNFINISHED, ReceivedFile, ReceivedForm
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, DATE, SCORE, TEXT, TableSheet, TableValue, file_link

_SMALL = TEXT.but(size=9)
_COLOURS = {RECEIVED: styles.GOOD, INCOMPLETE: styles.WARN, UNREADABLE: styles.BAD, MISSING: styles.BAD}
_SEVERITIES = {ERROR: styles.BAD, WARNING: styles.WARN, ADVICE: styles.MUTED}


def write_problems(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Every problem, the worst first, with links to its file and its cell."""
    said = sheet.labels
    paths = {file.name: file.path for file in collection.received}
    order = list(_SEVERITIES)
    found = sorted(collection.problems, key=lambda problem: (order.index(problem.severity), problem.file))
    keys = "col_severity col_file col_sheet col_cell col_problem col_what_to_do"
    cells = [CENTRE, _SMALL, TEXT, CENTRE, TEXT, TEXT]
    rows = [_problem(problem, paths, folder, said) for problem in found]
    table = sheet.table([said(key) for key in keys.split()], cells, rows)
    _colour(sheet, 0, table, {said(f"severity_{key}"): colour for key, colour in _SEVERITIES.items()})
    sheet.finish(table.first - 1, table=table)


def _problem(problem: Problem, paths: dict[str, Path], folder: Path, said: Labels) -> list[TableValue]:
    path = paths.get(problem.file)  # what is missing has no file
    file: TableValue = None if path is None else file_link(problem.file, path, folder)
    cell: TableValue = None
    if path is not None and problem.cell:
        cell = file_link(problem.cell, path, folder, problem.sheet, problem.cell)
    word = said(f"severity_{problem.severity}")
    return [word, file, problem.sheet, cell, problem.message, problem.advice]


def write_board(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """What was expected and what has come: by superior, then each post."""
    said, header = sheet.labels, sheet.row - 1
    words = {state: said(f"state_{state}") for state in STATES}
    sheet.heading(said("board_superiors"))
    headers = [said("superior"), said("col_expected"), *words.values(), said("state_copies"), said("state_changed")]
    counts = by_superior(collection.lines)
    keys = ("expected", *STATES, "copies", "changed")
    rows = [[name or "—", *(count[key] or None for key in keys)] for name, count in counts.items()]
    rows.append([said("whole_company"), *(sum(count[key] for count in counts.values()) for key in keys)])
    sheet.table(headers, [TEXT, *[COUNT] * len(keys)], rows, bold_last=True)
    sheet.heading(said("board_people"))
    columns = "superior employee_id name department post col_state state_changed final col_file col_note"
    headers = [said(key) for key in columns.split()]
    cells = [TEXT, CENTRE, TEXT, TEXT, TEXT, CENTRE, CENTRE, SCORE, _SMALL, _SMALL]
    lines = [_line(line, collection, folder, said) for line in collection.lines]
    table = sheet.table(headers, cells, lines)
    _colour(sheet, 5, table, {words[state]: colour for state, colour in _COLOURS.items()})
    sheet.finish(header, table=table)


def _line(line: BoardLine, collection: Collection, folder: Path, said: Labels) -> list[TableValue]:
    who, entry = line.who, line.entry
    notes = [] if line.expected else [said("state_unexpected")]
    notes += [said("state_twice", file=copy.file.name, why=_why(copy, said)) for copy in line.copies]
    file = None if entry is None else file_link(entry.file.name, entry.file.path, folder, entry.form.sheet)
    return [
        who.superior or "—",
        who.id,
        who.name or said("nameless"),
        who.department,
        _title(line.role, collection, said),
        said(f"state_{line.state}"),
        "✎" if line.changed else None,
        entry.form.appraisal.final if entry else None,
        file,
        "\n".join(notes),
    ]


def _title(role: str, collection: Collection, said: Labels) -> str:
    try:
        return collection.role(role, said.language).title
    except UnknownRoleError:  # a roster may be of another catalogue
        return role


def write_files(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Every file that came, and what became of it."""
    said = sheet.labels
    keys = "col_file col_saved appraisal_period col_forms col_counted col_note"
    rows = [_file(file, collection, folder, said) for file in collection.received]
    table = sheet.table([said(key) for key in keys.split()], [_SMALL, DATE, CENTRE, COUNT, COUNT, _SMALL], rows)
    sheet.finish(table.first - 1, table=table)


def _file(file: ReceivedFile, collection: Collection, folder: Path, said: Labels) -> list[TableValue]:
    entries = [entry for entry in collection.entries if entry.file is file]
    counted = sum(entry.state == COUNTED for entry in entries)
    saved = file.modified.astimezone().replace(tzinfo=None) if file.modified else None
    forms = max(len(file.filled.registered), len(entries))
    note = "\n".join(_fate(file, entries, said)) or said("file_counted")
    return [file_link(file.name, file.path, folder), saved, file.filled.quarter, forms, counted, note]


def _fate(file: ReceivedFile, entries: Sequence[ReceivedForm], said: Labels) -> list[str]:
    """What of a file does not count, and why."""
    read = {entry.form.sheet for entry in entries}
    lost = [
        problem for problem in file.problems if problem.kind in ("file", "sheet", "role") and problem.sheet not in read
    ]
    told = [
        said("file_unreadable", message=" · ".join(filter(None, (problem.sheet, problem.message)))) for problem in lost
    ]
    if any(entry.state == OTHER_QUARTER for entry in entries):
        told.append(said("entry_other_quarter", quarter=file.filled.quarter or "—"))
    told += [f"{entry.form.sheet} · {_why(entry, said)}" for entry in entries if entry.state in (OLDER, UNFINISHED)]
    if blank := sum(entry.state == BLANK for entry in entries):
        told.append(said("entry_blank", count=blank))
    return told


def _why(entry: ReceivedForm, said: Labels) -> str:
    """Why a copy does not count."""
    return said(f"entry_{entry.state}", file=entry.instead.file.name if entry.instead else "")


def _colour(sheet: TableSheet, column: int, table: Span, colours: dict[str, str]) -> None:
    """Colour the words of a column."""
    if not len(table):
        return
    first = f"{sheet.letter(column)}{table.first}"
    for word, colour in colours.items():
        rule = FormulaRule([f'{first}="{word}"'], font=Font(color=colour, bold=True))
        sheet.sheet.conditional_formatting.add(sheet.cells(column, table), rule)
