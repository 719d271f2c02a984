"""Checks what the add-in for Excel needs on a machine: what is there, what is missing, and how to get it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xlkpi.addin.excel import built_for
from xlkpi.addin.install import INTERPRETER, WINDOWS, Machine
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.version import __version__


@dataclass(frozen=True)
class Fact:
    """One thing that the add-in needs. found: what is there. advice: what to do; "" where it is fine."""

    id: str
    name: str
    fine: bool
    found: str
    advice: str


def status(machine: Machine) -> list[Fact]:
    """Everything that the add-in needs, in the order of repair. On other systems than Windows, only the system."""
    checks = _CHECKS if machine.system == WINDOWS else _CHECKS[:1]
    results = ((id, check(machine)) for id, check in checks)
    return [Fact(id, COMMANDS(f"fact_{id}"), not advice, found, advice) for id, (found, advice) in results]


def elsewhere(system: str) -> str:
    """What to use instead on a system whose Excel cannot start Python."""
    if system == "darwin":
        return COMMANDS("on_a_mac")
    return COMMANDS("without_windows")


_Found = tuple[str, str]
"""What is there, and what to do ("" where it is fine)."""


def _system(machine: Machine) -> _Found:
    return machine.system, "" if machine.system == WINDOWS else elsewhere(machine.system)


def _excel(machine: Machine) -> _Found:
    if machine.excel:
        return COMMANDS("there"), ""
    return COMMANDS("not_found"), COMMANDS("install_excel")


def _pywin32(machine: Machine) -> _Found:
    if machine.pywin32:
        return COMMANDS("there"), ""
    return COMMANDS("not_installed"), COMMANDS("install_pywin32", python=machine.interpreter)


def _library(machine: Machine) -> _Found:
    """xlwings' DLL: its VBA looks beside the Python, then one folder up, where a virtual environment has it."""
    names = [f"xlwings{bits}-{machine.xlwings}.dll" for bits in (64, 32)]
    folders = machine.interpreter.parent, machine.interpreter.parent.parent
    for folder in folders:
        if any((folder / name).is_file() for name in names):
            return str(folder), ""
    advice = COMMANDS("install_xlwings", python=machine.interpreter, version=machine.xlwings)
    return COMMANDS("not_found"), advice


def _addin(machine: Machine) -> _Found:
    if machine.addin.is_file():
        return str(machine.addin), ""
    return COMMANDS("not_installed"), COMMANDS("run_install")


def _versions(machine: Machine) -> _Found:
    if not machine.addin.is_file():
        return "—", COMMANDS("run_install")
    try:
        built = built_for(machine.addin)
    except (ValueError, OSError) as error:
        return COMMANDS("unreadable_addin", error=error), COMMANDS("close_and_install")
    found = COMMANDS("versions", xlkpi=built[0], xlwings=built[1])
    if tuple(built) == (__version__, machine.xlwings):
        return found, ""
    return found, COMMANDS("other_versions", xlkpi=__version__, xlwings=machine.xlwings)


def _blocked(machine: Machine) -> _Found:
    """Windows marks files from mail or the web, by a stream beside the file; Excel does not load marked add-ins."""
    mark = Path(f"{machine.addin}:Zone.Identifier")
    if not mark.exists():
        return COMMANDS("not_blocked"), ""
    return COMMANDS("blocked"), COMMANDS("unblock", addin=machine.addin)


def _config(machine: Machine) -> _Found:
    try:
        text = machine.config.read_bytes().decode(machine.encoding, "replace")
    except OSError:
        return COMMANDS("none"), COMMANDS("run_install")
    rows = [row for row in csv.reader(text.splitlines()) if len(row) == 2]
    # The VBA takes the first line of a name, in any case.
    named = next((value for name, value in rows if name.upper() == INTERPRETER), "")
    if named == str(machine.interpreter):
        return named, ""
    if not named:
        return str(machine.config), COMMANDS("no_python_named")
    return named, COMMANDS("other_python")


_CHECKS: tuple[tuple[str, Callable[[Machine], _Found]], ...] = (
    ("system", _system),
    ("excel", _excel),
    ("pywin32", _pywin32),
    ("library", _library),
    ("addin", _addin),
    ("versions", _versions),
    ("blocked", _blocked),
    ("config", _config),
)
