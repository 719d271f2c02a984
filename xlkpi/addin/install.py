"""Installing the add-in for Excel on Windows, and taking it away again.

What is written: the add-in into Excel's start folder; a line that names this Python, in front of whatever the user's
configuration of the add-in says already (Excel's side takes the first line of a name); a record of both. Whatever was
there before is kept in the record or left where it stands, so that uninstalling gives it back byte for byte.
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
    """Why nothing was installed or removed, and what to do."""


@dataclass(frozen=True)
class Machine:
    """What installing depends on.

    home, appdata: %USERPROFILE% and %APPDATA%. interpreter: the Python that Excel shall start. encoding: in which
    Excel's side reads the configuration, the code page of the system. excel: whether Excel is installed.
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
        """The user's configuration, where the add-in's `GetConfigFilePath` looks for it."""
        return self.home / ".xlkpi" / "xlkpi.conf"

    @property
    def record(self) -> Path:
        return self.config.with_name("installed.json")

    @property
    def log(self) -> Path:
        """Where the ribbon keeps what went wrong last."""
        return self.config.with_name("xlkpi.log")


def this_machine() -> Machine:
    """The machine on which this runs."""
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

    addins: the digests of the add-ins written, the last one first. before: the file of somebody else that stood in
    their place, in base64. line: that written into the configuration. had_config: whether there was one. folders: those
    made, the innermost first.
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
"""The setting that names the Python; all others are in the add-in."""


def install(machine: Machine, content: bytes) -> None:
    """Install the add-in, or update it.

    A failure leaves everything as it was. Raises `InstallError`, OSError (PermissionError where Excel is running).
    """
    earlier = read_record(machine)
    line = _line(machine)
    files = (machine.record, machine.config, machine.addin)
    found = {path: _bytes(path) for path in files}
    folders = tuple(map(str, _missing_folders(machine)))
    addin, config = found[machine.addin], found[machine.config]
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
        # The record first: whatever is interrupted can be taken away.
        write_whole(machine.record, json.dumps(asdict(record), indent=1).encode(), overwrite=True)
        write_whole(machine.addin, content, overwrite=True)
        write_whole(machine.config, f"{line}\r\n".encode(machine.encoding) + rest, overwrite=True)
    except BaseException:
        for path, was in found.items():
            with suppress(OSError):
                _put(path, was)
        _remove(folders)
        raise


def uninstall(machine: Machine) -> list[str]:
    """Take away what was installed; what was left because somebody else changed it, in words.

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
    """Let the file have this content; None takes it away."""
    if content is None:
        path.unlink(missing_ok=True)
    elif _bytes(path) != content:
        write_whole(path, content, overwrite=True)


def _missing_folders(machine: Machine) -> Iterator[Path]:
    """The folders that installing makes, the innermost first."""
    for file in (machine.addin, machine.config):
        yield from (folder for folder in file.parents if not folder.exists())


def _remove(folders: tuple[str, ...]) -> None:
    """Remove these folders; those that hold something by now stay."""
    for folder in folders:
        with suppress(OSError):
            Path(folder).rmdir()


def _line(machine: Machine) -> str:
    """The line of the configuration as xlwings' VBA writes and reads them: "NAME","VALUE"."""
    line = f'"{INTERPRETER}","{machine.interpreter}"'
    try:
        line.encode(machine.encoding)
    except UnicodeEncodeError:
        raise InstallError(COMMANDS("bad_path", python=machine.interpreter)) from None
    return line


def _without(config: bytes, line: str, encoding: str) -> bytes:
    """The configuration without the first such line; all else byte for byte."""
    lines, ours = config.splitlines(keepends=True), line.encode(encoding)
    places = [place for place, one in enumerate(lines) if one.rstrip(b"\r\n") == ours]
    return b"".join(one for place, one in enumerate(lines) if place not in places[:1])
