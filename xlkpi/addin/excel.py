"""Builds the add-in for Excel on Windows: xlwings' own add-in file with our functions, ribbon and texts.

xlwings' VBA starts Python and calls it, and asks for a DLL of exactly its version. So the add-in is built from the
installed xlwings, and must be built again after every update of xlwings.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings
from jinja2 import Environment, PackageLoader, StrictUndefined
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import StringProperty

from xlkpi.addin.errors import AddinError
from xlkpi.addin.excel_vba import bridge, other_xlwings
from xlkpi.addin.ribbon import BUTTONS, GROUPS, TAB, ribbon_labels
from xlkpi.common.files import zip_entry
from xlkpi.common.leftovers import temporary_folder
from xlkpi.form.register import META_SHEET
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.extras import ADDIN, need
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.version import __version__
from xlkpi.xlsx.write.saved import saved

if TYPE_CHECKING:
    from pyopenvba import ExcelFile

PROJECT = "xlkpi"
"""The name of the VBA project. It also names the user's configuration `%USERPROFILE%\\.xlkpi\\xlkpi.conf`."""
CONF_SHEET = f"{PROJECT}.conf"
BRIDGE = "xlwings"
"""The module with xlwings' own VBA. No other module starts programs or reads files."""
MODULES = ("XlkpiFunctions", "XlkpiRibbon", "XlkpiSettings", "XlkpiStart")
"""Our own standard modules."""
SETTINGS = {
    "UDF MODULES": "udfs.kpi",
    # Code beside a workbook is never run.
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    "LICENSE_KEY": "",
    "USE UDF SERVER": "False",
}
"""Settings that apply whatever the user's configuration says."""
KEY_COLUMN = 4
"""The column with the keys of the texts, from 1; a column for each language follows."""

_RESERVED = frozenset({"scale", "step"})
_SOURCE = "quickstart_addin.xlam"
_WORKBOOK, _CONTENT_TYPES, _RELATIONS = "xl/workbook.xml", "[Content_Types].xml", "_rels/.rels"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_RIBBON = "customUI/customUI14.xml"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_FIXED_TIME = dt.datetime(2000, 1, 1)
"""The time in the file's properties, so that building again gives the same bytes."""


def build() -> bytes:
    """The add-in (.xlam). The same versions of xlkpi and xlwings give the same bytes.

    Raises `AddinError` where the installed xlwings has another add-in file than expected, `MissingExtraError` without
    pyOpenVBA.
    """
    need(ADDIN)
    from pyopenvba import ExcelFile

    with temporary_folder() as folder:
        path = folder / "xlkpi.xlsm"
        path.write_bytes(_workbook())
        with ExcelFile(path) as file:
            _program(file)
            file.save()
        return _packed(path.read_bytes())


def built_for(path: Path) -> tuple[str, str]:
    """The versions of xlkpi and of xlwings that an add-in was built from.

    Raises `AddinError` where it is no add-in of ours, OSError where it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            properties = etree.fromstring(archive.read("docProps/custom.xml"))
        values = {str(property.get("name")): "".join(map(str, property.itertext())) for property in properties}
        return values["xlkpi"], values["xlwings"]
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError):
        raise AddinError(COMMANDS("no_addin", path=path)) from None


def texts() -> dict[str, tuple[str, ...]]:
    """All texts of the add-in: key → texts in the order of LANGUAGES."""
    by_language = []
    for language in LANGUAGES:
        labels = words(language)
        text_of = ribbon_labels(labels) | {key: labels(f"addin_{key}") for key in ("category", *_MESSAGES)}
        for function in FUNCTIONS:
            text_of[function.name] = function.help.told(language)
            text_of |= {f"{function.name}.{a.name}": a.help.told(language) for a in function.arguments}
        by_language.append(text_of)
    return {key: tuple(text_of[key] for text_of in by_language) for key in by_language[0]}


_MESSAGES = ("no_workbook", "bad_name", "no_python", "python_failed")


def modules() -> dict[str, str]:
    """Name → VBA of our own modules."""
    return {name: _rendered(f"{name}.bas") for name in MODULES}


def ribbon() -> str:
    """The ribbon's XML."""
    return _rendered("ribbon.xml")


