"""Where xlwings Lite runs: the wheel under Pyodide gives what CPython gives, from the standard library.

xlwings stands there as it is installed; its licensed part, which Lite alone has, is what would call the functions.
"""

from __future__ import annotations

import json
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.support.engines import pyodide
from tests.support.rule_cases import examples, refusals
from xlkpi.functions import FUNCTIONS
from xlkpi.writer.lite import main_py

Calls = list[tuple[str, list[Any]]]


def calls() -> Calls:
    """Every fifth line of the tables, every tenth refusal, and each function on what cells may hold."""
    found: Calls = []
    for example in examples()[::5]:
        given = [[[value] for value in example.actual], [[value] for value in example.target], example.rule]
        found += [(name, [*given, example.unit]) for name in ("KPI_SCORE", "STEP_DEDUCT", "KPI_EXPLAIN")]
    found += [("KPI_SCORE", [[[1.0]], [[1.0]], refusal.rule, refusal.unit]) for refusal in refusals()[::10]]
    return [
        *found,
        ("STEP_DEDUCT", [[[0.16]], [[0.15]], 0.01, 2.0, "over", None]),
        ("STEP_DEDUCT", [[[2.85]], [[3.0]], 0.05, 3.0, "short", "relative"]),
        ("WEIGHTED_TOTAL", [[[80.0], [97.5]], [[10.0], [12.5]], None]),
        ("WEIGHTED_TOTAL", [[[80.0], [None]], [[10.0], [12.5]], True]),
        ("WEIGHTED_TOTAL", [[[80.0], ["一票否决"]], [[10.0], [12.5]], None]),
        ("WEIGHTED_TOTAL", [[[80.0], ["#VALUE!"]], [[10.0], [12.5]], None]),
        ("KPI_GRADE", [92.5, None]),
        ("KPI_GRADE", [92.5, "優≥90；甲≥80；丁"]),
        ("KPI_GRADE", ["", None]),
        ("KPI_ENGINE", [None]),
    ]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pyodide.require()
    return pyodide.build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def ran(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    packed = tmp_path_factory.mktemp("packages")
    archives = [pyodide.pack("xlwings", packed), wheel]
    job = packed / "job.json"
    job.write_text(json.dumps({"calls": calls(), "main.py": main_py()}), "utf-8")
    return pyodide.run(pyodide.FOLDER / "calls.py", archives, job)


@pytest.mark.parametrize("through", ["library", "udfs/kpi.py", "main.py"])
def test_every_call_gives_what_it_gives_here(ran: Any, through: str) -> None:
    here = {function.name: function.call for function in FUNCTIONS}
    assert {name for name, _ in calls()} == here.keys()
    for (name, arguments), shown in zip(calls(), ran[through], strict=True):
        assert shown == here[name](*arguments), (name, arguments)  # to the last bit


def test_it_ran_in_the_browser_s_python_alone(ran: Any) -> None:
    assert ran["platform"] == "emscripten"
    assert ran["loaded"] == ["xlkpi"]


def test_the_browser_is_asked_to_install_nothing_else(wheel: Path) -> None:
    """What the wheel requires there: anything compiled would make the installation fail."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    required = map(Requirement, metadata.get_all("Requires-Dist") or [])
    there = {"sys_platform": "emscripten", "extra": ""}
    assert {need.name for need in required if need.marker is None or need.marker.evaluate(there)} == set()
