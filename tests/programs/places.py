"""Where the other programs run: in a Python of their own, in Node, in LibreOffice, in Gnumeric."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.engines import libreoffice
from tests.support.paths import ROOT

FOLDER = Path(__file__).parent
PYTHON = ROOT / "build" / "programs" / "venv" / "bin" / "python"
"""`make programs` installs requirements.txt there."""
NODE = FOLDER / "node"
PATIENCE = 600
"""Seconds for a request. What takes longer is of no use to anybody who waits for a score."""

HERE, OUTSIDE, IN_NODE, OFFICE, GNUMERIC = "here", "outside", "node", "office", "gnumeric"

Request = Mapping[str, Any]


@cache
def lacking(place: str, package: str) -> str:
    """Why a program cannot be run; empty where it can."""
    match place:
        case "office":
            return libreoffice.lacking()
        case "gnumeric":
            return "" if shutil.which("ssconvert") else "no ssconvert on the path"
        case "node":
            there = shutil.which("node") and (NODE / "node_modules" / package).is_dir()
            return "" if there else f"no {package} for Node"
        case "here":
            return "" if find_spec(package) else f"no {package}"
    return "" if package in _installed() else f"no {package} in {PYTHON.relative_to(ROOT)}"


@cache
def release(place: str, package: str) -> str:
    """The version of a program."""
    match place:
        case "office":
            return libreoffice.release().removeprefix("LibreOffice ")
        case "gnumeric":
            told = subprocess.run(["ssconvert", "--version"], capture_output=True, text=True, check=True).stdout
            return told.split("'")[1]
        case "node":
            return str(json.loads((NODE / "node_modules" / package / "package.json").read_text("utf-8"))["version"])
        case "here":
            return version(package)
    return _installed()[package]


@cache
def _installed() -> dict[str, str]:
    """The packages of the Python of its own, by name."""
    if not PYTHON.exists():
        return {}
    listed = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    told = subprocess.run([PYTHON, "-c", listed], capture_output=True, text=True, check=True).stdout
    return dict(json.loads(told))


@dataclass(frozen=True)
class Program:
    """A program that runs in one of the places. name: with the way it is used; package: as its registry calls it."""

    name: str
    place: str
    package: str

    @property
    def lacking(self) -> str:
        """Why it cannot be run; empty where it can."""
        return lacking(self.place, self.package)

    @property
    def version(self) -> str:
        return release(self.place, self.package)


def run(place: str, request: Request) -> None:
    """Carry out a request of outside.py or node/outside.mjs. Raises RuntimeError with the last line of what it says."""
    if place == IN_NODE:
        command: Sequence[str | Path] = ["node", NODE / "outside.mjs"]
    else:
        command = [sys.executable if place == HERE else PYTHON, "-W", "ignore", FOLDER / "outside.py"]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(request, file, ensure_ascii=False)
        file.flush()
        told([*command, file.name])


def told(command: Sequence[str | Path]) -> None:
    """Run a program. Raises RuntimeError with the last line of what it says where it fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"no answer within {PATIENCE} seconds") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if "rror" in line] or ["no reason given"]
        raise RuntimeError(lines[-1].strip())
