"""The people of a made-up company, their roster, and their forms as their superiors fill them in.

Ten people have one superior and one workbook. Filling in and calculating so many would take hours. So a workbook of
each kind (its roles, and how much is typed) is filled in and calculated; the others are that one with other numbers and
names in every part of the file. One in a hundred is made both ways, and must come out the same.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from math import lcm
from pathlib import Path

from tests.support.company import measures
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.writer.workbook import sheets_of_assignments
from xlkpi.xlsx.archive import pack, unpack
from xlkpi.xlsx.edit import fill

SHIPPED = Catalogue.shipped()
QUARTER = Quarter(2026, 4)
ROLES = tuple(SHIPPED.samples())
A_BOOK, BOOKS_A_DEPARTMENT = 10, 20
LEVELS = (0.75, 0.9, 1.0, 1.1)
"""What is typed is a role's sample times one of these."""
PERIOD = lcm(len(ROLES), A_BOOK) // A_BOOK
"""After so many workbooks the roles come in the same order again."""
KINDS = PERIOD * len(LEVELS)
UNFILLED, COMPARED = 20, 100
"""One workbook of so many comes back as it was sent; one of so many is made both ways."""
CORE = "docProps/core.xml"
"""The part of a workbook that has the time at which it was made."""
_NAMES = re.compile(rb"(YG|ZG|BM)(\d{6})")


def assignment(number: int) -> Assignment:
    """The post of a person. number: from 0."""
    book = number // A_BOOK
    superior, department = f"主管ZG{book:06}", f"部门BM{book // BOOKS_A_DEPARTMENT:06}"
    return Assignment(f"YG{number:06}", f"员工YG{number:06}", department, ROLES[number % len(ROLES)], superior)


def roster(path: Path, people: int) -> None:
    """Write the roster of the first people."""
    titles = {role: SHIPPED.role(role, QUARTER).title for role in ROLES}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("工号", "姓名", "部门", "岗位", "直接上级"))
        for who in map(assignment, range(people)):
            lines.writerow((who.id, who.name, who.department, titles[who.role], who.superior))


def fill_in(forms: Path, output: Path, parts: int) -> None:
    """Fill in the workbooks of a folder, into `output`/0, `output`/1 …, as many into each."""
    paths = sorted(forms.glob("*.xlsx"))
    first_of_kind: dict[int, Mapping[str, bytes]] = {}
    for book, path in enumerate(paths):
        content, kind = path.read_bytes(), book % KINDS
        if kind not in first_of_kind:
            first_of_kind[kind] = unpack(_filled(content, kind))
        if book % UNFILLED:
            made = _renamed(first_of_kind[kind], book - kind)
            if book % COMPARED == COMPARED - 1 and _undated(made) != _undated(unpack(_filled(content, book))):
                raise ValueError(f"{path}: filled in by itself, it is something else")
            content = pack(made)
        folder = output / str(book * parts // len(paths))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(content)


def _filled(content: bytes, book: int) -> bytes:
    """A workbook as `new` made it, filled in and calculated."""
    people = [assignment(number) for number in range(book * A_BOOK, (book + 1) * A_BOOK)]
    factor = LEVELS[book // PERIOD % len(LEVELS)]
    typed = {
        sheet.title: typed_cells(sheet.role, measures(sheet.role.id, factor), None, sample.targets)
        for sheet in sheets_of_assignments(people, SHIPPED, quarter=QUARTER)
        for sample in [SHIPPED.samples()[sheet.role.id]]
    }
    return recalculate(fill(content, typed))


def _renamed(parts: Mapping[str, bytes], books: int) -> dict[str, bytes]:
    """The workbook that comes so many after this one: the same with the names of its own people."""
    later = {b"YG": books * A_BOOK, b"ZG": books, b"BM": books // BOOKS_A_DEPARTMENT}

    def name(found: re.Match[bytes]) -> bytes:
        return b"%s%06d" % (found[1], int(found[2]) + later[found[1]])

    return {part: _NAMES.sub(name, content) for part, content in parts.items()}


def _undated(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {part: content for part, content in parts.items() if part != CORE}
