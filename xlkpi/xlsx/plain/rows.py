"""Rows of a usual sheet without their values: forms of one role share most of them to the last byte.

Some programs give the styles of every workbook other numbers, so rows are also kept without them.

One regular expression finds the cells. It must cover the rows to the last byte: what is left between the cells must be
rows and empty cells. So no other reader can see other cells in the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from xlkpi.common.caches import kept_if_small
from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.function_names import may_have_prefixes, with_bare_names
from xlkpi.xlsx.plain.texts import NotPlainError, check_characters, check_escapes, decoded

SHARED = b"s"
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_STYLE = re.compile(rb' s="([0-9]{1,5})"')
_MARK, _CELL_MARK, _STYLE_MARK = b"\x00", b"\x01", b"\x02"
"""In place of a value, of a cell, and of a style: characters that no XML may hold. None may be left within a text or an
attribute: a value without a cell would give its number to the next one."""
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(\x02)?(?: t="(?:(str|s|e|b|inlineStr)|n)")?>'
    rb'(?:<f(?: aca="false")?>([^<\0\x02]*)</f>)?'
    rb'(?:(\0)|(<v ?/>)|<is><t(?: xml:space="preserve")?>([^<\0\x02]*)</t></is>|'
    rb"(?(4)|(?!)))</c>"  # only a formula may lack its result
)
_GROUPS = 1 + _CELL.groups
"""Between two cells and in a cell: reference, mark of a style, kind of what is no number, formula, mark of a value,
empty value, text of the cell in itself."""
_BETWEEN = re.compile(
    rb'(?:<row r="[0-9]{1,7}"(?:\x02| (?!xmlns)(?:x14ac:)?[a-zA-Z]+="[^<>"&\x00\x01\x02]*")* ?(?:/>|>'
    rb'(?:\x01|<c r="[A-Z]{1,3}[0-9]{1,7}"\x02?(?: t="(?:n|inlineStr)")? ?(?:/>|></c>))*</row>))*'
)
_ROW, _ATTRIBUTE = re.compile(rb"<row [^>]*>"), re.compile(rb'\x02| ([^ ="]+)="[^"]*"')
_ROW_END = b"</row>"
_WITHOUT_MARKS = bytes.maketrans(_MARK + _STYLE_MARK, b"##")
_MOST_ROWS = 1_000
"""Of a sheet that is read row by row: in longer ones, such as rosters, no row is like that of another sheet."""
_KEPT, _LONGEST = 4_096, 8_192
"""How many rows are kept, and the length of the longest."""


class Formulas:
    """The formulas of some rows, each with its place, and their characters."""

    def __init__(self, texts: Sequence[tuple[tuple[int, int], str]]) -> None:
        self.texts = dict(texts)
        self.characters = sum(len(text) for _, text in texts)


_shared_formulas = kept_if_small(_KEPT, _LONGEST, lambda texts: sum(len(text) for _, text in texts))(Formulas)
"""Equal formulas are one object, also where other cells of the rows are filled, so that what follows is shared."""


def _formulas(found: Sequence[tuple[tuple[int, int], bytes]]) -> Formulas:
    raw = [formula for _, formula in found]
    texts = decoded(raw)
    if may_have_prefixes(b"\n".join(raw)):
        texts = list(map(with_bare_names, texts))
    return _shared_formulas(tuple(zip((place for place, _ in found), texts, strict=True)))


@lru_cache(_KEPT)
def _place(reference: bytes) -> tuple[int, int]:
    row, column = coordinates(reference.decode())
    return row - 1, column - 1


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows without their values and styles, as lists of their filled cells.

    places: row and column from 0, in the order of the file. style_numbers: the place of the cell's style among all
    styles of the rows, None for none. kinds: None for numbers. fixed: the text that stands in the cell itself, or an
    empty one; None where the cell has a value. formulas: None where there are none. prefixed: whether an attribute has
    the prefix that Excel declares. size: the bytes of the rows, without their values and styles.
    """

    places: Sequence[tuple[int, int]]
    style_numbers: Sequence[int | None]
    kinds: Sequence[bytes | None]
    fixed: Sequence[str | None]
    formulas: Formulas | None
    prefixed: bool
    size: int


