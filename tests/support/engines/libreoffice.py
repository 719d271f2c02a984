"""LibreOffice without its window, as a second opinion on every formula.

It stays open and is told what to do through UNO: a test process starts one for all its workbooks, and one more for
each extension that it tries.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from threading import Timer
from typing import Any

from openpyxl import load_workbook

from tests.support.engines import Shown, skip_without

OLDEST = 25
"""Earlier versions resolve fewer functions and do not keep our functions' names."""

PYTHON = "/usr/bin/python3"
"""UNO belongs to the system's Python; ours need not be of the same version."""

DRIVER = Path(__file__).with_name("uno_driver.py")
PATIENCE = 120
"""Seconds for a request: a workbook of a hundred forms takes twenty."""

# A cached value that nobody calculated must never pass for LibreOffice's opinion: 0 is "always recalculate".
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""

_numbers = count()
_shared = ExitStack()


def require() -> None:
    """Skip the test where LibreOffice is missing or too old; fail it where CI promises one."""
    skip_without(lacking())


@cache
def lacking() -> str:
    """Why LibreOffice cannot be asked; empty where it can."""
    found = re.search(r"LibreOffice (\d+)", release())
    if found is None or int(found[1]) < OLDEST:
        return f"LibreOffice {OLDEST} or newer is not installed ({release()})"
    if not Path(PYTHON).exists() or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True).returncode:
        return f"{PYTHON} has no uno (python3-uno)"
    return ""


@cache
def release() -> str:
    """LibreOffice 25.2.3.2, or what soffice says instead."""
    program = shutil.which("soffice")
    if program is None:
        return "no soffice on the path"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    found = re.search(r"LibreOffice [\d.]+", said)
    return found[0] if found else f"soffice says {said.strip()!r}"


class Office:
    """An open LibreOffice."""

    def __init__(self, driver: subprocess.Popen[str]) -> None:
        self._driver = driver

    def __call__(self, **request: Any) -> dict[str, Any]:
        """What uno_driver.py makes of a request. Raises RuntimeError with what it says where it fails."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        late = Timer(PATIENCE, self._driver.kill)
        late.start()
        try:
            self._driver.stdin.write(json.dumps(request, default=str) + "\n")
            self._driver.stdin.flush()
            answer = self._driver.stdout.readline()
        finally:
            late.cancel()
        if not answer:
            raise RuntimeError(f"LibreOffice is gone, or did not answer within {PATIENCE} seconds")
        told: dict[str, Any] = json.loads(answer)
        if "failed" in told:
            raise RuntimeError(told["failed"])
        return told


@contextmanager
def opened(
    folder: Path, extension: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Office]:
    """LibreOffice with a profile in `folder`, with this extension only. It ends with the process that opened it."""
    pipe = f"xlkpi{os.getpid()}-{next(_numbers)}"
    options = [*profile(folder, extension), "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp"]
    with (
        (folder / "soffice.log").open("wb") as log,
        subprocess.Popen(
            ["soffice", *options],
            env={**os.environ, **(environment or {})},
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            # Without requests to come the driver ends, and LibreOffice with it.
            with subprocess.Popen(
                [PYTHON, str(DRIVER), pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            ) as driver:
                yield Office(driver)
            process.wait(timeout=60)
        finally:
            with suppress(ProcessLookupError):  # soffice starts another program: both, should they still be there
                os.killpg(process.pid, signal.SIGKILL)


def recalculate(paths: Sequence[Path], out_dir: Path) -> list[Path]:
    """Let LibreOffice calculate every formula of these .xlsx files anew; the results have the same names in `out_dir`.

    One LibreOffice for all calls of a process, until `close`. Raises RuntimeError where a file does not come back.
    """
    if len({path.name for path in paths}) != len(paths) or any(path.parent == out_dir for path in paths):
        raise ValueError("the files need different names, and an out_dir apart from their own")
    out_dir.mkdir(parents=True, exist_ok=True)
    results = [out_dir / path.name for path in paths]
    for result in results:
        result.unlink(missing_ok=True)  # or an earlier one would pass for this one
    try:
        for path, result in zip(paths, results, strict=True):
            _office()(open=path, save=result)
    except RuntimeError:
        close()  # the next call begins with one that is well
        raise
    return results


def save_as(source: Path, target: Path, filter: str, typed: Mapping[str, Mapping[str, float]]) -> None:
    """Open a workbook, type numbers (by sheet and address), and save it through an export filter of LibreOffice.

    Raises RuntimeError where it does not come back.
    """
    try:
        _office()(open=source, type=typed, save=target, filter=filter)
    except RuntimeError:
        close()
        raise


@cache
def _office() -> Office:
    folder = _shared.enter_context(tempfile.TemporaryDirectory(prefix="xlkpi-soffice-", ignore_cleanup_errors=True))
    return _shared.enter_context(opened(Path(folder)))


def close() -> None:
    """End the LibreOffice of this process, if there is one."""
    _office.cache_clear()
    _shared.close()


def profile(folder: Path, extension: Path | None = None) -> list[str]:
    """The options of soffice for a user profile of its own, with this extension and no other."""
    user = folder / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    # root may install for everyone only, so that everyone is in this folder too.
    options = [f"-env:UserInstallation={folder.as_uri()}", f"-env:UNO_SHARED_PACKAGES_CACHE={folder.as_uri()}/shared"]
    if extension:
        subprocess.run(
            ["unopkg", "add", "--shared", *options, str(extension)], check=True, capture_output=True, timeout=60
        )
    return options


def shown(path: Path, addresses: Iterable[str], *, sheet: str = "Sheet1") -> list[Shown]:
    """What these cells of a recalculated file show."""
    worksheet = load_workbook(path, data_only=True)[sheet]
    return [_shown(worksheet[address]) for address in addresses]


def _shown(cell: Any) -> Shown:
    if cell.value is None and cell.data_type == "str":  # a formula that gives ""
        return ""
    return float(cell.value) if isinstance(cell.value, int) and not isinstance(cell.value, bool) else cell.value
