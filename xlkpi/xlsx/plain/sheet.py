"""The cells of a usual sheet, read without a tree of its XML.

What stands around the data of the sheet must hold no cells, and the data nothing but rows, as `rows` knows them.
Nothing is made larger by reading it: a cell is as large as its bytes, and a grid is made only of an area that fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import TypeVar

from xlkpi.common.caches import ByIdentity, kept_if_small
from xlkpi.xlsx.cells import LAST_COLUMN, LAST_ROW, CellTexts, StoredCells
from xlkpi.xlsx.markup import MAIN
from xlkpi.xlsx.number_formats import shown
from xlkpi.xlsx.plain.formats import Formats
from xlkpi.xlsx.plain.rows import SHARED, Formulas, Rows, StyledRows, rows_and_values
from xlkpi.xlsx.plain.texts import NotPlainError, check_characters, check_escapes, check_well_formed, decoded

T = TypeVar("T")

_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_NUMBERS = re.compile(rb"[-+.0-9eE]*")
_CELLS_ELSEWHERE = re.compile(rb"<(?:[^\s<>/:]+:)?(?:c|row|sheetData)[\s/>]|<f[\s/>]|<[!?]")
_DECLARATION = re.compile(rb"<\?xml[^<>?]*\?>\s*")
_BOOLEANS = {b"0": False, b"1": True}
_ERRORS = {text.encode(): text for text in ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")}
"""The errors that calamine knows; it gives no value for them."""
_KEPT, _LARGEST = 256, 250_000
"""How many sheets are kept without their values, and the bytes of the largest: a form has 50,000 to 170,000."""


class Plan:
    """A sheet without its values and styles; forms of one role often share it. Raises `NotPlainError`.

    places: row and column of the filled cells from 0, in the order of the file. kinds: of these cells, as in `Rows`.
    fixed: the texts that stand in cells themselves, None for a value. numbers, texts, shared, others: of the cells with
    a value, those of each kind. characters: of all formulas. size: in bytes.
    """

    def __init__(self, rows: Sequence[Rows]) -> None:
        self.places = list(chain.from_iterable(part.places for part in rows))
        if self.places != sorted({*self.places}):
            raise NotPlainError  # out of order, or twice
        self.rows = 1 + (self.places[-1][0] if self.places else -1)
        self.columns = 1 + max(map(itemgetter(1), self.places), default=-1)
        if self.rows > LAST_ROW or self.columns > LAST_COLUMN:
            raise NotPlainError
        self.kinds = list(chain.from_iterable(part.kinds for part in rows))
        self.fixed = list(chain.from_iterable(part.fixed for part in rows))
        formulas = tuple(part.formulas for part in rows if part.formulas is not None)
        self.characters = sum(part.characters for part in formulas)
        self.formulas = _together(formulas)
        self.prefixed, self.size = any(part.prefixed for part in rows), sum(part.size for part in rows)
        with_value = [(at, self.kinds[at]) for at, text in enumerate(self.fixed) if text is None]
        self.numbers, self.texts, self.shared = (Values(with_value, {kind}) for kind in (None, b"str", SHARED))
        self.others = Values(with_value, {kind for _, kind in with_value} - {None, b"str", SHARED})


class Values:
    """Which of the values of a sheet are of some kinds, and in which cells they stand."""

    def __init__(self, with_value: Sequence[tuple[int, bytes | None]], kinds: Set[bytes | None]) -> None:
        """with_value: the cells that have one, with their kinds."""
        self.values = [value for value, (_, kind) in enumerate(with_value) if kind in kinds]
        self.cells = [cell for cell, kind in with_value if kind in kinds]

    def of(self, all: Sequence[bytes]) -> list[bytes]:
        return [all[value] for value in self.values]


_plan = kept_if_small(_KEPT, _LARGEST, lambda rows: sum(part.size for part in rows))(Plan)


@kept_if_small(_KEPT, _LARGEST, lambda formulas: sum(part.characters for part in formulas))
def _together(formulas: Sequence[Formulas]) -> CellTexts:
    """The formulas of a sheet. Forms of one role share the object, and with it what is found out from it."""
    return {place: text for part in formulas for place, text in part.texts.items()}


class StyledSheet:
    """A sheet without its values. styles: of the filled cells, b"" for none."""

    def __init__(self, rows: Sequence[StyledRows]) -> None:
        self.plan = _plan(tuple(part.rows for part in rows))
        self.styles = list(chain.from_iterable(part.styles for part in rows))
        self.different = frozenset(self.styles)


_styled_sheet = kept_if_small(_KEPT, _LARGEST, lambda rows: sum(part.rows.size for part in rows))(StyledSheet)


@kept_if_small(_KEPT, _LARGEST, lambda plan, by_cell: plan.value.size)
def _placed(plan: ByIdentity[Plan], by_cell: tuple[T | None, ...]) -> dict[tuple[int, int], T]:
    """By place in the sheet, for the cells for numbers. Forms whose styles only have other numbers share it."""
    cells = zip(plan.value.places, by_cell, plan.value.kinds, strict=True)
    return {place: one for place, one, kind in cells if kind is None and one is not None}


@kept_if_small(2 * _KEPT, _LARGEST, lambda sheet, by_style: sheet.value.plan.size + 100 * len(by_style.value))
def _of_numbers(sheet: ByIdentity[StyledSheet], by_style: ByIdentity[Mapping[bytes, T]]) -> dict[tuple[int, int], T]:
    """What belongs to the styles of the cells for numbers, by place: their formats, or their patterns."""
    if by_style.value.keys().isdisjoint(sheet.value.different):
        return {}
    return _placed(ByIdentity(sheet.value.plan), tuple(map(by_style.value.get, sheet.value.styles)))


class PlainCells(StoredCells):
    """The cells of a usual sheet: what `StoredCells` has of them, and their values.

    filled: how many are not empty.
    """

    def __init__(self, part: str, data: bytes, shared: Sequence[str], formats: Formats) -> None:
        """shared: the texts that cells refer to. Raises `NotPlainError`, ValueError, LookupError."""
        begin, end = data.find(_BEGIN), data.rfind(_END)
        if not 0 <= begin < end:
            raise NotPlainError
        before = data[:begin]
        _check_frame(before, data[end + len(_END) :])
        rows, raw = rows_and_values(data[begin + len(_BEGIN) : end])
        self._sheet = sheet = _styled_sheet(rows)
        self._plan = plan = sheet.plan
        if (plan.prefixed and b"xmlns:x14ac=" not in before) or not formats.dates.isdisjoint(sheet.different):
            raise NotPlainError
        # The fields of StoredCells but those that are made when they are asked for.
        self.part, self.rows, self.columns, self.formulas = part, plan.rows, plan.columns, plan.formulas
        self.twice, self.malformed, self.errors = {}, False, {}
        self._formats, self._raw = formats, raw
        self._values = self._read(plan, raw, shared)
        self.filled, self.characters = len(plan.places), plan.characters

    def _read(self, plan: Plan, raw: Sequence[bytes], shared: Sequence[str]) -> list[float | str | bool | None]:
        """The values of the filled cells; "" for none."""
        values: list[float | str | bool | None] = list(plan.fixed)
        numbers, texts, indices = plan.numbers.of(raw), plan.texts.of(raw), plan.shared.of(raw)
        if not _NUMBERS.fullmatch(b"".join(numbers)) or (indices and not b"".join(indices).isdigit()):
            raise NotPlainError
        for cell, number in zip(plan.numbers.cells, numbers, strict=True):
            values[cell] = float(number) if number else ""
        for cell, index in zip(plan.shared.cells, indices, strict=True):
            values[cell] = shared[int(index)]
        for cell, text in zip(plan.texts.cells, _texts(texts), strict=True):
            values[cell] = text
        for cell, other in zip(plan.others.cells, plan.others.of(raw), strict=True):
            if plan.kinds[cell] == b"b":
                values[cell] = _BOOLEANS[other]
            else:
                values[cell], self.errors[plan.places[cell]] = "", _ERRORS[other]
        return values

    @cached_property
    def _empty(self) -> list[int]:
        """The cells that hold neither a number nor a text, be it an empty one: formulas without a result."""
        kinds = self._plan.kinds
        return [at for at in self._blank if kinds[at] is None]

    @cached_property
    def _blank(self) -> list[int]:
        """The cells that hold nothing that is seen; also those with errors."""
        return [at for at, value in enumerate(self._values) if value == ""]

    @cached_property
    def uncalculated(self) -> set[tuple[int, int]]:  # type: ignore[override]
        return {place for place in map(self._plan.places.__getitem__, self._empty) if place in self.formulas}

    def values(self) -> dict[tuple[int, int], float | str | bool | None]:
        return self._known

    @cached_property
    def _known(self) -> dict[tuple[int, int], float | str | bool | None]:
        known: dict[tuple[int, int], float | str | bool | None] = dict(
            zip(self._plan.places, self._values, strict=True)
        )
        for place in map(self._plan.places.__getitem__, self._blank):
            if place not in self.formulas:
                known[place] = None
        for place in (*self.uncalculated, *self.errors):
            del known[place]
        return known

    @cached_property
    def formats(self) -> CellTexts:  # type: ignore[override]
        return _of_numbers(ByIdentity(self._sheet), ByIdentity(self._formats.codes))

    @cached_property
    def shown(self) -> CellTexts:  # type: ignore[override]
        patterns = _of_numbers(ByIdentity(self._sheet), ByIdentity(self._formats.patterns))
        if not patterns:
            return {}
        numbers = zip(self._plan.numbers.cells, self._plan.numbers.of(self._raw), strict=True)
        cells = ((self._plan.places[cell], number) for cell, number in numbers)
        texts = ((place, shown(number.decode(), patterns[place])) for place, number in cells if place in patterns)
        return {place: text for place, text in texts if text}

    def grid(self) -> list[list[object]]:
        """The values by rows from A1 to the last cell that holds any, be it an empty text; "" for an empty cell."""
        places, values, columns = self._plan.places, self._values, self._plan.columns
        if self._empty:
            empty = set(self._empty)
            held = [at for at in range(len(places)) if at not in empty]
            places, values = [places[at] for at in held], [values[at] for at in held]
            columns = 1 + max((column for _, column in places), default=-1)
        grid: list[list[object]] = [[""] * columns for _ in range(1 + places[-1][0] if places else 0)]
        for (row, column), value in zip(places, values, strict=True):
            grid[row][column] = value
        return grid


@kept_if_small(_KEPT, _LARGEST, lambda before, after: len(before) + len(after))
def _check_frame(before: bytes, after: bytes) -> None:
    """Raise `NotPlainError` where what stands around the data of a sheet is not well formed or may hold cells."""
    check_characters(before)
    check_characters(after)
    around = _DECLARATION.sub(b"", before, count=1) if before.startswith(b"<?") else before
    if (around + after).count(MAIN.encode()) != 1 or f'<worksheet xmlns="{MAIN}"'.encode() not in around:
        raise NotPlainError
    if _CELLS_ELSEWHERE.search(around) or _CELLS_ELSEWHERE.search(after):
        raise NotPlainError
    check_well_formed(around + b"<sheetData/>" + after)


def _texts(raw: Sequence[bytes]) -> list[str]:
    """Texts that stand in cells. Raises `NotPlainError`, UnicodeDecodeError."""
    check_characters(b"\n".join(raw))
    texts = decoded(raw)
    check_escapes(texts)
    return texts
