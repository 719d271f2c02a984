"""`make parity`: many random rules and inputs, scored by Python and by the twins in two engines.

The tests do the same with fewer: this run is for the record, benchmarks/PARITY.md. Its pairs are other ones than
those of the tests, and the same in every run of the same number.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from platform import python_version
from typing import NamedTuple

from tests.scoring.test_formula import Book, differences, in_turn, python_deducted, python_score
from tests.support.engines import Shown, formualizer, libreoffice
from tests.support.paths import ROOT
from tests.support.strategies import Case, cases, drawn
from xlkpi.scoring.formula import native_deducted, native_score
from xlkpi.scoring.reasons import VETO, VETOES

RECORD = ROOT / "benchmarks" / "PARITY.md"
CHUNK = 5_000
"""Pairs of one workbook: what openpyxl and LibreOffice hold without effort."""
SHOWN_DIFFERENCES = 20


class Kind(NamedTuple):
    """What is compared: rules of one kind, and the twin that belongs to them."""

    name: str
    share: float  # of all pairs
    only_deducts: bool
    python: Callable[[Case, str], Shown]
    twin: Callable[..., str]


KINDS = (  # any rule, and rules that do nothing but deduct
    Kind("scores (`KPI_SCORE`)", 0.8, False, python_score, native_score),
    Kind("deductions (`STEP_DEDUCT`)", 0.2, True, python_deducted, native_deducted),
)  # fmt: skip


@dataclass
class Count:
    """What was compared of one kind, and where an engine differs."""

    pairs: int = 0
    rules: set[object] = field(default_factory=set)
    results: dict[str, int] = field(default_factory=dict)
    formualizer: list[str] = field(default_factory=list)
    libreoffice: list[str] = field(default_factory=list)


def drawn_pairs(kind: Kind, number: int) -> Iterator[list[Case]]:
    """So many pairs, a workbook's worth at a time, every one with a seed of its own."""
    seed = 0
    while number > 0:
        seed += 1
        wanted = min(number, CHUNK)
        # Each rule comes with eight inputs; hypothesis may run out of new rules before the number is reached.
        found = list(chain.from_iterable(drawn(cases(only_deducts=kind.only_deducts), -(-wanted // 8), seed)))
        yield found[:wanted]
        number -= len(found[:wanted])


def compare(kind: Kind, found: list[Case], folder: Path, count: Count) -> None:
    expected = [kind.python(case, language) for case, language in in_turn(found)]
    book = Book(folder / "pairs.xlsx", found, kind.twin)
    column = book.columns("D")
    count.pairs += len(found)
    count.rules.update(case.rule for case in found)
    for value in expected:
        result = "number" if not isinstance(value, str) else VETO if value in VETOES else value.split(" ")[0]
        count.results[result] = count.results.get(result, 0) + 1
    count.formualizer += differences(found, expected, formualizer.evaluate(book.path, column))
    (result_path,) = libreoffice.recalculate([book.path], folder / "out")
    count.libreoffice += differences(found, expected, libreoffice.shown(result_path, column))


def record(counts: dict[Kind, Count], seconds: float) -> str:
    """The Markdown of a run."""
    lines = [
        "# Parity",
        "",
        "Random rules, in the three languages in turn, with inputs at their edges, beside them, and unusable: scored",
        "by Python, by the built-in twin in formualizer and by the twin in LibreOffice without its window. Texts must",
        "be equal, numbers within 1e-9.",
        f"Written by `make parity` ({dt.datetime.now(dt.UTC):%Y-%m-%d}, {seconds:,.0f} seconds): "
        f"Python {python_version()}, formualizer {version('formualizer')}, {libreoffice.release()}.",
        "",
        "| what | pairs | rules | numbers | empty | `#KPI …` | 一票否决 | formualizer differs | LibreOffice |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, count in counts.items():
        kinds = [count.results.get(name, 0) for name in ("number", "", "#KPI", VETO)]
        numbers = [count.pairs, len(count.rules), *kinds, len(count.formualizer), len(count.libreoffice)]
        lines.append("| " + " | ".join([kind.name, *(f"{number:,}" for number in numbers)]) + " |")
    total = sum(count.pairs for count in counts.values())
    differing = [line for count in counts.values() for line in (*count.formualizer, *count.libreoffice)]
    lines += ["", f"{total:,} pairs, {len(differing):,} differences."]
    lines += [f"- `{line}`" for line in differing[:SHOWN_DIFFERENCES]]
    return "\n".join(lines) + "\n"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("number", type=int, help="rule × input pairs")
    arguments.add_argument("--record", type=Path, default=RECORD)
    given = arguments.parse_args()
    if reason := libreoffice.lacking():
        sys.exit(reason)
    started = time.perf_counter()
    counts = {kind: Count() for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="xlkpi-parity-") as folder:
        for kind, count in counts.items():
            wanted = round(given.number * kind.share)
            for found in drawn_pairs(kind, wanted):
                compare(kind, found, Path(folder), count)
                print(f"{kind.name}: {count.pairs:,} of {wanted:,}", file=sys.stderr, flush=True)
    libreoffice.close()
    text = record(counts, time.perf_counter() - started)
    given.record.write_text(text, "utf-8")
    print(text)
    return any(count.formualizer or count.libreoffice for count in counts.values())


if __name__ == "__main__":
    sys.exit(main())
