"""Pyodide in Node: the Python of xlwings Lite, offline, with the wheel as it would be published."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.engines import skip_without
from tests.support.paths import ROOT

FOLDER = ROOT / "tests" / "support" / "pyodide"


def require() -> None:
    """Skip the test where Node or Pyodide is missing; fail it where CI promises both."""
    skip_without(lacking())


@cache
def lacking() -> str:
    """Why Pyodide cannot be run; empty where it can."""
    if shutil.which("node") is None:
        return "no node on the path"
    if not (FOLDER / "node_modules" / "pyodide").is_dir():
        return "Pyodide is not installed: run .ci/install-pyodide"
    return "" if find_spec("hatchling") else "hatchling is not installed"


def build_wheel(folder: Path) -> Path:
    """The wheel of this tree."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True)
    (wheel,) = folder.glob("xlkpi-*.whl")
    return wheel


def pack(package: str, folder: Path) -> Path:
    """The Python files of an installed package, zipped: what the browser gets of it."""
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    source, copy = Path(found.origin).parent, folder / package
    kept = [path for path in source.rglob("*") if path.suffix in (".py", ".toml")]
    for path in kept:
        target = copy / package / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return Path(shutil.make_archive(str(copy), "zip", copy))


def run(script: Path, archives: Sequence[Path], given: Path) -> Any:
    """The JSON that a script answers which finds the text of a file as `given`, and archives in its site-packages."""
    command = ["node", "run.mjs", *map(str, (script, given, *archives))]
    ran = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
