"""Filling 500 forms from a table of 100,000 rows, compared with pandas reading the table and `new` writing the forms.

The table is a daily export: a row for each day, person and shop, with three numbers that most forms ask for.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

import pandas

from benchmarks.generation import QUARTER, SHIPPED, books, write
from benchmarks.measure import Row, most_memory, ratio, spent
from xlkpi.fill.run import Filling
from xlkpi.fill.tables.table import read_tables
from xlkpi.fill.targets import read_form_files
from xlkpi.fill.write import typed_in
from xlkpi.intake.received import find_files

TITLE = "Filling 500 forms, 10 to a workbook, from a table of 100,000 rows: processor time of all, and memory"
FORMS, ROWS, SHOPS = 500, 100_000, 3


def table(path: Path) -> None:
    """Write the table: sums of three measures by day, person and shop."""
    labels = _labels()
    days = [
        QUARTER.first_day + dt.timedelta(days=day) for day in range((QUARTER.last_day - QUARTER.first_day).days + 1)
    ]
    people = ROWS // (len(days) * SHOPS) + 1
    rows = [
        (
            f"{person:05}",
            day.isoformat(),
            f"店铺{shop}",
            *(100 + person % 7 + shop + day.day + n for n in range(len(labels))),
        )
        for person in range(people)
        for day in days
        for shop in range(SHOPS)
    ][:ROWS]
    pandas.DataFrame(rows, columns=["工号", "日期", "店铺", *labels]).to_csv(path, index=False)


def _labels() -> list[str]:
    """The labels of sums that most roles have."""
    counts: dict[str, int] = {}
    for role in SHIPPED.roles(QUARTER).values():
        for measure in role.measures:
            if measure.aggregate == "sum" and measure.unit != "%" and measure.id not in role.levels:
                counts[measure.label] = counts.get(measure.label, 0) + 1
    return sorted(counts, key=counts.__getitem__, reverse=True)[:3]


def fill(folder: Path, source: Path, output: Path) -> int:
    """Fill all forms of a folder; returns how many files changed."""
    files = list(read_form_files(find_files([folder]), SHIPPED))
    filling = Filling(files, SHIPPED)
    filling.fill(read_tables(source))
    changed = 0
    for typed in filling.typed():
        content, _ = typed_in(typed)
        (output / typed.name).write_bytes(content)
        changed += 1
    return changed


def make(folder: Path) -> None:
    for sheets in books(FORMS):
        write(folder, sheets)


def read(source: Path) -> None:
    pandas.read_csv(source, dtype={"工号": str})


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        folder, output, source = (Path(name) / part for part in ("forms", "filled", "table.csv"))
        folder.mkdir()
        output.mkdir()
        table(source)
        make(folder)  # fills the caches
        beside = spent(lambda: read(source)) + spent(lambda: make(folder))
        took = spent(lambda: fill(folder, source, output))
        ours, theirs = (_memory(call, name) for call in ("fill", "both"))
        yield ratio("filled, beside `pandas.read_csv` and `new`", took, beside, 3.0)
        yield Row("memory of it, beside theirs", ours / theirs)


def _memory(call: str, name: str) -> float:
    """The most memory of a process that does only this, in MB."""
    program = f"from benchmarks.filling import measured; measured({call!r}, {name!r})"
    return float(json.loads(run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout))


def measured(call: str, name: str) -> None:
    """Print the most memory that filling takes, or reading and making."""
    folder, output, source = (Path(name) / part for part in ("forms", "filled", "table.csv"))
    if call == "fill":
        fill(folder, source, output)
    else:
        read(source)
        make(output)
    print(json.dumps(most_memory()))
