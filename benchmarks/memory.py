"""The memory of commands over folders of returned files: the most that a process of its own holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.collection import filled
from benchmarks.generation import A_BOOK, books
from benchmarks.measure import Row

TITLE = "Memory"
FEW, MANY, MARKED = 100, 400, 26
"""Files of `check` and `collect`; files of `check --mark`, with 10 forms each."""
CHECK, COLLECT, MARK = 10.0, 10.0, 500.0
"""Goals: kB a file, kB a form, MB."""
_PROGRAM = (
    "import sys; from benchmarks.measure import most_memory; from xlkpi.cli import main\n"
    "try: main(standalone_mode=True)\n"
    "except SystemExit as end: assert end.code in (0, 1), end.code\n"
    "print('', most_memory())"
)


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        few, many, large = (Path(name) / part for part in ("few", "many", "large"))
        for folder in (few, many, large):
            folder.mkdir()
        for number, sheets in enumerate(books(MARKED * A_BOOK)):
            (large / f"{number:03}.xlsx").write_bytes(filled(sheets))
        for number, sheet in enumerate(chain.from_iterable(books(MANY))):
            (many / f"{number:04}.xlsx").write_bytes(filled([sheet]))
        for path in sorted(many.iterdir())[:FEW]:
            shutil.copy(path, few)
        checked = [_most("check", folder) for folder in (few, many)]
        yield Row("`check` of a folder: growth by a file", 1000 * (checked[1] - checked[0]) / (MANY - FEW), CHECK,
                  unit="kB")  # fmt: skip
        yield Row(f"`check` of {MANY} files", checked[1], unit="MB")
        collected = [_most("collect", folder, "-o", Path(name) / f"{folder.name}.xlsx") for folder in (few, many)]
        yield Row("`collect`: growth by a form", 1000 * (collected[1] - collected[0]) / (MANY - FEW), COLLECT,
                  unit="kB")  # fmt: skip
        yield Row(f"`check --mark` of {MARKED} files of {A_BOOK} forms",
                  _most("check", large, "--mark", Path(name) / "marked"), MARK, unit="MB")  # fmt: skip


def _most(*arguments: object) -> float:
    """The most memory of a command, in MB."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
