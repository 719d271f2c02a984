"""Checks role workbooks: what cannot be read and what is risky, each at its cell; and marks it in a copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from xlkpi.catalogue.role import Version
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.at_cells import cell_of
from xlkpi.catalogue.workbooks.kept import Issued
from xlkpi.catalogue.workbooks.reading.grid import folded
from xlkpi.catalogue.workbooks.role_book import RoleSheet, read_role_book, versions
from xlkpi.i18n.labels import words as labels_of
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import BOOKS
from xlkpi.i18n.problems import ADVICE, ERROR, SEVERITIES, WARNING, Problem
from xlkpi.lint.run import of_versions
from xlkpi.role_books.issued import changed_ids
from xlkpi.role_books.layout import layout
from xlkpi.role_books.understanding import understood
from xlkpi.writer.styles import FIXED_SMALL, height_for
from xlkpi.xlsx.annotate import mark, marks_of
from xlkpi.xlsx.edit import edit, with_rows_raised

_SAID_BESIDE = frozenset(("wording", "settled", "reread"))
"""Findings on how a sentence is read: a column says that beside it. How an earlier release read it is nothing to a
company that writes the sentence today."""

_STALE = "stale"
"""The kind of problem of a cell 程序怎样理解 that says how the row was read before."""


@dataclass(frozen=True)
class CheckedSheet:
    """A role's sheet. versions: None where it cannot be used; problems: worst first."""

    sheet: RoleSheet
    versions: tuple[Version, ...] | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class CheckedBook:
    """A role workbook. problems: of the whole file, of its sheets, its open questions, its changed ids."""

    file: str
    sheets: tuple[CheckedSheet, ...]
    problems: tuple[Problem, ...]

    @property
    def to_mark(self) -> tuple[Problem, ...]:
        """The problems that a marked copy shows: it has 程序怎样理解 anew, so none of that."""
        return tuple(problem for problem in self.problems if problem.cell and problem.kind != _STALE)

    @property
    def fine(self) -> bool:
        """Whether there is nothing to mend; advice may be ignored."""
        return all(problem.severity == ADVICE for problem in self.problems)


def check_books(
    books: Sequence[tuple[str, bytes | Problem]], issued: Sequence[Issued] = (), others: Set[str] = frozenset()
) -> list[CheckedBook]:
    """Check workbooks that belong together.

    books: name for messages; content, or why the file cannot be read. issued: of what the company has given out forms.
    others: ids of its roles that may stand in other workbooks.
    """
    seen = _Seen({}, {})
    checked = [_checked(file, content, seen) for file, content in books]
    ids = others | seen.ids.keys()
    return [_with_changed_ids(book, issued, ids) for book in checked]


def _with_changed_ids(book: CheckedBook, issued: Sequence[Issued], ids: Set[str]) -> CheckedBook:
    changed = [problem for one in book.sheets for problem in changed_ids(one.sheet, issued, ids)]
    return replace(book, problems=(*book.problems, *changed))


@dataclass(frozen=True)
class _Seen:
    """The first sheet of each id, and of each title."""

    ids: dict[str, RoleSheet]
    titles: dict[str, RoleSheet]


def _checked(file: str, content: bytes | Problem, seen: _Seen) -> CheckedBook:
    if isinstance(content, Problem):
        return CheckedBook(file, (), (content,))
    book = read_role_book(content, file)
    sheets = tuple(_checked_sheet(sheet, seen) for sheet in book.sheets)
    problems = [*map(_problem, book.faults), *(problem for one in sheets for problem in one.problems)]
    told = {(problem.sheet, problem.cell) for problem in problems if problem.severity == ERROR}
    questions = (fault for fault in book.questions if (fault.sheet, fault.cell) not in told)
    return CheckedBook(file, sheets, (*problems, *map(_question, questions)))


def _checked_sheet(sheet: RoleSheet, seen: _Seen) -> CheckedSheet:
    problems = [*_twin(sheet, seen.titles.setdefault(folded(sheet.title), sheet))]
    first = seen.ids.setdefault(sheet.id, sheet)
    if first.file != sheet.file:
        message = BOOKS.message("other_file", other=f"{first.file} {first.sheet}")
        place = sheet.places.get("id") or sheet.places[""]
        problems.append(_problem(Fault(sheet.file, "id", message, "", sheet.sheet, place)))
    try:
        read = versions(sheet)
    except CatalogueError as error:
        return CheckedSheet(sheet, None, (*problems, *map(_problem, error.faults)))
    problems += [*_findings(sheet, read), *_without_owner(sheet), *_stale(sheet)]
    problems.sort(key=lambda problem: SEVERITIES.index(problem.severity))
    return CheckedSheet(sheet, read, tuple(problems))


