"""What the add-in for Excel needs on this machine: what is there, what is missing, how to get it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xlkpi.addin.excel import built_for
from xlkpi.addin.install import INTERPRETER, WINDOWS, Machine
from xlkpi.version import __version__


@dataclass(frozen=True)
class Fact:
    """One thing that the add-in needs. found: what is there. advice: what to do where it is not fine."""

    id: str
    name: str
    fine: bool
    found: str
    advice: str


def status(machine: Machine) -> list[Fact]:
    """Everything that the add-in needs, in the order in which to put it right; elsewhere than on Windows only that."""
    looks = _LOOKS if machine.system == WINDOWS else _LOOKS[:1]
    looked = ((id, name, look(machine)) for id, name, look in looks)
    return [Fact(id, name, not advice, found, advice) for id, name, (found, advice) in looked]


def elsewhere(system: str) -> str:
    """What there is instead on a system whose Excel cannot start Python."""
    if system == "darwin":
        return (
            "Mac上的Excel不能启动Python：请用 xlwings Lite（xlkpi new --functions lite）。考核表不装加载项也照常计分。"
        )
    return (
        "这里没有Windows版的Excel。LibreOffice 25以上：xlkpi addin build --for libreoffice -o xlkpi.oxt，"
        "再 unopkg add xlkpi.oxt；"
        "浏览器里的Excel：xlwings Lite（xlkpi new --functions lite）。考核表不装加载项也照常计分。"
    )


_Found = tuple[str, str]
"""What is there; what to do, empty where it is fine."""


def _system(machine: Machine) -> _Found:
    return machine.system, "" if machine.system == WINDOWS else elsewhere(machine.system)


def _excel(machine: Machine) -> _Found:
    if machine.excel:
        return "已安装", ""
    return "没有找到", "请安装桌面版的Excel（应用商店以外的版本），再运行一次"


def _pywin32(machine: Machine) -> _Found:
    if machine.pywin32:
        return "已安装", ""
    return "没有安装", f'请运行 "{machine.interpreter}" -m pip install pywin32'


def _library(machine: Machine) -> _Found:
    """xlwings' VBA looks for its library beside the Python, then one folder up, where an environment has it."""
    names = [f"xlwings{bits}-{machine.xlwings}.dll" for bits in (64, 32)]
    folders = machine.interpreter.parent, machine.interpreter.parent.parent
    for folder in folders:
        if any((folder / name).is_file() for name in names):
            return str(folder), ""
    advice = f'请运行 "{machine.interpreter}" -m pip install --force-reinstall --no-deps xlwings=={machine.xlwings}'
    return "没有找到", f"{advice}（不要加 --user；应用商店的Python不行，请用 python.org 的）"


def _addin(machine: Machine) -> _Found:
    if machine.addin.is_file():
        return str(machine.addin), ""
    return "没有安装", "请运行 xlkpi addin install"


def _versions(machine: Machine) -> _Found:
    if not machine.addin.is_file():
        return "—", "请运行 xlkpi addin install"
    try:
        built = built_for(machine.addin)
    except (ValueError, OSError) as error:
        return f"读不出（{error}）", "请关闭Excel，运行 xlkpi addin install"
    found = f"xlkpi {built[0]}，xlwings {built[1]}"
    wanted = __version__, machine.xlwings
    told = f"现在的Python里是 xlkpi {wanted[0]}，xlwings {wanted[1]}：请关闭Excel，运行 xlkpi addin install"
    return found, "" if tuple(built) == wanted else told


def _blocked(machine: Machine) -> _Found:
    """Windows marks what came by mail or from the web beside the file; Excel then does not load it."""
    mark = Path(f"{machine.addin}:Zone.Identifier")
    if not mark.exists():
        return "没有锁定", ""
    return "被Windows锁定", f"请在资源管理器里右击 {machine.addin}，选“属性”，勾“解除锁定”"


def _config(machine: Machine) -> _Found:
    try:
        text = machine.config.read_bytes().decode(machine.encoding, "replace")
    except OSError:
        return "没有", "请运行 xlkpi addin install"
    rows = [row for row in csv.reader(text.splitlines()) if len(row) == 2]
    # Excel's side takes the first of a name, in any case.
    named = next((value for name, value in rows if name.upper() == INTERPRETER), "")
    if named == str(machine.interpreter):
        return named, ""
    if not named:
        return str(machine.config), "没有写Python在哪里，请运行 xlkpi addin install"
    return named, "Excel用的是另一个Python；要用这一个，请运行 xlkpi addin install"


_LOOKS: tuple[tuple[str, str, Callable[[Machine], _Found]], ...] = (
    ("system", "系统", _system),
    ("excel", "Excel", _excel),
    ("pywin32", "pywin32", _pywin32),
    ("library", "xlwings的DLL", _library),
    ("addin", "加载项", _addin),
    ("versions", "加载项的版本", _versions),
    ("blocked", "锁定", _blocked),
    ("config", "Excel用的Python", _config),
)
