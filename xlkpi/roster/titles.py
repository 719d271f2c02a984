"""Which role each title of a company's roster is: the table 岗位对应.xlsx, in which somebody chooses once.

A title with an empty choice is a question. People whose title is chosen to be 不考核 get no form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import shown_name
from xlkpi.form.grid import address
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ERROR, Place, Problem, UnreadableError
from xlkpi.roster.header import folded, text_of
from xlkpi.roster.roles import nearest_title, roles_named
from xlkpi.roster.table import FileTable, read_table

COLUMNS = TITLE, CHOICE, PEOPLE = "titles_title", "titles_choice", "titles_people"
"""The keys of its headers; the table is in simplified Chinese."""
FILE = CompanyFolder(Path()).titles.name


def not_appraised() -> str:
    """The choice for a title whose people get no form."""
    return words(HANS)("titles_none")


def headers() -> list[str]:
    """The headers of the table."""
    return [*map(words(HANS), COLUMNS)]


def words_of_table() -> dict[str, str]:
    """What messages say of the table: its file, the column to choose in, the choice of no role."""
    return {"file": FILE, "column": words(HANS)(CHOICE), "none": not_appraised()}


Choices = Mapping[str, str | None]
"""Folded title → id of the role; None for one whose people are not appraised."""


@dataclass(frozen=True)
class AskedTitle:
    """A title of a roster that is no role, and for which none is chosen.

    people: how many have it. near: the title of the role that it is most like, "" for none. cell: of the first of them.
    """

    title: str
    people: int
    near: str = ""
    cell: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Titles:
    """The table as it is. listed: the folded titles that it has. end: the first row after all that is in it, from 1.

    faulty: the folded titles whose choice is wrong. columns: letters of the columns of `COLUMNS`; none for a table that
    cannot be read.
    """

    choices: Choices = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    sheet: str = ""
    listed: frozenset[str] = frozenset()
    faulty: frozenset[str] = frozenset()
    end: int = 0
    columns: tuple[str, ...] = ()

    def new(self, asked: Iterable[AskedTitle]) -> list[AskedTitle]:
        """The asked titles that the table does not have yet."""
        return [title for title in asked if folded(title.title) not in self.listed]


def read_titles(path: Path, catalogue: Catalogue) -> Titles:
    """Read the table; an empty one where there is no file. Raises OSError, `CatalogueError`."""
    if not path.is_file():
        return Titles()
    file = shown_name(path)
    try:
        table = read_table(path)
        row, columns = _header(table)
    except UnreadableError as error:
        return Titles(problems=(error.problem(file),))
    return _read(file, table, row, columns, catalogue)


def _header(table: FileTable) -> tuple[int, dict[str, int]]:
    """The row of the headers and their columns, from 0."""
    for number, cells in enumerate(table.rows):
        places = {folded(text_of(cell)): at for at, cell in reversed([*enumerate(cells)])}
        found = {key: places[header] for key in COLUMNS if (header := folded(words(HANS)(key))) in places}
        if {TITLE, CHOICE} <= found.keys():
            return number, found
    raise UnreadableError("file", "titles_no_header", title=words(HANS)(TITLE), choice=words(HANS)(CHOICE))


@dataclass(frozen=True)
class _Row:
    """A row of the table. number: from 0."""

    number: int
    title: str
    choice: str


def _read(file: str, table: FileTable, header: int, columns: Mapping[str, int], catalogue: Catalogue) -> Titles:
    rows = [*_rows(table, header, columns)]
    choices: dict[str, str | None] = {}
    problems: list[Problem] = []
    first: dict[str, _Row] = {}
    faulty: set[str] = set()
    for row in rows:
        key = folded(row.title)
        earlier = first.setdefault(key, row)
        place = Place(file, table.sheet, address(row.number, columns[CHOICE]))
        if earlier is not row and folded(earlier.choice) != folded(row.choice):
            problems.append(_problem(place, "titles_twice", title=row.title, row=earlier.number + 1))
            choices.pop(key, None)
            faulty.add(key)
        elif row.choice and earlier is row:
            try:
                choices[key] = _chosen(row.choice, catalogue)
            except UnreadableError as error:
                problems.append(_problem(place, error.key, **error.values))
                faulty.add(key)
    return Titles(
        choices,
        tuple(problems),
        table.sheet or "",
        frozenset(first),
        frozenset(faulty),
        max([header, *(number for number, cells in enumerate(table.rows) if any(map(text_of, cells)))]) + 2,
        tuple(address(0, columns[name]).rstrip("1") for name in COLUMNS if name in columns),
    )


def _rows(table: FileTable, header: int, columns: Mapping[str, int]) -> Iterator[_Row]:
    for number, cells in enumerate(table.rows[header + 1 :], start=header + 1):
        title, choice = (_text(cells, columns[name]) for name in (TITLE, CHOICE))
        if title:
            yield _Row(number, title, choice)


def _text(cells: Sequence[object], at: int) -> str:
    return text_of(cells[at]) if at < len(cells) else ""


def _chosen(choice: str, catalogue: Catalogue) -> str | None:
    none = not_appraised()
    if folded(choice) == folded(none):
        return None
    roles = roles_named(choice, catalogue)
    if len(roles) == 1:
        return roles[0].id
    if roles:
        raise UnreadableError("file", "titles_role_twice", choice=choice, ids=tuple(role.id for role in roles))
    near = nearest_title(choice, catalogue, None, HANS)
    raise UnreadableError("file", "titles_role_near" if near else "titles_no_role", choice=choice, near=near, none=none)


def _problem(place: Place, key: str, /, **values: object) -> Problem:
    return Problem.at(place, "roster", HANS, ERROR, key, **values)
