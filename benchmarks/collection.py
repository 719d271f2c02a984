"""Collecting a quarter's filled workbooks, compared with two plain readers of the same files (calamine, pandas).

The plain readers read values only: they read no formulas, score nothing, and have no limits for hostile files.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from subprocess import run
from tempfile import TemporaryDirectory

import pandas
from python_calamine import CalamineWorkbook

from benchmarks.generation import A_BOOK, KIND, QUARTER, SHIPPED, books
from benchmarks.measure import Row, ratio, spent
from tests.support.engines import libreoffice
from xlkpi.calc.engine import recalculate
from xlkpi.check.run import check_workbook
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.intake.received import receive_all
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

TITLE = "Collecting a quarter: workbooks of 10 forms, all roles in turn, processor time of one workbook"
KINDS, BY_PANDAS = 5, 6
"""The workbooks of all roles come so many times, always of other people; pandas reads one of so many."""
SCORED, CHECKED, SCORED_BY_PANDAS, CHECKED_BY_PANDAS, CHECKED_AT_ALL = 1.3, 1.7, 0.08, 0.12, 2.0
"""Goals. At all: with the first workbooks of each kind."""
OFFICE = ", saved by LibreOffice"


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


def saved_by_office(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice saves them, in one call."""
    (folder / "profile").mkdir(parents=True)
    options = [*libreoffice.profile(folder / "profile"), "--headless", "--norestore", "--convert-to", "xlsx"]
    run(["soffice", *options, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True)
    return [folder / path.name for path in paths]


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        folder = Path(name)
        paths = []
        for number, sheets in enumerate(books(KINDS * KIND * A_BOOK)):
            paths.append(folder / f"{number:03}.xlsx")
            paths[-1].write_bytes(filled(sheets))
        yield from _compared(paths, "")
        if not libreoffice.lacking():
            yield from _compared(saved_by_office(paths[: 2 * KIND], folder / "office"), OFFICE)


def _compared(paths: Sequence[Path], saved: str) -> Iterator[Row]:
    """The rows for these files. In turns; what is done once for each kind is in the times of the first ones."""
    bare, scored, checked, by_pandas = [], [], [], []
    for number, path in enumerate(paths):
        content, source = path.read_bytes(), [(path.name, path)]
        bare.append(spent(lambda content=content: calamine(content)))
        scored.append(spent(lambda source=source: list(receive_all(source, SHIPPED))))
        checked.append(spent(lambda source=source: list(receive_all(source, SHIPPED, check=check_workbook))))
        if number % BY_PANDAS == 0:  # slower, and as slow for every workbook
            by_pandas.append(spent(lambda content=content: openpyxl(content)))
    bare_took, openpyxl_took = mean(bare), mean(by_pandas)
    for what, times, goal, goal_by_pandas in (
        ("read and scored", scored, SCORED, SCORED_BY_PANDAS), ("with all checks", checked, CHECKED, CHECKED_BY_PANDAS)
    ):  # fmt: skip
        warm = mean(times[KIND:])
        yield ratio(f"{what}{saved}, warm, beside calamine's bare reading", warm, mean(bare[KIND:]), goal)
        yield ratio(
            f"{what}{saved}, warm, beside `pandas.read_excel` with openpyxl", warm, openpyxl_took, goal_by_pandas
        )
    yield ratio(f"with all checks{saved}, all {len(paths)} workbooks, beside calamine's bare reading", mean(checked),
                bare_took, CHECKED_AT_ALL)  # fmt: skip
    yield ratio(f"with all checks{saved}, the first workbook of a kind, beside calamine's bare reading",
                mean(checked[:KIND]), mean(bare[:KIND]))  # fmt: skip
