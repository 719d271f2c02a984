"""Collecting a quarter's filled workbooks, compared with two plain readers of the same files (calamine, pandas).

The plain readers read values only: they read no formulas, score nothing, and have no limits for hostile files.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas
from python_calamine import CalamineWorkbook

from benchmarks.generation import A_BOOK, QUARTER, books
from benchmarks.measure import Row, spent
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.run import check_workbook
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.intake.received import receive_all
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

SHIPPED = Catalogue.shipped()
TITLE = "Collecting a quarter: 100 filled workbooks of 10 forms, all roles in turn, processor time of one workbook"
BOOKS, BY_PANDAS = 100, 10


def filled(sheets: Sequence[PlannedSheet]) -> bytes:
    """The workbook of these sheets, filled in with the roles' samples, and calculated."""
    samples = SHIPPED.samples()
    typed = {sheet.title: typed_cells(sheet.role, samples[sheet.role.id].measures) for sheet in sheets}
    return recalculate(fill(uncalculated(sheets, SHIPPED, QUARTER), typed))


def calamine(content: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for title in book.sheet_names:
        book.get_sheet_by_name(title).to_python()


def openpyxl(content: bytes) -> None:
    pandas.read_excel(io.BytesIO(content), sheet_name=None, header=None, engine="openpyxl")


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        sources = []
        for number, sheets in enumerate(books(BOOKS * A_BOOK)):
            path = Path(name) / f"{number:03}.xlsx"
            path.write_bytes(filled(sheets))
            sources.append((path.name, path))
        bare, scored, checked, by_pandas = [], [], [], []
        for number, source in enumerate(sources):  # in turns; the first call of each kind fills the caches
            content = source[1].read_bytes()
            bare.append(spent(lambda content=content: calamine(content)))
            scored.append(spent(lambda source=source: list(receive_all([source], SHIPPED))))
            checked.append(spent(lambda source=source: list(receive_all([source], SHIPPED, check=check_workbook))))
            if number % (BOOKS // BY_PANDAS) == 0:  # slower, and as slow for every workbook
                by_pandas.append(spent(lambda content=content: openpyxl(content)))
    bare_took, openpyxl_took = sum(bare) / BOOKS, sum(by_pandas) / len(by_pandas)
    for what, took in (("read and scored", sum(scored) / BOOKS), ("with all checks", sum(checked) / BOOKS)):
        yield Row(f"{what}, beside calamine's bare reading", took, bare_took, times=1.5)
        yield Row(f"{what}, beside `pandas.read_excel` with openpyxl", took, openpyxl_took, times=0.1)
