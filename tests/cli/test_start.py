"""What a command waits for before it does anything: the libraries that it loads, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.forms import filled_form, sample_measures
from tests.support.paths import ROOT

LIBRARIES = set(
    """
    PIL click distributed docx docxtpl formualizer jinja2 lxml matplotlib multiprocessing numpy opencc openpyxl
    pandas pyarrow pyopenvba python_calamine rich xlwings
    """.split()
)
XML, ENGINE, WRITER = {"lxml"}, {"formualizer"}, {"openpyxl", "numpy", "PIL"}
"""openpyxl loads the other two where they are installed."""
SENTENCE, READER, TABLE = set[str](), {"lxml", "python_calamine"}, {"pandas", "numpy", "pyarrow"}

PROGRAM = """
import sys
try:
    {}
finally:
    print(*{{name.partition(".")[0] for name in sys.modules}}, file=sys.stderr)
"""


def loaded_by(statement: str, *arguments: str | Path, folder: Path | None = None) -> set[str]:
    """The libraries that a statement loads in a process of its own."""
    command = [sys.executable, "-c", PROGRAM.format(statement), *map(str, arguments)]
    ours = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=folder, env=ours, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr  # 1 is what is wrong in a form
    return LIBRARIES & set(run.stderr.split())


@pytest.fixture(scope="module")
def form() -> bytes:
    """The sample quarter, filled in."""
    return filled_form(sample_measures())


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("--help", set()),
        ("new --help", set()),
        ("addin --help", set()),
        ("roles --json", SENTENCE),
        ("explain 每低5%扣3分 --unit % --json", SENTENCE),
        ("explain 每低5%扣3分 --unit % --actual 12% --target 20%", SENTENCE | {"rich"}),
        ("recalc form.xlsx", SENTENCE | XML | ENGINE | READER),  # the form says in which language it is answered
        ("score form.xlsx --json", SENTENCE | READER),
        ("check form.xlsx --json", SENTENCE | READER | WRITER | ENGINE),
        ("refresh form.xlsx --json", SENTENCE | READER | WRITER | ENGINE),
        ("new 2026Q4 --role ecommerce-operations -o new.xlsx", SENTENCE | XML | WRITER | ENGINE),
        ("next . -o next --json", SENTENCE | READER | WRITER | ENGINE | {"rich", "jinja2"}),
        ("collect . -o all.xlsx --json", SENTENCE | READER | WRITER | ENGINE | TABLE | {"rich"}),
    ],
)
def test_a_command_loads_what_it_needs(command: str, needed: set[str], form: bytes, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(form)
    loaded = loaded_by("from xlkpi.cli import main; main()", *command.split(), folder=tmp_path)
    assert loaded - {"click"} <= needed


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("xlkpi", set()),
        ("xlkpi.common.parallel", set()),
        ("xlkpi.common.fingerprint", set()),
        ("xlkpi.collect.collection", SENTENCE | READER),
        ("xlkpi.guide.files", set()),
        ("xlkpi.writer.workbook", SENTENCE | XML | WRITER | ENGINE),
    ],
)
def test_workers_load_what_they_need(module: str, needed: set[str]) -> None:
    """A worker loads the program's main module, which is the command line, and the module of its work."""
    assert loaded_by(f"import xlkpi.cli, {module}") - {"click"} <= needed


def test_the_package_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "xlkpi", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("xlkpi")
