"""The bridge: of xlwings' VBA what starts Python and calls it, closed to cells and to workbooks."""

from __future__ import annotations

import re

import xlwings

from xlkpi.addin.errors import AddinError
from xlkpi.i18n.message_files import COMMANDS

_REPLACED = (
    ('#Const App = "Microsoft Excel" \'Adjust when using outside of Excel', "Option Private Module", 1),
    ('PROJECT_NAME As String = "myaddin"', 'PROJECT_NAME As String = "{project}"', 1),
    # -P: no program is taken from the folder in which Excel happens to be.
    (" -B -c ", " -P -B -c ", 2),
    # It puts folders in front of Python's own, and file names into a command line.
    (r'import xlwings.utils;xlwings.utils.prepare_sys_path(\""" & PYTHONPATH & "\"");', "import sys;", 2),
)
"""In xlwings' VBA: what, by what, how often it stands there."""
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
"""Of its procedures those that our modules call."""
_KEPT = _CALLED | {"XLPyCommand", "XLPyLoadDLL", "FileExists", "ParentFolder", "CreateGUID", "CheckConda"}
"""Those and what they need; all others go."""
_GUARDED = frozenset({"ExecuteWindows", "ReadFile"})
"""They run and read what their caller names, and that is never a cell."""
_GUARD = '    If TypeName(Application.Caller) = "Range" Then Exit Function\n'
_IMPORTED = frozenset({"XLPyDLLActivateAuto", "LoadLibrary"})
"""Of the functions of DLLs those that are needed."""
_HERE = {"#If Mac Then": False, "#If Not Mac Then": True, '#If App = "Microsoft Excel" Then': True}
"""Conditions of which the answer is known: Excel on Windows."""
_PROCEDURE = re.compile(
    r"^(?:Public |Private )?(?P<head>(?P<kind>Function|Sub) (?P<name>\w+)\((?:[^\n]* _\n)*[^\n]*\n)"
    r"(?P<body>.*?^End (?P=kind)\n)",
    re.MULTILINE | re.DOTALL,
)
_DECLARED = re.compile(r"^( *)(?:Private )?(Declare (?:PtrSafe )?Function (\w+) .*\n)", re.MULTILINE)


def bridge(source: str, project: str) -> str:
    """xlwings' VBA under the project's name: only what our modules use of it, and nothing of that for cells.

    What lets a workbook or its folder tell what is run is gone. Raises `AddinError` where it is another than expected.
    """
    source = _for_here(source)
    found = [match["name"] for match in _PROCEDURE.finditer(source) if match["name"] in _KEPT]
    if sorted(found) != sorted(_KEPT):
        raise other_xlwings(", ".join(sorted(_KEPT.symmetric_difference(found))))
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


def _for_here(source: str) -> str:
    """Without the branches for other systems and programs."""
    kept, answers, within = [], list[bool | None](), list[bool]()
    for line in source.splitlines(keepends=True):
        directive = line.partition("'")[0].strip()
        if directive.startswith("#If "):
            answers.append(_HERE.get(directive))
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
    """That the add-in file of the installed xlwings is another than expected, and in what."""
    return AddinError(COMMANDS("other_xlwings", version=xlwings.__version__, what=what))
