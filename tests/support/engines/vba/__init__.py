"""The Excel add-in's VBA in LibreOffice: all of it but the one module that reaches Python through COM."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pyopenvba import ExcelFile
from pyopenvba.vba import VBAModuleKind

from xlkpi.addin.excel import BRIDGE

_HERE = Path(__file__).parent


def with_test_bridge(addin: bytes, path: Path) -> None:
    """Write the add-in with the bridge replaced by one that LibreOffice can run."""
    path.write_bytes(addin)
    with ExcelFile(path) as file:
        file.set_module(BRIDGE, (_HERE / "xlwings.bas").read_text())
        file.vba_project().add_module(
            "PythonServer", (_HERE / "PythonServer.cls").read_text(), kind=VBAModuleKind.other
        )
        file.save()


def write_server(path: Path) -> None:
    """Write the extension with the component that the bridge calls."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(_HERE / "component.py", "component.py")
        archive.write(_HERE / "server.components", "server.components")
        archive.write(_HERE / "manifest.xml", "META-INF/manifest.xml")
