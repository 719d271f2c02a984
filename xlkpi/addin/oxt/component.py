"""The part that LibreOffice loads: it hands the cells of a formula to the functions of xlkpi.

Whatever goes wrong here is raised, never caught: LibreOffice then shows an error, which IFERROR turns into the
built-in twin.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uno
import unohelper

# LibreOffice puts our folder last; another lark of the same Python (Debian's is too old) must not stand before ours.
sys.path.insert(0, str(Path(__file__).parent / "pythonpath"))
try:
    import tomllib  # noqa: F401
except ImportError:  # Python 3.10, with LibreOffice 25.2 on Windows and macOS
    import tomli

    sys.modules["tomllib"] = tomli

from xlkpi.functions import FUNCTIONS


class Functions(unohelper.Base, uno.getClass("xlkpi.XFunctions")):
    """The cell functions, under the names that functions.idl gives them."""

    def __init__(self, context: object) -> None:
        pass


for _function in FUNCTIONS:
    setattr(Functions, _function.name, staticmethod(_function.call))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, "xlkpi.Functions.Python", ("xlkpi.Functions",))
