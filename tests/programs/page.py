"""`make programs`: docs/programs.md, from what all programs make of our forms on this machine."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.programs.calculating import Book, Comparison, compared, quarters
from tests.programs.engines import ENGINES, LEFT_OUT, Engine
from tests.programs.saving import Saved, saved
from tests.programs.writers import WRITERS, Writer
from tests.support.engines import libreoffice
from tests.support.paths import ROOT
from xlkpi.i18n.problems import Problem

PAGE = ROOT / "docs" / "programs.md"
EXAMPLES = 3
"""So many different cells of each engine stand on the page."""

HEAD = """# Other programs and our forms

A form may be opened by other programs than Excel: an office suite, an app on a phone, a script that fills in numbers.
This page says what each of them leaves of a form, and what it calculates. `make programs` runs them and writes it; it
is not to be edited. Excel and WPS do not run on Linux and are not here:
see [What is proven, and how](../README.md#what-is-proven-and-how).

In short:

- **`xlkpi score` and `collect` take inputs only.** Scores, ranks and grades of a returned form do not depend on what a
  program made of its formulas; where it changed or lost them, `xlkpi check` says so.
- LibreOffice, Gnumeric, and programs built on the engines that differ in no score below, show the right scores without
  our functions.
- A script may write into a form with any library below that loses nothing. One that loses more leaves a file that can
  still be collected, but that nobody should go on filling in: take the form that was sent and copy the inputs.
"""

WRITING = """## Programs that save forms

A workbook with a form of each of the 24 roles, complete, of people with staff numbers such as 0001, was opened and
saved; and opened, one number changed, and saved. Then `score` and `collect` read both, and `check` looked at them.

| column | what it says |
| --- | --- |
| inputs | whether persons, months, targets, rules, units and weights are read as they were |
| scores | whether `score` and `collect` come to the same scores, grades and ranks, within 1e-9 |
| told | what `check` says that it did not say of the file before; — for nothing |
| lost | what is no longer in the file |
"""

CALCULATING = """## Programs that calculate forms

Random quarters of all 24 roles, in turn complete, with empty cells, and with empty cells, texts and impossible numbers.
The files have no stored results, and the programs have none of our functions: the built-in formulas score. Every
formula's result is held against what Python computes: numbers within 1e-9, texts letter by letter. “scores” are those
of indicators, totals and grades; “cells” are all formulas, explanations included.
"""


def page(saving: Iterable[tuple[Writer, Saved]], calculating: Iterable[tuple[Engine, Comparison]], run: str) -> str:
    """The whole page. run: when, and how long."""
    parts = (HEAD, run, "", WRITING, *_writers(saving), "", CALCULATING, *_engines(calculating))
    return "\n".join(parts).rstrip() + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> Iterator[str]:
    """numbers: the headings of columns that stand to the right."""
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---:' if heading in numbers else '---' for heading in headings)} |"
    yield from (f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in rows)


def _writers(saving: Iterable[tuple[Writer, Saved]]) -> Iterator[str]:
    rows = []
    for writer, left in saving:
        if left.failed:
            rows.append((writer.name, "", "", "", f"not run: {left.failed}", ""))
            continue
        told = _told(left.told)
        if _kinds(left.told_changed) != _kinds(left.told):
            told += f"; with the changed number: {_told(left.told_changed)}"
        said = ("kept" if left.inputs else "**not kept**", "equal" if left.scores else "**not equal**")
        rows.append((writer.name, writer.version, *said, told, ", ".join(left.lost) or "nothing"))
    return _table(("program", "version", "inputs", "scores", "told", "lost"), rows)


def _told(problems: Sequence[Problem]) -> str:
    """How many findings of each kind, and the first of them."""
    first = {problem.kind: problem.message for problem in reversed(problems)}
    return "; ".join(f"{number} × {first[kind]}" for kind, number in _kinds(problems).items()) or "—"


def _kinds(problems: Sequence[Problem]) -> Counter[str]:
    return Counter(problem.kind for problem in problems)


def _engines(calculating: Iterable[tuple[Engine, Comparison]]) -> Iterator[str]:
    rows, examples = [], []
    for engine, found in calculating:
        if not found.books:
            rows.append((engine.name, "", "", "", "", "", "", f"not run: {found.failed}"))
            continue
        numbers = (found.books, found.cells, found.other_cells, found.scores, found.other_scores)
        remark = ". ".join(filter(None, (engine.remark, found.failed)))
        rows.append((engine.name, engine.version, *(f"{one:,}" for one in numbers), remark))
        examples += [f"- {engine.name}, {example}" for example in found.examples[:EXAMPLES]]
    numbers = ("quarters", "cells", "differ", "scores", "scores differ")
    yield from _table(("program", "version", *numbers, "remark"), rows, numbers)
    yield from ("", LEFT_OUT)
    if examples:
        yield from ("", "The first differences of each, what it shows and what Python computes:", "", *examples)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("quarters", type=int, help="random quarters of all roles that each engine calculates")
    given = arguments.parse_args()
    started = time.perf_counter()
    books = tuple(quarters(given.quarters))
    saving = [(writer, _saved(writer)) for writer in WRITERS]
    calculating = [(engine, _compared(engine, books)) for engine in ENGINES]
    libreoffice.close()
    seconds = time.perf_counter() - started
    run = f"Run on Linux on {dt.datetime.now(dt.UTC):%Y-%m-%d}, {seconds / 60:,.0f} minutes."
    PAGE.write_text(page(saving, calculating, run), "utf-8")


def _saved(writer: Writer) -> Saved:
    found = Saved(failed=writer.lacking) if writer.lacking else saved(writer)
    print(writer.name, found.failed or f"{len(found.told)} findings", file=sys.stderr, flush=True)
    return found


def _compared(engine: Engine, books: Sequence[Book]) -> Comparison:
    found = Comparison(failed=engine.lacking) if engine.lacking else compared(engine, books[: engine.most])
    told = found.failed or f"{found.other_cells:,} of {found.cells:,} cells differ, {found.seconds:,.0f} seconds"
    print(engine.name, told, file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
