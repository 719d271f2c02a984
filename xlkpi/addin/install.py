"""Installs and uninstalls the add-in for Excel on Windows.

Installing writes the add-in into Excel's start folder; a line that names this Python, in front of the user's
configuration of the add-in (the VBA takes the first line of a name); and a record of both. What was there before is
kept in the record or left in place, so that uninstalling restores it byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

ADDIN = "xlkpi.xlam"
WINDOWS = "win32"


class InstallError(Exception):
    """Nothing was installed or removed; the text says why, and what to do."""


@dataclass(frozen=True)
class Machine:
    """Everything about a machine that installing depends on.

    system: as `sys.platform` has it. home, appdata: %USERPROFILE% and %APPDATA%. interpreter: the Python for Excel to
    start. encoding: of the configuration, the system's code page because the VBA reads it so. excel, pywin32: whether
    they are installed. xlwings: its version.
    """

    system: str
    home: Path
    appdata: Path
    interpreter: Path
    encoding: str
    excel: bool
    pywin32: bool
    xlwings: str

    @property
    def addin(self) -> Path:
        """The add-in in Excel's start folder."""
        return self.appdata / "Microsoft" / "Excel" / "XLSTART" / ADDIN

    @property
    def config(self) -> Path:
        """The user's configuration, where the VBA (`GetConfigFilePath`) looks for it."""
        return self.home / ".xlkpi" / "xlkpi.conf"

    @property
    def record(self) -> Path:
        return self.config.with_name("installed.json")

    @property
    def log(self) -> Path:
        """The file in which the ribbon keeps the traceback of the last unexpected error."""
        return self.config.with_name("xlkpi.log")


def this_machine() -> Machine:
    """The machine that this runs on."""
    import xlwings

    home = Path(os.environ.get("USERPROFILE") or Path.home())
    return Machine(
        system=sys.platform,
        home=home,
        appdata=Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming"),
        interpreter=Path(sys.executable),
        encoding="mbcs" if sys.platform == WINDOWS else "utf-8",
        excel=_has_excel(),
        pywin32=importlib.util.find_spec("win32com") is not None,
        xlwings=xlwings.__version__,
    )


def _has_excel() -> bool:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CLSID"):
            return True
    return False


@dataclass(frozen=True)
class Record:
    """What was installed, and what was there before.

    addins: digests of the installed add-ins, the last one first. before: somebody else's file that was in their place,
    in base64. line: the line added to the configuration. had_config: whether there was a configuration. folders: the
    folders that were made, the innermost first.
    """

    addins: tuple[str, ...]
    before: str | None
    line: str
    had_config: bool
    folders: tuple[str, ...]


def read_record(machine: Machine) -> Record | None:
    """The record of the last install; None without one. Raises `InstallError` where it cannot be read."""
    try:
        data = json.loads(machine.record.read_bytes())
        return Record(**{**data, "addins": tuple(data["addins"]), "folders": tuple(data["folders"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise InstallError(COMMANDS("record_damaged", record=machine.record, addin=machine.addin)) from None


INTERPRETER = "INTERPRETER_WIN"
"""The setting that names the Python. All other settings are in the add-in."""


def install(machine: Machine, content: bytes) -> None:
    """Install the add-in, or update it. content: of the .xlam file.

    A failure leaves everything as it was. Raises `InstallError`, OSError (PermissionError where Excel is running).
    """
    earlier = read_record(machine)
    line = _line(machine)
    files = (machine.record, machine.config, machine.addin)
    old_content = {path: _bytes(path) for path in files}
    folders = tuple(map(str, _missing_folders(machine)))
    addin, config = old_content[machine.addin], old_content[machine.config]
    ours = earlier.addins if earlier else ()
    before = earlier.before if earlier else None
    if addin is not None and _digest(addin) not in ours:
        before = base64.b64encode(addin).decode()
    record = Record(
        addins=tuple(dict.fromkeys((_digest(content), *ours))),
        before=before,
        line=line,
        had_config=earlier.had_config if earlier else config is not None,
        folders=tuple(dict.fromkeys((*folders, *(earlier.folders if earlier else ())))),
    )
    rest = _without(config or b"", earlier.line, machine.encoding) if earlier else config or b""
    try:
        # The record first, so that an interrupted installation can be uninstalled.
        write_whole(machine.record, json.dumps(asdict(record), indent=1).encode(), overwrite=True)
        write_whole(machine.addin, content, overwrite=True)
        write_whole(machine.config, f"{line}\r\n".encode(machine.encoding) + rest, overwrite=True)
    except BaseException:
        for path, old in old_content.items():
            with suppress(OSError):
                _put(path, old)
        _remove(folders)
        raise


def uninstall(machine: Machine) -> list[str]:
    """Remove what was installed. Returns messages about what stays because somebody else has changed it.

    Raises `InstallError` where nothing is installed, OSError (PermissionError where Excel is running).
    """
    record = read_record(machine)
    if record is None:
        raise InstallError(COMMANDS("never_installed"))
    left: list[str] = []
    addin, before = _bytes(machine.addin), None if record.before is None else base64.b64decode(record.before)
    if addin is not None and _digest(addin) in record.addins:
        _put(machine.addin, before)
    elif addin is not None and addin != before:
        left.append(COMMANDS("addin_left", addin=machine.addin))
    config = _bytes(machine.config)
    if config is not None:
        rest = _without(config, record.line, machine.encoding)
        _put(machine.config, rest if rest or record.had_config else None)
    machine.log.unlink(missing_ok=True)
    machine.record.unlink()
    _remove(record.folders)
    return left


# --- files ------------------------------------------------------------------------------------------------------------


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _put(path: Path, content: bytes | None) -> None:
    """Give a file this content; None removes the file."""
    if content is None:
        path.unlink(missing_ok=True)
    elif _bytes(path) != content:
        write_whole(path, content, overwrite=True)


def _missing_folders(machine: Machine) -> Iterator[Path]:
    """The folders that installing will make, the innermost first."""
    for file in (machine.addin, machine.config):
        yield from (folder for folder in file.parents if not folder.exists())


def _remove(folders: tuple[str, ...]) -> None:
    """Remove folders; those that are no longer empty stay."""
    for folder in folders:
        with suppress(OSError):
            Path(folder).rmdir()


def _line(machine: Machine) -> str:
    """The line for the configuration, in the form of xlwings' VBA: "NAME","VALUE". Raises `InstallError`."""
    line = f'"{INTERPRETER}","{machine.interpreter}"'
    try:
        line.encode(machine.encoding)
    except UnicodeEncodeError:
        raise InstallError(COMMANDS("bad_path", python=machine.interpreter)) from None
    return line


def _without(config: bytes, line: str, encoding: str) -> bytes:
    """The configuration without the first such line; everything else stays byte for byte."""
    lines, ours = config.splitlines(keepends=True), line.encode(encoding)
    places = [place for place, text in enumerate(lines) if text.rstrip(b"\r\n") == ours]
    return b"".join(text for place, text in enumerate(lines) if place not in places[:1])
