"""Writes SCALE.md and its picture: time and memory of each command, over the number of people."""

from __future__ import annotations

import datetime as dt
import io
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds_text
from benchmarks.scale import history, quarter
from benchmarks.scale.people import ROLES
from benchmarks.scale.quarter import ONE
from benchmarks.scale.running import Cost

PAGE = Path(__file__).parents[1] / "SCALE.md"
PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "scale.svg"
_COLOURS = {"new": "#1F5FA8", "collect": "#C2410C"}
_THOUSANDS = 10_000
_COLUMNS = (
    "command", "people", "by", "clock", "processor", "own memory", "workers", "processor, 10,000 more",
    "own memory, 10,000 more",
)  # fmt: skip
_HEADING = """# Growth that was run

Written by `make scale PEOPLE={people}` on {date}, on {system} {machine}, {cores} cores, CPython {python};
load {load:.0f} at the end. {people:,} people, 10 to a superior and to a workbook, {roles} roles in turn; one workbook
in 20 comes back as it was sent. Roster and forms lay on disk, and the commands of README ran over them: nothing is
multiplied from a smaller run. What two processes and the cluster made was compared with what one process made: the same
forms (but for the time inside them), and the same summary to the last byte.

Processor time is that of all processes together. Memory is the most at a time: “own” of the command's process,
“workers” of the others together, for Dask with its scheduler. “10,000 more” is the slope from the size before. The
script itself held {own:.0f} MB at the end.

![Processor time and memory of new and collect over the number of people](../docs/pictures/scale.svg)

"""


def write(people: int, of_quarter: Sequence[quarter.Stage], of_history: Sequence[history.Stage], own: float) -> None:
    """Write the page and the picture. people: of the quarter. own: MB that this script holds."""
    heading = _HEADING.format(
        people=people, date=dt.date.today(), system=platform.system(), machine=platform.machine(),
        cores=os.cpu_count(), python=platform.python_version(), load=os.getloadavg()[0], roles=len(ROLES), own=own,
    )  # fmt: skip
    lines = [*_quarter(of_quarter), "", *_history(of_history)]
    PICTURE.write_bytes(picture(of_quarter))
    PAGE.write_text(heading + "\n".join(lines) + "\n", "utf-8")


def _quarter(stages: Sequence[quarter.Stage]) -> Iterator[str]:
    yield "## A quarter"
    yield ""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for before, stage in zip((None, *stages), stages, strict=False):
        cost = stage.cost
        cells = [seconds_text(cost.clock), seconds_text(cost.processor), _memory(cost.memory), _memory(cost.workers)]
        if before is not None and (before.command, before.workers) == (stage.command, stage.workers):
            more = _THOUSANDS / (stage.people - before.people)
            cells.append(seconds_text((cost.processor - before.cost.processor) * more))
            cells.append(_memory((cost.memory - before.cost.memory) * more))
        yield f"| `{stage.command}` | {stage.people:,} | {stage.workers} | {' | '.join([*cells, '', ''][:6])} |"


def _memory(held: float) -> str:
    return f"{held:.0f} MB" if held else ""


def _history(stages: Sequence[history.Stage]) -> Iterator[str]:
    yield "## Beside a long history"
    yield ""
    yield "| command | processor | without it | memory | without it |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for stage in stages:
        costs: list[Cost | None] = [stage.cost, stage.without]
        times = [seconds_text(None if cost is None else cost.processor) for cost in costs]
        memory = ["" if cost is None else f"{cost.memory:.0f} MB" for cost in costs]
        yield f"| {stage.what} | {' | '.join([*times, *memory])} |"


def picture(stages: Sequence[quarter.Stage]) -> bytes:
    """An SVG with two panels: processor seconds and memory, over the number of people."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "xlkpi", "font.size": 10}):
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        panels: Sequence[Any] = figure.subplots(1, 2)
        for command, colour in _COLOURS.items():
            alone = [stage for stage in stages if (stage.command, stage.workers) == (command, ONE)]
            people = [stage.people for stage in alone]
            seconds = [stage.cost.processor for stage in alone]
            for panel, values in zip(panels, (seconds, [stage.cost.memory for stage in alone]), strict=True):
                panel.plot(people, values, "o-", color=colour, label=f"xlkpi {command}, one process")
        titles = ("processor time, seconds", "most memory, MB")
        for panel, title in zip(panels, titles, strict=True):
            panel.set_title(title, loc="left", fontsize=10)
            panel.set_xlabel("people")
            panel.set_ylim(bottom=0)
            panel.set_xlim(left=0)
            panel.set_xticks([0, *sorted({stage.people for stage in stages if stage.command in _COLOURS})])
            panel.xaxis.set_major_formatter("{x:,.0f}")
            panel.spines[["top", "right"]].set_visible(False)
        panels[0].legend(frameon=False)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