def _rendered(name: str) -> str:
    environment = Environment(
        loader=PackageLoader("workbook_templates", "addin"),
        undefined=StrictUndefined,
        autoescape=name.endswith(".xml"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["parameter"] = _parameter
    text = environment.get_template(f"{name}.j2").render(
        functions=FUNCTIONS,
        module=SETTINGS["UDF MODULES"],
        meta_sheet=META_SHEET,
        sheet=CONF_SHEET,
        key_column=KEY_COLUMN,
        languages={language: n for n, language in enumerate(LANGUAGES, start=1)},
        tab=TAB,
        groups=GROUPS,
        buttons=BUTTONS,
    )
    return text if name.endswith(".xml") else text.replace("\n", "\r\n") + "\r\n"


def _parameter(name: str) -> str:
    """The name of an argument in VBA, which reserves some words."""
    return f"{name}_" if name in _RESERVED else name


# --- the workbook -----------------------------------------------------------------------------------------------------


def _workbook() -> bytes:
    """xlwings' file as a workbook with macros, with our sheet and properties."""
    source = _retyped((files("xlwings") / _SOURCE).read_bytes(), _ADDIN_TYPE, _MACRO_TYPE)
    book = load_workbook(io.BytesIO(source), keep_vba=True)
    (sheet,) = book.worksheets
    sheet.title = CONF_SHEET
    sheet.delete_rows(1, sheet.max_row)
    for row, (key, value) in enumerate(SETTINGS.items(), start=1):
        _put(book, row, 1, key, value)
    for row, (key, in_languages) in enumerate(texts().items(), start=1):
        _put(book, row, KEY_COLUMN, key, *in_languages)
    book.calculation.fullCalcOnLoad = False  # else every workbook is calculated when Excel starts
    book.views[0].visibility = "visible"  # add-ins are hidden anyway; a hidden window has no function help
    book.properties.title = PROJECT
    for name, version in (("xlkpi", __version__), ("xlwings", xlwings.__version__)):
        properties = book.custom_doc_props  # type: ignore[attr-defined]  # openpyxl's types are older
        properties.append(StringProperty(name=name, value=version))
    return saved(book, _FIXED_TIME)


def _put(book: Workbook, row: int, column: int, *values: str) -> None:
    for offset, value in enumerate(values):
        cell = book.worksheets[0].cell(row, column + offset)
        cell.value, cell.data_type, cell.number_format = value, "s", "@"


# --- the program ------------------------------------------------------------------------------------------------------


def _program(file: ExcelFile) -> None:
    """Replace xlwings' VBA by ours."""
    project = file.vba_project()
    for unused in ("Module1", "Dictionary"):  # xlwings' sample, and its module for the Mac
        project.delete_module(unused)
    file.set_module(BRIDGE, bridge(file.get_module(BRIDGE), PROJECT))
    for name, source in modules().items():
        project.add_module(name, source)
    file.set_module("ThisWorkbook", _rendered("ThisWorkbook.cls"))


# --- the package ------------------------------------------------------------------------------------------------------


def _packed(content: bytes) -> bytes:
    """The workbook as an add-in with the ribbon, without times in the archive."""
    with zipfile.ZipFile(io.BytesIO(_retyped(content, _MACRO_TYPE, _ADDIN_TYPE))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    relations = etree.fromstring(parts[_RELATIONS])
    etree.SubElement(relations, f"{{{_PACKAGE}}}Relationship", Id="xlkpiRibbon", Type=_RIBBON_RELATION, Target=_RIBBON)
    parts[_RELATIONS] = etree.tostring(relations, xml_declaration=True, encoding="UTF-8", standalone=True)
    parts[_RIBBON] = ribbon().encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in sorted(parts.items(), key=lambda item: (item[0] != _CONTENT_TYPES, item[0])):
            archive.writestr(zip_entry(name), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _retyped(content: bytes, old: bytes, new: bytes) -> bytes:
    """The package with the content type of its workbook changed, because openpyxl does not read add-ins."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        if old not in source.read(_CONTENT_TYPES):
            raise other_xlwings(_CONTENT_TYPES)
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, part.replace(old, new) if name == _CONTENT_TYPES else part)
    return buffer.getvalue()
