"""The add-in for Excel: the file, its sheet, its VBA and its ribbon.

Excel itself was never run: what only Excel does (binding, the ribbon, the function wizard) is held against its
documentation.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlwings
from click.testing import CliRunner
from lxml import etree
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile

from tests.support.paths import ROOT
from xlkpi.addin import excel_vba as bridge
from xlkpi.addin.errors import AddinError
from xlkpi.addin.excel import BRIDGE, KEY_COLUMN, MODULES, SETTINGS, build, built_for, modules, ribbon, texts
from xlkpi.addin.ribbon import BUTTONS, GROUPS, TAB
from xlkpi.cli import main
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.version import __version__

_RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def addin() -> bytes:
    return build()


@pytest.fixture(scope="module")
def parts(addin: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(addin)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def code(addin: bytes) -> dict[str, str]:
    """The VBA of every module as olevba reads it."""
    parser = VBA_Parser("xlkpi.xlam", data=addin)
    return {name.rpartition(".")[0]: source for _, _, name, source in parser.extract_macros()}


# --- the file ---------------------------------------------------------------------------------------------------------


def test_two_builds_are_the_same_and_name_no_folder_of_this_machine(addin: bytes, parts: dict[str, bytes]) -> None:
    assert build() == addin
    with zipfile.ZipFile(io.BytesIO(addin)) as archive:
        assert {(info.date_time, info.create_system) for info in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 3)}
    for folder in (str(Path.home()), str(ROOT), "absPath"):
        assert not [name for name, part in parts.items() if folder.encode() in part]
    core = parts["docProps/core.xml"].decode()
    assert ">xlkpi</dc:title>" in core
    assert "2000-01-01" in core
    assert "Felix" not in core


def test_the_command_writes_it_and_it_says_its_versions(addin: bytes, tmp_path: Path) -> None:
    path = tmp_path / "xlkpi.xlam"
    result = CliRunner().invoke(main, ["addin", "build", "--for", "excel", "-o", str(path)])
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == addin
    assert built_for(path) == (__version__, xlwings.__version__)


@pytest.mark.parametrize("content", [b"no archive", None])
def test_another_file_has_no_versions(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "xlkpi.xlam"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
    else:
        path.write_bytes(content)
    with pytest.raises(AddinError, match="不是 xlkpi 的加载项"):
        built_for(path)


def test_parts_types_and_relations_hang_together(parts: dict[str, bytes]) -> None:
    types = etree.fromstring(parts["[Content_Types].xml"])
    kinds = {o.get("PartName"): o.get("ContentType") for o in types.iter(f"{_TYPES}Override")}
    endings = {d.get("Extension"): d.get("ContentType") for d in types.iter(f"{_TYPES}Default")}
    assert kinds["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert endings["bin"] == "application/vnd.ms-office.vbaProject"
    for name in parts:
        assert f"/{name}" in kinds or name.rpartition(".")[2] in endings or name == "[Content_Types].xml"
    targets = _targets(parts["_rels/.rels"], "") | _targets(parts["xl/_rels/workbook.xml.rels"], "xl/")
    assert set(targets) <= set(parts)
    assert targets["customUI/customUI14.xml"].endswith("/2007/relationships/ui/extensibility")
    assert targets["xl/vbaProject.bin"] == "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def _targets(relations: bytes, folder: str) -> dict[str, str]:
    found = {}
    for relation in etree.fromstring(relations).iter(f"{_PACKAGE}Relationship"):
        target = relation.get("Target", "")
        found[target.removeprefix("/") if target.startswith("/") else folder + target] = relation.get("Type", "")
    return found


# --- the sheet of settings and texts ----------------------------------------------------------------------------------


def test_settings_and_texts_stand_in_the_sheet_as_text(parts: dict[str, bytes]) -> None:
    cells = _cells(parts["xl/worksheets/sheet1.xml"])
    for row, (key, value) in enumerate(SETTINGS.items(), start=1):
        assert (cells[row, 1], cells.get((row, 2), "")) == (key, value)
    for row, (key, said) in enumerate(texts().items(), start=1):
        assert tuple(cells[row, KEY_COLUMN + n] for n in range(4)) == (key, *said)
    # Each table ends where its key column does.
    assert (len(SETTINGS) + 1, 1) not in cells
    assert (len(texts()) + 1, KEY_COLUMN) not in cells
    assert b"<f>" not in parts["xl/worksheets/sheet1.xml"]


def _cells(sheet: bytes) -> dict[tuple[int, int], str]:
    found = {}
    for cell in etree.fromstring(sheet).iter(f"{_MAIN}c"):
        letter, row = re.fullmatch(r"([A-Z])(\d+)", cell.get("r", "")).groups()  # type: ignore[union-attr]
        found[int(row), ord(letter) - ord("A") + 1] = "".join(cell.itertext())
    return found


def test_every_text_is_there_in_every_language_and_short_enough() -> None:
    for key, said in texts().items():
        assert len(said) == len(LANGUAGES)
        assert all(said), key
        limit = 1024 if key.endswith(".tip") else 255  # of Microsoft's: ribbon tips, MacroOptions
        assert max(map(len, said)) <= limit, key
    keys = [key.upper() for key in texts()]
    assert len(keys) == len(set(keys))  # VBA's collections ignore case


# --- the program ------------------------------------------------------------------------------------------------------


def test_olevba_reads_back_what_was_rendered(code: dict[str, str]) -> None:
    for name, source in modules().items():
        assert _lines(code[name]) == _lines(source)
    for function in FUNCTIONS:
        wrapper = code["XlkpiFunctions"].partition(f"Public Function {function.name}(")[2].partition("End Function")[0]
        assert f'{function.name} = Python().CallUDF("udfs.kpi", "{function.name}", Array(' in wrapper
        assert f"failed:\n    {function.name} = CVErr(xlErrValue)\n" in wrapper.replace("\r\n", "\n")
        declared, handed = wrapper.partition(")")[0].split(", "), wrapper.partition("Array(")[2].partition(")")[0]
        assert [name.startswith("Optional ") for name in declared] == [a.optional for a in function.arguments]
        names = [name.removeprefix("Optional ").removesuffix(" As Variant") for name in declared]
        assert names == handed.split(", ")
        assert [name.rstrip("_") for name in names] == [a.name for a in function.arguments]


def _lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line and not line.startswith("Attribute ")]


# [MS-VBAL] 3.3.5.2: what no name in VBA may be; and what is a keyword somewhere.
_RESERVED = """
Call Case Close Const Declare DefBool DefByte DefCur DefDate DefDbl DefInt DefLng DefLngLng DefLngPtr DefObj DefSng
DefStr DefVar Dim Do Else ElseIf End EndIf Enum Erase Event Exit For Friend Function Get Global GoSub GoTo If
Implements Input Let Lock Loop LSet Next On Open Option Print Private Public Put RaiseEvent ReDim Resume Return RSet
Seek Select Set Static Stop Sub Type Unlock Wend While With Write Rem Any As ByRef ByVal Each In New Shared Until
WithEvents Optional ParamArray Preserve Spc Tab Then To AddressOf And Eqv Imp Is Like Mod Not Or TypeOf Xor Abs CBool
CByte CCur CDate CDbl CDec CInt CLng CLngLng CLngPtr CSng CStr CVar CVErr Date Debug DoEvents Fix Int Len LenB Me PSet
Scale Sgn String Array Circle InputB LBound UBound Boolean Byte Currency Double Integer Long LongLong LongPtr Single
Variant True False Nothing Empty Null Attribute LineInput CDecl Decimal DefDec Step
""".lower().split()


def test_no_name_is_a_word_of_vba(code: dict[str, str]) -> None:
    """One such name and Excel compiles nothing of the module: no function would work."""
    declared = set()
    for name in (*MODULES, "ThisWorkbook"):
        for line in code[name].splitlines():
            if match := re.match(r" *(?:Public|Private|Dim)\b(?! Module)(.*)", line):
                declared |= set(re.findall(r"(\w+)(?: As \w+|\()", match[1]))
    assert {"KPI_SCORE", "scale_", "silentUntil", "waiting", "book"} <= declared
    assert not [name for name in declared if name.lower() in _RESERVED]


def test_code_is_ascii_in_short_lines(code: dict[str, str]) -> None:
    for name in (*MODULES, "ThisWorkbook"):
        assert code[name].isascii()
        assert max(map(len, code[name].splitlines())) < 1023
        for statement in re.findall(r"(?:.* _\r?\n)+", code[name]):
            assert statement.count("\n") <= 24  # continuation lines, Excel's limit


def test_modules_are_those_of_the_workbook(addin: bytes, parts: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "xlkpi.xlam"
    path.write_bytes(addin)
    with ExcelFile(path) as file:
        assert file.validate() == []
        names = file.module_names()
    assert set(names) == {"ThisWorkbook", "Sheet2", BRIDGE, *MODULES}
    assert max(map(len, names)) <= 31
    sheet = etree.fromstring(parts["xl/worksheets/sheet1.xml"]).find(f"{_MAIN}sheetPr")
    book = etree.fromstring(parts["xl/workbook.xml"]).find(f"{_MAIN}workbookPr")
    assert sheet is not None
    assert book is not None
    assert {sheet.get("codeName"), book.get("codeName")} == {"Sheet2", "ThisWorkbook"}


_HEAD = r"^ *(Public |Private |)(?:Declare (?:PtrSafe )?)?(Sub|Function) (\w+)"
"""How a procedure begins: who may call it (everybody, where it is not said), its kind, its name."""


def test_cells_can_call_the_functions_and_nothing_else(code: dict[str, str]) -> None:
    """Cells can call what is public, a DLL's functions too, of a standard module that is not private as a whole."""
    callable_ = [
        name
        for module in (*MODULES, BRIDGE)
        if not re.search("^Option Private Module", code[module], re.MULTILINE)
        for access, kind, name in re.findall(_HEAD, code[module], re.MULTILINE)
        if kind == "Function" and access != "Private "
    ]
    assert callable_ == [function.name for function in FUNCTIONS]
    # Whether Excel keeps such modules from cells was not tried, so what runs or reads something asks itself.
    guard = r'    If TypeName\(Application\.Caller\) = "Range" Then Exit Function'
    guarded = re.findall(rf"^Public Function (\w+)\((?:.* _\r?\n)*.*\r?\n{guard}", code[BRIDGE], re.MULTILINE)
    assert guarded == ["ExecuteWindows", "ReadFile"]
    assert "Declare" not in re.sub(r"^ *Private Declare\b.*", "", code[BRIDGE], flags=re.MULTILINE)


