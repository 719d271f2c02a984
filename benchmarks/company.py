"""The summary and the guides, and two processes compared with one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from docx import Document
from openpyxl import Workbook, load_workbook

from benchmarks.collection import filled
from benchmarks.generation import A_BOOK, KIND, QUARTER, ROLES, SHIPPED, books
from benchmarks.measure import Row, by_children, ratio, spent
from xlkpi.check.run import check_workbook
from xlkpi.collect.collection import collect
from xlkpi.collect.workbook import build
from xlkpi.common.assignment import Assignment
from xlkpi.common.parallel import processes
from xlkpi.guide.content import Guide, guides
from xlkpi.guide.files import named, rendered
from xlkpi.guide.render import FORMATS, templates
from xlkpi.i18n.languages import HANS
from xlkpi.intake.received import find_files, receive_all
from xlkpi.writer.templates import for_workers
from xlkpi.writer.workbook import workbooks

TITLE = "A company: summary, guides, and two processes"
COPIES, MADE, GUIDES, ROUNDS = 20, 2000, 24, 5
"""Copies of each workbook to collect; forms made; people with guides; rounds of summary and guides."""
CLOCK, PROCESSOR, START = 0.55, 1.1, 1.0
"""Goals of two processes: of one's time by the clock, and of the processor; seconds that a worker takes to start."""

_Groups = Mapping[str, Sequence[Assignment]]
_Work = Callable[[Executor | None], Iterable[object]]
_Kit = Callable[[], Callable[[], object] | None]


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        folder = Path(name)
        for number, sheets in enumerate(books(KIND * A_BOOK)):
            content = filled(sheets)
            for copy in range(COPIES):
                (folder / f"{copy:02} {number:02}.xlsx").write_bytes(content)
        sources = find_files([folder])
        first = sources[:KIND]
        yield from _results(folder, first)

        def collecting(some: Sequence[tuple[str, Path]]) -> _Work:
            return lambda executor: receive_all(some, SHIPPED, executor, check_workbook)

        yield from _two(f"`collect` of {len(sources)} workbooks", collecting(sources), collecting(first))
    groups = _groups(MADE)

    def making(some: _Groups) -> _Work:
        return lambda executor: workbooks(some, SHIPPED, QUARTER, executor=executor)

    posts = [post for group in groups.values() for post in group]
    kit = partial(for_workers, posts, SHIPPED, QUARTER, HANS)
    yield from _two(f"`new` of {MADE:,} forms", making(groups), making(dict([*groups.items()][:KIND])), kit)


def _results(folder: Path, sources: Sequence[tuple[str, Path]]) -> Iterator[Row]:
    """The summary and the guides of some files."""
    received = list(receive_all(sources, SHIPPED, None, check_workbook))
    collection = collect(received, QUARTER, SHIPPED)
    cells = [list(sheet.values) for sheet in load_workbook(io.BytesIO(build(collection, folder)))]
    turns = [(spent(lambda: build(collect(received, QUARTER, SHIPPED), folder)), spent(lambda: _plain(cells)))
             for _ in range(ROUNDS)]  # fmt: skip
    yield _of_turns("the summary, beside its values written by openpyxl into plain sheets", turns)
    people = guides([ranked.person for ranked in collection.ranking], QUARTER, None)[:GUIDES]
    first = spent(lambda: _guides(people[:1]))
    word = next(content for name, content in _guides(people[:1]) if name.endswith(".docx"))
    turns = [(_each(people), spent(lambda: _saved(word))) for _ in range(ROUNDS)]
    row = _of_turns("a guide, web page and Word, beside python-docx opening and saving the Word file", turns)
    yield row
    yield ratio("the first guide, with its templates, beside one more", first, row.seconds or 0.0)


def _each(people: Sequence[Guide]) -> float:
    """The seconds of one more guide: what is done once for all, such as reading the templates, is left out."""
    return (spent(lambda: _guides(people)) - spent(lambda: _guides(people[:1]))) / (len(people) - 1)


def _of_turns(what: str, turns: Sequence[tuple[float, float]]) -> Row:
    return Row(what, median(a / b for a, b in turns), seconds=median(a for a, _ in turns))


def _plain(cells: Sequence[Sequence[Sequence[object]]]) -> None:
    book = Workbook()
    for rows in cells:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(io.BytesIO())


def _guides(people: Sequence[Guide]) -> list[tuple[str, bytes]]:
    made = rendered(named(people), templates(FORMATS, None)[0], SHIPPED)
    return [page for pages in made for page in pages]


def _saved(word: bytes) -> None:
    Document(io.BytesIO(word)).save(io.BytesIO())


def _groups(forms: int) -> _Groups:
    people = [
        Assignment(f"{n:06}", f"员工{n}", f"部门{n % 7}", ROLES[n % len(ROLES)], f"上级{n // A_BOOK}")
        for n in range(forms)
    ]
    return {f"{n:06}.xlsx": people[n : n + A_BOOK] for n in range(0, forms, A_BOOK)}


def _two(what: str, work: _Work, first: _Work, kit: _Kit = lambda: None) -> Iterator[Row]:
    """Two processes beside this one, which is warm. first: the part with one workbook of each kind.

    kit: makes what each worker calls first, as the command does.
    """
    _took(first, 0)
    clock, parent, _ = _took(work, 0)
    of_two = _took(work, 2, kit)
    yield ratio(f"{what} by two processes, by the clock, beside one", of_two[0], clock, CLOCK)
    yield ratio(f"{what} by two processes, their processor time, beside one", of_two[2], parent, PROCESSOR)
    yield ratio(f"{what} by two processes, the parent's processor time, beside one", of_two[1], parent)
    start = _took(first, 1, kit)[2] - _took(first, 0)[1]
    yield Row(f"{what}: a worker's start, with the first workbooks of each kind", start, START, unit="s")


def _took(work: _Work, workers: int, kit: _Kit = lambda: None) -> tuple[float, float, float]:
    """Seconds: by the clock from the start to the end of the processes, of this processor time, of the workers'."""
    before = perf_counter(), process_time(), by_children()
    with processes(workers, kit()) if workers else nullcontext() as executor:
        for _ in work(executor):
            pass
    after = perf_counter(), process_time(), by_children()
    clock, own, children = (b - a for a, b in zip(before, after, strict=True))
    return clock, own, children
