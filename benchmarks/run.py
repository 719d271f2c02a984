"""Runs all benchmarks, writes RESULTS.md and adds to history.csv. A benchmark is a module with a TITLE and `rows`.

`python -m benchmarks NAME …` runs and prints only the benchmarks of these modules, and writes nothing.

history.csv has a line for each row of every run: date, version, row, value. The version of a run is that of the program
and the commit, 0.1.0+d4034b5; whoever releases takes off the commit. “last release” in the tables is the latest line
without one.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from benchmarks import collection, company, filling, frame, generation, memory, reading, recalculation, scoring
from benchmarks.measure import Row, seconds_text
from tests.support.engines import libreoffice
from xlkpi.version import __version__

PARTS = (scoring, frame, reading, generation, filling, collection, recalculation, company, memory)
LIBRARIES = ("formualizer", "numpy", "openpyxl", "pandas", "python-calamine", "xlsxwriter", "xlwings")
RESULTS, HISTORY = (Path(__file__).parent / name for name in ("RESULTS.md", "history.csv"))
_HEAD = """# What it costs

Written by `make bench` ({date}) on {system} {machine}, {cores} cores: CPython {python}, {libraries};
the load was {load:.1f} at the start, the run took {minutes:.0f} minutes.

“now” is a ratio: our time ÷ that of the other way, both in time of the processor and in turns; or a number with its
unit. The goal is the most that it may be; what misses it is bold, and [PROFILE.md](PROFILE.md) says why. The time
(ours, of the processor) holds for this machine on that day only.
"""


def main(names: Iterable[str]) -> None:
    """Run the benchmarks of these modules and print them; without names all, and write what they gave."""
    wanted = [part for part in PARTS if part.__name__.rpartition(".")[2] in {*names}]
    before, started, load = released(), dt.datetime.now(dt.UTC), os.getloadavg()[0]
    results = {}
    for part in wanted or PARTS:
        print(part.TITLE, file=sys.stderr)
        results[part] = list(part.rows())
    text = "\n".join(line for part, rows in results.items() for line in table(part, rows, before))
    if not wanted:
        program = "LibreOffice missing" if libreoffice.lacking() else libreoffice.release()
        head = _HEAD.format(
            date=f"{started:%Y-%m-%d}", system=platform.system(), machine=platform.machine(), cores=os.cpu_count(),
            python=platform.python_version(), load=load, minutes=(dt.datetime.now(dt.UTC) - started).seconds / 60,
            libraries=", ".join([*(f"{name} {version(name)}" for name in LIBRARIES), program]),
        )  # fmt: skip
        text = f"{head}{text}\n"
        RESULTS.write_text(text, "utf-8")
        remember(
            f"{started:%Y-%m-%d}", f"{__version__}+{_commit()}", [row for rows in results.values() for row in rows]
        )
    print(text)


def table(part: ModuleType, rows: Iterable[Row], before: Mapping[str, float]) -> Iterator[str]:
    """The section of a benchmark. before: the values of the last release by row."""
    yield from ("", f"## {part.TITLE}", "", "| what | goal | now | last release | time |")
    yield "| --- | ---: | ---: | ---: | ---: |"
    for row in rows:
        goal = "" if row.goal is None else f"≤ {_text(row.goal, row.unit)}"
        now = _text(row.value, row.unit) if row.met else f"**{_text(row.value, row.unit)}**"
        cells = (row.what, goal, now, _text(before.get(row.what), row.unit), seconds_text(row.seconds))
        yield f"| {' | '.join(cells)} |"


def _text(value: float | None, unit: str) -> str:
    """A value with three digits; "" for None."""
    if value is None:
        return ""
    return f"{value:.3g} {unit}".rstrip() if abs(value) < 1000 else f"{value:,.0f} {unit}".rstrip()


def released() -> dict[str, float]:
    """The values of the last release by row."""
    with HISTORY.open(encoding="utf-8", newline="") as file:
        return {line["row"]: float(line["value"]) for line in csv.DictReader(file) if "+" not in line["version"]}


def remember(date: str, of: str, rows: Iterable[Row]) -> None:
    """Add a line to the history for each row with a value."""
    with HISTORY.open("a", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerows((date, of, row.what, f"{row.value:.4g}") for row in rows if row.value is not None)


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=HISTORY.parent, capture_output=True, text=True, check=True).stdout.strip()