_BUILT_IN = """
Abs Array CInt Chr CreateObject CStr CVErr EOF Environ GetAttr Hex InStr InStrRev Left Len Mid Replace Right Rnd
TimeSerial Timer TypeName UCase MsgBox Randomize Kill Line Lib
""".split()


def test_what_is_called_is_there_once(code: dict[str, str]) -> None:
    """Every name that is followed by arguments or stands alone as a statement; properties and methods are Excel's."""
    procedures, called = [], set()
    for module in (*MODULES, BRIDGE, "ThisWorkbook"):
        source = re.sub(r"'[^\"\r\n]*$", "", re.sub(r'"(?:[^"\r\n]|"")*"', '""', code[module]), flags=re.MULTILINE)
        procedures += [name for _, _, name in re.findall(_HEAD, source, re.MULTILINE)]
        within = re.sub(_HEAD, "", source, flags=re.MULTILINE)
        called |= set(re.findall(r"(?<![.\w])(\w+)\$?\(", within))
        called |= set(re.findall(r"^ +(?:Call )?([A-Z]\w+)(?: (?![=_&])|(?:\r?$))", within, re.MULTILINE))
    several = {name for name in procedures if procedures.count(name) > 1}
    assert several == {"XLPyDLLActivateAuto", "LoadLibrary"}  # a declaration for each kind of Excel
    words = {word.lower() for word in (*_RESERVED, *_BUILT_IN)}
    assert {name for name in called if name.lower() not in words} <= {*procedures}
    assert {"XLPy", "ExecuteWindows", "XLPyDLLActivateAuto", "ShowError", "Interpreter"} <= called
    assert set(re.findall(r'Macro\("(\w+)"\)', code["XlkpiStart"])) == {"StartNow", "BindNow"} <= set(procedures)


