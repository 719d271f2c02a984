"""Writes three sheets of the summary workbook: 问题 (problems), 回收情况 (board), 文件 (files)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, STATES, UNREADABLE, BoardLine, by_superior
from xlkpi.collect.collection import Collection
from xlkpi.common.assignment import Assignment
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.problems import ADVICE, ERROR, UNSIGNED, WARNING, Problem
from xlkpi.intake.received import BLANK, COPIES, COUNTED, OTHER_QUARTER, ReceivedFile, ReceivedForm
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, DATE, SCORE, TEXT, TableSheet, file_link
from xlkpi.xlsx.write.rows import TableValue

_SMALL = TEXT.but(size=9)
_COLOURS = {RECEIVED: styles.GOOD, INCOMPLETE: styles.WARN, UNREADABLE: styles.BAD, MISSING: styles.BAD}
_SEVERITIES = {ERROR: styles.BAD, WARNING: styles.WARN, ADVICE: styles.MUTED}


def write_problems(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Write every problem, the worst first and missing signatures last, with links to its file and its cell."""
    labels = sheet.labels
    paths = {appeal.file: appeal.path for _, _, appeal in collection.appeals}
    paths |= {file.name: file.path for file in collection.received}
    order = list(_SEVERITIES)

    def place(problem: Problem) -> tuple[bool, int, str]:
        return problem.kind == UNSIGNED, order.index(problem.severity), problem.file

    problems = sorted(collection.problems, key=place)
    keys = "col_severity col_file col_sheet col_cell col_problem col_what_to_do"
    cells = [CENTRE, _SMALL, TEXT, CENTRE, TEXT, TEXT]
    rows = (_problem(problem, paths, folder, labels) for problem in problems)
    table = sheet.table([labels(key) for key in keys.split()], cells, rows)
    _colour(sheet, 0, table, {labels(f"severity_{key}"): colour for key, colour in _SEVERITIES.items()})
    sheet.finish(table.first - 1, table=table)


def _problem(problem: Problem, paths: dict[str, Path], folder: Path, labels: Labels) -> list[TableValue]:
    path = paths.get(problem.file)  # a missing form has no file, and what is no form has no link
    file: TableValue = problem.file or None if path is None else file_link(problem.file, path, folder)
    cell: TableValue = problem.cell
    if path is not None and problem.cell:
        cell = file_link(problem.cell, path, folder, problem.sheet, problem.cell)
    word = labels(f"severity_{problem.severity}")
    return [word, file, problem.sheet, cell, problem.message, problem.advice]


