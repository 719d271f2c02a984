"""One LibreOffice without its window that stays open, with an extension, and is told what to do through UNO."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.engines import libreoffice

PYTHON = "/usr/bin/python3"
"""UNO belongs to the system's Python; ours need not be of the same version."""

DRIVER = Path(__file__).with_name("uno_driver.py")


def require() -> None:
    """Skip the test where LibreOffice or its Python is missing; fail it where CI promises them."""
    libreoffice.require()
    if not _has_uno():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{PYTHON} has no uno (python3-uno)")


@cache
def _has_uno() -> bool:
    return Path(PYTHON).exists() and not subprocess.run([PYTHON, "-c", "import uno"], capture_output=True).returncode


class Calc:
    """An open LibreOffice."""

    def __init__(self, pipe: str) -> None:
        self._pipe = pipe

    def __call__(self, **request: Any) -> dict[str, Any]:
        """What uno_driver.py makes of a request. Raises RuntimeError with what it says where it fails."""
        run = subprocess.run(
            [PYTHON, str(DRIVER), self._pipe], input=json.dumps(request, default=str),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if run.returncode:
            raise RuntimeError(run.stderr)
        return dict(json.loads(run.stdout))


@contextmanager
def opened(folder: Path, extension: Path, environment: Mapping[str, str]) -> Iterator[Calc]:
    """LibreOffice with a profile in `folder`, with this extension only."""
    pipe = f"xlkpi{os.getpid()}"
    with (folder / "soffice.log").open("wb") as log:
        process = subprocess.Popen(
            [
                "soffice", *libreoffice.profile(folder, extension), "--headless", "--norestore", "--nologo",
                f"--accept=pipe,name={pipe};urp",
            ],
            env={**os.environ, **environment}, stdout=log, stderr=log,
        )  # fmt: skip
    calc = Calc(pipe)
    try:
        yield calc
    finally:
        try:
            calc(quit=True)
            process.wait(timeout=60)
        finally:
            process.kill()
