"""The time of one form in each step of a quarter, two processes compared with one, and a large company."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.measure import Row, spent
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.run import check_workbook
from xlkpi.collect.collection import collect
from xlkpi.collect.workbook import build
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.guide.content import Guide, guides
from xlkpi.guide.files import named, rendered
from xlkpi.guide.render import FORMATS, templates
from xlkpi.intake.received import ReceivedFile, find_files, receive_all
from xlkpi.writer.workbook import sheets_of_assignments, workbooks
from xlkpi.xlsx.edit import fill

SHIPPED = Catalogue.shipped()
TITLE = "A company: one form's processor time, and two processes beside one by the clock"
QUARTER = Quarter(2026, 4)
A_BOOK, FILLED, COPIES, MADE, GUIDES, COMPANY = 10, 240, 10, 2000, 20, 100_000
"""Forms per workbook; filled forms; copies of each filled file; forms made; guides; people of a large company."""
TWICE = round(1 / 1.7, 3)
"""Goal: the time of two processes as a fraction of the time of one."""

_Groups = Mapping[str, Sequence[Assignment]]


def _groups(forms: int) -> _Groups:
    roles = list(SHIPPED.samples())
    assignments = [
        Assignment(f"{n:06}", f"员工{n}", f"部门{n % 7}", roles[n % len(roles)], f"上级{n // A_BOOK}")
        for n in range(forms)
    ]
    return {f"{n:06}.xlsx": assignments[n : n + A_BOOK] for n in range(0, forms, A_BOOK)}


def _filled(content: bytes, assignments: Sequence[Assignment]) -> bytes:
    samples = SHIPPED.samples()
    typed = {
        sheet.title: typed_cells(sheet.role, sample.measures, None, sample.targets)
        for sheet in sheets_of_assignments(assignments, SHIPPED, quarter=QUARTER)
        for sample in [samples[sheet.role.id]]
    }
    return recalculate(fill(content, typed))


def _held(work: Callable[[], object]) -> int:
    """The bytes of memory that the result of a call takes."""
    tracemalloc.start()
    kept = work()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held


def _all(work: Callable[[Executor | None], Iterable[object]], processes: int) -> float:
    """Seconds by the clock from the start to the end of the processes."""

    def run() -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) if processes > 1 else nullcontext() as executor:
            for _ in work(executor):
                pass

    return spent(run, perf_counter)


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        yield from _rows(Path(name))


def _rows(folder: Path) -> Iterator[Row]:
    empty = dict(workbooks(_groups(FILLED), SHIPPED, QUARTER))  # and this fills the caches
    made, size = spent(lambda: list(workbooks(_groups(FILLED), SHIPPED, QUARTER))), sum(map(len, empty.values()))
    yield (new := Row(f"`new`: a form made, {size / FILLED:,.0f} bytes", made / FILLED))
    for file, assignments in _groups(FILLED).items():
        (folder / file).write_bytes(_filled(empty[file], assignments))
    received: list[ReceivedFile] = []
    sources = find_files([folder])
    # This fills the caches of reading, too; it is not timed, as measuring memory slows it down.
    held = _held(lambda: list(receive_all(sources, SHIPPED, None, check_workbook))) / FILLED / 1000
    took = spent(lambda: received.extend(receive_all(sources, SHIPPED, None, check_workbook)))
    size = sum(path.stat().st_size for _, path in sources)
    bytes_told = f"{size / FILLED:,.0f} bytes, {held:.0f} kB of memory until all are collected"
    yield (read := Row(f"`collect`: a filled form read, scored and checked, {bytes_told}", took / FILLED))
    collection = collect(received, QUARTER, SHIPPED)
    summary = b""

    def summarise() -> None:
        nonlocal summary
        summary = build(collect(received, QUARTER, SHIPPED), folder)

    took = spent(summarise) / FILLED
    yield (told := Row(f"`collect`: a form in the summary, {len(summary) / FILLED:,.0f} bytes", took))
    people = guides([ranked.person for ranked in collection.ranking], QUARTER, None)[:GUIDES]
    pages = [page for made in _guides(people) for page in made]
    took, size = spent(lambda: list(_guides(people))), sum(len(content) for _, content in pages)
    yield (guide := Row(f"`guide`: a person's two files, {size / GUIDES:,.0f} bytes", took / GUIDES))
    for unit, what in ((new, "new"), (read, "collect, reading"), (told, "collect, the summary"), (guide, "guide")):
        yield Row(f"{COMPANY:,} people on one core: `{what}`", unit.seconds * COMPANY)
    for file in list(folder.iterdir()):
        for copy in range(1, COPIES):
            shutil.copy(file, folder / f"{copy} {file.name}")
    sources, groups = find_files([folder]), _groups(MADE)
    one, two = (_all(lambda executor: receive_all(sources, SHIPPED, executor, check_workbook), n) for n in (1, 2))
    yield Row(f"{len(sources)} filled workbooks read by two processes, beside one", two, one, times=TWICE)
    one, two = (_all(lambda executor: workbooks(groups, SHIPPED, QUARTER, executor=executor), n) for n in (1, 2))
    yield Row(f"{MADE:,} forms made by two processes, beside one", two, one, times=TWICE)


def _guides(people: Sequence[Guide]) -> Iterator[list[tuple[str, bytes]]]:
    return rendered(named(people), templates(FORMATS, None)[0], SHIPPED)