def write_board(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Write which forms were expected and which came in: by superior, then for each assignment."""
    labels, header = sheet.labels, sheet.row - 1
    state_words = {state: labels(f"state_{state}") for state in STATES}
    sheet.heading(labels("board_superiors"))
    headers = [
        labels("superior"),
        labels("col_expected"),
        *state_words.values(),
        labels("state_copies"),
        labels("state_changed"),
    ]
    counts = by_superior(collection.lines)
    keys = ("expected", *STATES, "copies", "changed")
    rows = [[name or "—", *(count[key] or None for key in keys)] for name, count in counts.items()]
    rows.append([labels("whole_company"), *(sum(count[key] for count in counts.values()) for key in keys)])
    sheet.table(headers, [TEXT, *[COUNT] * len(keys)], rows, bold_last=True)
    sheet.heading(labels("board_people"))
    columns = "superior employee_id name department post col_state state_changed final col_file col_note"
    headers = [labels(key) for key in columns.split()]
    cells = [TEXT, CENTRE, TEXT, TEXT, TEXT, CENTRE, CENTRE, SCORE, _SMALL, _SMALL]
    lines = (_line(line, collection, folder, labels) for line in collection.lines)
    table = sheet.table(headers, cells, lines)
    _colour(sheet, 5, table, {state_words[state]: colour for state, colour in _COLOURS.items()})
    sheet.finish(header, table=table)


def _line(line: BoardLine, collection: Collection, folder: Path, labels: Labels) -> list[TableValue]:
    who, entry = line.who, line.entry
    notes = [] if line.expected else [labels("state_unexpected")]
    notes += [labels("state_twice", file=copy.file.name, why=_why(copy, labels)) for copy in line.copies]
    file = None if entry is None else file_link(entry.file.name, entry.file.path, folder, entry.form.sheet)
    return [
        who.superior or "—",
        who.id,
        who.name or labels("nameless"),
        who.department,
        _title(line.role, collection, labels),
        labels(f"state_{line.state}"),
        "✎" if line.changed else None,
        entry.form.appraisal.final if entry else None,
        file,
        "\n".join(notes),
    ]


def _title(role: str, collection: Collection, labels: Labels) -> str:
    try:
        return collection.role(role, labels.language).title
    except UnknownRoleError:  # the roster or a form may name a role that the catalogue does not have
        return role


_LOST = ("file", "sheet", "sheet_gone", "role", "stray")
"""The kinds of problems with which a file or a sheet is not read."""
_ONE_BY_ONE = 3
"""More forms that came in other files are told in one line."""


def write_files(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Write every received file, and which of its forms count."""
    labels = sheet.labels
    keys = "col_file col_saved appraisal_period col_forms col_counted col_note"
    entries: dict[int, list[ReceivedForm]] = {}
    for entry in collection.entries:
        entries.setdefault(id(entry.file), []).append(entry)
    counted = _Counted(collection)
    rows = (_file(file, entries.get(id(file), ()), counted, folder, labels) for file in collection.received)
    table = sheet.table([labels(key) for key in keys.split()], [_SMALL, DATE, CENTRE, COUNT, COUNT, _SMALL], rows)
    sheet.finish(table.first - 1, table=table)


class _Counted:
    """The forms that count, by their assignments."""

    def __init__(self, collection: Collection) -> None:
        self._of_post: dict[tuple[str, str, str], list[ReceivedForm]] = {}
        for entry in (line.entry for line in collection.lines):
            if entry is not None and entry.form.assignment is not None:
                self._of_post.setdefault(entry.form.assignment.post, []).append(entry)

    def of(self, assignment: Assignment) -> ReceivedForm | None:
        """The form that counts for an assignment."""
        return next((e for e in self._of_post.get(assignment.post, ()) if e.form.assignment == assignment), None)


def _file(
    file: ReceivedFile, entries: Sequence[ReceivedForm], of_assignment: _Counted, folder: Path, labels: Labels
) -> list[TableValue]:
    counted = sum(entry.state == COUNTED for entry in entries)
    saved = file.modified.astimezone().replace(tzinfo=None) if file.modified else None
    forms = max(len(file.filled.registered), len(entries))
    reasons = [*_not_counted(file, entries, labels), *_not_here(file, entries, of_assignment, labels)]
    if forms > counted and (counted or not reasons):
        reasons.insert(0, labels("file_partly", forms=forms, counted=counted))
    note = "\n".join(reasons) or labels("file_counted")
    return [file_link(file.name, file.path, folder), saved, file.filled.quarter, forms, counted, note]


def _not_counted(file: ReceivedFile, entries: Sequence[ReceivedForm], labels: Labels) -> list[str]:
    """What in a file does not count, and why, one text each."""
    read = {entry.form.sheet for entry in entries}
    lost = [problem for problem in file.problems if problem.kind in _LOST and problem.sheet not in read]
    reasons = [
        labels("file_unreadable", message=" · ".join(filter(None, (problem.sheet, problem.message))))
        for problem in lost
    ]
    if any(entry.state == OTHER_QUARTER for entry in entries):
        reasons.append(labels("entry_other_quarter", quarter=file.filled.quarter or "—"))
    reasons += [f"{entry.form.sheet} · {_why(entry, labels)}" for entry in entries if entry.state in COPIES]
    if blank := sum(entry.state == BLANK for entry in entries):
        reasons.append(labels("entry_blank", count=blank))
    return reasons


def _not_here(file: ReceivedFile, entries: Sequence[ReceivedForm], counted: _Counted, labels: Labels) -> list[str]:
    """The forms that the file registers and does not hold, without being told as a problem: they came in others."""
    lost = {problem.sheet for problem in file.problems if problem.kind in _LOST}
    here = {entry.form.sheet for entry in entries}
    if len(here) + len(lost - here) >= len(file.filled.registered):  # a sheet may have been renamed
        return []
    posts = {(entry.form.assignment.id, entry.form.assignment.role) for entry in entries if entry.form.assignment}
    reasons, others = [], 0
    for registered in file.filled.registered:
        assignment = registered.assignment
        known = registered.title in here | lost or (assignment and (assignment.id, assignment.role) in posts)
        if not known:
            elsewhere = assignment and counted.of(assignment)
            others += elsewhere is not None
            key = "file_elsewhere" if elsewhere else "file_not_here"
            reasons.append(labels(key, sheet=registered.title, file=elsewhere.file.name if elsewhere else ""))
    # A workbook that was split into files is told in one line in each of them.
    return reasons if others <= _ONE_BY_ONE else [labels("file_others", count=len(reasons))]


def _why(entry: ReceivedForm, labels: Labels) -> str:
    """Why a copy does not count."""
    return labels(f"entry_{entry.state}", file=entry.instead.file.name if entry.instead else "")


def _colour(sheet: TableSheet, column: int, table: Span, colours: dict[str, str]) -> None:
    """Colour the cells of a column by their text."""
    if not len(table):
        return
    first = f"{sheet.letter(column)}{table.first}"
    for word, colour in colours.items():
        rule = FormulaRule([f'{first}="{word}"'], font=Font(color=colour, bold=True))
        sheet.sheet.conditional_formatting.add(sheet.cells(column, table), rule)
