"""The cells of a usual sheet, found by one regular expression.

The expression must cover the data of the sheet to the last byte: what is left between the cells must be rows and empty
cells, and what stands around the data must hold none. So no other reader can see another sheet in the same bytes.
Nothing is made larger by reading it: a cell is as large as its bytes, and a grid is made only of an area that fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.cells import LAST_COLUMN, LAST_ROW, CellTexts, StoredCells
from xlkpi.xlsx.function_names import may_have_prefixes, with_bare_names
from xlkpi.xlsx.markup import MAIN
from xlkpi.xlsx.number_formats import shown
from xlkpi.xlsx.plain.formats import Formats
from xlkpi.xlsx.plain.texts import NotPlainError, check_characters, check_escapes, check_well_formed, decoded

_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="(?:(str|e|b|inlineStr)|(s)|n)")?>'
    rb'(?:<f(?: aca="false")?>([^<]*)</f>)?'
    rb"(?(4)<v>([0-9]+)</v>|(?(3)"
    rb'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)|'
    rb"(?:<v>([-+.0-9eE]*)</v>|<v ?/>|(?(5)|(?!)))))</c>"  # only a formula may lack its result
)
_GROUPS = 1 + _CELL.groups
"""Between two cells and in a cell: reference, style, kind of a text, kind of a shared one, formula, its number, text of
the cell, text of a cell in itself, number."""
_BETWEEN = re.compile(
    rb'(?:<row r="[0-9]{1,7}"(?: (?:x14ac:)?[a-zA-Z]+="[^<>"&]*")* ?(?:/>|>'
    rb'(?:#|<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,5}")?(?: t="(?:n|inlineStr)")? ?(?:/>|></c>))*</row>))*'
)
_CELLS_ELSEWHERE = re.compile(rb"<(?:[^\s<>/:]+:)?(?:c|row|sheetData)[\s/>]|<f[\s/>]|<[!?]")
_DECLARATION = re.compile(rb"<\?xml[^<>?]*\?>\s*")
_BOOLEANS = {"0": False, "1": True}
_ERRORS = dict.fromkeys(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"), "")
"""The errors that calamine knows; it gives no value for them."""


class Shape:
    """Which cells of a sheet hold something; forms of one role have the same. Raises `NotPlainError`, ValueError.

    places: row and column from 0, in the order of the file.
    """

    def __init__(self, references: bytes) -> None:
        found = map(coordinates, references.decode().split())
        self.places = [(row - 1, column - 1) for row, column in found]
        if any(place >= following for place, following in pairwise(self.places)):
            raise NotPlainError  # out of order, or twice
        self.rows = 1 + max((row for row, _ in self.places), default=-1)
        self.columns = 1 + max((column for _, column in self.places), default=-1)
        if self.rows > LAST_ROW or self.columns > LAST_COLUMN:
            raise NotPlainError


_shape = lru_cache(256)(Shape)


class PlainCells(StoredCells):
    """The cells of a usual sheet: what `StoredCells` has of them, and their values.

    filled: how many are not empty. characters: of all formulas, in bytes.
    """

    def __init__(self, part: str, data: bytes, shared: Sequence[str], formats: Formats) -> None:
        """shared: the texts that cells refer to. Raises `NotPlainError`, ValueError, LookupError."""
        found = _CELL.split(_cells_in(data))
        if not _only_rows(b"#".join(found[::_GROUPS]), b"xmlns:x14ac=" in data):
            raise NotPlainError
        self._shape = _shape(b" ".join(found[1::_GROUPS]))
        # The fields of StoredCells but those that are made when they are asked for.
        self.part, self.rows, self.columns = part, self._shape.rows, self._shape.columns
        self.twice, self.malformed = {}, False
        self._styles, self._kinds, self._formulas = (found[group::_GROUPS] for group in (2, 3, 5))
        if not formats.dates.isdisjoint(self._styles):
            raise NotPlainError
        self._indices, texts, inline, self._numbers = (found[group::_GROUPS] for group in (6, 7, 8, 9))
        if b"inlineStr" in self._kinds or any(inline):
            texts = _with_inline(self._kinds, texts, inline, self._formulas)
        self._texts = decoded([text or b"" for text in texts])
        check_escapes(self._texts)
        self._values = [
            shared[int(index)] if index is not None else float(number) if number else text
            for index, number, text in zip(self._indices, self._numbers, self._texts, strict=True)
        ]
        self.errors = {}
        if b"e" in self._kinds or b"b" in self._kinds:
            self._read_errors()
        self._number_formats = formats
        self.filled = len(self._kinds)
        self.characters = sum(map(len, filter(None, self._formulas)))

    def _read_errors(self) -> None:
        """Read the cells that hold errors and booleans."""
        for at, (kind, text) in enumerate(zip(self._kinds, self._texts, strict=True)):
            if kind == b"b":
                self._values[at] = _BOOLEANS[text]
            elif kind == b"e":
                self._values[at], self.errors[self._shape.places[at]] = _ERRORS[text], text

    @cached_property
    def formulas(self) -> CellTexts:  # type: ignore[override]
        raw = [_NONE if formula is None else formula for formula in self._formulas]
        return _formula_texts(self._shape, _BETWEEN_FORMULAS.join(raw))

    @cached_property
    def _empty(self) -> list[int]:
        """The cells that hold neither a number nor a text, be it an empty one: formulas without a result."""
        empty = (at for at, value in enumerate(self._values) if value == "")
        return [at for at in empty if self._kinds[at] is None and self._indices[at] is None]

    @cached_property
    def uncalculated(self) -> set[tuple[int, int]]:  # type: ignore[override]
        return {self._shape.places[at] for at in self._empty if self._formulas[at] is not None}

    def values(self) -> dict[tuple[int, int], float | str | bool | None]:
        known: dict[tuple[int, int], float | str | bool | None] = dict(
            zip(self._shape.places, self._values, strict=True)
        )
        for place in [place for place, value in known.items() if value == ""]:
            if place not in self.formulas:
                known[place] = None
        for place in (*self.uncalculated, *self.errors):
            del known[place]
        return known

    @cached_property
    def formats(self) -> CellTexts:  # type: ignore[override]
        codes = self._number_formats.codes
        return {place: codes[style] for place, style, _ in self._numeric() if style in codes}

    @cached_property
    def shown(self) -> CellTexts:  # type: ignore[override]
        patterns = self._number_formats.patterns
        if patterns.keys().isdisjoint(self._styles):
            return {}
        cells = ((place, number, patterns[style]) for place, style, number in self._numeric() if style in patterns)
        texts = ((place, shown(number.decode(), pattern)) for place, number, pattern in cells)
        return {place: text for place, text in texts if text}

    def _numeric(self) -> Iterator[tuple[tuple[int, int], bytes, bytes]]:
        """Place, style and number of the cells for numbers; b"" for what is not there."""
        cells = zip(self._shape.places, self._styles, self._kinds, self._indices, self._numbers, strict=True)
        return (
            (place, style or b"", number or b"")
            for place, style, kind, index, number in cells
            if kind is None and index is None
        )

    def grid(self) -> list[list[object]]:
        """The values by rows from A1 to the last cell that holds any, be it an empty text; "" for an empty cell."""
        places, values = self._shape.places, self._values
        if self._empty:
            empty = set(self._empty)
            held = [at for at in range(len(places)) if at not in empty]
            places, values = [places[at] for at in held], [values[at] for at in held]
        columns = 1 + max((column for _, column in places), default=-1) if self._empty else self._shape.columns
        grid: list[list[object]] = [[""] * columns for _ in range(1 + places[-1][0] if places else 0)]
        for (row, column), value in zip(places, values, strict=True):
            grid[row][column] = value
        return grid


_BETWEEN_FORMULAS, _NONE = b"\x00", b"\x01"
"""Between the formulas of the cells, and for a cell that has none: characters that no usual sheet holds."""


@lru_cache(256)
def _formula_texts(shape: Shape, joined: bytes) -> CellTexts:
    """The formulas of a sheet. Forms of one role share the object, and with it what is found out from it."""
    raw = joined.split(_BETWEEN_FORMULAS)
    found = [(place, formula) for place, formula in zip(shape.places, raw, strict=True) if formula != _NONE]
    texts = decoded([formula for _, formula in found])
    if may_have_prefixes(joined):
        texts = list(map(with_bare_names, texts))
    return {place: text for (place, _), text in zip(found, texts, strict=True)}


def _cells_in(data: bytes) -> bytes:
    """What stands in the data of a sheet, where nothing else in it can hold cells."""
    begin, end = data.find(_BEGIN), data.rfind(_END)
    if not 0 <= begin < end:
        raise NotPlainError
    check_characters(data)
    _check_frame(data[:begin], data[end + len(_END) :])
    return data[begin + len(_BEGIN) : end]


@lru_cache(256)
def _check_frame(before: bytes, after: bytes) -> None:
    """Raise `NotPlainError` where what stands around the data of a sheet is not well formed or may hold cells."""
    around = _DECLARATION.sub(b"", before, count=1) if before.startswith(b"<?") else before
    if (around + after).count(MAIN.encode()) != 1 or f'<worksheet xmlns="{MAIN}"'.encode() not in around:
        raise NotPlainError
    if _CELLS_ELSEWHERE.search(around) or _CELLS_ELSEWHERE.search(after):
        raise NotPlainError
    check_well_formed(around + b"<sheetData/>" + after)


@lru_cache(256)
def _only_rows(between: bytes, x14ac: bool) -> bool:
    """Whether there are only rows and empty cells between the cells, of which each left a #."""
    check_well_formed(b'<x xmlns:x14ac="x">' + between + b"</x>")
    return _BETWEEN.fullmatch(between) is not None and (x14ac or b"x14ac:" not in between)


def _with_inline(
    kinds: Sequence[bytes | None],
    texts: Sequence[bytes | None],
    inline: Sequence[bytes | None],
    formulas: Sequence[bytes | None],
) -> list[bytes | None]:
    """The texts of cells with those that stand in the cell in itself.

    Raises `NotPlainError` where a cell does not say so, or says so of another text.
    """
    for kind, text, formula in zip(kinds, inline, formulas, strict=True):
        if (kind == b"inlineStr") != (text is not None) or (text is not None and formula is not None):
            raise NotPlainError
    return [text if own is None else own for text, own in zip(texts, inline, strict=True)]
