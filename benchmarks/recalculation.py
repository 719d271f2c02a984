"""Recalculating a workbook and writing its values, compared with the bare evaluation and with LibreOffice.

LibreOffice has to start first, so it is compared with our command, which has to start, too, and with our function.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from subprocess import run

import formualizer

from benchmarks.measure import Row, beside, by_all, ratio, spent
from tests.support.engines import libreoffice
from tests.support.forms import filled_form, sample_measures
from xlkpi.calc.engine import recalculate

TITLE = "Recalculating a workbook"
TIMES, OFFICE = 2.0, 0.15
"""Goals: multiples of the time of the bare evaluation, and of LibreOffice."""


def bare(content: bytes) -> None:
    formualizer.load_workbook_bytes(content).evaluate_all()


def _spent(call: Callable[[], object]) -> float:
    """The processor seconds of a call, including those of the processes that it starts."""
    return spent(call, by_all)


def _beside_bare(forms: int) -> Row:
    content = filled_form(*[sample_measures()] * forms)

    def ours() -> None:
        recalculate(content)

    what = f"a workbook of {forms} form{'s'[: forms > 1]}, beside the bare evaluation"
    return beside(what, ours, lambda: bare(content), goal=TIMES, rounds=15, calls=1)


def _beside_libreoffice(folder: Path, rounds: int = 5) -> Iterator[Row]:
    form = folder / "form.xlsx"
    form.write_bytes(filled_form(sample_measures()))
    program = "from xlkpi.cli import main; main()"
    command = [sys.executable, "-c", program, "recalc", str(form), "-o", str(folder / "ours.xlsx"), "--overwrite"]

    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}

    def by_command() -> None:
        run(command, check=True, capture_output=True, env=environment)

    def of_office() -> None:
        with tempfile.TemporaryDirectory(prefix="xlkpi-bench-") as name:
            options = [*libreoffice.profile(Path(name)), "--headless", "--norestore"]
            converting = ["--convert-to", "xlsx", "--outdir", str(folder / "office"), str(form)]
            run(["soffice", *options, *converting], check=True, capture_output=True)

    calls: dict[str, Callable[[], object]] = {
        "`xlkpi recalc`": by_command,
        "`recalculate`": lambda: recalculate(form.read_bytes()),
    }
    by_command()  # compiles the modules: those of an installed package are compiled already
    turns = [(_spent(of_office), *map(_spent, calls.values())) for _ in range(rounds)]
    office, *ours = map(median, zip(*turns, strict=True))
    for what, seconds in zip(calls, ours, strict=True):
        yield ratio(f"{what} of 1 form, beside LibreOffice from its start", seconds, office, OFFICE)


def rows() -> Iterator[Row]:
    yield _beside_bare(1)
    yield _beside_bare(10)
    if not libreoffice.lacking():
        with tempfile.TemporaryDirectory(prefix="xlkpi-bench-") as folder:
            yield from _beside_libreoffice(Path(folder))
