"""Recalculates workbooks of our own: formualizer evaluates the formulas, and the values are stored in the sheet XML.

Only stored values are rewritten; styles, validation, formats, notes and charts stay byte for byte what they were.
"""

from __future__ import annotations

import formualizer

from xlkpi.functions import FUNCTIONS
from xlkpi.xlsx.archive import for_readers, reading, sheet_parts, unpack
from xlkpi.xlsx.edit import Values, patched, with_sheets_changed
from xlkpi.xlsx.function_names import may_have_prefixes, write_bare_names
from xlkpi.xlsx.usual import Parts

FAILED = (formualizer.FormualizerHostError, formualizer.ExcelEvaluationError)
"""What the engine raises where it gives a workbook up."""


def recalculate(content: bytes) -> bytes:
    """The workbook with every formula's value calculated through our Python functions.

    For workbooks of our own: formulas that others wrote may take any time and memory (use `sandbox.recalculated`).
    Raises `UnreadableError` where the bytes are no workbook that can be evaluated.
    """
    parts = unpack(content)
    return patched(parts, evaluated(loaded(parts)))


def evaluate(content: bytes, *, functions: bool = True) -> Values:
    """The values of a workbook of our own; without `functions` the built-in twins score. Raises `UnreadableError`."""
    return evaluated(loaded(unpack(content), functions=functions))


def loaded(parts: Parts, *, functions: bool = True) -> formualizer.Workbook:
    """A workbook loaded into the engine, which also gets our functions unless `functions` is False."""
    readable = for_readers(_with_bare_names(parts))
    with reading(*FAILED):
        book = formualizer.Workbook.from_bytes(readable)
        if functions:
            for function in FUNCTIONS:
                book.register_function(
                    function.name, function.call, min_args=function.required, max_args=len(function.arguments)
                )
    return book


def evaluated(book: formualizer.Workbook) -> Values:
    """The values of a loaded workbook, all of its formulas evaluated."""
    with reading(*FAILED):
        book.evaluate_all()
    return book.get_value


def _with_bare_names(parts: Parts) -> Parts:
    """The workbook with the bare names of our functions: the engine knows no others."""
    with reading():
        if not any(may_have_prefixes(parts[part]) for part, _ in sheet_parts(parts)):
            return parts
    return with_sheets_changed(parts, lambda root, _: write_bare_names(root))
