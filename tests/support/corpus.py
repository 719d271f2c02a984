"""Runs every reading command over a folder of workbooks, and prints what became of them: `make corpus DIR=…`.

The workbooks are not in the project: take those that other libraries test themselves with. Each command runs in a
process of its own, so that one that dies or takes much memory is told with its file. POSIX only.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from xlkpi.cli import main as program
from xlkpi.i18n.message_files import PROBLEMS
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import stored_cells

COMMANDS = {
    "check": "check form.xlsx --json",
    "score": "score form.xlsx --json",
    "collect": "collect . -o ../made/all.xlsx --json --jobs 1",
    "calibration": "collect . --calibration form.xlsx -o ../made/calibrated.xlsx --json --jobs 1",
    "mark": "check form.xlsx --mark ../made/marked.xlsx --json",
    "recalc": "recalc form.xlsx -o ../made/recalc.xlsx",
    "refresh": "refresh form.xlsx -o ../made/refresh.xlsx --json",
    "agree": "agree form.xlsx --json",
    "request": "request 2026Q4 form.xlsx -o ../made/asked",
    "fill": "fill form.xlsx --from form.xlsx --from . -o ../made/filled --json",
    "roles": "roles check form.xlsx --json",
    "adopt": "adopt form.xlsx -o ../made/roles.xlsx --json",
    "send": "send forms . --drafts ../made/drafts --overwrite",
    "appeal": "appeal form.xlsx -o ../made/appeals",
    "roster": "new 2026Q4 --roster form.xlsx -o ../made/forms --jobs 1",
}
_COPIES = {"mark": "marked.xlsx", "recalc": "recalc.xlsx", "refresh": "refresh.xlsx", "adopt": "roles.xlsx"}
SECONDS = 150
"""More than the limits let any command take; then it hangs."""
_UNFORESEEN = PROBLEMS("unforeseen", place="").rstrip("（）")
_ENDINGS = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm"))


@dataclass(frozen=True)
class Done:
    """What a command made of a file. megabytes: at most, of it and the processes that it started.

    new_errors: cells that hold errors in the copy that it wrote, and did not before.
    """

    file: str
    command: str
    outcome: str
    seconds: float
    megabytes: int
    new_errors: int
    said: str


def results(folder: Path) -> Iterator[Done]:
    """What every command makes of every workbook below a folder."""
    context = multiprocessing.get_context("fork")
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in _ENDINGS and each.is_file()):
        for command in COMMANDS:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(path, command, theirs))
            begun = time.monotonic()
            process.start()
            theirs.close()
            answer: Any = None
            with suppress(EOFError):
                answer = ours.recv() if ours.poll(SECONDS) else None
            process.kill()
            process.join()
            outcome, *rest = answer or ("unforeseen", 0, 0, f"ended by {process.exitcode}, or hung")
            yield Done(path.name, command, outcome, time.monotonic() - begun, *rest)


def _run(path: Path, command: str, answer: Any) -> None:
    place = Path(tempfile.mkdtemp(prefix="corpus-"))
    try:
        (place / "made").mkdir()
        (place / "sent").mkdir()
        shutil.copy(path, place / "sent" / "form.xlsx")
        os.chdir(place / "sent")
        result = CliRunner().invoke(program, COMMANDS[command].split())
        made = place / "made" / _COPIES.get(command, "")
        unforeseen = result.exception is not None and not isinstance(result.exception, SystemExit)
        if unforeseen or _UNFORESEEN in result.output:
            outcome = "unforeseen"
        elif command in _COPIES:
            outcome = "opened" if made.exists() else "refused"
        else:
            outcome = "refused" if _is_refused(command, result.exit_code, result.stdout) else "opened"
        after = _errors(made) if command in ("recalc", "refresh") and outcome == "opened" else 0
        new_errors = max(0, after - _errors(Path("form.xlsx"))) if after else 0
        used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        answer.send((outcome, used // 1000, new_errors, result.output if outcome != "opened" else ""))
    finally:
        shutil.rmtree(place)


def _is_refused(command: str, code: int, said: str) -> bool:
    """Whether a command that writes no copy could not use the file at all; forms may have problems."""
    if command in ("roster", "appeal"):
        return code != 0
    try:
        told = json.loads(said)
    except ValueError:
        return True
    problems = told if isinstance(told, list) else told["problems"]
    return any(problem["kind"] == "file" and problem["sheet"] is None for problem in problems)


def _errors(path: Path) -> int:
    try:
        return sum(len(cells.errors) for cells in stored_cells(unpack(path.read_bytes())).values())
    except UnreadableError:
        return 0


@dataclass
class Row:
    """The sums of a command."""

    count: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("opened", "refused", "unforeseen"), 0))
    errors: int = 0
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")

    def add(self, done: Done) -> None:
        """Count what a command made of one more file."""
        self.count[done.outcome] += 1
        self.errors += bool(done.new_errors)
        self.slowest = max(self.slowest, (done.seconds, done.file))
        self.largest = max(self.largest, (done.megabytes, done.file))


def main(folder: Path) -> int:
    """Print a table, and what was unforeseen; 1 where anything was."""
    rows = {command: Row() for command in COMMANDS}
    unforeseen = []
    for done in results(folder):
        rows[done.command].add(done)
        if done.outcome == "unforeseen" or done.new_errors:
            unforeseen.append(done)
    print("| command | files | opened | refused | unforeseen | new error cells | slowest | most memory |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")
    for command, row in rows.items():
        (seconds, slow), (megabytes, large) = row.slowest, row.largest
        told = (command, sum(row.count.values()), *row.count.values(), row.errors)
        print(f"| {' | '.join(map(str, told))} | {seconds:.1f} s {slow} | {megabytes} MB {large} |")
    for done in unforeseen:
        print(f"{done.command} {done.file}: {done.new_errors or ''} {done.said.strip()[-200:]}")
    return int(any(done.outcome == "unforeseen" for done in unforeseen))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
