"""xlwings as it is on Windows: its real decorators, `call_udf`, conversion of values and writer of VBA wrappers.

What stands in for pywin32 and for Excel's own objects is a double: both exist on Windows only. xlwings' files run as
they are, on what Excel hands over through COM: a reference as a Range object, anything else as a plain value, an
omitted argument and an error as the whole numbers that VT_ERROR carries.
"""

from __future__ import annotations

import asyncio
import ctypes
import datetime as dt
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import numpy
import pandas

OMITTED = -2147352572
"""DISP_E_PARAMNOTFOUND: what an Optional argument of a VBA function is that the formula does not give."""

ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}
"""The errors of cells: -2146828288 and the XlCVError number."""

_SHEET = MagicMock()
"""Where all ranges stand: xlwings asks it for the program, and the program for its number."""
_RANGE = "{00020846-0000-0000-C000-000000000046}"
_LOADED_BEFORE = (asyncio, numpy, pandas)
"""They ask for the platform when they are loaded, and xlwings loads them: they must have seen the true one."""


class Time(dt.datetime):
    """pywintypes' time: what a cell formatted as a date holds."""


def cells(*rows: Sequence[Any]) -> Any:
    """An Excel Range of these rows: its Value is a tuple of rows, or the bare content of a single cell."""
    value = rows[0][0] if len(rows) == len(rows[0]) == 1 else tuple(map(tuple, rows))
    kind = SimpleNamespace(GetTypeInfo=lambda: SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=_RANGE)))
    size = {"Rows": SimpleNamespace(Count=len(rows)), "Columns": SimpleNamespace(Count=len(rows[0]))}
    return SimpleNamespace(_oleobj_=kind, Value=value, Worksheet=_SHEET, Row=1, Column=1, **size)


def column(*values: Any) -> Any:
    """A Range of one column."""
    return cells(*([value] for value in values))


def _pywin32() -> dict[str, Any]:
    names = "win32api win32con win32event win32gui win32process win32timezone win32com.server win32com.server.util "
    names += "win32com.server.policy win32com.server.dispatcher"
    modules: dict[str, Any] = {name: MagicMock() for name in names.split()}
    error = type("com_error", (Exception,), {})
    modules["pywintypes"] = SimpleNamespace(TimeType=Time, IID=str, com_error=error, error=error)
    modules["pythoncom"] = MagicMock(ole_error=error, __file__="pythoncom.dll")
    kinds = {name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")}
    modules["win32com.client"] = MagicMock(Dispatch=lambda found: found, **kinds)
    modules["win32com"] = MagicMock(client=modules["win32com.client"], server=modules["win32com.server"])
    return modules


@contextmanager
def xlwings_on_windows(name: str) -> Iterator[tuple[ModuleType, ModuleType]]:
    """xlwings and a module of functions, both loaded anew for Windows; afterwards everything is as it was."""
    module = importlib.import_module(name)  # with all that it needs: what is loaded below alone is forgotten again
    with patch.dict(sys.modules, _pywin32()), patch.dict(vars(sys.modules[module.__package__ or ""])):
        for loaded in [found for found in sys.modules if found.split(".")[0] == "xlwings" or found == name]:
            del sys.modules[loaded]
        windows = dict.fromkeys(("windll", "oledll", "PyDLL"), MagicMock())
        with patch.object(sys, "platform", "win32"), patch.multiple(ctypes, create=True, **windows):
            xlwings = importlib.import_module("xlwings")
            module = importlib.import_module(name)
        try:
            yield xlwings, module
        finally:
            sys.modules["xlwings.com_server"].loop.close()