@dataclass(frozen=True, eq=False)
class StyledRows:
    """Rows, and the styles of their filled cells; b"" for none."""

    rows: Rows
    styles: Sequence[bytes]


def rows_and_values(data: bytes) -> tuple[tuple[StyledRows, ...], list[bytes]]:
    """The data of a sheet: its rows, and the values of all their cells. Raises `NotPlainError`, ValueError."""
    if _MARK in data or _STYLE_MARK in data:
        raise NotPlainError
    split = _VALUE.split(data)
    without = _MARK.join(split[::2])
    pieces = without.split(_ROW_END, _MOST_ROWS + 1)
    if len(pieces) > _MOST_ROWS + 1:
        pieces = [without]
    rows = [_styled_rows(piece, True) for piece in pieces[:-1]]
    return (*rows, _styled_rows(pieces[-1], False)), split[1::2]


@kept_if_small(_KEPT, _LONGEST, lambda data, is_open: len(data))
def _styled_rows(data: bytes, is_open: bool) -> StyledRows:
    """Rows with marks for values. is_open: whether the end of the last one is cut off."""
    split = _STYLE.split(data)
    rows, styles = _rows(_STYLE_MARK.join(split[::2]), is_open), split[1::2]
    return StyledRows(rows, [b"" if number is None else styles[number] for number in rows.style_numbers])


@kept_if_small(_KEPT, _LONGEST, lambda data, is_open: len(data))
def _rows(data: bytes, is_open: bool) -> Rows:
    """Rows with marks for values and styles. is_open: as in `_styled_rows`."""
    check_characters(data.translate(_WITHOUT_MARKS))
    found = _CELL.split(data)
    pieces = found[::_GROUPS]
    between = _CELL_MARK.join(pieces) + (_ROW_END if is_open else b"")
    if not _BETWEEN.fullmatch(between):  # which is well formed, where no attribute stands twice
        raise NotPlainError
    for tag in _ROW.findall(between):
        names = [name or b"s" for name in _ATTRIBUTE.findall(tag)]  # where a mark stands, there was a style
        if len({*names}) < len(names):
            raise NotPlainError
    references, styles, kinds, formulas, marks, empty, inline = (found[group::_GROUPS] for group in range(1, _GROUPS))
    for cell in zip(kinds, formulas, marks, empty, inline, strict=True):
        _check_value(*cell)
    places = list(map(_place, references))
    texts = decoded([text or b"" for text in inline])
    check_escapes(texts)
    own = tuple((place, text) for place, text in zip(places, formulas, strict=True) if text is not None)
    return Rows(
        places,
        _numbered(pieces, styles),
        kinds,
        [text if mark is None else None for mark, text in zip(marks, texts, strict=True)],
        _formulas(own) if own else None,
        b"x14ac:" in between,
        len(data),
    )


def _numbered(between: Sequence[bytes], styles: Sequence[bytes | None]) -> list[int | None]:
    """For each cell the number of its style among all, also those of empty cells and of rows, which stand between."""
    numbers: list[int | None] = []
    number = 0
    for piece, mark in zip(between, styles, strict=False):  # the last piece stands behind all cells
        number += piece.count(_STYLE_MARK)
        numbers.append(None if mark is None else number)
        number += mark is not None
    return numbers


def _check_value(
    kind: bytes | None, formula: bytes | None, mark: bytes | None, empty: bytes | None, text: bytes | None
) -> None:
    """Raise `NotPlainError` for a cell whose kind does not say where its value stands."""
    if kind == b"inlineStr":
        right = text is not None and formula is None
    elif kind == b"str":
        right = mark is not None or empty is not None
    elif kind is None:
        right = text is None
    else:
        right = mark is not None
    if not right:
        raise NotPlainError
