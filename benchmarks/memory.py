"""The memory of commands over folders of returned files: the most that a process of its own holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.collection import filled
from benchmarks.generation import A_BOOK, books
from benchmarks.measure import Row
from benchmarks.scale import people

TITLE = "Memory"
MARKED = 26
"""Files of `check --mark`."""
PEOPLE, SHARES = 2_000, 4
"""Forms that are checked and collected, and into how many folders they are divided: of one, and of all. In one there
are enough that the caches are full, which do not grow with the company."""
CHECK, COLLECT, MARK = 10.0, 10.0, 500.0
"""Goals: kB a form, kB a form, MB."""
_PROGRAM = (
    "import sys; from benchmarks.measure import most_memory; from xlkpi.cli import main\n"
    "try: main(standalone_mode=True)\n"
    "except SystemExit as end: assert end.code in (0, 1), end.code\n"
    "print('', most_memory())"
)


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        large = Path(name) / "large"
        large.mkdir()
        for number, sheets in enumerate(books(MARKED * A_BOOK)):
            (large / f"{number:03}.xlsx").write_bytes(filled(sheets))
        returned = _returned(Path(name))
        more = PEOPLE - PEOPLE // SHARES
        for command, most, goal in (("check", _checked, CHECK), ("collect", _collected, COLLECT)):
            few, all = (most(returned[:share]) for share in (1, SHARES))
            yield Row(f"`{command}`: growth by a form", 1000 * (all - few) / more, goal, unit="kB")
            yield Row(f"`{command}` of {PEOPLE:,} forms, {A_BOOK} to a file", all, unit="MB")
        yield Row(f"`check --mark` of {MARKED} files of {A_BOOK} forms",
                  _most("check", large, "--mark", Path(name) / "marked"), MARK, unit="MB")  # fmt: skip


def _returned(folder: Path) -> list[Path]:
    """Folders with the forms of a quarter, filled in."""
    table, forms = folder / "roster.csv", folder / "forms"
    people.roster(table, PEOPLE)
    _most("new", people.QUARTER, "--roster", table, "-o", forms)
    people.fill_in(forms, folder / "returned", SHARES)
    return sorted((folder / "returned").iterdir())


def _checked(folders: Sequence[Path]) -> float:
    return _most("check", *folders)


def _collected(folders: Sequence[Path]) -> float:
    """The most memory of collecting these folders for the second time, when their history is there."""
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        return [_most("collect", *folders, "-o", Path(name) / "summary.xlsx", "--overwrite") for _ in range(2)][-1]


def _most(*arguments: object) -> float:
    """The most memory of a command, in MB."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
