"""Writes role workbooks: a sheet for each role, the questions to answer first, and instructions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.form.names import SheetNames
from xlkpi.role_books.choices import Choices
from xlkpi.role_books.content import entries
from xlkpi.role_books.other_sheets import write_instructions, write_questions
from xlkpi.role_books.sheet import RoleSheetWriter
from xlkpi.xlsx.write.saved import saved


def role_book(drafts: Sequence[RoleDraft]) -> bytes:
    """The workbook of these roles. Questions of the drafts stand on a sheet of their own, before the roles."""
    book = Workbook()
    book.remove(book.worksheets[0])
    names = SheetNames(words.sheet(name) for name in ("instructions", "questions"))
    titles = [names(str(draft.data.get("title") or words.default("title"))) for draft in drafts]
    choices = Choices(book, _texts(drafts, "unit"), _texts(drafts, "owner"))
    for number, (title, draft) in enumerate(zip(titles, drafts, strict=True)):
        sheet: Worksheet = book.create_sheet(title, number)
        RoleSheetWriter(sheet, draft, choices).write()
    if any(draft.questions or draft.left for draft in drafts):
        write_questions(book, list(zip(titles, drafts, strict=True)), choices)
    write_instructions(book)
    book.active = 0
    return saved(book)


def _texts(drafts: Sequence[RoleDraft], key: str) -> Iterator[str]:
    """The values of a key in the data and the indicators of all roles."""
    for draft in drafts:
        for entry in _with_parts(draft.data):
            if entry.get(key):
                yield str(entry[key])


def _with_parts(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from entries(data, "measures")
    for indicator in entries(data, "indicators"):
        yield indicator
        yield from entries(indicator, "further")
