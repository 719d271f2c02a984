"""Runs all benchmarks and writes RESULTS.md. A benchmark is a module with a TITLE and a function `rows`."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import collection, filling, frame, generation, reading, recalculation, scale, scoring
from benchmarks.measure import Row, seconds_text

PARTS = (scoring, frame, reading, generation, filling, collection, recalculation, scale)
LIBRARIES = ("formualizer", "numpy", "openpyxl", "pandas", "python-calamine", "xlsxwriter", "xlwings")
RESULTS = Path(__file__).parent / "RESULTS.md"


def line(row: Row) -> str:
    """A row of the Markdown table."""
    goal = f"under {seconds_text(row.goal)}" if row.times is None else f"under {row.times:g} ×"
    goal = "" if row.goal is row.times is None else f"{goal}: {'met' if row.met else '**missed**'}"
    ratio = "" if row.beside is None else f"{row.seconds / row.beside:.2g}"
    times = [seconds_text(seconds) for seconds in (row.seconds, row.beside, row.more, row.at_best)]
    return "| " + " | ".join([row.what, *times, ratio, goal]) + " |"


def main() -> None:
    """Run the benchmarks, write RESULTS.md and print it."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        "# What it costs",
        "",
        f"Written by `make bench` ({dt.datetime.now(dt.UTC):%Y-%m-%d}) on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores: {platform.python_implementation()} {platform.python_version()}, {libraries}.",
        "Medians of repeated runs, in time of the processor. What stands beside each other ran in turns; “more” is the",
        "median of the differences within each turn, “at best” the difference of the quickest turns.",
        "A goal is held against “more”, or against the time of what is alone. A busy machine is a slow one:",
        f"the load was {os.getloadavg()[0]:.1f} at the start.",
    ]
    for part in PARTS:
        print(part.TITLE, file=sys.stderr)
        lines += ["", f"## {part.TITLE}", "", "| what | time | beside | more | at best | ratio | goal |"]
        lines += ["| --- | ---: | ---: | ---: | ---: | ---: | --- |", *map(line, part.rows())]
    text = "\n".join(lines) + "\n"
    RESULTS.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