def test_the_bridge_starts_nothing_that_a_workbook_names(code: dict[str, str]) -> None:
    source = code[BRIDGE]
    assert 'PROJECT_NAME As String = "xlkpi"' in source
    assert "myaddin" not in source
    assert "prepare_sys_path(" not in source
    assert source.count(" -P -B -c ") == 2
    assert "Function GetConfig(" not in source
    assert not re.search(r"#If (Not )?Mac|#If App|RunPython|RunFrozenPython|ImportPythonUDFs|SaveConfig|KillPy", source)
    assert "ActiveWorkbook" not in code["XlkpiSettings"]
    assert f"xlwings64-{xlwings.__version__}.dll" in source
    assert "All rights reserved." in source  # its licence stays


@pytest.mark.parametrize(
    ("name", "value"),
    [("_REPLACED", (("what a later version no longer says", "", 1),)), ("_KEPT", bridge._KEPT | {"what a later"})],
)
def test_another_xlwings_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: object
) -> None:
    monkeypatch.setattr(bridge, name, value)
    result = CliRunner().invoke(main, ["addin", "build", "--for", "excel", "-o", str(tmp_path / "xlkpi.xlam")])
    assert result.exit_code == 1
    assert result.output.startswith(f"xlwings {xlwings.__version__} 的加载项和 xlkpi 认识的不同（what a later")
    assert not list(tmp_path.iterdir())


