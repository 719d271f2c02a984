"""Cuts xlwings' VBA down to what starts and calls Python, without anything that a cell or workbook could misuse."""

from __future__ import annotations

import re

import xlwings

from xlkpi.addin.errors import AddinError
from xlkpi.i18n.message_files import COMMANDS

_REPLACED = (
    ('#Const App = "Microsoft Excel" \'Adjust when using outside of Excel', "Option Private Module", 1),
    ('PROJECT_NAME As String = "myaddin"', 'PROJECT_NAME As String = "{project}"', 1),
    # -P: Python does not import from Excel's current folder.
    (" -B -c ", " -P -B -c ", 2),
    # This would put folders in front of Python's own, and file names into a command line.
    (r'import xlwings.utils;xlwings.utils.prepare_sys_path(\""" & PYTHONPATH & "\"");', "import sys;", 2),
)
"""Replacements in xlwings' VBA: old text, new text, how often the old one occurs."""
_CALLED = frozenset(
    {
        "XLPy",
        "ExecuteWindows",
        "GetConfigFilePath",
        "WScript",
        "FileExistsOnWindows",
        "ExpandEnvironmentStrings",
        "ReadFile",
    }
)
"""Procedures of xlwings that our modules call."""
_KEPT = _CALLED | {"XLPyCommand", "XLPyLoadDLL", "FileExists", "ParentFolder", "CreateGUID", "CheckConda"}
"""Procedures that stay: the called ones and those that they need."""
_GUARDED = frozenset({"ExecuteWindows", "ReadFile"})
"""Procedures that run or read whatever their caller names; a cell must not call them."""
_GUARD = '    If TypeName(Application.Caller) = "Range" Then Exit Function\n'
_IMPORTED = frozenset({"XLPyDLLActivateAuto", "LoadLibrary"})
"""DLL functions that are needed."""
_ON_WINDOWS_EXCEL = {"#If Mac Then": False, "#If Not Mac Then": True, '#If App = "Microsoft Excel" Then': True}
"""Conditional compilation: the conditions whose answer is known for Excel on Windows."""
_PROCEDURE = re.compile(
    r"^(?:Public |Private )?(?P<head>(?P<kind>Function|Sub) (?P<name>\w+)\((?:[^\n]* _\n)*[^\n]*\n)"
    r"(?P<body>.*?^End (?P=kind)\n)",
    re.MULTILINE | re.DOTALL,
)
_DECLARED = re.compile(r"^( *)(?:Private )?(Declare (?:PtrSafe )?Function (\w+) .*\n)", re.MULTILINE)


def bridge(source: str, project: str) -> str:
    """The part of xlwings' VBA that our modules use, under the project's name and closed to cells.

    Everything is removed by which a workbook or its folder could decide what is run. Raises `AddinError` where xlwings'
    VBA is not as expected.
    """
    source = _for_windows_excel(source)
    names = [match["name"] for match in _PROCEDURE.finditer(source) if match["name"] in _KEPT]
    if sorted(names) != sorted(_KEPT):
        raise other_xlwings(", ".join(sorted(_KEPT.symmetric_difference(names))))
    source = _DECLARED.sub(lambda match: f"{match[1]}Private {match[2]}" if match[3] in _IMPORTED else "", source)
    source = _PROCEDURE.sub(_procedure, source)
    for old, new, times in _REPLACED:
        if source.count(old) != times:
            raise other_xlwings(old)
        source = source.replace(old, new.replace("{project}", project))
    return source


def _procedure(match: re.Match[str]) -> str:
    name = match["name"]
    if name not in _KEPT:
        return ""
    guard = _GUARD if name in _GUARDED else ""
    return f"{'Public' if name in _CALLED else 'Private'} {match['head']}{guard}{match['body']}"


def _for_windows_excel(source: str) -> str:
    """The source without the conditional branches for other systems and programs."""
    kept, answers, within = [], list[bool | None](), list[bool]()
    for line in source.splitlines(keepends=True):
        directive = line.partition("'")[0].strip()
        if directive.startswith("#If "):
            answers.append(_ON_WINDOWS_EXCEL.get(directive))
            within.append(answers[-1] is not False)
        decided = directive.startswith("#") and bool(answers) and answers[-1] is not None
        if decided and directive.startswith("#Else"):
            if directive != "#Else" and not answers[-1]:
                raise other_xlwings(directive)
            within[-1] = not answers[-1]
        if all(within) and not decided:
            kept.append(line)
        if directive == "#End If":
            answers.pop(), within.pop()
    return "".join(kept)


def other_xlwings(what: str) -> AddinError:
    """The error that the installed xlwings has another add-in file than expected. what: the first difference."""
    return AddinError(COMMANDS("other_xlwings", version=xlwings.__version__, what=what))
