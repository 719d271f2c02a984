"""A history of 20 quarters of 10,000 people, and the commands that read it: `trend`, `collect`, `guide`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.scale.people import QUARTER, SHIPPED, fill_in, roster
from benchmarks.scale.running import Cost, measured
from xlkpi.collect import history as past
from xlkpi.collect.collection import collect
from xlkpi.intake.received import find_files, receive_all

PEOPLE, QUARTERS, COLLECTED, GUIDED = 10_000, 20, 500, 20
"""People of each quarter, quarters before the one that is collected, forms collected, people with guides."""
BYTES = 2_000_000_000
"""Of disk that this takes at most."""


@dataclass(frozen=True)
class Stage:
    """A command beside the long history, and without any; None where it needs one."""

    what: str
    cost: Cost
    without: Cost | None


def stages(folder: Path) -> Iterator[Stage]:
    forms, returned, summary, history = (folder / name for name in ("forms", "returned", "summary.xlsx", "历史"))
    folder.mkdir(parents=True)
    roster(folder / "roster.csv", COLLECTED)
    measured("new", QUARTER, "--roster", folder / "roster.csv", "-o", forms, "--jobs", 1)
    fill_in(forms, returned, COLLECTED // GUIDED)
    collecting = ("collect", returned, "-o", summary, "--overwrite", "--jobs", 1)
    guiding = ("guide", returned / "0", "-o", folder / "guides", "--overwrite", "--jobs", 1)
    alone = [measured(*collecting), measured(*guiding)]
    guiding = (*guiding, "--history", history)
    write(history, returned)
    of = f"{QUARTERS} quarters of {PEOPLE:,} people"
    for what, command, without in (
        (f"`trend` over {of}", ("trend", history, "-o", folder / "trend.xlsx"), None),
        (f"`trend` of one person in {of}", ("trend", history, "-o", folder / "one.xlsx", "--person", "YG000001"), None),
        (f"`collect` of {COLLECTED} forms beside {of}", collecting, alone[0]),
        (f"`guide` of {GUIDED} people with {of}", guiding, alone[1]),
    ):
        print(what, file=sys.stderr)
        yield Stage(what, measured(*command), without)


def write(folder: Path, returned: Path) -> int:
    """Write a history: what these forms come to, as the results of many more people in every quarter; returns its rows.

    Final scores go up and down by up to 5 points, so that no two quarters are alike.
    """
    received = list(receive_all(find_files([returned]), SHIPPED))
    rows = past.frame(collect(received, QUARTER, SHIPPED), "../summary.xlsx")
    parts = []
    for copy in range(PEOPLE // COLLECTED):
        numbers = rows["id"].str.removeprefix("YG").astype(int) + copy * COLLECTED
        id = "YG" + numbers.astype(str).str.zfill(6)
        parts.append(rows.assign(id=id, name="员工" + id))
    everyone = pd.concat(parts, ignore_index=True)
    numbers, quarter = everyone["id"].str.removeprefix("YG").astype(int), QUARTER
    for each in range(QUARTERS):
        quarter = quarter.before
        final = everyone["person_final"] + (numbers * 7 + each * 3) % 11 - 5
        past.write(folder, quarter, everyone.assign(person_final=final))
    return len(everyone) * QUARTERS
