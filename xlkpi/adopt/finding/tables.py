"""Splits a sheet into its tables, and each table into title, items, totals and what belongs to no indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from xlkpi.adopt.finding.columns import Columns, columns_of
from xlkpi.adopt.finding.headings import Header, headers_of, side_by_side
from xlkpi.adopt.finding.sheets import Place, Sheet
from xlkpi.adopt.words import begins, folded, pattern, words


@dataclass(frozen=True)
class Section:
    """A row between the indicators that names those below it, with their weight where it says one (一、业绩（70%）)."""

    place: Place
    text: str


@dataclass(frozen=True)
class Item:
    """The rows of one indicator, from 0, and the section that it stands in."""

    rows: tuple[int, ...]
    section: Section | None = None


@dataclass(frozen=True)
class Table:
    """One table on a sheet.

    above: the places of the texts over the headings, of which title is the one that names the table. totals, subtotals:
    rows that add up weights. left: places of texts that belong to no indicator.
    """

    sheet: Sheet
    header: Header
    columns: Columns
    items: tuple[Item, ...]
    above: tuple[Place, ...]
    title: Place | None
    totals: tuple[int, ...] = ()
    subtotals: tuple[int, ...] = ()
    left: tuple[Place, ...] = ()

    def text(self, row: int, column: int | None) -> str:
        """What people see in a row; "" where the table has no such column."""
        return "" if column is None else self.sheet.text(row, column)


def tables_of(sheet: Sheet) -> list[Table]:
    """The tables of a sheet, from top to bottom, those on the left first."""
    return [table for part in side_by_side(sheet) for table in _tables(part)]


def _tables(sheet: Sheet) -> list[Table]:
    headers = headers_of(sheet)
    tables: list[Table] = []
    first = 0
    orphans: list[Place] = []
    while headers:
        header, *headers = headers
        again: set[int] = set()
        while headers and _goes_on(sheet, header, headers[0]):
            again.update(range(headers[0].top, headers[0].bottom + 1))
            headers = headers[1:]
        end = headers[0].top if headers else sheet.rows
        following = _titles_of_next(sheet, header.bottom + 1, end) if headers else end
        rows = [row for row in range(header.bottom + 1, following) if row not in again]
        above = [*orphans, *(place for row in range(first, header.top) for place in _places(sheet, row))]
        table = _table(sheet, header, rows, above)
        if table.items:
            tables.append(table)
            orphans = []
        else:  # headings and nothing under them: told with the next table, or with the one before
            orphans = [place for row in range(first, following) for place in _places(sheet, row)]
        first = following
    if orphans and tables:
        tables[-1] = replace(tables[-1], left=(*tables[-1].left, *orphans))
    return tables


def _goes_on(sheet: Sheet, header: Header, again: Header) -> bool:
    """Whether headings only repeat those of the table above, as printed pages do: no title over them, no total."""
    if [column.heading for column in header.columns] != [column.heading for column in again.columns]:
        return False
    rows = [row for row in range(header.bottom + 1, again.top) if sheet.row(row)]
    over = _titles_of_next(sheet, header.bottom + 1, again.top)
    return bool(rows) and not any(_is_total(sheet, row) or row >= over for row in rows)


def _places(sheet: Sheet, row: int) -> list[Place]:
    return [(row, column) for column in sheet.row(row)]


def _titles_of_next(sheet: Sheet, first: int, end: int) -> int:
    """The row where what stands over the next headings begins: title and person lines, up to an empty row."""
    row = end
    while row > first:
        texts = [cell.text for cell in sheet.row(row - 1).values()]
        if not texts:
            if row < end:
                break
        elif not _may_be_title(texts):
            break
        row -= 1
    return row


def _may_be_title(texts: Sequence[str]) -> bool:
    """Whether a row may stand over headings: a text alone, or the lines of a person; no foot and no total."""
    if begins(texts[0], "total"):
        return False
    if begins(texts[0], "foot"):
        return _is_title(texts[0]) or _is_person(texts[0])
    return len(texts) == 1 or _is_person(texts[0])


def _is_title(text: str) -> bool:
    return len(text) <= 40 and any(word in folded(text) for word in words("words", "tables"))


def _is_person(text: str) -> bool:
    return folded(text).startswith(words("title", "person"))


def _title(sheet: Sheet, above: Sequence[Place]) -> Place | None:
    """The place of the text that names the table: the last one over it that says so, else the only text of its row."""
    named = [place for place in above if _is_title(sheet.text(*place)) and not _is_person(sheet.text(*place))]
    if named:
        return named[-1]
    alone = [place for place in above if len(_places(sheet, place[0])) == 1 and len(sheet.text(*place)) <= 30]
    alone = [place for place in alone if not _is_person(sheet.text(*place)) and not begins(sheet.text(*place), "foot")]
    return alone[-1] if alone else None


# --- the rows below the headings --------------------------------------------------------------------------------------


def _table(sheet: Sheet, header: Header, rows: Sequence[int], above: list[Place]) -> Table:
    body = [row for row in rows if sheet.row(row) and not _is_total(sheet, row) and len(set(_shown(sheet, row))) > 1]
    reader = _Rows(sheet, columns_of(sheet, header, body))
    for row in rows:
        reader.read(row)
    named = {item.section for item in reader.items}
    for section in reader.sections:
        if section not in named:  # it names nothing: then it is a text like any other
            reader.left += _places(sheet, section.place[0])
    return Table(
        sheet, header, reader.columns, tuple(reader.items), tuple(above), _title(sheet, above),
        tuple(reader.totals), tuple(reader.subtotals), tuple(reader.left),
    )  # fmt: skip


def _shown(sheet: Sheet, row: int) -> list[Place]:
    """The places of the cells, merged ones once, that people see in a row."""
    anchors = dict.fromkeys(sheet.anchor(row, column) for column in range(sheet.columns))
    return [place for place in anchors if place in sheet.cells]


def _is_total(sheet: Sheet, row: int) -> bool:
    own = sheet.row(row)
    first = next(iter(own.values()), None)
    return first is not None and (begins(first.text, "total") or begins(first.text, "subtotal"))


@dataclass
class _Rows:
    """Tells indicators from all other rows, from top to bottom."""

    sheet: Sheet
    columns: Columns
    items: list[Item] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    subtotals: list[int] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    section: Section | None = None
    sections: list[Section] = field(default_factory=list)

    def read(self, row: int) -> None:
        own = self.sheet.row(row)
        if not own and not self._continues(row):
            return
        first = next(iter(own.values())).text if own else ""
        if self._total(row, first):
            return
        if self.totals or (begins(first, "foot") and not self._says(row, "weight", "rule")):
            self.left += _places(self.sheet, row)
        elif self._is_section(row):
            column = next(iter(own))
            self.section = Section((row, column), own[column].text)
            self.sections.append(self.section)
        elif self._continues(row):
            last = self.items[-1]
            self.items[-1] = Item((*last.rows, row), last.section)
        elif self._text(row, "label") and self._says(row, "weight", "rule", "target", "definition", "unit"):
            self.items.append(Item((row,), self.section))
        else:
            self.left += _places(self.sheet, row)

    def _total(self, row: int, first: str) -> bool:
        """Whether a row adds up; a total ends the table, as what follows is outside of its sum."""
        texts = (first, self._text(row, "label"))
        if any(begins(text, "subtotal") for text in texts):
            self.subtotals.append(row)
        elif any(begins(text, "total") and not self._says(row, "rule") for text in texts) and not self.totals:
            self.totals.append(row)
        else:
            return False
        self.left += _places(self.sheet, row)
        return True

    def _text(self, row: int, name: str) -> str:
        column = getattr(self.columns, name)
        return "" if column is None else self.sheet.text(row, column)

    def _says(self, row: int, *names: str) -> bool:
        """Whether a row has a text of its own in one of these columns."""
        numbers = {"rule": (*self.columns.rules, *self.columns.levels), "definition": self.columns.definitions}
        columns = [column for name in names for column in numbers.get(name, (getattr(self.columns, name, None),))]
        label = self.sheet.anchor(row, self.columns.label)
        anchors = [self.sheet.anchor(row, column) for column in columns if column is not None]
        return any(anchor in self.sheet.cells and anchor != label and anchor[0] == row for anchor in anchors)

    def _continues(self, row: int) -> bool:
        """Whether a row goes on with the indicator above: its name is merged over both, or only the name is missing."""
        if not self.items or self.totals or self.items[-1].section is not self.section:
            return False
        label, last = self.sheet.anchor(row, self.columns.label), self.items[-1].rows
        if label in self.sheet.cells:
            return label[0] < row and label == self.sheet.anchor(last[-1], self.columns.label)
        grouped = any((row, column) in self.sheet.cells for column in self.columns.groups)
        return (
            not grouped
            and row == last[-1] + 1
            and self._says(row, "rule", "definition")
            and not self._says(row, "weight")
        )

    def _is_section(self, row: int) -> bool:
        """Whether a row holds nothing but a short text at its left, and perhaps a weight."""
        places = _shown(self.sheet, row)
        others = [place for place in places if place[0] == row]
        if not others or len(others) != len(places) or others[0][1] > self.columns.label:
            return False
        texts = [self.sheet.text(*place) for place in others]
        if len(texts[0]) > 30 or begins(texts[0], "foot"):
            return False
        weights = [place for place in others[1:] if place[1] in (self.columns.weight, self.columns.group_weight)]
        numbered = pattern("numbered").match(texts[0]) is not None
        area, label = self.sheet.areas.get(others[0]), self.columns.label
        wide = area is not None and area[3] > area[1] and (area[3] > label or area[1] < label == area[3])
        beside = others[0][1] < label and not self._text(row, "label") and not texts[0].isdigit()
        return (wide or numbered or beside) and len(others) == 1 + len(weights)
