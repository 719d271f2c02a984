"""Recalculation without an office program: formualizer evaluates with our functions, the values go into the sheet XML.

Only cached values are rewritten; styles, validation, formats, notes and charts stay byte for byte what they were.
"""

from __future__ import annotations

import formualizer

from xlkpi.functions import FUNCTIONS
from xlkpi.xlsx.archive import (
    Parts,
    for_readers,
    reading,
    sheet_parts,
    unpack,
)
from xlkpi.xlsx.edit import Values, _rewritten, patched
from xlkpi.xlsx.function_names import foreign, unspell

_FAILED = (formualizer.FormualizerHostError, formualizer.ExcelEvaluationError)


def recalculate(content: bytes) -> bytes:
    """The workbook with every formula's value calculated through our Python functions.

    For workbooks of our own: a formula of somebody else can take any time and memory (`confined.recalculated`).
    Raises `UnreadableError` where the bytes are no workbook that can be evaluated.
    """
    parts = unpack(content)
    return patched(parts, evaluated(loaded(parts)))


def evaluate(content: bytes, *, functions: bool = True) -> Values:
    """Evaluate a workbook of our own; without `functions` the built-in twins score."""
    return evaluated(loaded(unpack(content), functions=functions))


def loaded(parts: Parts, *, functions: bool = True) -> formualizer.Workbook:
    """A workbook in the engine, which knows our functions."""
    readable = for_readers(_bare(parts))
    with reading(*_FAILED):
        book = formualizer.Workbook.from_bytes(readable)
        if functions:
            for function in FUNCTIONS:
                book.register_function(
                    function.name, function.call, min_args=function.required, max_args=len(function.arguments)
                )
    return book


def evaluated(book: formualizer.Workbook) -> Values:
    """The values of a workbook in the engine."""
    with reading(*_FAILED):
        book.evaluate_all()
    return book.get_value


def _bare(parts: Parts) -> Parts:
    """The workbook with the bare names of our functions, as the engine knows them."""
    with reading():
        if not any(foreign(parts[part]) for part, _ in sheet_parts(parts)):
            return parts
    return _rewritten(parts, lambda root, _: unspell(root))
