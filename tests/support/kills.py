"""Kills commands at random moments, and looks at what is left: `python -m tests.support.kills 200` prints a table.

A few kills are in every run (`end_to_end/test_kills.py`).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support import hostile
from tests.support.company import Filled, assignments, put, workbook
from tests.support.tables import CASES, table_file

COMMANDS = {
    "new": "new 2026Q4 --role ecommerce-operations --role web-editor -o made/new.xlsx --overwrite",
    "collect": "collect Q4 -o made/all.xlsx --jobs 2 --overwrite",
    "calibrate": "calibrate made/all.xlsx -o made/calibration.xlsx --overwrite",
    "payroll": "payroll made/all.xlsx -o made/payroll.csv --overwrite",
    "year": "year 2026 --history made/历史 -o made/year.xlsx --overwrite",
    "agree": "agree Q4",
    "guide": "guide Q4 -o made/guides --format html --overwrite",
    "next": "next Q4 -o made/next --overwrite",
    "recalc": "recalc Q4/0.xlsx -o made/recalc.xlsx --overwrite",
    "costly": "recalc costly.xlsx -o made/costly.xlsx --overwrite",
    "refresh": "refresh Q4/0.xlsx -o made/refresh.xlsx --overwrite",
    "request": "request 2026Q4 Q4 -o made/asked --overwrite",
    "fill": "fill Q4 --from numbers.csv -o made/filled --overwrite",
    "roles": "roles copy ecommerce-operations web-editor -o made/roles.xlsx --overwrite",
    "send": "send forms Q4 --drafts made/drafts --overwrite",
    "appeal": f"appeal Q4 --person {assignments()[0].id} -o made/appeals --overwrite",
    "mark": "check Q4/0.xlsx --mark made/marked.xlsx --overwrite",
    "adopt": "adopt old.xlsx -o made/roles.xlsx --overwrite",
}
SECONDS_LEFT = 5
"""So long may a process that we started live on: it looks every moment, on a machine that may be busy."""


@dataclass(frozen=True)
class Left:
    """What a killed command left: processes that still ran, files in the folder for temporary ones, side files."""

    hit: bool
    processes: int
    temporary: int
    side_files: int


def prepared(folder: Path) -> Path:
    """A folder with filled forms."""
    for number in range(3):
        put(folder / "Q4" / f"{number}.xlsx", workbook([Filled(assignments()[number], 0.9)]))
    build, _ = hostile.FORMULAS["a search that tries everything"]
    (folder / "costly.xlsx").write_bytes(build())
    (folder / "numbers.csv").write_text("工号,数据项,10月\n001,销售额,5\n", "utf-8")
    table_file(CASES / "newcomer.toml", folder).rename(folder / "old.xlsx")
    (folder / "tmp").mkdir()
    return folder


def run(folder: Path, command: str) -> subprocess.Popen[bytes]:
    """Start a command in a prepared folder."""
    environment = os.environ | {"TMPDIR": str(folder / "tmp"), "TEMP": str(folder / "tmp")}
    arguments = [sys.executable, "-m", "xlkpi", *COMMANDS[command].split()]
    return subprocess.Popen(
        arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def killed(folder: Path, command: str, seconds: float, how: int = signal.SIGTERM) -> Left:
    """Start a command, kill it after so many seconds, and see what is left once its processes have had their time."""
    process = run(folder, command)
    started: dict[int, psutil.Process] = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        started |= _children(process.pid)
        time.sleep(0.01)
    hit = process.poll() is None
    if hit:
        started |= _children(process.pid)
        process.send_signal(how)
    process.wait()
    _, alive = psutil.wait_procs(started.values(), timeout=SECONDS_LEFT)
    alive = [each for each in alive if _runs(each)]
    for each in alive:
        each.kill()
    return Left(hit, len(alive), len(list((folder / "tmp").iterdir())), len(side_files(folder)))


def side_files(folder: Path) -> list[Path]:
    """The temporary files beside those that commands write."""
    return [*folder.rglob(".xlkpi.*.tmp")]


def _children(process: int) -> dict[int, psutil.Process]:
    try:
        return {each.pid: each for each in psutil.Process(process).children(recursive=True)}
    except psutil.Error:
        return {}


def _runs(process: psutil.Process) -> bool:
    """Whether it runs; one that nobody has waited for has ended."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def main(kills: int) -> None:
    """Kill all commands in turn, and run each once more at the end."""
    folder = prepared(Path(tempfile.mkdtemp(prefix="kills-")))
    durations: dict[str, float] = {}
    for command in COMMANDS:
        begun = time.monotonic()
        assert run(folder, command).wait() in (0, 1), command
        durations[command] = time.monotonic() - begun
    table = {command: Counter[str]() for command in COMMANDS}
    for number in range(kills):
        command = list(COMMANDS)[number % len(COMMANDS)]
        left = killed(
            folder, command, random.uniform(0.2, durations[command]), random.choice([signal.SIGTERM, signal.SIGKILL])
        )
        table[command].update(
            kills=left.hit, processes=left.processes, temporary=left.temporary, side_files=left.side_files
        )
    print(f"{'command':10}{'kills':>8}{'processes':>12}{'temporary':>12}{'side files':>12}{'after':>8}")
    for command, count in table.items():
        assert run(folder, command).wait() in (0, 1), command
        after = len(side_files(folder))
        columns = f"{count['kills']:8}{count['processes']:12}{count['temporary']:12}{count['side_files']:12}{after:8}"
        print(f"{command:10}{columns}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]))