# --- the ribbon -------------------------------------------------------------------------------------------------------

# [MS-CUSTOMUI2]: the parts used, with the attributes used of those that each allows, and their parents.
_ALLOWED = {
    "customUI": ("", set()),
    "ribbon": ("customUI", set()),
    "tabs": ("ribbon", set()),
    "tab": ("tabs", {"id", "getLabel"}),
    "group": ("tab", {"id", "getLabel"}),
    "button": ("group", {"id", "size", "imageMso", "getLabel", "getSupertip", "onAction"}),
}
_IMAGES = {
    "CalculateNow", "ErrorChecking", "FunctionWizard", "RefreshAll", "FileNew", "CalendarInsert", "ExportWord",
    "PropertySheet", "Info",
}  # fmt: skip
"""Names of Office's pictures, seen in published ribbons."""


def test_the_ribbon_is_as_microsoft_documents_it(parts: dict[str, bytes]) -> None:
    assert parts["customUI/customUI14.xml"].decode() == ribbon()
    root = etree.fromstring(ribbon().encode())
    for element in root.iter():
        name = element.tag.removeprefix(_RIBBON)
        parent, attributes = _ALLOWED[name]
        above = element.getparent()
        assert ("" if above is None else above.tag.removeprefix(_RIBBON)) == parent
        assert set(element.attrib) == attributes
    ids = [str(id) for id in root.xpath("//@id")]
    assert ids == [TAB, *(id for group in GROUPS for id in (group, *(b.name for b in BUTTONS if b.group == group)))]
    assert len(ids) == len(set(ids))
    assert set(map(str, root.xpath("//@imageMso"))) <= _IMAGES
    assert set(map(str, root.xpath("//@size"))) == {"large"}
    assert all(id in texts() for id in ids)
    assert all(f"{button.name}.tip" in texts() for button in BUTTONS)


def test_every_callback_is_there_with_its_signature(code: dict[str, str]) -> None:
    root = etree.fromstring(ribbon().encode())
    for attribute, signature in (
        ("onAction", "(control As IRibbonControl)"),
        ("getLabel", "(control As IRibbonControl, ByRef returnedVal As Variant)"),
        ("getSupertip", "(control As IRibbonControl, ByRef returnedVal As Variant)"),
    ):
        for callback in set(root.xpath(f"//@{attribute}")):
            assert f"Public Sub {callback}{signature}" in code["XlkpiRibbon"]


def test_every_button_has_its_function() -> None:
    from udfs import ribbon as functions

    assert [button.name for button in BUTTONS if not callable(getattr(functions, button.name, None))] == []
    assert sorted(functions.__all__) == sorted(button.name for button in BUTTONS)
