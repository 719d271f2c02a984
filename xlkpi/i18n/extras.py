"""Optional libraries (extras): some features need them, and say what to install where they are missing.

`pyproject.toml` lists the same extras under `[project.optional-dependencies]`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec

from xlkpi.i18n.problems import UnreadableError

PLOT, WORD, ADDIN, ZH_HANT, CLUSTER, DATABASE = "plot", "word", "addin", "zh-hant", "cluster", "database"

EXTRAS = {
    PLOT: ("matplotlib",),
    WORD: ("docx", "docxtpl"),
    ADDIN: ("pyopenvba", "tomli"),
    ZH_HANT: ("opencc",),
    CLUSTER: ("distributed",),
    DATABASE: ("sqlalchemy",),
}
"""Extra → the modules that it installs for xlkpi."""


class MissingExtraError(UnreadableError):
    """The libraries of a feature are missing. The message names the feature and the command that installs them."""

    def __init__(self, extra: str) -> None:
        self.extra = extra
        python = sys.executable.replace("pythonw.exe", "python.exe")  # Excel starts the one without a window
        super().__init__("setup", f"missing_{extra}", install=f'"{python}" -m pip install "xlkpi[{extra}]"')

    def __reduce__(self) -> tuple[Callable[[str], MissingExtraError], tuple[str]]:
        return MissingExtraError, (self.extra,)  # from a worker's process


def need(extra: str) -> None:
    """Raise `MissingExtraError` if the libraries of an extra are not installed. Does not import them."""
    if any(find_spec(module) is None for module in EXTRAS[extra]):
        raise MissingExtraError(extra)