def _twin(sheet: RoleSheet, first: RoleSheet) -> Iterator[Problem]:
    """The roster names roles by their titles, so two of one title cannot be told apart there."""
    if first.id != sheet.id:
        other = first.sheet if first.file == sheet.file else f"{first.file} {first.sheet}"
        message, advice = BOOKS.pair("title_twice", HANS, other=other)
        cell = sheet.places.get("title") or sheet.places[""]
        yield Problem(sheet.file, sheet.sheet, cell, None, None, "title", message, advice, WARNING)


def _problem(fault: Fault) -> Problem:
    message, advice = fault.message.pair(HANS)
    if fault.text and fault.text not in message:
        message = BOOKS("with_text", text=fault.text, message=message)
    kind = "rule" if fault.key.endswith(".rule") else "file"
    advice = advice or BOOKS("check_again")
    return Problem(fault.file, fault.sheet or None, fault.cell or None, None, None, kind, message, advice, ERROR)


def _findings(sheet: RoleSheet, read: Sequence[Version]) -> Iterator[Problem]:
    for finding in of_versions(read, HANS, book=True):
        if finding.kind in _SAID_BESIDE:
            continue
        cell = cell_of(finding.key, sheet.places)
        place = (sheet.file, sheet.sheet, cell, None, None)
        yield Problem(*place, finding.kind, finding.message, finding.advice, finding.severity)


def _without_owner(sheet: RoleSheet) -> Iterator[Problem]:
    """Data of which nobody says where it comes from: then nobody can be asked for it."""
    for measure in sheet.data["measures"]:
        if measure["owner"] == words.default("owner"):
            cell = cell_of(f"measures[{measure['id']}].owner", sheet.places)
            message, advice = BOOKS.pair("owner_open", HANS, label=measure["label"])
            yield Problem(sheet.file, sheet.sheet, cell, None, None, "owner", message, advice, ADVICE)


def _question(fault: Fault) -> Problem:
    """A question of 待确认: the role can be used, but as the program took it, which nobody has confirmed."""
    return replace(_problem(fault), kind="question", severity=WARNING)


def _stale(sheet: RoleSheet) -> Iterator[Problem]:
    """What stands under 程序怎样理解, where the program reads the row otherwise now; an empty cell says nothing."""
    for cell, text in _readings(sheet):
        before = sheet.readings.get(cell, "")
        if before and folded(before) != folded(text):
            reading = words.separator().join(text.split("\n"))
            message, advice = BOOKS.pair("stale_reading", HANS, reading=reading)
            yield Problem(sheet.file, sheet.sheet, cell, None, None, _STALE, message, advice, ADVICE)


def marked(content: bytes, checked: CheckedBook) -> bytes:
    """A copy with the problems marked at their cells, and 程序怎样理解 as the program understands it now.

    Raises `UnreadableError` where the workbook cannot be changed.
    """
    readings = {one.sheet.sheet: dict(_readings(one.sheet)) for one in checked.sheets}
    heights = {sheet: {_row(cell): _height(text) for cell, text in texts.items()} for sheet, texts in readings.items()}
    return mark(with_rows_raised(edit(content, readings), heights), marks_of(checked.to_mark))


def _row(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _height(reading: str) -> float:
    """The height of a row for 程序怎样理解, in a column as wide as it is written."""
    at = layout(drafted=False)
    width = at.widths[at.columns["indicators"]["reading"]]
    return height_for(labels_of(HANS)("font"), (reading, width, FIXED_SMALL))


def _readings(sheet: RoleSheet) -> Iterator[tuple[str, str]]:
    """Cell and text of 程序怎样理解, for every indicator of a sheet that has the column."""
    for entry, text in zip(sheet.data["indicators"], understood(sheet.data), strict=True):
        first, last = (entry.get(f"effective_{end}", "") for end in ("from", "to"))
        period = f" {first}–{last}" if first or last else ""
        if cell := sheet.places.get(f"indicators[{entry['id']}{period}].reading"):
            yield cell, text
