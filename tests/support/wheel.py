"""The program as people install it: from its wheel, without the project's folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.engines.pyodide import build_wheel


def installed_wheel(folder: Path) -> Path:
    """Build the wheel and install it alone into a folder, for PYTHONPATH; its libraries are those of the tests."""
    wheel, target = build_wheel(folder), folder / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return target
