"""LibreOffice without its window, as a second opinion on every formula."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.support.engines import Shown, skip_without

OLDEST = 25
"""Earlier versions resolve fewer functions and do not keep our functions' names."""

# A cached value that nobody calculated must never pass for LibreOffice's opinion: 0 is "always recalculate".
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


def require() -> None:
    """Skip the test where LibreOffice is missing or too old; fail it where CI promises one."""
    skip_without(lacking())


@cache
def lacking() -> str:
    """Why LibreOffice cannot be asked; empty where it can."""
    found = re.search(r"LibreOffice (\d+)", release())
    if found is None or int(found[1]) < OLDEST:
        return f"LibreOffice {OLDEST} or newer is not installed ({release()})"
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


def recalculate(paths: Sequence[Path], out_dir: Path, *, extension: Path | None = None) -> list[Path]:
    """Let LibreOffice calculate every formula of these .xlsx files anew; the results have the same names in `out_dir`.

    One run for all files, with a user profile of its own. Raises RuntimeError where a file does not come back.
    """
    if len({path.name for path in paths}) != len(paths) or any(path.parent == out_dir for path in paths):
        raise ValueError("the files need different names, and an out_dir apart from their own")
    out_dir.mkdir(parents=True, exist_ok=True)
    results = [out_dir / path.name for path in paths]
    for result in results:
        result.unlink(missing_ok=True)  # or an earlier one would pass for this one
    with tempfile.TemporaryDirectory(prefix="xlkpi-soffice-") as folder:
        run = subprocess.run(
            [
                "soffice", *profile(Path(folder), extension), "--headless", "--norestore",
                "--convert-to", "xlsx", "--outdir", str(out_dir), *map(str, paths),
            ],
            capture_output=True, text=True, timeout=120 + 10 * len(paths), check=False,
        )  # fmt: skip
    missing = [path.name for path in results if not path.exists()]
    if missing:
        raise RuntimeError(f"LibreOffice returned no {', '.join(missing)}: {run.stdout}{run.stderr}")
    return results


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
