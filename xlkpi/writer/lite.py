"""Puts the Python code for xlwings Lite into a workbook, whose formulas then call it as Office.js functions.

With the free add-in xlwings Lite a user needs no Python; without it, the built-in twins score. This was not tested in
Excel: the parts are written as Excel writes them (see docs/addin.md).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from importlib.resources import files

from jinja2 import Environment
from lxml import etree

from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.version import __version__
from xlkpi.xlsx.function_names import LITE, called_functions, merged_addresses
from xlkpi.xlsx.markup import CELL, FORMULA, xml
from xlkpi.xlsx.package import OFFICE, ROOT, Package

PACKAGE = f"xlkpi=={__version__}"
"""The package that Lite installs by default."""
_STORE_ID = "wa200008175"
_MICROSOFT = "http://schemas.microsoft.com/office"
_EXTENSIONS = f"{_MICROSOFT}/webextensions"
_METADATA = """<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">
<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1"
 pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1"
 cellMeta="1"/></metadataTypes>
<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">
<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>
<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>"""
"""The metadata record that `cm="1"` of a cell refers to: its formula is a dynamic array, not collapsed."""


def with_lite_code(content: bytes, package: str = PACKAGE, language: str = HANS) -> bytes:
    """The workbook with the code of our functions in it, and with formulas that call that code.

    content: a calculated workbook of ours, with bare function names. package: the line of requirements.txt, `xlkpi==…`
    or the https address of a wheel. language: of the functions' help. This must be the last step: openpyxl drops these
    parts when it saves.
    """
    workbook = Package(content)
    for part, _ in workbook.sheets:
        sheet = workbook.open(part)
        merged = merged_addresses(sheet)
        for cell in sheet.iter(CELL):
            if called_functions(formula := cell.findtext(FORMULA) or ""):
                LITE.write(cell, formula, merged=cell.get("r") in merged)
    _add_metadata(workbook)
    id = uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(content).hexdigest())
    _add_code(workbook, id, {"main.py": main_py(language), "requirements.txt": requirements(package)})
    return workbook.written()


def main_py(language: str = HANS) -> str:
    """The code of main.py. It defines the functions itself: Lite may not find functions in imported modules."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    environment.filters["python"] = repr
    template = environment.from_string((files(TEMPLATES) / "lite.py.j2").read_text("utf-8"))
    return template.render(functions=FUNCTIONS, language=language, version=__version__)


def requirements(package: str = PACKAGE) -> str:
    """The text of requirements.txt: what Lite installs before it runs the code."""
    return f"xlwings\n{package}\n"


def _add_metadata(workbook: Package) -> None:
    part = "xl/metadata.xml"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
    workbook.add(part, xml(_METADATA.replace("\n", "").encode()), kind)
    workbook.relate("xl/workbook.xml", f"{OFFICE}/sheetMetadata", part)


def _add_code(workbook: Package, id: uuid.UUID, properties: dict[str, str]) -> None:
    extension, panes = "xl/webextensions/webextension1.xml", "xl/webextensions/taskpanes.xml"
    workbook.add(extension, _extension(id, properties), "application/vnd.ms-office.webextension+xml")
    kind = f"{_MICROSOFT}/2011/relationships/webextension"
    pane = _pane(workbook.relate(panes, kind, extension))
    workbook.add(panes, pane, "application/vnd.ms-office.webextensiontaskpanes+xml")
    workbook.relate(ROOT, f"{kind}taskpanes", panes)


def _extension(id: uuid.UUID, properties: dict[str, str]) -> etree._Element:
    space = f"{_EXTENSIONS}/webextension/2010/11"
    root = etree.Element(f"{{{space}}}webextension", nsmap={"we": space}, id=f"{{{str(id).upper()}}}")
    etree.SubElement(root, f"{{{space}}}reference", id=_STORE_ID, version="1.0.0.0", store="en-US", storeType="OMEX")
    etree.SubElement(root, f"{{{space}}}alternateReferences")
    bag = etree.SubElement(root, f"{{{space}}}properties")
    for name, text in properties.items():
        etree.SubElement(bag, f"{{{space}}}property", name=name, value=json.dumps(text, ensure_ascii=False))
    etree.SubElement(root, f"{{{space}}}bindings")
    etree.SubElement(root, f"{{{space}}}snapshot", nsmap={"r": OFFICE})
    return root


def _pane(id: str) -> etree._Element:
    """The task pane, closed: it opens with the button of xlwings Lite, not with the form."""
    space = f"{_EXTENSIONS}/taskpanes/2010/11"
    root = etree.Element(f"{{{space}}}taskpanes", nsmap={"wetp": space})
    pane = etree.SubElement(root, f"{{{space}}}taskpane", dockstate="right", visibility="0", width="350", row="0")
    reference = etree.SubElement(pane, f"{{{space}}}webextensionref", nsmap={"r": OFFICE})
    reference.set(f"{{{OFFICE}}}id", id)
    return root
