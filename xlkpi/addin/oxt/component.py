"""The part that LibreOffice loads: it hands the cells of a formula to the functions of xlkpi.

Whatever goes wrong here is raised, never caught: LibreOffice then shows an error, which IFERROR turns into the
built-in twin.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uno
import unohelper

# LibreOffice puts our folder last; another tomli of the same Python must not stand before ours.
sys.path.insert(0, str(Path(__file__).parent / "pythonpath"))
try:
    import tomllib  # noqa: F401
except ImportError:  # Python 3.10, with LibreOffice 25.2 on Windows and macOS
    import tomli

    sys.modules["tomllib"] = tomli

from xlkpi.functions import FUNCTIONS

# The interface is that of functions.idl: a method for each function. LibreOffice makes the object with a context.
Functions = type(
    "Functions",
    (unohelper.Base, uno.getClass("xlkpi.XFunctions")),
    {
        "__init__": lambda self, context: None,
        **{function.name: staticmethod(function.call) for function in FUNCTIONS},
    },
)

g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - LibreOffice looks for this name
g_ImplementationHelper.addImplementation(Functions, "xlkpi.Functions.Python", ("xlkpi.Functions",))
